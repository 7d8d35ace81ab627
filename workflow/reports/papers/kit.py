"""The kit for a body that is to decide: everything an agenda system asks for, as fields and as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from workflow.dates import local_day
from workflow.models import ApprovalRequest, Bundle, Stage, StoredFile
from workflow.queries.processes import live_stages
from workflow.reports.papers.changes import CHANGES, changes_of_sets
from workflow.reports.papers.html import blocks_as_html
from workflow.reports.papers.letters import PRESENTATION, TRANSMITTAL, presentation_parts
from workflow.reports.papers.naming import file_name, plain_name
from workflow.reports.papers.plain import as_plain
from workflow.reports.papers.registry import PaperFile, make_in_each_format
from workflow.reports.papers.texts import TEXT, Text, may_make_text
from workflow.states import StageKindName


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an agenda system: its name, and its words with their look and without."""

    name: str
    html: str
    plain: str


def fields_of(stage: Stage) -> list[Field]:
    """The case presentation of a stage in which bodies decide, field by field. Asked in its process's language."""
    return [Field(name, blocks_as_html(blocks), as_plain(blocks)) for name, blocks in presentation_parts(stage)]


Kit = list[tuple[str, PaperFile | StoredFile]]
"""Files in their order, by their names."""


def kit_of(request: ApprovalRequest) -> tuple[str, Kit]:
    """The name of a ZIP with the kit of a body, and its files in order, by their names: letter, case presentation, each
    document of the set in question, and what has changed since the hearing; as PDF where the machine can write one, as
    Word, and as it was handed in. To be asked in the process's language."""
    return f"{name_of_kits(request)}.zip", kit_with(request, common_files(request.stage, request.bundle))


def name_of_kits(request: ApprovalRequest) -> str:
    """What a kit is called, without an ending."""
    process = request.stage.process
    return file_name(local_day(request.asked_at, process.time_zone), _("For the agenda"), process.title)


def kit_with(request: ApprovalRequest, common: Kit) -> Kit:
    """The kit of a body: its own letter first, then what is the same for all who are asked about this set."""
    files: Kit = [*_made(TRANSMITTAL, request), *common]
    return [(f"{place:02d} {name}", each) for place, (name, each) in enumerate(files, start=1)]


def common_files(stage: Stage, bundle: Bundle | None) -> Kit:
    """What is the same for all who are asked in a stage about a set: to be made once for several kits."""
    files: Kit = [*_made(PRESENTATION, stage)]
    if bundle is None:
        return files
    for item in bundle.items.select_related("version__document", "version__file").order_by("position"):
        if may_make_text(item.version) is None:
            files += _made(TEXT, Text(item.version, bundle))
        stored = item.version.file
        if stored is not None and stored.erased_at is None:
            files.append((original_name(stored), stored))
    heard = heard_before(stage)
    if heard is not None and heard.pk != bundle.pk and heard.line_id == bundle.line_id:
        files += _made(CHANGES, changes_of_sets(heard, bundle, stage.process))
    return files


def heard_before(stage: Stage) -> Bundle | None:
    """The set that was heard last on a stage's text before it; None where none was heard here."""
    heard = [
        one.bundle_id
        for one in live_stages(stage.process)
        if one.kind == StageKindName.CONSULTATION and one.line_id == stage.line_id and one.position < stage.position
    ]
    known = [bundle_id for bundle_id in heard if bundle_id is not None]
    return Bundle.objects.select_related("line").get(pk=known[-1]) if known else None


def original_name(stored: StoredFile) -> str:
    """What a file that was handed in is called beside the papers made of its text."""
    stem, dot, ending = stored.name.rpartition(".")
    words = _("%(name)s (original)") % {"name": plain_name(stem if dot else stored.name)}
    return f"{words}.{ending}" if dot and stem else words


def _made(key: str, row: object) -> Iterator[tuple[str, PaperFile]]:
    yield from ((paper.name, paper) for paper in make_in_each_format(key, row))
