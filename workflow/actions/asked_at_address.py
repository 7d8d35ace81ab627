"""Other questions at an address that has been corrected: each is corrected by its own deed. Pages come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db.models import Q

from workflow.actions.approvals import readdress_request
from workflow.actions.submissions import readdress_submission
from workflow.actors import Actor
from workflow.asked_kinds import AskedKind, question_of
from workflow.models import ApprovalRequest, ExternalRequest
from workflow.queries.processes import stage_spec
from workflow.rules import Refused
from workflow.states import ExternalState, RequestState, Verb


def correct_also(keys: Sequence[str], *, old: str, email: str, actor: Actor, now: datetime) -> list[str]:
    """Correct where further questions are asked, from the address they had to another.

    Each in a transaction of its own, so that no deed holds two processes. Returns the reasons of those that were
    refused; the others are corrected.
    """
    refused = []
    for key in keys:
        kind, asked = question_of(key)
        try:
            kind.correct(asked, email=email, shown_address=old, actor=actor, now=now)
        except Refused as refusal:
            refused.append(str(refusal.refusal.text))
    return refused


def _what(request: ApprovalRequest | ExternalRequest) -> str:
    return f"{request.process.case_number} {request.process.title}: {stage_spec(request.stage).title}"


def _correct(readdress: Callable[..., object]) -> Callable[..., object]:
    return lambda asked, **facts: readdress(asked, name=asked.contact_name, for_later=False, **facts)


REQUESTS = AskedKind(
    "request",
    ApprovalRequest,
    Q(state__in=(RequestState.LISTED, RequestState.ASKED)),
    _what,
    _correct(readdress_request),
    Verb.HEAR_BOUNCE,
    owes=Q(state=RequestState.ASKED),
)
SUBMISSIONS = AskedKind(
    "submission",
    ExternalRequest,
    Q(state__in=(ExternalState.SENT, ExternalState.ACKNOWLEDGED), closed_at=None),
    _what,
    _correct(readdress_submission),
    Verb.HEAR_BOUNCE,
    asked_at="sent_at",
)
