"""Reminding bodies that have not decided. A row's `next_check_at` says only when to look; the facts then decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from notifications import outbox, postponed
from workflow.deadlines import BEFORE, Occasion, next_occasion, occasion_due, question_occasions
from workflow.mails import REMINDER, request_letters
from workflow.models import ApprovalRequest
from workflow.queries.approvals import due_requests, next_question_due, waiting_requests
from workflow.queries.processes import stage_spec

BATCH = 200

RECKONED_FROM = (
    "state",
    "email",
    "bounced_at",
    "asked_at",
    "remind_from_at",
    "reply_by_at",
    "meeting_on",
    "next_check_at",
)
"""The columns from which a mark is reckoned: whoever changes one of them writes the mark anew."""


def occasions_of(request: ApprovalRequest) -> list[Occasion]:
    """The reminders one body is to have of this question, as its reply day and its meeting stand now; none without a
    reply day."""
    if request.reply_by_at is None:
        return []
    return question_occasions(
        request.reply_by_at,
        stage_spec(request.stage).reminders,
        ZoneInfo(request.stage.process.time_zone),
        asked_at=request.asked_at,
        news_at=request.remind_from_at,
        meeting_on=request.meeting_on,
    )


def next_check(request: ApprovalRequest, now: datetime) -> datetime | None:
    """When a sweep is to look at a question that waits; None when no reminder is left or the address bounced."""
    if request.bounced_at is not None or not request.email:
        return None
    following = next_occasion(occasions_of(request), now)
    return following.due_at if following else None


def remind_bodies(now: datetime) -> int:
    """The sweep: queue a reminder to every body whose occasion has come, once for each question, reply day and side of
    it, and note when to look next.

    Of several occasions missed while the system was down only the latest is sent. Returns how many rows were looked at.
    """
    return postponed.in_batches(
        "remind_bodies", due_requests(now), lambda ids: _remind_batch(ids, now), now, whose=_WHOSE, size=BATCH
    )


_WHOSE: Final = postponed.belonging(ApprovalRequest, office="stage__process__office", process="stage__process")


@transaction.atomic
def _remind_batch(ids: Sequence[int], now: datetime) -> int:
    """One batch, its rows locked; those another sweep is looking at are left to it."""
    batch = list(
        due_requests(now)
        .filter(pk__in=ids)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("stage__process__office", "stage__process__definition", "body")
        .order_by("next_check_at", "id")
    )
    _remind(batch, now)
    return len(batch)


def _remind(batch: Iterable[ApprovalRequest], now: datetime) -> None:
    letters = []
    for request in batch:
        due = occasion_due(occasions_of(request), now)
        if due is not None and due.key == BEFORE and request.reply_by_at is not None and request.reply_by_at <= now:
            due = None  # missed while the system was down, and its deadline has passed since
        if due is not None and request.bounced_at is None:
            letters += request_letters(
                REMINDER,
                [request],
                request.stage.process,
                # The key of the mail: written otherwise, every reminder sent so far would be sent once more.
                occasion=f"{request.asked_at:%Y%m%dT%H%M%S.%f}:{due.full_key}",
                closes_on=due.closes_on.isoformat(),
                comes=due.key,
            )
        request.next_check_at = next_check(request, now)
    ApprovalRequest.objects.bulk_update(list(batch), ["next_check_at"], batch_size=BATCH)
    outbox.enqueue(letters, now)


def next_body_reminder_due(now: datetime) -> datetime | None:
    """When the first waiting body is to be looked at."""
    return next_question_due()


def repair_reminders(now: datetime) -> int:
    """Reckon anew for waiting questions, 2,000 at a time, when to look at them. Returns how many marks were wrong.

    One that is due now keeps its place: the sweep has it next. What a deed has written since the row was read stands.
    """
    return postponed.walk_in_batches(
        "repair_reminders_of_bodies", waiting_requests(), lambda ids: _repair_marks(ids, now), now, whose=_WHOSE
    )


def _repair_marks(ids: Sequence[int], now: datetime) -> int:
    # Read without locks, so that the nightly repair holds up no deed; the update at the end compares.
    wrong = []
    for request in waiting_requests().filter(pk__in=ids).select_related("stage__process__definition"):
        mark = next_check(request, now)
        is_due = request.next_check_at is not None and request.next_check_at <= now
        if request.next_check_at != mark and not is_due:
            wrong.append(({"pk": request.pk} | {name: getattr(request, name) for name in RECKONED_FROM}, mark))
    with transaction.atomic():
        return sum(
            ApprovalRequest.objects.filter(**as_read).update(next_check_at=new_mark) for as_read, new_mark in wrong
        )
