"""Times as a scenario writes them, and the instants (UTC) and local days they mean. Nothing here reads a clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, StrictInt, WithJsonSchema

from consultations.player.shape import Shape, meaning
from workflow.dates import YEARS
from workflow.deadlines import DENMARK, add_working_days, instant
from workflow.deadlines.days import Calendar
from workflow.deadlines.instants import occurs
from workflow.definitions.faults import fault

if TYPE_CHECKING:
    from consultations.player.check import ScenarioCheck

_UNITS = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}  # in minutes

FARTHEST = 40_000
"""Days and working days that one time may lie after another."""

_STEP = re.compile(r"\+\s*(\d+)\s*(wd|w|d|h|m)(?:\s+(\d{1,2}:\d{2}))?")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
_ABSOLUTE = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})[ T]({_CLOCK.pattern})")
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
            return self._at(read_day(found[1]), read_clock(found[2]))
        found = _STEP.fullmatch(written.strip())
        if not found:
            raise BadTime(
                _('Write "2019-01-18 10:00", "+3d 10:00" after the deed above, or {working_day: -12, clock: "10:00"}.')
            )
        if before is None:
            raise BadTime(_("Nothing stands before it; write a day and a clock time."))
        number, unit, clock = int(found[1]), found[2], found[3]
        if unit in ("h", "m"):
            if clock:
                raise BadTime(_("A clock time goes with days and weeks only."))
            moment = before + _duration(number, unit)
            _in_reach(moment.year)
            return moment
        local = before.astimezone(self.zone)
        return self._at(self._days_on(local.date(), number, unit), read_clock(clock) if clock else local.time())

    def day(self, written: str | DayCount, own: date) -> date:
        """A local day: 2019-06-24, "+14d" or "+10wd" after `own`, or {working_day: 10}."""
        if not isinstance(written, str):
            return self._counted(written)
        if found := _DAY_STEP.fullmatch(written.strip()):
            return self._days_on(own, int(found[1]), found[2])
        return read_day(written.strip())

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

    def _days_on(self, day: date, number: int, unit: str) -> date:
        _in_reach(abs(number), range(FARTHEST + 1))
        if unit == "wd":
            later = add_working_days(day, number, self.calendar)
        else:
            later = day + timedelta(days=number * (7 if unit == "w" else 1))
        _in_reach(later.year)
        return later

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
        instants = []
        for place in range(count):
            # Not evenly to the minute: people do not answer by the clock, yet always at the same instant when replayed.
            offset = whole * (place + 0.15 + 0.7 * ((place * 0.618034) % 1)) / count
            for begins, ends in spans:
                if offset < ends - begins:
                    break
                offset -= ends - begins
            instants.append((begins + offset).replace(microsecond=0))
        return instants


def _in_reach(number: int, reach: range = YEARS) -> None:
    """Refuses what lies too far away to be meant: in a year, or so many days after another."""
    if number not in reach:
        raise BadTime(_("Write a day from %(first)d to %(last)d.") % {"first": YEARS.start, "last": YEARS.stop - 1})


def _duration(number: int, unit: str) -> timedelta:
    minutes = number * _UNITS[unit]
    _in_reach(minutes, range(FARTHEST * _UNITS["d"] + 1))
    return timedelta(minutes=minutes)


def read_day(text: Any) -> date:
    """A day written 2019-06-24."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        raise BadTime(_("Write the day as year-month-day: 2019-06-30.")) from None
    _in_reach(day.year)
    return day


def read_clock(text: Any) -> time:
    """A time of day written "12:00", if need be with seconds and parts of them."""
    written = str(text).strip()
    if written == "24:00":
        return time(23, 59)  # the end of that day, as the pages read it
    with suppress(ValueError):
        if _CLOCK.fullmatch(written):
            return time.fromisoformat(f"0{written}" if written[1] == ":" else written)
    raise BadTime(_('Write a time of day between 00:00 and 23:59 in quotation marks: "12:00".'))


def read_pace(text: Any) -> timedelta:
    """The step of `every`: "2h", "30m", "1d"."""
    step = re.fullmatch(r"(\d+)\s*(m|h|d|w)", str(text).strip())
    if not step:
        raise BadTime(_('Write a step such as "30m", "2h" or "1d".'))
    return _duration(int(step[1]), step[2])


def timely(reader: Callable[..., Any]) -> Callable[..., Any]:
    """The reader of a time, whose remedy for one that cannot be is said as a fault."""

    def read(written: Any, *known: Any) -> Any:
        try:
            return reader(written, *known)
        except BadTime as bad:
            raise fault("bad_date", _("“%(value)s” cannot be used here.") % {"value": written}, str(bad)) from None

    return read


Clock = Annotated[
    time, BeforeValidator(timely(read_clock)), WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK.pattern}$"})
]
Pace = Annotated[timedelta, BeforeValidator(timely(read_pace)), WithJsonSchema({"type": "string"})]


class DayCount(Shape):
    """A day counted from the one the scenario is laid at, in working days or in days."""

    working_day: StrictInt | None = None
    day: StrictInt | None = None

    def __str__(self) -> str:
        return str(self.model_dump(exclude_none=True))


class MomentCount(DayCount):
    """Such a day with a time of day."""

    clock: Clock = time(10)


@timely
def day_meant(written: str | DayCount, check: ScenarioCheck) -> date:
    """A local day: 2019-06-24, or "+14d" after the deed's own."""
    return check.almanac.day(written, check.almanac.local_day(check.at))


@timely
def moment_meant(written: str | MomentCount, check: ScenarioCheck) -> datetime:
    """An instant: "2019-01-18 10:00" local time, or "+3d 10:00" after the deed's own."""
    return check.moment(written, check.at)


@timely
def first_moment_meant(written: str | MomentCount, check: ScenarioCheck) -> datetime:
    """The same where nothing stands before it."""
    return check.moment(written, None)


DayForm = str | DayCount
MomentForm = str | MomentCount
if TYPE_CHECKING:
    Day = date
    Moment = datetime
    FirstMoment = datetime
else:
    Day = Annotated[DayForm, meaning(day_meant)]
    Moment = Annotated[MomentForm, meaning(moment_meant)]
    FirstMoment = Annotated[MomentForm, meaning(first_moment_meant)]
