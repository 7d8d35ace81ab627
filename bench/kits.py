"""kits_seconds: the kits of thirty councils, one after the other: letter, case presentation, an agreement of forty
pages and what has changed since the hearing, as PDF and Word, packed into a ZIP each.

Nothing lies on the disk beforehand; what is the same for all is made with the first kit and kept. Time on the clock.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, at_most, embedded, measure_apart, say_pages
from bench.papers import SECTION, SECTIONS

if TYPE_CHECKING:
    from workflow.models import ApprovalRequest, Bundle

COUNCILS = 30
FILES = 8
TARGET = 45.0  # seconds
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def measure() -> bool:
    """On the embedded default, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        (Path(folder) / "static").mkdir()
        return measure_apart("bench.kits", embedded(Path(folder)))


def figures() -> Iterable[Figure]:
    """The figure, measured in the configured database, which must have the tables and no rows."""
    from tests.workflow.agreements import a_locked_bundle, in_approval
    from workflow.models import ApprovalRequest
    from workflow.states import ChangeKind, RequestState

    process = in_approval(NOW, councils=COUNCILS - 1)
    heard = a_locked_bundle(process, NOW, text=_agreement("30 dage"), change=ChangeKind.MATERIAL)
    asked = a_locked_bundle(process, NOW + timedelta(days=1), text=_agreement("20 dage"), change=ChangeKind.MATERIAL)
    requests = ApprovalRequest.objects.filter(stage__process=process, bundle=asked, state=RequestState.ASKED)
    found = list(requests.select_related("stage__process__office", "stage__process__definition", "stage__line", "body"))
    begun = time.perf_counter()
    sizes = [_packed(request, heard) for request in found]
    taken = time.perf_counter() - begun
    if len(sizes) != COUNCILS or min(sizes) < FILES:
        raise SystemExit(
            f"{len(sizes)} kits of {min(sizes, default=0)} files, and {COUNCILS} of {FILES} were to be measured"
        )
    yield at_most("kits_seconds", taken, "s", TARGET, "sqlite")


def _packed(request: ApprovalRequest, heard: Bundle) -> int:
    """The kit as a ZIP; how many files are in it.

    The small definition of the tests has no hearing, so the changes since the text that was heard are made and packed
    here, as the kit does.
    """
    from workflow.models import StoredFile
    from workflow.reports.papers.changes import CHANGES, changes_of_sets
    from workflow.reports.papers.kit import kit_of
    from workflow.reports.papers.packing import packed
    from workflow.reports.papers.registry import make_in_each_format

    _name, files = kit_of(request)
    members = [(member, each.content) for member, each in files if not isinstance(each, StoredFile)]
    assert request.bundle is not None
    changes = changes_of_sets(heard, request.bundle, request.stage.process)
    members += [(paper.name, paper.content) for paper in make_in_each_format(CHANGES, changes)]
    packed(members)
    return len(members)


def _agreement(days: str) -> str:
    words = SECTION.replace("inden for 30 dage", f"inden for {days}")
    return "\n".join(f"# {number} Indsatsområde {number}\n\n{words}" for number in range(1, SECTIONS + 1))


if __name__ == "__main__":
    say_pages(figures)
