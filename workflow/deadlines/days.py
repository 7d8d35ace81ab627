"""Days: holidays, working days, and periods counted with both ends."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays
from django.utils.translation import get_language


@dataclass(frozen=True)
class Calendar:
    """The days on which nobody is at work, by country and by custom of the office.

    `closing_days` are (month, day): Constitution Day, Christmas Eve and New Year's Eve are closed though no public
    holidays. `summer_ends` gives, by year, the last day of the school summer holiday where it is not the usual
    second Sunday in August.
    """

    country: str = "DK"
    closing_days: frozenset[tuple[int, int]] = frozenset({(6, 5), (12, 24), (12, 31)})
    summer_ends: Mapping[int, date] = field(default_factory=lambda: MappingProxyType({}))

    def holiday_name(self, day: date) -> str | None:
        """The public holiday on that day in the active language; None on any other day."""
        return _public_holidays(self.country, day.year, _holiday_language()).get(day)

    def is_holiday(self, day: date) -> bool:
        """A public holiday (no Store bededag from 2024)."""
        return day in _public_holidays(self.country, day.year, "da")

    def is_closing_day(self, day: date) -> bool:
        """No public holiday, yet closed by custom."""
        return (day.month, day.day) in self.closing_days

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, neither holiday nor closing day."""
        return day.weekday() < 5 and not self.is_holiday(day) and not self.is_closing_day(day)

    def summer_holiday(self, year: int) -> tuple[date, date]:
        """First and last day of the school summer holiday: from the last Saturday in June."""
        last_of_june = date(year, 6, 30)
        begins = last_of_june - timedelta(days=(last_of_june.weekday() - 5) % 7)
        first_of_august = date(year, 8, 1)
        second_sunday = first_of_august + timedelta(days=(6 - first_of_august.weekday()) % 7 + 7)
        return begins, self.summer_ends.get(year, second_sunday)


DENMARK = Calendar()


def _holiday_language() -> str:
    return "en_US" if (get_language() or "").startswith("en") else "da"


# By language as well, as the names come out in it.
@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int, language: str) -> Mapping[date, str]:
    return dict(holidays.country_holidays(country, years=year, language=language))


def days_inclusive(first: date, last: date) -> int:
    """The number of days with both ends counted, as official notes state it. Refuses a last day before the first."""
    if last < first:
        raise ValueError("The last day is before the first.")
    return (last - first).days + 1


def next_working_day(day: date, calendar: Calendar = DENMARK) -> date:
    """The day itself when it is a working day, else the first one after it."""
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def working_day_before(day: date, calendar: Calendar = DENMARK) -> date:
    """The day itself when it is a working day, else the last one before it."""
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def add_working_days(day: date, count: int, calendar: Calendar = DENMARK) -> date:
    """The working day that comes `count` working days after (or, negative, before) `day`, which itself is not counted.
    Nought gives the day back unchanged."""
    step = timedelta(days=1 if count > 0 else -1)
    days_left = abs(count)
    while days_left:
        day += step
        days_left -= calendar.is_working_day(day)
    return day


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where there is none (29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
