"""When a party is reminded of a deadline: the occasions, the one due now, the next. Sweeps and answer deeds come in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.deadlines.instants import COPENHAGEN, instant, is_in_time, local_day

REMINDER_CLOCK = time(8, 0)
"""Local time at which a reminder falls due: in the inbox when the working day begins."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reminder of one deadline. `key` names how long before ("14d"); `full_key` also the day it reminds of, so a
    deadline that was extended is reminded of again."""

    key: str
    due_at: datetime
    closes_on: date

    @property
    def full_key(self) -> str:
        """Unique per recipient: the occasion and the local day of the deadline ("14d@2019-03-01")."""
        return f"{self.key}@{self.closes_on.isoformat()}"


def reminder_occasions(
    deadline_at: datetime,
    days: Sequence[int] = (14, 7, 1),
    zone: ZoneInfo = COPENHAGEN,
    *,
    since: datetime | None = None,
) -> list[Occasion]:
    """The reminders of a deadline, the first due first: at 08:00 local time that many calendar days before its day.

    With `since` (when the party was invited) those already past at that moment are left out, so nobody is reminded on
    the day of the invitation of a date that went by before it.
    """
    closes_on = local_day(deadline_at, zone)
    occasions = [
        Occasion(f"{count}d", instant(closes_on - timedelta(days=count), REMINDER_CLOCK, zone), closes_on)
        for count in sorted(set(days), reverse=True)
    ]
    return [occasion for occasion in occasions if since is None or occasion.due_at > since]


def occasion_due(
    occasions: Sequence[Occasion], now: datetime, deadline_at: datetime, sent: Collection[str] = ()
) -> Occasion | None:
    """The reminder to send now: the latest that is due, unless it was sent (`sent` holds full keys).

    Earlier ones missed while the system was down are dropped, so there is one mail and never a burst. Nothing is due
    once the deadline has passed.
    """
    due = [occasion for occasion in occasions if occasion.due_at <= now]
    if not due or not is_in_time(now, deadline_at) or due[-1].full_key in sent:
        return None
    return due[-1]


def next_occasion(occasions: Sequence[Occasion], now: datetime) -> Occasion | None:
    """The first reminder still to come after `now`: when to look again."""
    return next((occasion for occasion in occasions if occasion.due_at > now), None)
