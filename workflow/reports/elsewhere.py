"""Stages done outside the system, as a package has them: each as a text with its day and reason, beside its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from workflow.dates import short_date
from workflow.models import DoneElsewhere, StoredFile
from workflow.queries.processes import stage_spec


def facts_of_stages(told: Sequence[DoneElsewhere]) -> list[dict[str, object]]:
    """What the manifest says of them."""
    return [
        {
            "stage": row.stage.key,
            "done_on": row.stage.done_on,
            "reason": row.reason,
            "files": [path for path, file in _files(row) if isinstance(file, StoredFile)],
        }
        for row in told
    ]


def members_of_stages(told: Sequence[DoneElsewhere]) -> Iterator[tuple[str, bytes | StoredFile]]:
    """The paths in the package, each with its bytes or the stored file they are in."""
    for row in told:
        assert row.stage.done_on is not None
        title = str(stage_spec(row.stage).title)
        words = _("Done outside the system on %(day)s.") % {"day": short_date(row.stage.done_on)}
        yield f"{_stem(row)}.txt", f"{title}\n{'=' * len(title)}\n\n{words}\n\n{row.reason}\n".encode()
        yield from _files(row)


def _stem(row: DoneElsewhere) -> str:
    return f"done-elsewhere/{row.stage.position + 1:02d}-{row.stage.key}"


def _files(row: DoneElsewhere) -> Iterator[tuple[str, StoredFile]]:
    for one in row.files.all():
        if one.file.erased_at is None:
            _name, dot, ending = one.file.name.rpartition(".")
            yield f"{_stem(row)}-{one.position}{dot}{ending.lower() if dot else ''}", one.file
