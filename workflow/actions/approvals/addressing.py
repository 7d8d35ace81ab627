"""Where a body is asked: at another address, or otherwise than by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from notifications.outbox import Letter
from workflow.actions.approvals.reminding import next_check
from workflow.actions.approvals.requests import dispatches_listing, lock_request
from workflow.actions.asked import Readdressing, readdress, stop_mail
from workflow.actions.falling_back import fall_back
from workflow.actions.locking import lock_process, process_of
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.mails.bodies import ASKING, REQUEST, decision_receipts, question_letters
from workflow.models import ApprovalRequest, Dispatch, Process, Stage
from workflow.rules.approvals import may_contact_otherwise, may_readdress
from workflow.states import Channel, DecisionState, FellBack, RequestState, Verb


def _letters_anew(request: ApprovalRequest, process: Process, occasion: str) -> list[Letter]:
    """A body that has decided is not asked again: it gets its receipt, and sees that its decision is here. One that is
    only listed is asked at its new address when its dispatch leaves."""
    if request.state == RequestState.LISTED:
        return []
    decision = request.decisions.filter(state=DecisionState.VALID).first()
    if request.state == RequestState.DECIDED and decision is not None:
        return decision_receipts(decision, request, process, occasion=occasion)
    return question_letters(REQUEST, [request], process, about=occasion)


def _plan_anew(request: ApprovalRequest, now: datetime) -> list[str]:
    request.remind_from_at = now
    request.next_check_at = next_check(request, now) if request.state == RequestState.ASKED else None
    return ["remind_from_at", "next_check_at"]


def _look_again(requests: Sequence[ApprovalRequest], process: Process, system: Actor, now: datetime) -> None:
    """What was to leave with them on it waits for an officer, who looked it through as it was."""
    if ids := dispatches_listing(requests):
        fall_back(Dispatch.objects.filter(pk__in=ids), FellBack.RECIPIENT, process, system, now)


readdress_request = partial(
    readdress,
    Readdressing(
        Verb.READDRESS_REQUEST,
        lock_request,
        lambda _process, request: may_readdress(request),
        ASKING,
        _letters_anew,
        _plan_anew,
        lambda request, process, system, now: _look_again([request], process, system, now),
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
        stage=stage,
        stage__process=process,
        state__in=(RequestState.LISTED, RequestState.ASKED),
        channel=Channel.EMAIL,
    ).order_by("id")
    concerned = stop_mail(requests_by_mail, requests, may_contact_otherwise, kinds=ASKING, now=now, email="")
    codes = {"stage": stage.key, "requests": [request.public_id for request in concerned]}
    entry = record(Verb.CONTACT_BODIES_OTHERWISE, stage, actor=actor, now=now, process=process, codes=codes)
    _look_again(concerned, process, following(entry), now)
    once.keep(stage.public_id, now)
    return concerned
