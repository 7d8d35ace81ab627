"""The reply days of questions to bodies: they follow their stage's deadline, moved or met anew after a pause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notifications import outbox
from workflow.actions.approvals.reminding import next_check
from workflow.actors import Actor
from workflow.deadlines import Pause
from workflow.mails.bodies import deadline_letters
from workflow.models import ApprovalRequest, Deadline, Stage
from workflow.queries.approvals import still_asked
from workflow.queries.processes import stage_deadline
from workflow.rules.asked import is_reached


def follow_deadline(deadline: Deadline, actor: Actor, now: datetime) -> None:
    """Copy a stage's deadline, now known or moved, to what is still asked there, tell those bodies, and reckon the
    reminders anew."""
    stage = deadline.stage
    if stage is None or deadline.subject_id != stage.public_id or deadline.name != stage.key:
        return
    requests = list(still_asked(stage))
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
    """Those whose question no longer waits to leave: the others read of the day in it."""
    waits = [request.bundle for request in requests if request.bundle is not None]
    waiting = {bundle.pk for bundle in waits if bundle.questions_leave_at and bundle.questions_leave_at > now}
    return [request for request in requests if request.bundle_id not in waiting]


def take_up_requests(stage: Stage, pause: Pause, actor: Actor, now: datetime) -> None:
    """After a pause: copy the stage's deadline, moved or not, to what is still asked there, let a meeting day that fell
    in the pause go, plan reminders from what lies ahead, and tell each body once by when its decision is asked for."""
    deadline = stage_deadline(stage)
    requests = list(still_asked(stage))
    moved = [request for request in requests if deadline is not None and request.reply_by_at != deadline.at]
    for request in requests:
        request.stage = stage
        request.reply_by_at = deadline.at if deadline else None
        if request.meeting_on is not None and pause.covers(request.meeting_on):
            request.meeting_on = None
        request.remind_from_at = now
        request.next_check_at = next_check(request, now)
    columns = ["reply_by_at", "meeting_on", "remind_from_at", "next_check_at"]
    ApprovalRequest.objects.bulk_update(requests, columns, batch_size=200)
    if deadline is not None and (pause.days or moved):
        deadline.process = stage.process
        outbox.enqueue(deadline_letters(_knowing(requests, now), deadline, now, resumed=True), now)


def told_of_resumption(stage: Stage) -> list[str]:
    """The names of the bodies that are told: still asked, with a reply day and an address that works."""
    return [row.body.name for row in still_asked(stage) if is_reached(row) and row.reply_by_at is not None]
