"""When somebody is reminded of a deadline: the plan, what is due of it now, what comes next. All of it pure.

Sweeps, answer deeds and the page before a launch come in. A plan is made anew whenever one of its facts moves; what
has been sent is told apart by the occasions' keys alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.deadlines.days import DENMARK, Calendar, add_working_days, working_day_before
from workflow.deadlines.instants import COPENHAGEN, instant, local_day

REMINDER_CLOCK = time(8, 0)
"""Local time at which a reminder falls due, on working days only: in the inbox when the working day begins."""

QUIET = timedelta(hours=24)
"""Nobody is reminded within this time of having heard from us about the same deadline."""

WORKING_DAYS_AFTER = 3
"""How many working days after its meeting, or after a question put when its reply day had passed, a body is asked how
it went: minutes are rarely out before."""


BEFORE, AFTER = "before", "after"
"""The two occasions of a question to a body, either side of its reply day."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reminder of one deadline, due at an instant (UTC). `key` says which; `full_key` also the day it reminds of, so
    a deadline that was extended is reminded of again."""

    key: str
    due_at: datetime
    closes_on: date

    @property
    def full_key(self) -> str:
        """Unique per recipient: the occasion and the local day of the deadline ("14d@2019-03-01")."""
        # Stands in the keys of mails: written otherwise, every reminder sent so far would be sent once more.
        return f"{self.key}@{self.closes_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class _Frame:
    """In which zone and calendar reminders are reckoned, and when those reminded last heard of the deadline from us."""

    zone: ZoneInfo
    calendar: Calendar
    news_at: datetime | None

    def morning(self, day: date) -> datetime:
        return instant(day, REMINDER_CLOCK, self.zone)

    def day_after_news(self, day: date) -> date | None:
        """The working day on which a reminder of that working day goes: the next one when it would follow on the heels
        of the news; None when it lies before the news, for that is past and not made up for."""
        if self.news_at is None:
            return day
        if self.morning(day) < self.news_at:
            return None
        return add_working_days(day, 1, self.calendar) if self.morning(day) <= self.news_at + QUIET else day


def planned_party_reminders(
    deadline_at: datetime,
    days: Sequence[int],
    zone: ZoneInfo = COPENHAGEN,
    *,
    news_at: datetime | None = None,
    promised_on: date | None = None,
    calendar: Calendar = DENMARK,
) -> list[Occasion]:
    """The reminders of a hearing party, the first due first: at 08:00 local time on working days, before its deadline.

    days: how many calendar days before the deadline's day; one on a day off moves back to the working day before; empty
    when nobody is reminded. news_at: when the party last heard from us of this deadline (invitation, extension or its
    refusal, resumption). What lies before the news is past; what lies within 24 hours of it moves to the next working
    morning if that is before the deadline. promised_on: local day on which the party says it answers: nothing through
    that day, then one on the next working day, unless that is the deadline's day or later. Two on one day become one,
    under the key of the one nearer to the deadline by its unmoved day.
    """
    frame = _Frame(zone, calendar, news_at)
    closes_on = local_day(deadline_at, zone)
    planned = []
    for count in days:
        unmoved = closes_on - timedelta(days=count)
        planned.append((unmoved, frame.day_after_news(working_day_before(unmoved, calendar)), f"{count}d"))
    if promised_on is not None and days:
        day = frame.day_after_news(add_working_days(promised_on, 1, calendar))
        if day is not None and day < closes_on:
            planned.append((promised_on, day, f"promised-{promised_on.isoformat()}"))
    nearest: dict[date, tuple[date, str]] = {}
    for unmoved, day, key in planned:
        if day is None or frame.morning(day) >= deadline_at or (promised_on is not None and day <= promised_on):
            continue
        if day not in nearest or nearest[day][0] < unmoved:
            nearest[day] = unmoved, key
    return [Occasion(key, frame.morning(day), closes_on) for day, (_unmoved, key) in sorted(nearest.items())]


def planned_body_reminders(
    reply_by_at: datetime,
    days: Sequence[int],
    zone: ZoneInfo = COPENHAGEN,
    *,
    asked_at: datetime,
    news_at: datetime,
    meeting_on: date | None = None,
    calendar: Calendar = DENMARK,
) -> list[Occasion]:
    """The reminders of a body asked for a decision: at most one before its reply day ("before"), one after ("after").

    Before: on the first of the stage's days that still lies ahead of the news, since the agenda of a council has closed
    by the last. After: on the next working day. A body that has told of its meeting (meeting_on, a local day) gets none
    before, and the one after on the third working day after its meeting, whichever side of the reply day that is.
    Asked (asked_at) when its reply day had passed: one, on the third working day after that. Within 24 hours of news
    one moves to the next working morning; the one before the reply day only if that is before it. No days: none.
    """
    if not days:
        return []
    frame = _Frame(zone, calendar, news_at)
    closes_on = local_day(reply_by_at, zone)
    before = None
    if meeting_on is not None:
        after_on = add_working_days(meeting_on, WORKING_DAYS_AFTER, calendar)
    elif reply_by_at <= asked_at:
        after_on = add_working_days(local_day(asked_at, zone), WORKING_DAYS_AFTER, calendar)
    else:
        after_on = add_working_days(closes_on, 1, calendar)
        mornings = [working_day_before(closes_on - timedelta(days=count), calendar) for count in days]
        ahead = [moved for day in mornings if (moved := frame.day_after_news(day)) is not None]
        first = min(ahead, default=None)
        before = first if first is not None and frame.morning(first) < reply_by_at else None
    after = frame.day_after_news(after_on)
    planned = ((BEFORE, before), (AFTER, after))
    return [Occasion(key, frame.morning(day), closes_on) for key, day in planned if day is not None]


def occasion_due(occasions: Sequence[Occasion], now: datetime, sent_keys: Collection[str] = ()) -> Occasion | None:
    """The reminder to send now: the latest that is due, unless it was sent (`sent_keys` holds full keys).

    Earlier ones missed while the system was down are dropped, so there is one mail and never a burst.
    """
    due = [occasion for occasion in occasions if occasion.due_at <= now]
    return due[-1] if due and due[-1].full_key not in sent_keys else None


def next_occasion(occasions: Sequence[Occasion], now: datetime) -> Occasion | None:
    """The first reminder still to come after `now`: when to look again."""
    return next((occasion for occasion in occasions if occasion.due_at > now), None)
