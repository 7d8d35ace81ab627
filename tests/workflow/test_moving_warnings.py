"""What is said before a deadline is moved to a day and a clock time. No database."""

from __future__ import annotations

from datetime import date, time

import pytest

from workflow.deadlines import moving_warnings


@pytest.mark.parametrize(
    ("new_on", "clock", "expected"),
    [
        (date(2019, 3, 29), time(12), []),
        (date(2019, 3, 30), time(12), ["weekend"]),
        (date(2019, 3, 31), time(2, 30), ["weekend", "clock_change"]),
        (date(2019, 4, 1), time(0), ["weekend", "midnight"]),
        (date(2019, 7, 16), time(12), ["summer_holiday"]),
    ],
)
def test_moving_warnings_name_what_is_unfortunate_in_day_and_clock(
    new_on: date, clock: time, expected: list[str]
) -> None:
    assert [warning.code for warning in moving_warnings(new_on, clock)] == expected
