"""The duties of the consultations floor, found again in rows. Beat and the player come in."""

from __future__ import annotations

from datetime import datetime, timedelta

from consultations.actions.answers.confirming import ASK_TO_CONFIRM, ask_to_confirm, next_confirming_due
from consultations.actions.reminders import next_party_reminder_due, repair_plans, send_reminders
from consultations.actions.rounds import close_due_rounds
from consultations.queries.rounds import next_closing_due
from notifications.sweeps import Sweep


def _next_closing_due(now: datetime) -> datetime | None:
    return next_closing_due()


def _never(now: datetime) -> datetime | None:
    """Nothing waits for a repair: every deed keeps its own marks right."""
    return None


# Names stand in the rows of what was put off: under another name those would never be settled.
SWEEPS: tuple[Sweep, ...] = (
    Sweep("send_reminders", send_reminders, next_party_reminder_due, timedelta(minutes=1)),
    Sweep(ASK_TO_CONFIRM, ask_to_confirm, next_confirming_due, timedelta(minutes=1)),
    Sweep("close_rounds", close_due_rounds, _next_closing_due, timedelta(minutes=1)),
    Sweep("repair_reminders", repair_plans, _never, timedelta(hours=1)),
)
