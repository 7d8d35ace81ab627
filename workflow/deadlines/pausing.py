"""What a pause does to the days it reached over: by how much they move, and what to think of before choosing others."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from workflow.deadlines.days import DENMARK, Calendar, add_working_days, next_working_day
from workflow.deadlines.warnings import DeadlineWarning, closing_warnings, summer_warnings

WORKING_DAYS_LEFT = 5
"""No day that a pause moves comes before this working day after the resumption: people must find back to the matter."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A process stood still from one local day to another; the first is that of the suspension, the last that of the
    resumption."""

    from_on: date
    until_on: date

    @property
    def days(self) -> int:
        """By how many days it moves others; none when it ended on the day it began."""
        return (self.until_on - self.from_on).days

    def covers(self, day: date) -> bool:
        """The day lay within the pause, and is over; the day of the resumption itself lies ahead."""
        return self.from_on <= day < self.until_on


def earliest_day(pause: Pause, calendar: Calendar = DENMARK) -> date:
    """The fifth working day after the resumption."""
    return add_working_days(pause.until_on, WORKING_DAYS_LEFT, calendar)


def day_after_pause(day: date, pause: Pause, calendar: Calendar = DENMARK) -> date:
    """The day to which a pause moves another: by its own length, on to a working day, and not before the fifth working
    day after the resumption. A pause without days moves nothing."""
    if not pause.days:
        return day
    return max(next_working_day(day + timedelta(days=pause.days), calendar), earliest_day(pause, calendar))


def resumption_warnings(new_on: date, pause: Pause, calendar: Calendar = DENMARK) -> list[DeadlineWarning]:
    """What is unfortunate about a day chosen for after a pause; choosing it anyway needs a reason, as a launch does."""
    warnings = []
    if new_on < earliest_day(pause, calendar):
        text = _("There are fewer than %(days)d working days from the resumption to the new day.")
        warnings.append(DeadlineWarning("too_soon", text % {"days": WORKING_DAYS_LEFT}))
    return warnings + closing_warnings(new_on, calendar) + summer_warnings(new_on, calendar, with_days_after=False)
