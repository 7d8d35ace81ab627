"""Days, clock times and numbers as people write them, in Danish and English. Nothing is guessed at."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final

END_OF_DAY: Final = time(23, 59)
"""What 24.00 is read as. Mails and pages then say 23.59, on the day that was meant: what is read is what holds."""

_MONTHS: Final = (
    ("januar", "january", "jan"),
    ("februar", "february", "feb"),
    ("marts", "march", "mar"),
    ("april", "apr"),
    ("maj", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_DAYS: Final = (
    ("mandag", "monday", "mand", "man", "mon"),
    ("tirsdag", "tuesday", "tirsd", "tirs", "tir", "tues", "tue"),
    ("onsdag", "wednesday", "onsd", "ons", "wed"),
    ("torsdag", "thursday", "torsd", "tors", "tor", "thurs", "thur", "thu"),
    ("fredag", "friday", "fred", "fre", "fri"),
    ("lørdag", "loerdag", "saturday", "lørd", "lør", "sat"),
    ("søndag", "soendag", "sunday", "sønd", "søn", "sun"),
)
_MONTH_OF: Final = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_WEEKDAY_OF: Final = {name: number for number, names in enumerate(_DAYS) for name in names}
_BY_NUMBERS: Final = re.compile(r"([0-9]{1,2})[./ -]+([0-9]{1,2})[./ -]+([0-9]{4}|[0-9]{2})")
_EITHER_WAY: Final = re.compile(r"[0-9]{2} ?- ?[0-9]{2} ?- ?(?:0[1-9]|[12][0-9]|3[01])")
"""Two figures, dashes and no century: "26-12-28" is a day in 2026 to some and one in 2028 to others."""
_BEFORE_DAY: Final = re.compile(r"^(?:den |d\. ?|d |the )")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})[./-]([0-9]{1,2})[./-]([0-9]{1,2})")
_BY_NAME: Final = re.compile(r"([0-9]{1,2})(?:\.|st|nd|rd|th)? ?([a-z]+)\.?,? ?([0-9]{4}|[0-9]{2})")
_NAME_FIRST: Final = re.compile(r"([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_EITHER_TIME: Final = re.compile(r"(?<![0-9])[012][0-9]{2}(?![0-9])")
_CLOCK: Final = re.compile(
    r"(?:(?:kl\.?|klokken|klokkeslæt|at):?)? ?([0-9]{1,2})(?:[.:,]?([0-9]{2}))?(?: ?([ap])\.?m\.?| ?h)?\.?", re.ASCII
)
_CENTURY_TURNS: Final = 70


class OtherWeekday(ValueError):
    """The weekday that was written is not that of the day; `day` is the day."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


def read_day(text: str) -> date | None:
    """The day: "28/12/2026", "28.12.26", "28/12 2026", "2026-12-28", "den 1. december 2026", "1 Dec 2026".

    Day before month; a year of two figures lies in this century up to 69. With dashes alone such a year may as well
    stand first, and "26-12-28" is not read. A weekday in front must be that of the day,
    else `OtherWeekday` is raised. None for what is no day, and for a day without a year.
    """
    words = " ".join(text.lower().split()).removesuffix(".")
    first, _, rest = words.partition(" ")
    weekday = _WEEKDAY_OF.get(first.rstrip(".,"))
    if weekday is not None:
        words = rest
    day = _day(_BEFORE_DAY.sub("", words))
    if day is not None and weekday is not None and day.weekday() != weekday:
        raise OtherWeekday(day)
    return day


def read_clock(text: str) -> time | None:
    """The time of day: "12", "12.00", "12:00", "12,00", "1200", "kl. 12", "klokken 12", "2 pm"; 24.00 is `END_OF_DAY`.

    None for what is no time of day, and for three figures in a row that begin with 0, 1 or 2: "120" may be 1.20 or 12.
    """
    words = " ".join(text.lower().split())
    match = _CLOCK.fullmatch(words)
    if match is None or _EITHER_TIME.search(words):
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute) == (24, 0):
        return END_OF_DAY
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_number(text: str) -> int | None:
    """A number of at most nine figures; None for all else, "²" among it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def _day(words: str) -> date | None:
    if _EITHER_WAY.fullmatch(words):
        return None
    if match := _BY_NUMBERS.fullmatch(words):
        day, month, year = match[1], int(match[2]), match[3]
    elif match := _YEAR_FIRST.fullmatch(words):
        day, month, year = match[3], int(match[2]), match[1]
    elif match := _BY_NAME.fullmatch(words):
        day, month, year = match[1], _MONTH_OF.get(match[2], 0), match[3]
    elif match := _NAME_FIRST.fullmatch(words):
        day, month, year = match[2], _MONTH_OF.get(match[1], 0), match[3]
    else:
        return None
    try:
        return date(_year(year), month, int(day))
    except ValueError:
        return None


def _year(figures: str) -> int:
    year = int(figures)
    if len(figures) == 4:
        return year
    return year + (2000 if year < _CENTURY_TURNS else 1900)
