"""A text corrected editorially after a body was asked about it or decided on it: which versions, and who is told.

The deed that puts a correction forward, decisions, objections, mails and the body's page come in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from workflow.models import ApprovalRequest, Bundle, Decision
from workflow.queries.documents import standing_bundles
from workflow.states import ChangeKind, DecisionState, RequestState


@dataclass(frozen=True, slots=True)
class Correction:
    """A text corrected since. before: the set that the body was asked about, or has decided on. after: the one that
    counts now. notes: what was said of each change between them, the earliest first.
    is_over: the text has since been changed in its substance, so that the corrected one counts no more."""

    before: Bundle
    after: Bundle
    notes: tuple[str, ...]
    is_over: bool = False


def same_text(bundle: Bundle) -> list[Bundle]:
    """The sets put forward that differ from this one only editorially, itself among them; the earliest first. One
    query."""
    sets: list[Bundle] = []
    for row in Bundle.objects.filter(line_id=bundle.line_id, put_forward_at__isnull=False).order_by("number"):
        row.line = bundle.line
        if row.put_forward_as != ChangeKind.EDITORIAL:
            if bundle in sets:
                break
            sets = []
        sets.append(row)
    return sets if bundle in sets else [bundle]


def correction_of(request: ApprovalRequest, decision: Decision | None) -> Correction | None:
    """What was corrected in the text since the body was asked or decided; None where nothing was. decision: the one in
    force on this question, if any. No query where there is no text, nor of a question that is asked about the first
    words of its text; else two at most."""
    bundle = request.bundle
    if bundle is None or (request.state == RequestState.ASKED and bundle.put_forward_as != ChangeKind.EDITORIAL):
        return None
    sets = same_text(bundle)
    after = sets[-1]
    before = _known_before(request, decision, sets)
    if before == after:
        return None
    notes = tuple(row.change_note for row in sets if before.number < row.number and row.change_note)
    return Correction(before, after, notes, is_over=_is_followed(after))


def _is_followed(bundle: Bundle) -> bool:
    """Whether a later set of the same agreement has been put forward. One query."""
    return Bundle.objects.filter(
        line_id=bundle.line_id, number__gt=bundle.number, put_forward_at__isnull=False
    ).exists()


def _known_before(request: ApprovalRequest, decision: Decision | None, sets: list[Bundle]) -> Bundle:
    """Which of the sets of one text the body was asked about, or has decided on."""
    if request.state == RequestState.DECIDED:
        judged = decision.bundle_id if decision is not None else request.bundle_id
        return next((row for row in sets if row.pk == judged), sets[-1])
    known = [row for row in sets if row.put_forward_at is not None and row.put_forward_at <= request.asked_at]
    return known[-1] if known else sets[0]


def asked_about_before(request: ApprovalRequest) -> Bundle | None:
    """The set of the same text that a body was asked about before in this stage, where it is asked about another now;
    None where it was not. One query."""
    if request.bundle is None:
        return None
    stage = request.stage
    earlier = ApprovalRequest.objects.filter(
        stage__process=stage.process_id, stage__key=stage.key, body=request.body_id, pk__lt=request.pk
    )
    rows = earlier.exclude(bundle=request.bundle).filter(bundle__line=request.bundle.line_id)
    latest = rows.select_related("bundle__line").order_by("-id").first()
    return latest.bundle if latest else None


def sets_corrected_by(bundle: Bundle) -> list[int]:
    """Ids of the sets that hold the text as it was before this one corrected it. One query."""
    return [pk for pk in standing_bundles(bundle) if pk != bundle.pk]


def decided_on(sets: Collection[int]) -> list[Decision]:
    """The decisions in force on these sets; each with its question and body."""
    rows = Decision.objects.filter(bundle__in=sets, state=DecisionState.VALID)
    return list(rows.select_related("request__stage", "request__body", "bundle").order_by("id"))


def still_asked_about(sets: Collection[int]) -> list[ApprovalRequest]:
    """The questions that wait for a decision on these sets."""
    rows = ApprovalRequest.objects.filter(bundle__in=sets, state=RequestState.ASKED)
    return list(rows.select_related("stage", "body", "bundle").order_by("id"))


def one_for_each_body(requests: Iterable[ApprovalRequest]) -> list[ApprovalRequest]:
    """Of several questions to one body the last one: it is told of a thing once."""
    return list({request.body_id: request for request in requests}.values())
