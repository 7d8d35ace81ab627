"""Days, clocks and spans in words, as people in an office say them. Pages, mails and refusals come in.

Nothing here reads the clock: whoever asks brings `now`.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override, pgettext

COPENHAGEN = "Europe/Copenhagen"
YEARS: Final = range(1900, 2200)
"""Years that a day of a process can lie in; another one is a slip of the hand."""


def in_language(language: str | None) -> AbstractContextManager[None]:
    """Speak `language` inside the block; without one, the language already spoken."""
    return override(language) if language else nullcontext()


def local_day(moment: date | datetime, zone: str = COPENHAGEN) -> date:
    """The calendar day of `moment` in `zone`; a day stays the day it is."""
    return moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment


def weekday_date(moment: date | datetime, zone: str = COPENHAGEN, language: str | None = None) -> str:
    """The day with its weekday: "fredag den 23. marts 2018", "Friday 23 March 2018"."""
    with in_language(language):
        # Translators: how a day with its weekday is written, in Django's format letters (l j F Y).
        return date_format(local_day(moment, zone), pgettext("date format", "l j F Y"))


def short_date(moment: date | datetime, zone: str = COPENHAGEN, language: str | None = None) -> str:
    """The day without its weekday: "23. marts 2018", "23 March 2018"."""
    with in_language(language):
        # Translators: how a day is written, in Django's format letters (j F Y).
        return date_format(local_day(moment, zone), pgettext("date format", "j F Y"))


def clock_time(moment: datetime, zone: str = COPENHAGEN, language: str | None = None) -> str:
    """The time on the wall in `zone`, to the minute: "12.00", "12:00"."""
    with in_language(language):
        # Translators: how a clock time is written, in Django's format letters (H i).
        return date_format(moment.astimezone(ZoneInfo(zone)), pgettext("date format", "H:i"))


def deadline_words(moment: datetime, zone: str = COPENHAGEN, language: str | None = None) -> str:
    """A deadline with weekday and clock time in `zone`: "fredag den 23. marts 2018 kl. 12.00".

    The zone is named when it is not the Danish one, for there the clock would mislead.
    """
    with in_language(language):
        text = gettext("%(day)s at %(time)s") % {
            "day": weekday_date(moment, zone),
            "time": clock_time(moment, zone),
        }
        return text if zone == COPENHAGEN else f"{text} ({zone})"


def relative_days(
    moment: date | datetime, now: date | datetime, zone: str = COPENHAGEN, language: str | None = None
) -> str:
    """How far `moment` lies from `now` in calendar days of `zone`: "i dag", "om 3 dage", "for 2 dage siden"."""
    days = (local_day(moment, zone) - local_day(now, zone)) // timedelta(days=1)
    with in_language(language):
        if days == 0:
            return gettext("today")
        if days == 1:
            return gettext("tomorrow")
        if days == -1:
            return gettext("yesterday")
        if days > 0:
            return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
        return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
