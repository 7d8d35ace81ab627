"""Reminding bodies that have not decided. A row's `next_check_at` says only when to look; the facts then decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from notifications.outbox import Letter
from workflow.actions.reminding import Reminding
from workflow.deadlines import BEFORE, Occasion, next_occasion, occasion_due, planned_body_reminders
from workflow.mails.bodies import REMINDER
from workflow.mails.letters import letters_to
from workflow.models import ApprovalRequest
from workflow.queries.approvals import watched_requests
from workflow.queries.processes import stage_spec
from workflow.states import RequestState, StageState


def occasions_of(request: ApprovalRequest) -> list[Occasion]:
    """The reminders one body is to have of this question, as its reply day and its meeting stand now; none without a
    reply day."""
    if request.reply_by_at is None:
        return []
    return planned_body_reminders(
        request.reply_by_at,
        stage_spec(request.stage).reminders,
        ZoneInfo(request.stage.process.time_zone),
        asked_at=request.asked_at,
        news_at=request.remind_from_at,
        meeting_on=request.meeting_on,
    )


def next_check(request: ApprovalRequest, now: datetime) -> datetime | None:
    """When a sweep is to look at a question that waits; None when no reminder is left, the body is only listed, its
    address bounced, or it was asked when its stage was done."""
    if request.state == RequestState.LISTED:
        return None
    if request.bounced_at is not None or not request.email or request.stage.state == StageState.COMPLETED:
        return None
    following = next_occasion(occasions_of(request), now)
    return following.due_at if following else None


def _marks(requests: Sequence[ApprovalRequest], now: datetime) -> dict[int, datetime | None]:
    return {request.pk: next_check(request, now) for request in requests}


def _letters(requests: Sequence[ApprovalRequest], now: datetime) -> list[Letter]:
    """Once for each question, reply day and side of it."""
    letters = []
    for request in requests:
        due = occasion_due(occasions_of(request), now)
        if due is not None and due.key == BEFORE and request.reply_by_at is not None and request.reply_by_at <= now:
            continue  # missed while the system was down, and its deadline has passed since
        if due is not None:
            # The key of the mail: written otherwise, every reminder sent so far would be sent once more.
            about = f"{request.asked_at:%Y%m%dT%H%M%S.%f}:{due.full_key}"
            facts = {"closes_on": due.closes_on.isoformat(), "comes": due.key}
            letters += letters_to(REMINDER, [request], request.stage.process, about=about, facts=facts)
    return letters


REMINDING: Final = Reminding(
    ApprovalRequest,
    "remind_bodies",
    "repair_reminders_of_bodies",
    watched_requests,
    ("stage__process__office", "stage__process__definition", "body"),
    _marks,
    _letters,
    ("state", "email", "bounced_at", "asked_at", "remind_from_at", "reply_by_at", "meeting_on"),
)
remind_bodies, repair_reminders, next_body_reminder_due = REMINDING.send, REMINDING.repair, REMINDING.next_due
