"""What people are told before a deadline is set on an unfortunate day; forms and back-planning come in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.dates import weekday_date
from workflow.deadlines.days import DENMARK, Calendar, days_inclusive
from workflow.deadlines.instants import COPENHAGEN, instant, last_day_before, occurs
from workflow.states import BodyKind

NORM_DAYS = 28
"""The norm for a hearing, both ends counted; a shorter one needs a written reason."""

DAYS_AFTER_SUMMER = 10
"""A hearing should not end sooner than this many days after the school summer holiday."""


DAYS_FOR_COUNCILS = 42
"""Councils and the boards beside them answer through several meetings; fewer days are advised against."""

SLOW_TO_ANSWER = (
    BodyKind.MUNICIPAL_COUNCIL,
    BodyKind.REGIONAL_COUNCIL,
    BodyKind.SENIOR_COUNCIL,
    BodyKind.DISABILITY_COUNCIL,
)

HOLIDAY_WEEKS = (7, 8, 42)
"""The weeks (ISO) of the winter and autumn holidays; which of 7 and 8 it is differs between municipalities."""


@dataclass(frozen=True, slots=True)
class DeadlineWarning:
    """Something to think of before a deadline is set; it forbids nothing, but setting it anyway needs a reason."""

    code: str
    text: str


def closing_warnings(closes_on: date, calendar: Calendar = DENMARK) -> list[DeadlineWarning]:
    """What is unfortunate about the day itself. Also for a statutory deadline, which the software never moves."""
    day = date_format(closes_on, "DATE_FORMAT")
    warnings = []
    if closes_on.weekday() >= 5:
        weekday = WEEKDAYS[closes_on.weekday()]
        warnings.append(DeadlineWarning("weekend", _("%(day)s is a %(weekday)s.") % {"day": day, "weekday": weekday}))
    if name := calendar.holiday_name(closes_on):
        warnings.append(
            DeadlineWarning("holiday", _("%(day)s is a public holiday (%(name)s).") % {"day": day, "name": name})
        )
    elif calendar.is_closing_day(closes_on):
        warnings.append(DeadlineWarning("closing_day", _("Most offices are closed on %(day)s.") % {"day": day}))
    return warnings


def summer_warnings(
    closes_on: date, calendar: Calendar = DENMARK, *, with_days_after: bool = True
) -> list[DeadlineWarning]:
    """Whether a day falls within the school summer holiday, or, if those are looked at too, in the days after it."""
    begins, ends = calendar.summer_holiday(closes_on.year)
    if begins <= closes_on <= ends:
        return [DeadlineWarning("summer_holiday", _("The deadline falls within the school summer holiday."))]
    if with_days_after and ends < closes_on < ends + timedelta(days=DAYS_AFTER_SUMMER):
        text = _("The deadline falls less than %(days)d days after the school summer holiday.")
        return [DeadlineWarning("after_summer_holiday", text % {"days": DAYS_AFTER_SUMMER})]
    return []


def launch_warnings(
    opens_on: date,
    closes_on: date,
    clock: time,
    *,
    norm_days: int = NORM_DAYS,
    calendar: Calendar = DENMARK,
    zone: ZoneInfo = COPENHAGEN,
) -> list[DeadlineWarning]:
    """What the officer is told before a round is sent: too short, an unlucky last day, the summer holiday.

    The last day counted is that on which an answer can still come: a deadline at 00.00 is the night before.
    """
    last_on = last_day_before(instant(closes_on, clock, zone), zone)
    if last_on < opens_on:
        return [DeadlineWarning("ends_before_it_opens", _("The deadline is before the day the consultation opens."))]
    warnings = []
    days = days_inclusive(opens_on, last_on)
    if days < norm_days:
        warnings.append(
            DeadlineWarning(
                "too_short",
                ngettext(
                    "The consultation lasts %(days)d day, both ends counted; the norm is %(norm)d.",
                    "The consultation lasts %(days)d days, both ends counted; the norm is %(norm)d.",
                    days,
                )
                % {"days": days, "norm": norm_days},
            )
        )
    warnings += closing_warnings(last_on, calendar)
    warnings += summer_warnings(last_on, calendar)
    warnings += _clock_warnings(closes_on, clock, zone)
    return warnings


def moving_warnings(
    new_on: date, new_clock: time, *, calendar: Calendar = DENMARK, zone: ZoneInfo = COPENHAGEN
) -> list[DeadlineWarning]:
    """What the officer is told before a deadline is moved to a day: what a launch says of the day and the clock time
    themselves. No reason is asked for beside that of the move."""
    last_on = last_day_before(instant(new_on, new_clock, zone), zone)
    warnings = closing_warnings(last_on, calendar) + summer_warnings(last_on, calendar)
    return warnings + _clock_warnings(new_on, new_clock, zone) + _midnight_warnings(new_clock, last_on)


def _clock_warnings(on: date, clock: time, zone: ZoneInfo) -> list[DeadlineWarning]:
    times = occurs(on, clock, zone)
    if times == 1:
        return []
    text = _("The clock is changed that night, and this time of day occurs %(times)d times.")
    return [DeadlineWarning("clock_change", text % {"times": times})]


def _midnight_warnings(clock: time, last_on: date) -> list[DeadlineWarning]:
    if clock != time(0):
        return []
    text = _("00.00 is the night before: the last day to answer is %(day)s. Choose 23.59 on that day if you mean so.")
    return [DeadlineWarning("midnight", text % {"day": weekday_date(last_on)})]


def launch_advice(
    opens_on: date, closes_on: date, clock: time, kinds: Collection[str], *, zone: ZoneInfo = COPENHAGEN
) -> list[DeadlineWarning]:
    """What is worth knowing before a round is sent and needs no reason. `kinds`: the kinds of body on the list."""
    last_on = last_day_before(instant(closes_on, clock, zone), zone)
    if last_on < opens_on:
        return []
    warnings = []
    if days_inclusive(opens_on, last_on) < DAYS_FOR_COUNCILS and set(SLOW_TO_ANSWER) & set(kinds):
        text = _(
            "There are municipalities, regions, senior or disability councils on the list. They answer through several "
            "meetings; six weeks or more are advised."
        )
        warnings.append(DeadlineWarning("short_for_councils", text))
    week = last_on.isocalendar().week
    if week in HOLIDAY_WEEKS:
        text = _("The deadline falls in week %(week)d, when many schools and offices have a holiday.")
        warnings.append(DeadlineWarning("holiday_week", text % {"week": week}))
    return warnings + _midnight_warnings(clock, last_on)
