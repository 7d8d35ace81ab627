"""Days, clocks and spans in words, in both languages and around the change to summer time."""

from datetime import UTC, date, datetime

import pytest

from workflow import dates

NOON_IN_WINTER = datetime(2018, 3, 23, 11, 0, tzinfo=UTC)
NOON_IN_SUMMER = datetime(2018, 3, 30, 10, 0, tzinfo=UTC)


def test_write_deadline_in_danish_gives_weekday_and_clock_of_the_zone():
    assert dates.deadline_words(NOON_IN_WINTER, language="da") == "fredag den 23. marts 2018 kl. 12.00"
    assert dates.deadline_words(NOON_IN_SUMMER, language="da") == "fredag den 30. marts 2018 kl. 12.00"


def test_write_deadline_in_english_gives_weekday_and_clock_of_the_zone():
    assert dates.deadline_words(NOON_IN_WINTER, language="en") == "Friday 23 March 2018 at 12:00"


def test_write_deadline_in_another_zone_names_the_zone():
    words = dates.deadline_words(NOON_IN_WINTER, "Atlantic/Faroe", "da")
    assert words == "fredag den 23. marts 2018 kl. 11.00 (Atlantic/Faroe)"


def test_write_day_just_before_midnight_utc_gives_the_local_day():
    late = datetime(2018, 6, 30, 22, 30, tzinfo=UTC)
    assert dates.weekday_date(late, language="da") == "søndag den 1. juli 2018"
    assert dates.short_date(late, language="en") == "1 July 2018"


@pytest.mark.parametrize(
    ("day", "danish", "english"),
    [
        (date(2018, 3, 23), "i dag", "today"),
        (date(2018, 3, 24), "i morgen", "tomorrow"),
        (date(2018, 3, 22), "i går", "yesterday"),
        (date(2018, 3, 26), "om 3 dage", "in 3 days"),
        (date(2018, 3, 21), "for 2 dage siden", "2 days ago"),
    ],
)
def test_write_relative_days_counts_calendar_days(day: date, danish: str, english: str):
    assert dates.relative_days(day, NOON_IN_WINTER, language="da") == danish
    assert dates.relative_days(day, NOON_IN_WINTER, language="en") == english


def test_write_relative_days_across_the_change_to_summer_time_counts_days_not_hours():
    before = datetime(2018, 3, 24, 22, 30, tzinfo=UTC)  # 23.30 on Saturday
    after = datetime(2018, 3, 25, 22, 15, tzinfo=UTC)  # 00.15 on Monday
    assert dates.relative_days(after, before, language="da") == "om 2 dage"
