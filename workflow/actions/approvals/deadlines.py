"""The reply days of questions to bodies: they follow their stage's deadline, moved or met anew after a pause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from notifications import outbox
from workflow.actions.approvals.reminding import next_check
from workflow.actions.falling_back import fall_back
from workflow.actors import Actor
from workflow.deadlines import Pause
from workflow.mails.bodies import deadline_letters
from workflow.models import ApprovalRequest, Deadline, Dispatch, Stage
from workflow.queries.approvals import still_asked
from workflow.queries.joining import days_of_their_own
from workflow.queries.processes import stage_deadline
from workflow.rules.asked import is_reached
from workflow.states import FellBack, RequestState, StageState


def follow_deadline(deadline: Deadline, actor: Actor, now: datetime) -> None:
    """Copy a stage's deadline, now known or moved, to what is still asked there, tell those bodies, and reckon the
    reminders anew. A body that was given a later day of its own keeps it."""
    stage = deadline.stage
    if stage is None or deadline.subject_id != stage.public_id or deadline.name != stage.key:
        return
    # Who is only listed is asked by the day that holds when the dispatch leaves; until then the page shows it.
    ApprovalRequest.objects.filter(stage=stage, state=RequestState.LISTED).update(reply_by_at=deadline.at)
    fall_back(Dispatch.objects.filter(stage=stage), FellBack.DEADLINE, stage.process, actor, now)
    own = days_of_their_own(stage)
    requests = [row for row in still_asked(stage) if _later(deadline, own.get(row.public_id)) is deadline]
    for request in requests:
        request.stage = stage
        request.reply_by_at = deadline.at
        # What was due before this deed is not caught up on: the body is reminded of its new day only.
        request.remind_from_at = now
        request.next_check_at = next_check(request, now)
    if not requests:
        return
    ApprovalRequest.objects.bulk_update(requests, ["reply_by_at", "remind_from_at", "next_check_at"], batch_size=200)
    outbox.enqueue(deadline_letters(_knowing(requests, now), deadline, now), now)


def _knowing(requests: Sequence[ApprovalRequest], now: datetime) -> list[ApprovalRequest]:
    """Those whose question no longer waits to leave: the others read of the day in it. What a dispatch asked has
    left."""
    waits = [request.bundle for request in requests if request.bundle is not None]
    waiting = {bundle.pk for bundle in waits if bundle.questions_leave_at and bundle.questions_leave_at > now}
    return [row for row in requests if row.dispatch_id is not None or row.bundle_id not in waiting]


def _later(deadline: Deadline | None, own: Deadline | None) -> Deadline | None:
    """By which a body is to answer: the stage's deadline, or its own day where that is later."""
    if deadline is None or own is None:
        return deadline or own
    return own if own.at > deadline.at else deadline


def take_up_requests(stage: Stage, pause: Pause, actor: Actor, now: datetime) -> None:
    """After a pause: copy the stage's deadline, moved or not, to what is still asked there, let a meeting day that fell
    in the pause go, plan reminders from what lies ahead, and tell each body once by when its decision is asked for. In
    a stage that is done: only those that were given a day of their own."""
    deadline = stage_deadline(stage) if stage.state == StageState.OPEN else None
    listed = ApprovalRequest.objects.filter(stage=stage, state=RequestState.LISTED)
    listed.update(reply_by_at=deadline.at if deadline else None)
    requests, own = _asked_by_a_day(stage)
    days = {request.pk: _later(deadline, own.get(request.public_id)) for request in requests}
    moved = [row for row in requests if (day := days[row.pk]) is not None and row.reply_by_at != day.at]
    told: dict[int, tuple[Deadline, list[ApprovalRequest]]] = {}
    for request in requests:
        day = days[request.pk]
        request.stage = stage
        request.reply_by_at = day.at if day else None
        if request.meeting_on is not None and pause.covers(request.meeting_on):
            request.meeting_on = None
        request.remind_from_at = now
        request.next_check_at = next_check(request, now)
        if day is not None:
            told.setdefault(day.pk, (day, []))[1].append(request)
    columns = ["reply_by_at", "meeting_on", "remind_from_at", "next_check_at"]
    ApprovalRequest.objects.bulk_update(requests, columns, batch_size=200)
    if not (pause.days or moved):
        return
    for day, bodies in told.values():
        day.process = stage.process
        outbox.enqueue(deadline_letters(_knowing(bodies, now), day, now, resumed=True), now)


def told_of_resumption(stage: Stage) -> list[str]:
    """The names of the bodies that are told: still asked, with a reply day and an address that works."""
    requests, _own = _asked_by_a_day(stage)
    return [row.body.name for row in requests if is_reached(row) and row.reply_by_at is not None]


def _asked_by_a_day(stage: Stage) -> tuple[list[ApprovalRequest], dict[UUID, Deadline]]:
    """The questions that wait in a stage; of one that is done those with a day of their own. And these days."""
    own = days_of_their_own(stage)
    is_done = stage.state != StageState.OPEN
    requests = [] if is_done and not own else list(still_asked(stage))
    return [row for row in requests if not is_done or row.public_id in own], own
