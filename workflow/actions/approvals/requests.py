"""The rows of questions to bodies: locked, made with their links, taken back. The other rooms of approvals come in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from notifications import outbox
from notifications.statements import Given, Read
from workflow.actions.approvals.reminding import next_check
from workflow.actions.falling_back import fall_back
from workflow.actions.locking import lock_process, process_of
from workflow.actors import Actor
from workflow.definitions import StageSpec
from workflow.links import new_link
from workflow.mails.bodies import ASKING
from workflow.mails.letters import Address, address_of
from workflow.models import ApprovalRequest, Body, Bundle, Decision, Dispatch, PersonalLink, Process, Stage
from workflow.queries.approvals import lets_on
from workflow.queries.bodies import primary_contacts
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.rules.asked import why_unreached
from workflow.states import (
    UNSENT,
    DecisionState,
    FellBack,
    LinkPurpose,
    Outcome,
    RequestPurpose,
    RequestState,
)

_REQUEST: Final = Read(lambda: ApprovalRequest.objects.select_related("stage", "link").filter(pk=Given("pk")))


def lock_request(request: ApprovalRequest, *, must_run: bool = True) -> tuple[Process, ApprovalRequest]:
    """The process locked, and the request as it is now. One lock and one read.

    The body and the locked bundle are not rewritten by deeds: where the caller has read them, they are not read again.
    """
    process = lock_process(process_of(request.stage), must_run=must_run)
    rows_at_hand = {name: getattr(request, name) for name in ("body", "bundle") if name in request._state.fields_cache}
    locked_request = _REQUEST.one(pk=request.pk)
    locked_request.stage.process = process
    for name, row in rows_at_hand.items():
        if getattr(locked_request, f"{name}_id") == getattr(request, f"{name}_id"):
            setattr(locked_request, name, row)
    return process, locked_request


def ask(
    stage: Stage,
    bodies: dict[Body, str],
    bundle: Bundle | None,
    now: datetime,
    earlier_requests: dict[int, ApprovalRequest] | None = None,
    *,
    reply_by_at: datetime | None = None,
    dispatch: Dispatch | None = None,
) -> list[ApprovalRequest]:
    """Make a request and a link for each body (body → level); `earlier_requests` holds those whose
    address is taken over. reply_by_at (UTC): by when they are asked to answer, where it is not by the stage's deadline.
    dispatch: what asks them when it leaves; they are only listed until then.

    A body without an address, or with one that mail is known to come back from, is asked all the same: its question
    waits for an officer, who sees it as a duty.
    """
    if not bodies:
        return []
    process, spec = stage.process, stage_spec(stage)
    deadline = stage_deadline(stage)
    contacts = primary_contacts(process.office, [body.pk for body in bodies])
    links = PersonalLink.objects.bulk_create(
        [new_link(process.office, LinkPurpose.DECISION, now) for _body in bodies], batch_size=200
    )
    requests = []
    for (body, level), link in zip(bodies.items(), links, strict=True):
        before = (earlier_requests or {}).get(body.pk)
        address = address_of(contacts.get(body.pk), body)
        # An address given in this matter holds, unless mail comes back from it and the office knows one.
        to = Address.of(before) if before and (not why_unreached(before) or not address.email) else address
        request = ApprovalRequest(
            stage=stage,
            body=body,
            bundle=bundle,
            link=link,
            purpose=_purpose(stage),
            recommendation=spec.review.recommendation.key if spec.review else "",
            level=level,
            **asdict(to),
            asked_at=now,
            remind_from_at=now,
            reply_by_at=reply_by_at or (deadline.at if deadline else None),
            meeting_on=before.meeting_on if before and before.state == RequestState.WITHDRAWN else None,
            dispatch=dispatch,
            state=RequestState.LISTED if dispatch else RequestState.ASKED,
        )
        request.next_check_at = None if dispatch else next_check(request, now)
        requests.append(request)
    return ApprovalRequest.objects.bulk_create(requests, batch_size=200)


def _purpose(stage: Stage) -> RequestPurpose:
    spec = stage_spec(stage)
    if spec.review is not None:
        return RequestPurpose.RECOMMENDATION
    return RequestPurpose.ACCESSION if spec.approval and spec.approval.accession else RequestPurpose.APPROVAL


def needs_no_question(decision: Decision, spec: StageSpec) -> bool:
    """Whether a decision, read with its settlement, needs no new question: it counts, or the party stands outside for
    good."""
    stands_outside = (
        spec.approval is not None and spec.approval.accession and decision.outcome == Outcome.ACCESSION_DECLINED
    )
    return lets_on(decision, spec) or stands_outside


def withdraw(requests: Sequence[ApprovalRequest], reason: str, now: datetime) -> None:
    """Take questions back, and the mails about them that have not left; `reason` is the mails' code. A dispatch on
    which nobody is left is given up."""
    dispatches = dispatches_listing(requests)
    for request in requests:
        request.withdraw()
        request.closed_at, request.next_check_at = now, None
    # The same for all, so one statement does it that does not grow with them.
    rows = ApprovalRequest.objects.filter(pk__in=[request.pk for request in requests])
    rows.update(state=RequestState.WITHDRAWN, closed_at=now, next_check_at=None)
    outbox.withdraw([request.public_id for request in requests], kinds=ASKING, reason=reason, now=now)
    give_up_empty(dispatches, now)


def dispatches_listing(requests: Sequence[ApprovalRequest]) -> set[int]:
    """The row ids of the dispatches on which these questions stand that have not been put."""
    return {row.dispatch_id for row in requests if row.state == RequestState.LISTED and row.dispatch_id is not None}


def give_up_empty(dispatches: Collection[int], now: datetime) -> None:
    """Give up those of these dispatches that would ask nobody. No query where there is none."""
    if not dispatches:
        return
    unsent = Dispatch.objects.filter(pk__in=dispatches, state__in=UNSENT)
    for dispatch in unsent.exclude(requests__state=RequestState.LISTED):
        dispatch.withdraw()
        dispatch.leaves_at, dispatch.closed_at = None, now
        dispatch.save(update_fields=["state", "leaves_at", "closed_at"])


def list_about(
    bundle: Bundle, requests: QuerySet[ApprovalRequest], process: Process, actor: Actor, now: datetime
) -> list[ApprovalRequest]:
    """Let those of these bodies that are only listed be asked about another set; what was to ask them waits for an
    officer again. Returns their questions."""
    listed = list(requests.filter(state=RequestState.LISTED).exclude(bundle=bundle).select_related("body"))
    if listed:
        ApprovalRequest.objects.filter(pk__in=[row.pk for row in listed]).update(bundle=bundle)
        dispatches = Dispatch.objects.filter(pk__in=dispatches_listing(listed))
        fall_back(dispatches, FellBack.NEWER_SET, process, actor, now)
    return listed


def let_fall(decisions: Sequence[Decision], now: datetime) -> None:
    """Mark decisions as given to an earlier version, and their requests with them unless those are still asked."""
    requests = {}
    for decision in decisions:
        decision.fall()
        decision.ended_at = now
        # One that has been asked anew meanwhile stays asked.
        if decision.request.state == RequestState.DECIDED:
            decision.request.fall()
            requests[decision.request_id] = decision.request
    rows = Decision.objects.filter(pk__in=[decision.pk for decision in decisions])
    rows.update(state=DecisionState.FALLEN, ended_at=now)
    ApprovalRequest.objects.filter(pk__in=requests).update(state=RequestState.FALLEN)


def codes_of(stage: Stage, bundle: Bundle | None) -> dict[str, object]:
    """What the record says of a stage in which bodies are asked, and of the text they are asked about."""
    return {"stage": stage.key, "attempt": stage.attempt, "bundle": bundle.sha256 if bundle else ""}
