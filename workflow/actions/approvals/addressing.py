"""Where a body is asked: at another address, or otherwise than by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from notifications.outbox import Letter
from workflow.actions.approvals.reminding import next_check
from workflow.actions.approvals.requests import lock_request
from workflow.actions.asked import Readdressing, readdress, stop_mail
from workflow.actions.locking import lock_process, process_of
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.mails.bodies import ASKING, REQUEST, decision_receipts, question_letters
from workflow.models import ApprovalRequest, Process, Stage
from workflow.rules.approvals import may_contact_otherwise, may_readdress
from workflow.states import Channel, DecisionState, RequestState, Verb


def _letters_anew(request: ApprovalRequest, process: Process, occasion: str) -> list[Letter]:
    """A body that has decided is not asked again: it gets its receipt, and sees that its decision is here."""
    decision = request.decisions.filter(state=DecisionState.VALID).first()
    if request.state == RequestState.DECIDED and decision is not None:
        return decision_receipts(decision, request, process, occasion=occasion)
    return question_letters(REQUEST, [request], process, about=occasion)


def _plan_anew(request: ApprovalRequest, now: datetime) -> list[str]:
    request.remind_from_at = now
    request.next_check_at = next_check(request, now) if request.state == RequestState.ASKED else None
    return ["remind_from_at", "next_check_at"]


readdress_request = partial(
    readdress,
    Readdressing(
        Verb.READDRESS_REQUEST,
        lock_request,
        lambda _process, request: may_readdress(request),
        ASKING,
        _letters_anew,
        _plan_anew,
    ),
)
"""Send a question to another address; refused to a body whose question was withdrawn or fell."""


@transaction.atomic
def contact_bodies_otherwise(
    stage: Stage,
    requests: Sequence[ApprovalRequest] | None = None,
    *,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> list[ApprovalRequest]:
    """Ask bodies otherwise than by mail: those whose questions are named, else all in a stage that mail cannot reach.

    Their questions wait as before, without mail and without reminders; the officer records what they decide. Returns
    them; a repeated `key` concerns nobody more. Refuses everybody but the office, and where nobody is concerned.
    """
    process = lock_process(process_of(stage))
    request_ids = [request.public_id for request in requests or []]
    once = Once(f"contact_bodies_otherwise:{stage.public_id}", key, request_ids)
    if once.made:
        return []
    insist_officer(actor, process.office, now)
    requests_by_mail = ApprovalRequest.objects.filter(
        stage=stage, stage__process=process, state=RequestState.ASKED, channel=Channel.EMAIL
    ).order_by("id")
    concerned = stop_mail(requests_by_mail, requests, may_contact_otherwise, kinds=ASKING, now=now, email="")
    codes = {"stage": stage.key, "requests": [request.public_id for request in concerned]}
    record(Verb.CONTACT_BODIES_OTHERWISE, stage, actor=actor, now=now, process=process, codes=codes)
    once.keep(stage.public_id, now)
    return concerned
