"""The chapter of a package with the stages done outside the system, before the process was started here: each with its
day, the reason and its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from workflow.dates import short_date
from workflow.models import DoneElsewhere
from workflow.queries.mid_course import told_of_stages
from workflow.queries.processes import stage_spec
from workflow.reports.package.chapters import ELSEWHERE, Chapter, Contents, Gathering, Part, Row, written
from workflow.states import StageKindName

_WITH_PAPERS: Final = (StageKindName.CONSULTATION, StageKindName.REVIEW, StageKindName.APPROVAL)
"""The kinds of stage of which something on paper is left: letter and answers, minutes."""


def elsewhere_chapter(contents: Contents) -> list[Chapter]:
    """The stages of the same text that were done elsewhere, in their order; no chapter where there are none. Three
    queries."""
    told = told_of_line(contents)
    if not told:
        return []
    gathering = Gathering()
    rows = tuple(_row(row, gathering) for row in told)
    title = _("Done outside the system")
    return [
        Chapter(ELSEWHERE, title, (Part("", rows),), tuple(gathering.missing), tuple(gathering.left_out)),
    ]


def facts_of_stages(told: Sequence[DoneElsewhere]) -> list[dict[str, object]]:
    """What the manifest says of them. files: by their SHA-256; the list of members says where each lies."""
    return [
        {
            "stage": row.stage.key,
            "done_on": row.stage.done_on,
            "reason": row.reason,
            "files": [one.file.sha256 for one in row.files.all() if one.file.erased_at is None],
        }
        for row in told
    ]


def told_of_line(contents: Contents) -> list[DoneElsewhere]:
    """What was told of the stages of the package's text. Three queries."""
    told = [row for row in told_of_stages(contents.process) if row.stage.line_id == contents.stage.line_id]
    for row in told:
        # The caller's object, so that its definition is not read anew for every stage.
        row.stage.process = contents.process
    return told


def _row(told: DoneElsewhere, gathering: Gathering) -> Row:
    assert told.stage.done_on is not None
    title, day = str(stage_spec(told.stage).title), short_date(told.stage.done_on)
    words = _("Done outside the system on %(day)s.") % {"day": day}
    papers = [*written(_("What was told of it"), "", title, [("", words), ("", told.reason)], at=told.stage.done_on)]
    for number, one in enumerate(told.files.all(), start=1):
        label = _("File %(number)d") % {"number": number}
        papers += gathering.stored(label, label, one.file, title)
    if told.stage.kind in _WITH_PAPERS and not told.files.all():
        gathering.missing.append(
            _("“%(stage)s” was done outside the system, and no file came with it.") % {"stage": title}
        )
    return Row(title, (day, told.reason), papers=tuple(papers))
