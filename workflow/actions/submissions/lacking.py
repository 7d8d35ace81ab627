"""What a package for an authority would hold, and what it would lack: the deed that makes it comes in, and its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from workflow.definitions import GateName, ancestors
from workflow.gates import gate_statuses
from workflow.gates.approvals import lacking_decisions
from workflow.models import Bundle, Decision, Package, Process, Stage
from workflow.queries.documents import standing_bundles
from workflow.queries.processes import definition_of, live_stages
from workflow.queries.submissions import sent_package
from workflow.reports.package.chapters import Chapter, Contents
from workflow.reports.package.documents import documents_chapter
from workflow.reports.package.elsewhere import elsewhere_chapter
from workflow.stage_kinds import chapters_of_kinds
from workflow.states import DecisionState, StageKindName


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a package lacks, in sentences. approvals: shut gates, and decisions on the set not yet given. papers: what
    its chapters ought to hold."""

    approvals: list[str]
    papers: list[str]

    @property
    def sentences(self) -> list[str]:
        """All of it; a gate and a chapter may say the same of the same bodies."""
        return list(dict.fromkeys([*self.approvals, *self.papers]))


NOTHING = Lacking([], [])


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a package would lack, and what it need not hold and does not, in sentences."""

    missing: list[str]
    left_out: list[str]


def prospect_of(stage: Stage, bundle: Bundle, now: datetime) -> Prospect:
    """What a package of this stage would be like if it were made now, in the language spoken now; see `lacking_in`."""
    contents = Contents(stage.process, stage, bundle, now)
    chapters = chapters_of(contents)
    return Prospect(lacking_in(contents, chapters).sentences, left_out_of(chapters))


def left_out_of(chapters: Sequence[Chapter]) -> list[str]:
    """What a package does not hold and need not: what has been erased, what is not made here yet."""
    return [sentence for chapter in chapters for sentence in chapter.left_out]


def chapters_of(contents: Contents) -> list[Chapter]:
    """The chapters of a package in their order, in the language spoken now. The number of queries does not grow with
    what there is in them."""
    chapters = [documents_chapter(contents.bundle), *chapters_of_kinds(contents), *elsewhere_chapter(contents)]
    return sorted(chapters, key=lambda chapter: chapter.number)


def lacking_in(contents: Contents, chapters: Sequence[Chapter]) -> Lacking:
    """What a package lacks, in sentences in the language spoken now.

    The authority's own receipt and ruling are not waited for, nor approvals of another text. Approvals that an earlier
    package has carried are not asked for again. One that was provisional is not the submission: what it lacked is still
    missing until a supplement has brought it, and said to be lost when nobody can give it any more.
    """
    stage, bundle = contents.stage, contents.bundle
    answers = (GateName.EXTERNAL_RECEIPT, GateName.EXTERNAL_RULING)
    sentences = [
        sentence
        for status in gate_statuses(stage, contents.now)
        if not status.is_open and not status.key.startswith(answers)
        for sentence in status.missing
    ]
    process = stage.process
    before = set(ancestors(definition_of(process), stage.key))
    approvals = [
        row
        for row in live_stages(process)
        if row.key in before and row.kind == StageKindName.APPROVAL and row.line_id == stage.line_id
    ]
    standing = standing_bundles(bundle)
    for approval in approvals:
        if approval.done_on is not None and approval.bundle_id in standing:
            # Given outside the system, on this text: its papers go along.
            continue
        judged = _bundles_judged(process, approval.key)
        earlier = sent_package(process, judged, before=stage)
        if earlier is None:
            sentences += lacking_decisions(approval, standing)
        elif earlier.is_provisional:
            sentences += lacking_decisions(approval, judged) or [_awaits_supplement(earlier)]
    return Lacking(sentences, [sentence for chapter in chapters for sentence in chapter.missing])


def _awaits_supplement(package: Package) -> str:
    text = _("Package %(number)d was sent as provisional, and no supplement has completed it.")
    return text % {"number": package.number}


def _bundles_judged(process: Process, stage_key: str) -> list[int]:
    decisions = Decision.objects.filter(
        request__stage__process=process, request__stage__key=stage_key, state=DecisionState.VALID
    )
    return [pk for pk in decisions.values_list("bundle_id", flat=True).distinct().order_by() if pk is not None]
