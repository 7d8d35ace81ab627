"""Times as a scenario writes them, as instants (UTC) and local days. The checker comes in; nothing reads the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflow.dates import YEARS
from workflow.deadlines import DENMARK, add_working_days, instant
from workflow.deadlines.days import Calendar
from workflow.deadlines.instants import occurs

if TYPE_CHECKING:
    from consultations.player.written import DayCount, MomentCount

_UNITS = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}  # in minutes

FARTHEST = 40_000
"""Days and working days that one time may lie after another."""

_ABSOLUTE = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)")
_STEP = re.compile(r"\+\s*(\d+)\s*(wd|w|d|h|m)(?:\s+(\d{1,2}:\d{2}))?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?")
_DAY_STEP = re.compile(r"\+\s*(\d+)\s*(wd|w|d)")


class BadTime(ValueError):
    """A time that cannot be read; the text is the remedy."""


@dataclass(frozen=True, slots=True)
class Almanac:
    """Where and when the scenario is laid. laid_on: the local day that `{working_day: 0}` means."""

    zone: ZoneInfo
    laid_on: date
    calendar: Calendar = DENMARK

    def moment(self, written: str | MomentCount, before: datetime | None) -> datetime:
        """An instant: "2019-01-18 10:00", "+3d 10:00" after `before`, or {working_day: -12, clock: "10:00"}.

        Of a clock time that comes twice, in the night the clock is put back, the first is meant.
        """
        if not isinstance(written, str):
            return self._at(self._counted(written), written.clock)
        if found := _ABSOLUTE.fullmatch(written.strip()):
            return self._at(day_of(found[1]), clock_of(found[2]))
        if found := _STEP.fullmatch(written.strip()):
            if before is None:
                raise BadTime(_("Nothing stands before it; write a day and a clock time."))
            return self._step(before, int(found[1]), found[2], found[3])
        raise BadTime(
            _('Write "2019-01-18 10:00", "+3d 10:00" after the deed above, or {working_day: -12, clock: "10:00"}.')
        )

    def day(self, written: str | DayCount, own: date) -> date:
        """A local day: 2019-06-24, "+14d" or "+10wd" after `own`, or {working_day: 10}."""
        if not isinstance(written, str):
            return self._counted(written)
        if found := _DAY_STEP.fullmatch(written.strip()):
            return self._days_on(own, int(found[1]), found[2])
        return day_of(written.strip())

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def comes_twice(self, moment: datetime) -> bool:
        """Whether the local clock shows the time of that instant once more, an hour later."""
        local = moment.astimezone(self.zone)
        return local.fold == 0 and occurs(local.date(), local.time(), self.zone) > 1

    def _at(self, day: date, clock: time) -> datetime:
        if not occurs(day, clock, self.zone):
            raise BadTime(_("The clock is put forward that night and leaps over this time. Write another one."))
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def _counted(self, written: DayCount) -> date:
        if (written.working_day is None) == (written.day is None):
            raise BadTime(_("Write {working_day: -12} or {day: 3}: one of them, and a whole number."))
        if written.working_day is None:
            return self._days_on(self.laid_on, written.day or 0, "d")
        # The day laid at may itself be a holiday: then 0 is the working day before it.
        first = add_working_days(self.laid_on + timedelta(days=1), -1, self.calendar)
        return self._days_on(first, written.working_day, "wd")

    def _step(self, before: datetime, number: int, unit: str, clock: str | None) -> datetime:
        if unit in ("h", "m"):
            if clock:
                raise BadTime(_("A clock time goes with days and weeks only."))
            moment = before + _minutes(number, unit)
            _sensible(moment.date())
            return moment
        local = before.astimezone(self.zone)
        day = self._days_on(local.date(), number, unit)
        return self._at(day, clock_of(clock) if clock else local.time())

    def _days_on(self, day: date, number: int, unit: str) -> date:
        if abs(number) > FARTHEST:
            raise BadTime(_far())
        if unit == "wd":
            return _sensible(add_working_days(day, number, self.calendar))
        return _sensible(day + timedelta(days=number * (7 if unit == "w" else 1)))

    def spread(self, first: datetime, last: datetime, count: int) -> list[datetime]:
        """So many instants from `first` to `last`, in order, all within office hours of working days (8 to 16)."""
        spans = []
        day = self.local_day(first)
        while day <= self.local_day(last):
            begins = max(first, instant(day, time(8), self.zone))
            ends = min(last, instant(day, time(16), self.zone))
            if begins < ends and self.calendar.is_working_day(day):
                spans.append((begins, ends))
            day += timedelta(days=1)
        if not spans:
            raise BadTime(_("There is no working day between the two times."))
        whole = sum((ends - begins for begins, ends in spans), timedelta())
        found = []
        for place in range(count):
            # Not evenly to the minute: people do not answer by the clock, yet always at the same instant when replayed.
            offset = whole * (place + 0.15 + 0.7 * ((place * 0.618034) % 1)) / count
            for begins, ends in spans:
                if offset < ends - begins:
                    found.append((begins + offset).replace(microsecond=0))
                    break
                offset -= ends - begins
        return found


def _far() -> str:
    return _("Write a day from %(first)d to %(last)d.") % {"first": YEARS.start, "last": YEARS.stop - 1}


def _sensible(day: date) -> date:
    if day.year not in YEARS:
        raise BadTime(_far())
    return day


def _minutes(number: int, unit: str) -> timedelta:
    minutes = number * _UNITS[unit]
    if minutes > FARTHEST * _UNITS["d"]:
        raise BadTime(_far())
    return timedelta(minutes=minutes)


def day_of(text: Any) -> date:
    """A day written 2019-06-24."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        raise BadTime(_("Write the day as year-month-day: 2019-06-30.")) from None
    return _sensible(day)


def clock_of(text: Any) -> time:
    """A time of day written "12:00", if need be with seconds and parts of them."""
    found = _CLOCK.fullmatch(str(text).strip())
    if found and found[0] == "24:00":
        return time(23, 59)  # the end of that day, as the pages read it
    try:
        if found:
            micro = int((found[4] or "0").ljust(6, "0"))
            return time(int(found[1]), int(found[2]), int(found[3] or 0), micro)
    except ValueError:
        pass
    raise BadTime(_('Write a time of day between 00:00 and 23:59 in quotation marks: "12:00".'))


def pace_of(text: Any) -> timedelta:
    """The step of `every`: "2h", "30m", "1d"."""
    found = re.fullmatch(r"(\d+)\s*(m|h|d|w)", str(text).strip())
    if not found:
        raise BadTime(_('Write a step such as "30m", "2h" or "1d".'))
    return _minutes(int(found[1]), found[2])
