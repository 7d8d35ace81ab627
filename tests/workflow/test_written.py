"""Days and clock times as people write them: understood, or not at all."""

from datetime import date, time

import pytest

from workflow.rules.notation import END_OF_DAY, OtherWeekday, read_clock, read_day

FIRST = date(2026, 12, 1)  # a Tuesday
LAST = date(2026, 12, 28)  # a Monday
SHORT_DAYS = ("mand.", "tirsd.", "onsd.", "torsd.", "fred.", "lørd.", "sønd.")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1. december 2026", FIRST),
        ("den 1. dec 2026", FIRST),
        ("d. 1. dec. 2026", FIRST),
        ("1.december 2026", FIRST),
        ("Tirsdag den 1. december 2026", FIRST),
        ("tirsdag d. 1/12 2026", FIRST),
        ("tirs. 1. dec. 2026", FIRST),
        ("1 December 2026", FIRST),
        ("Tuesday, 1st December 2026", FIRST),
        ("December 1, 2026", FIRST),
        ("the 1st December 2026", FIRST),
        ("28.12.26", LAST),
        ("28/12 2026", LAST),
        ("28/12-26", LAST),
        ("28-12-2026", LAST),
        ("28 12 2026", LAST),
        ("28. 12. 2026", LAST),
        ("2026-12-28", LAST),
        ("2026.12.28", LAST),
        ("28/12/2026", LAST),
        ("man 28. dec 26", LAST),
        ("1. maj 2019", date(2019, 5, 1)),
        ("lørdag den 29. februar 2020", date(2020, 2, 29)),
        ("17.04.98", date(1998, 4, 17)),
        ("17-04-98", date(1998, 4, 17)),
        ("28.12.2026.", LAST),
        ("28.12.26.", LAST),
        ("d. 28/12-26", LAST),
        ("d.28/12 2026", LAST),
        ("1-12-26", FIRST),
        ("tirsd. d. 1. dec. 2026", FIRST),
        ("Tirsdag, den 1. december 2026.", FIRST),
        *((f"{name} {day}/12 2026", date(2026, 12, day)) for day, name in enumerate(SHORT_DAYS, start=7)),
    ],
)
def test_read_day_as_people_write_it_is_understood(written: str, day: date):
    assert read_day(written) == day


@pytest.mark.parametrize(
    "written",
    [
        *("", "28", "28.12", "december", "1. decembr 2026", "12/28/2026", "30. februar 2026", "32.1.2026", "i morgen"),
        *("²8.12.2026", "28.12.²6", "9" * 5000, "0.0.2026", "1.1.0000", "28.12.2026 kl. 12", "tirsdag", "2026-13-01"),
        *("26-12-28", "28-12-26", "26 - 12 - 28", "d. 26-12-28.", "28.12.2026..", "28.12.", "d."),
        *("decembr 1, 2026", "1 og 2026"),
    ],
)
def test_read_day_that_is_none_is_not_guessed_at(written: str):
    assert read_day(written) is None


def test_read_day_with_another_weekday_names_the_day():
    with pytest.raises(OtherWeekday) as caught:
        read_day("mandag den 1. december 2026")

    assert caught.value.day == FIRST


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("kl. 12", time(12)),
        ("kl 12", time(12)),
        ("Kl.12.00", time(12)),
        ("klokken 12", time(12)),
        ("12,00", time(12)),
        ("1200", time(12)),
        ("12.00", time(12)),
        ("12:00", time(12)),
        ("12", time(12)),
        ("9", time(9)),
        ("930", time(9, 30)),
        ("09.30", time(9, 30)),
        ("0.00", time(0)),
        ("23.59", time(23, 59)),
        ("2 pm", time(14)),
        ("12.30 a.m.", time(0, 30)),
        ("12 pm", time(12)),
        ("1 am", time(1)),
        ("24.00", END_OF_DAY),
        ("kl. 24", END_OF_DAY),
        ("2400", END_OF_DAY),
        ("kl.: 12", time(12)),
        ("kl: 12.30", time(12, 30)),
        ("12.00.", time(12)),
        ("kl. 12.", time(12)),
        ("900", time(9)),
        ("kl. 345", time(3, 45)),
        ("0120", time(1, 20)),
    ],
)
def test_read_clock_as_people_write_it_is_understood(written: str, clock: time):
    assert read_clock(written) == clock


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "24.01",
            "25",
            "12.60",
            "12.5",
            "kl.",
            "middag",
            "1²",
            "²",
            "12.00.00",
            "1" * 5000,
            "13 pm",
            "0 pm",
            "-1",
        ),
        *("120", "012", "000", "230", "240", "kl. 120", "130 pm", "12..", "967", "kl.:"),
    ],
)
def test_read_clock_that_is_none_is_not_guessed_at(written: str):
    assert read_clock(written) is None
