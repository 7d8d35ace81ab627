"""Deadlines to the microsecond, days as offices count them, warnings, reminders, and clocks that pause."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from workflow.deadlines import (
    DENMARK,
    Calendar,
    add_months,
    add_working_days,
    closing_warnings,
    days_inclusive,
    instant,
    is_before_deadline,
    last_day_before,
    launch_advice,
    launch_warnings,
    local_day,
    next_working_day,
    occurs,
    resolve,
    resolve_all,
)
from workflow.definitions import DeadlineRule, RuleKind, shipped
from workflow.definitions.deadline_rules import Rule

NOON = time(12)
DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))
NUUK = ZoneInfo("America/Nuuk")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


# Moments


@pytest.mark.parametrize(
    ("on", "clock", "moment"),
    [
        (date(2018, 3, 23), NOON, utc(2018, 3, 23, 11)),
        (date(2018, 3, 30), NOON, utc(2018, 3, 30, 10)),
        (date(2018, 10, 26), NOON, utc(2018, 10, 26, 10)),
        (date(2018, 10, 29), NOON, utc(2018, 10, 29, 11)),
        (date(2024, 2, 29), NOON, utc(2024, 2, 29, 11)),
        (date(2019, 1, 1), time(0), utc(2018, 12, 31, 23)),
        # Summer time: the clock leaps from 02:00 to 03:00, and what does not occur is the moment of the leap.
        (date(2019, 3, 31), time(1, 59, 59), utc(2019, 3, 31, 0, 59, 59)),
        (date(2019, 3, 31), time(2, 0), utc(2019, 3, 31, 1)),
        (date(2019, 3, 31), time(2, 30), utc(2019, 3, 31, 1)),
        (date(2019, 3, 31), time(2, 59, 59, 999999), utc(2019, 3, 31, 1)),
        (date(2019, 3, 31), time(3, 0), utc(2019, 3, 31, 1)),
        # Winter time: 02:00–03:00 occurs twice, and the later one counts.
        (date(2019, 10, 27), time(1, 59), utc(2019, 10, 26, 23, 59)),
        (date(2019, 10, 27), time(2, 0), utc(2019, 10, 27, 1)),
        (date(2019, 10, 27), time(2, 30), utc(2019, 10, 27, 1, 30)),
        (date(2019, 10, 27), time(3, 0), utc(2019, 10, 27, 2)),
    ],
)
def test_instant_around_the_change_of_clocks_is_exact(on: date, clock: time, moment: datetime) -> None:
    assert instant(on, clock) == moment
    assert instant(on, clock).tzinfo is UTC


def test_instant_in_another_zone_follows_that_zone() -> None:
    assert instant(date(2019, 1, 15), NOON, NUUK) == utc(2019, 1, 15, 15)


@given(DAYS, CLOCKS, CLOCKS)
def test_instant_of_a_later_clock_is_never_earlier(on: date, one: time, other: time) -> None:
    earlier, later = sorted((one, other))
    assert instant(on, earlier) <= instant(on, later)
    assert instant(on, later) < instant(on + timedelta(days=1), time(0)) or later == time(0)


@given(DAYS, CLOCKS)
def test_instant_that_occurs_is_read_back_as_the_same_day_and_clock(on: date, clock: time) -> None:
    local = instant(on, clock).astimezone(ZoneInfo("Europe/Copenhagen"))
    assert local.date() == on
    if occurs(on, clock):
        assert local.time() == clock
    else:
        assert local.time() == time(3)


@pytest.mark.parametrize(
    ("on", "clock", "times"),
    [
        (date(2019, 3, 31), time(2, 30), 0),
        (date(2019, 3, 31), time(3), 1),
        (date(2019, 10, 27), time(2, 30), 2),
        (date(2019, 10, 27), time(3), 1),
        (date(2019, 6, 5), NOON, 1),
    ],
)
def test_occurs_counts_how_often_the_clock_shows_it(on: date, clock: time, times: int) -> None:
    assert occurs(on, clock) == times


@pytest.mark.parametrize("on", [date(2018, 3, 23), date(2019, 3, 31), date(2019, 10, 27)])
def test_is_in_time_turns_at_the_microsecond(on: date) -> None:
    deadline = instant(on, NOON)
    assert is_before_deadline(deadline - timedelta(microseconds=1), deadline)
    assert not is_before_deadline(deadline, deadline)
    assert is_before_deadline((deadline - timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=9))), deadline)


def test_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2019, 3, 1, 12)  # noqa: DTZ001
    for ask in (lambda: is_before_deadline(naive, utc(2019, 3, 1)), lambda: local_day(naive)):
        with pytest.raises(ValueError, match="time zone"):
            ask()


# Days


def test_days_inclusive_counts_both_ends_as_official_notes_do() -> None:
    assert days_inclusive(date(2025, 2, 18), date(2025, 3, 19)) == 30
    assert days_inclusive(date(2018, 2, 23), date(2018, 3, 23)) == 29
    assert days_inclusive(date(2024, 2, 1), date(2024, 3, 1)) == 30
    assert days_inclusive(date(2019, 5, 1), date(2019, 5, 1)) == 1
    with pytest.raises(ValueError, match="before"):
        days_inclusive(date(2019, 5, 2), date(2019, 5, 1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2023, 5, 5), False),  # Store bededag for the last time
        (date(2024, 4, 26), True),  # the Friday it would have been
        (date(2025, 5, 16), True),
        (date(2019, 6, 5), False),  # Constitution Day
        (date(2019, 12, 24), False),
        (date(2019, 12, 31), False),
        (date(2019, 12, 30), True),
        (date(2019, 5, 30), False),  # Ascension Day
        (date(2019, 6, 30), False),  # a Sunday
        (date(2024, 2, 29), True),
    ],
)
def test_is_working_day_knows_danish_holidays_and_closing_days(day: date, working: bool) -> None:
    assert DENMARK.is_working_day(day) is working


def test_closing_days_are_the_offices_own_choice() -> None:
    assert Calendar(closing_days=frozenset()).is_working_day(date(2019, 6, 5))


def test_add_working_days_leaps_over_easter() -> None:
    assert add_working_days(date(2019, 4, 17), 1) == date(2019, 4, 23)
    assert add_working_days(date(2019, 4, 23), -1) == date(2019, 4, 17)
    assert add_working_days(date(2019, 4, 20), 0) == date(2019, 4, 20)
    assert add_working_days(date(2019, 12, 23), 2) == date(2019, 12, 30)


@given(DAYS, st.integers(1, 40), st.integers(1, 40))
def test_add_working_days_in_two_steps_is_the_same_as_in_one(day: date, one: int, other: int) -> None:
    end = add_working_days(day, one + other)
    assert add_working_days(add_working_days(day, one), other) == end
    assert DENMARK.is_working_day(end)
    assert add_working_days(end, -(one + other)) <= day or not DENMARK.is_working_day(day)


@given(DAYS)
def test_next_working_day_is_the_first_from_the_day_on_and_stays(day: date) -> None:
    found = next_working_day(day)
    assert found >= day
    assert next_working_day(found) == found
    between = [day + timedelta(days=n) for n in range((found - day).days)]
    assert not any(DENMARK.is_working_day(each) for each in between)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2019, 1, 31), 1, date(2019, 2, 28)),
        (date(2019, 12, 31), 2, date(2020, 2, 29)),
        (date(2019, 7, 1), 24, date(2021, 7, 1)),
        (date(2019, 3, 31), -1, date(2019, 2, 28)),
    ],
)
def test_add_months_ends_on_the_last_day_where_the_month_is_shorter(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, DAYS, st.integers(0, 100))
def test_add_months_keeps_the_order_of_days(one: date, other: date, months: int) -> None:
    earlier, later = sorted((one, other))
    assert add_months(earlier, months) <= add_months(later, months)


@pytest.mark.parametrize(
    ("year", "begins", "ends"),
    [
        (2019, date(2019, 6, 29), date(2019, 8, 11)),
        (2024, date(2024, 6, 29), date(2024, 8, 11)),
        (2025, date(2025, 6, 28), date(2025, 8, 10)),
        (2027, date(2027, 6, 26), date(2027, 8, 8)),
    ],
)
def test_summer_holiday_begins_on_the_last_saturday_in_june(year: int, begins: date, ends: date) -> None:
    assert DENMARK.summer_holiday(year) == (begins, ends)


# Warnings


def codes(opens_on: date, closes_on: date, clock: time = NOON, **options: object) -> list[str]:
    return [warning.code for warning in launch_warnings(opens_on, closes_on, clock, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "expected"),
    [
        (date(2019, 1, 15), date(2019, 2, 28), []),
        (date(2018, 2, 23), date(2018, 3, 23), []),
        (date(2025, 2, 3), date(2025, 3, 3), []),
        (date(2019, 2, 1), date(2019, 2, 28), []),  # exactly 28 days
        (date(2019, 2, 2), date(2019, 2, 28), ["too_short"]),
        (date(2019, 5, 1), date(2019, 6, 30), ["weekend", "summer_holiday"]),
        (date(2019, 4, 1), date(2019, 6, 5), ["closing_day"]),
        (date(2019, 3, 1), date(2019, 4, 19), ["holiday"]),
        (date(2019, 12, 1), date(2019, 12, 24), ["too_short", "closing_day"]),
        (date(2019, 5, 1), date(2019, 6, 28), []),  # the day before the holiday
        (date(2019, 6, 1), date(2019, 8, 9), ["summer_holiday"]),
        (date(2019, 6, 1), date(2019, 8, 12), ["after_summer_holiday"]),
        (date(2019, 6, 1), date(2019, 8, 20), ["after_summer_holiday"]),
        (date(2019, 6, 1), date(2019, 8, 21), []),
        (date(2019, 3, 1), date(2019, 2, 1), ["ends_before_it_opens"]),
    ],
)
def test_launch_warnings_name_what_is_unfortunate(opens_on: date, closes_on: date, expected: list[str]) -> None:
    assert codes(opens_on, closes_on) == expected


def test_launch_warnings_count_a_single_day_as_one() -> None:
    short = launch_warnings(date(2019, 2, 28), date(2019, 2, 28), time(12))[0]
    assert short.text == "Høringen varer 1 dag, begge dage medregnet; normen er 28."


def test_launch_warnings_at_a_clock_that_does_not_occur_say_so() -> None:
    assert codes(date(2019, 2, 1), date(2019, 3, 31), time(2, 30)) == ["weekend", "clock_change"]
    assert codes(date(2019, 9, 1), date(2019, 10, 27), time(2, 30)) == ["weekend", "clock_change"]


def test_launch_warnings_follow_the_municipalitys_own_summer() -> None:
    local = Calendar(summer_ends={2019: date(2019, 8, 4)})
    assert codes(date(2019, 6, 1), date(2019, 8, 9), calendar=local) == ["after_summer_holiday"]
    assert codes(date(2019, 6, 1), date(2019, 8, 14), calendar=local) == []


def test_statutory_day_on_a_sunday_is_warned_about_and_not_moved() -> None:
    rule = shipped("sundhedsaftale").deadline_rules["submission"]
    resolved = resolve(rule, {}, parameters={"submission_on": date(2019, 6, 30)})
    assert resolved is not None
    assert resolved.is_statutory
    assert resolved.local_on == date(2019, 6, 30)
    with override("en"):
        (warning,) = closing_warnings(resolved.local_on)
        assert warning.code == "weekend"
        assert "Sunday" in warning.text


def test_holiday_warning_names_the_holiday_in_the_readers_language() -> None:
    with override("da"):
        assert "Langfredag" in closing_warnings(date(2019, 4, 19))[0].text
    with override("en"):
        assert "Good Friday" in closing_warnings(date(2019, 4, 19))[0].text


# Deadline rules


def rule(kind: RuleKind, **parts: object) -> DeadlineRule:
    rules: TypeAdapter[DeadlineRule] = TypeAdapter(Rule)
    return rules.validate_python({"rule": kind, "source": "Planen", **parts})


@pytest.mark.parametrize(
    ("given_rule", "expected"),
    [
        (rule(RuleKind.FIXED, date=date(2019, 6, 30)), date(2019, 6, 30)),
        (rule(RuleKind.FIXED, parameter="sent_on"), date(2019, 7, 1)),
        (rule(RuleKind.DAYS_AFTER, event="hearing.opened", days=28), date(2019, 2, 12)),
        (rule(RuleKind.WORKING_DAYS_AFTER, event="hearing.opened", days=7), date(2019, 1, 24)),
        (rule(RuleKind.STATUTORY, event="in_force.occurred", years=2), date(2021, 7, 1)),
        (rule(RuleKind.ADVISORY, event="hearing.opened", weeks=1, days=1, months=1), date(2019, 2, 23)),
        (rule(RuleKind.DAYS_BEFORE, deadline="submission", days=6), date(2019, 6, 24)),
        (rule(RuleKind.FIXED, parameter="missing"), None),
        (rule(RuleKind.DAYS_AFTER, event="hearing.completed", days=1), None),
        (rule(RuleKind.DAYS_BEFORE, deadline="missing", days=1), None),
    ],
)
def test_resolve_finds_the_day_a_rule_gives(given_rule: DeadlineRule, expected: date | None) -> None:
    resolved = resolve(
        given_rule,
        # 23:30 UTC on the 14th is the 15th in Copenhagen, which is the day that counts.
        {"hearing.opened": utc(2019, 1, 14, 23, 30), "in_force.occurred": date(2019, 7, 1)},
        parameters={"sent_on": date(2019, 7, 1)},
        deadlines={"submission": date(2019, 6, 30)},
    )
    assert (resolved.local_on if resolved else None) == expected
    if resolved:
        assert (resolved.source, resolved.clock) == ("Planen", time(23, 59))
        assert resolved.at() == instant(resolved.local_on, time(23, 59))


def test_resolve_all_of_the_agreement_gives_the_days_of_2019() -> None:
    rules = shipped("sundhedsaftale").deadline_rules
    given_dates = {
        "submission_on": date(2019, 6, 30),
        "effective_on": date(2019, 7, 1),
        "expires_on": date(2023, 6, 30),
    }
    events = {"submission.receipt": date(2019, 7, 2), "in_force.occurred": date(2019, 7, 1)}
    found = {name: each.local_on for name, each in resolve_all(rules, events, parameters=given_dates).items()}
    assert found == {
        "party_approval": date(2019, 6, 24),
        "submission": date(2019, 6, 30),
        "national_review": date(2019, 8, 27),
        "in_force": date(2019, 7, 1),
        "midterm_status": date(2021, 7, 1),
        "final_status": date(2023, 6, 30),
    }


def test_resolve_all_leans_on_a_day_that_people_changed() -> None:
    rules = shipped("sundhedsaftale").deadline_rules
    found = resolve_all(
        rules, {}, parameters={"submission_on": date(2019, 6, 30)}, settled={"submission": date(2019, 9, 30)}
    )
    assert found["party_approval"].local_on == date(2019, 9, 24)
    assert found["submission"].local_on == date(2019, 6, 30)
    assert set(found) == {"party_approval", "submission"}


# Advice


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "clock", "days"),
    [
        (date(2019, 3, 1), date(2019, 3, 28), time(0), 27),  # the day counted is the day before
        (date(2019, 3, 1), date(2019, 3, 28), time(0, 1), 28),
        (date(2019, 3, 1), date(2019, 3, 27), time(23, 59), 27),
        (date(2019, 3, 1), date(2019, 3, 29), time(0), 28),
    ],
)
def test_launch_warnings_count_a_deadline_at_midnight_by_the_day_before(
    opens_on: date, closes_on: date, clock: time, days: int
) -> None:
    found = {warning.code: warning.text for warning in launch_warnings(opens_on, closes_on, clock)}
    assert ("too_short" in found) == (days < 28)
    if days < 28:
        assert "27" in found["too_short"]


def test_launch_warnings_at_midnight_look_at_the_day_that_ends() -> None:
    assert "weekend" in codes(date(2019, 4, 1), date(2019, 5, 6), time(0))  # Monday 00.00 is Sunday night
    assert "weekend" not in codes(date(2019, 4, 1), date(2019, 5, 4), time(0))  # Saturday 00.00 is Friday night


@pytest.mark.parametrize(
    ("closes_on", "clock", "kinds", "expected"),
    [
        (date(2019, 2, 11), NOON, ["organisation"], ["holiday_week"]),  # week 7
        (date(2019, 2, 22), NOON, ["organisation"], ["holiday_week"]),  # week 8
        (date(2019, 2, 25), NOON, ["organisation"], []),
        (date(2019, 2, 25), time(0), ["organisation"], ["holiday_week", "midnight"]),  # Sunday of week 8 counts
        (date(2019, 2, 11), time(0), ["organisation"], ["midnight"]),
        (date(2019, 10, 18), NOON, ["organisation"], ["holiday_week"]),  # week 42
        (date(2019, 2, 25), NOON, ["senior_council"], []),  # 42 days
        (date(2019, 1, 31), NOON, ["organisation", "disability_council"], ["short_for_councils"]),
        (date(2019, 1, 31), NOON, ["municipal_council"], ["short_for_councils"]),
        (date(2019, 1, 31), NOON, [], []),
    ],
)
def test_launch_advice_names_what_is_worth_knowing(
    closes_on: date, clock: time, kinds: list[str], expected: list[str]
) -> None:
    assert [advice.code for advice in launch_advice(date(2019, 1, 15), closes_on, clock, kinds)] == expected


@given(DAYS, CLOCKS)
def test_last_day_before_is_the_day_unless_the_clock_is_midnight(on: date, clock: time) -> None:
    assert last_day_before(instant(on, clock)) == (on - timedelta(days=1) if clock == time(0) else on)
