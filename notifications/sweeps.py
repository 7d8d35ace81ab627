"""The duties of mail, found again in rows: send what is due, bring back what a lost worker held, tell what was heard.

Beat and the player come in. `Sweep` is the shape of every app's sweeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications import delivery, installation, postponed, queries, tracking


@dataclass(frozen=True, slots=True)
class Sweep:
    """One recurring duty.

    run        does what is due at an instant, as often as it is asked; returns how many rows it dealt with
    next_due   when there is something to do again: in the past when there is already, None when nothing waits
    every      how often beat asks
    """

    name: str
    run: Callable[[datetime], int]
    next_due: Callable[[datetime], datetime | None]
    every: timedelta


def deliver_mail(now: datetime) -> int:
    """Send the mails that are due. Returns how many were dealt with; 0 while mail is held."""
    report = delivery.deliver(now, delivery.clock_from(now))
    return report.claimed


def _next_mail_due(now: datetime) -> datetime | None:
    return None if installation.hold() else queries.next_mail_due()


def _next_recovery_due(now: datetime) -> datetime | None:
    return None if installation.hold() else queries.next_recovery_due()


def _next_telling_due(now: datetime) -> datetime | None:
    return tracking.next_telling_due()


def _next_forgetting_due(now: datetime) -> datetime | None:
    return postponed.next_forgetting_due()


# Names stand in the rows of what was put off: under another name those would never be settled.
SWEEPS: tuple[Sweep, ...] = (
    Sweep("deliver_mail", deliver_mail, _next_mail_due, timedelta(seconds=10)),
    Sweep("recover_leases", delivery.recover, _next_recovery_due, timedelta(minutes=1)),
    Sweep("tell_mail_events", tracking.tell_kinds, _next_telling_due, timedelta(minutes=1)),
    Sweep("forget_postponed", postponed.forget_given_up, _next_forgetting_due, timedelta(days=1)),
)
