"""Plans of reminders: examples of each rule, and any plan against the rules read day by day. No database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.deadlines import (
    COPENHAGEN,
    DENMARK,
    Occasion,
    instant,
    local_day,
    next_occasion,
    occasion_due,
    planned_body_reminders,
    planned_party_reminders,
)

NUUK = ZoneInfo("America/Nuuk")
EIGHT = time(8)
DAY = timedelta(days=1)


def at(text: str, zone: ZoneInfo = COPENHAGEN) -> datetime:
    """A local time such as "2024-06-28 12:00" as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def told(occasions: list[Occasion], zone: ZoneInfo = COPENHAGEN) -> list[str]:
    """Each reminder as "key day weekday", all of them at eight o'clock."""
    assert all(each.due_at.astimezone(zone).time() == EIGHT for each in occasions)
    return [f"{each.key} {each.due_at.astimezone(zone):%Y-%m-%d %a}" for each in occasions]


# ── A hearing party ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("deadline", "news", "promised", "days", "expected"),
    [
        # Friday noon: all three on working days.
        (
            "2024-06-28 12:00",
            "2024-04-05 09:00",
            None,
            (14, 7, 1),
            ["14d 2024-06-14 Fri", "7d 2024-06-21 Fri", "1d 2024-06-27 Thu"],
        ),
        # Monday noon: the last one lies on a Sunday and moves back to the Friday.
        (
            "2024-06-24 12:00",
            "2024-05-01 09:00",
            None,
            (14, 7, 1),
            ["14d 2024-06-10 Mon", "7d 2024-06-17 Mon", "1d 2024-06-21 Fri"],
        ),
        # Easter 2024, 28 March to 1 April: all that falls there goes on Wednesday 27 March, once.
        ("2024-04-02 12:00", "2024-03-01 09:00", None, (5, 3, 1), ["1d 2024-03-27 Wed"]),
        # The fourteenth lies before the invitation: past, and not made up for.
        ("2024-06-28 12:00", "2024-06-14 08:00:01", None, (14, 7, 1), ["7d 2024-06-21 Fri", "1d 2024-06-27 Thu"]),
        # It moves back behind the invitation, from Sunday 16 June to Friday 14 June: past as well.
        ("2024-06-30 12:00", "2024-06-15 10:00", None, (14,), []),
        # Within 24 hours of the news: to the next working morning.
        ("2024-06-28 12:00", "2024-06-13 10:00", None, (14,), ["14d 2024-06-17 Mon"]),
        # To the next working morning only if that is before the deadline; else dropped.
        ("2024-06-28 12:00", "2024-06-26 10:00", None, (1,), ["1d 2024-06-28 Fri"]),
        ("2024-06-28 08:00", "2024-06-26 10:00", None, (1,), []),
        # 24 hours to the second are still within 24 hours.
        ("2024-06-28 12:00", "2024-06-26 08:00", None, (1,), ["1d 2024-06-28 Fri"]),
        ("2024-06-28 12:00", "2024-06-26 07:59:59", None, (1,), ["1d 2024-06-27 Thu"]),
        # A promised day: nothing through that day, then the next working day.
        (
            "2024-06-28 12:00",
            "2024-05-01 09:00",
            "2024-06-21",
            (14, 7, 1),
            ["promised-2024-06-21 2024-06-24 Mon", "1d 2024-06-27 Thu"],
        ),
        # That day is the day before the deadline: one mail, under the key of the nearer.
        ("2024-06-28 12:00", "2024-05-01 09:00", "2024-06-26", (14, 7, 1), ["1d 2024-06-27 Thu"]),
        # On its deadline's day or after it: none.
        ("2024-06-28 12:00", "2024-05-01 09:00", "2024-06-27", (14, 7, 1), []),
        ("2024-06-28 12:00", "2024-05-01 09:00", "2024-07-10", (14, 7, 1), []),
        # A stage that reminds nobody does not begin to because of a promise.
        ("2024-06-28 12:00", "2024-05-01 09:00", "2024-06-21", (), []),
    ],
)
def test_hearing_occasions_follow_each_rule(
    deadline: str, news: str, promised: str | None, days: tuple[int, ...], expected: list[str]
) -> None:
    promised_on = date.fromisoformat(promised) if promised else None
    assert told(planned_party_reminders(at(deadline), days, news_at=at(news), promised_on=promised_on)) == expected


def test_hearing_occasions_keep_eight_local_time_on_both_sides_of_the_clock_change() -> None:
    assert [each.due_at.hour for each in planned_party_reminders(at("2019-04-05 12:00"), (14, 7, 1))] == [7, 7, 6]


def test_hearing_occasions_of_an_extended_deadline_are_others() -> None:
    keys = [planned_party_reminders(at(day), (1,))[0].full_key for day in ("2019-04-05 12:00", "2019-04-12 12:00")]
    assert keys == ["1d@2019-04-05", "1d@2019-04-12"]


# ── A body asked for a decision ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("reply_by", "asked", "news", "meeting", "days", "expected"),
    [
        # One before, on the first of the days, and one on the next working day after.
        (
            "2019-06-24 12:00",
            "2019-04-26 10:00",
            None,
            None,
            (14, 7, 1),
            ["before 2019-06-07 Fri", "after 2019-06-25 Tue"],
        ),
        # The fourteenth has gone by when it is asked: the seventh.
        (
            "2019-06-28 12:00",
            "2019-06-17 10:00",
            None,
            None,
            (14, 7, 1),
            ["before 2019-06-21 Fri", "after 2019-07-01 Mon"],
        ),
        # Asked the day before the fourteenth: on the next working morning.
        (
            "2019-06-28 12:00",
            "2019-06-13 10:00",
            None,
            None,
            (14, 7, 1),
            ["before 2019-06-17 Mon", "after 2019-07-01 Mon"],
        ),
        # Nothing lies ahead any more: only the one after.
        ("2019-06-28 12:00", "2019-06-27 09:00", None, None, (14, 7, 1), ["after 2019-07-01 Mon"]),
        # It has told of its meeting: none before, one on the third working day after the meeting, on either side.
        ("2019-06-28 12:00", "2019-04-26 10:00", None, "2019-06-20", (14, 7, 1), ["after 2019-06-25 Tue"]),
        ("2019-06-28 12:00", "2019-04-26 10:00", None, "2019-06-27", (14, 7, 1), ["after 2019-07-02 Tue"]),
        # Asked when its reply day has passed: one, on the third working day after that.
        ("2019-06-24 12:00", "2019-06-27 10:00", None, None, (14, 7, 1), ["after 2019-07-02 Tue"]),
        # The process was resumed after its day: what fell in the pause is gone.
        ("2019-06-24 12:00", "2019-04-26 10:00", "2019-09-02 09:00", None, (14, 7, 1), []),
        # It was resumed the day before the next working day: the mail moves on by one.
        ("2019-06-24 12:00", "2019-04-26 10:00", "2019-06-24 13:00", None, (14, 7, 1), ["after 2019-06-26 Wed"]),
        # A stage without days sends none.
        ("2019-06-24 12:00", "2019-04-26 10:00", None, "2019-06-20", (), []),
    ],
)
def test_question_occasions_follow_each_rule(
    reply_by: str, asked: str, news: str | None, meeting: str | None, days: tuple[int, ...], expected: list[str]
) -> None:
    found = planned_body_reminders(
        at(reply_by),
        days,
        asked_at=at(asked),
        news_at=at(news or asked),
        meeting_on=date.fromisoformat(meeting) if meeting else None,
    )
    assert told(found) == expected


# ── Any plan, against the rules read day by day ───────────────────────────────────────────────────────────────
def days_from(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def off_between(first: date, last: date) -> bool:
    """No working day lies after the first and up to the last."""
    return not any(DENMARK.is_working_day(day) for day in days_from(first + DAY, last))


def the_working_day_before(day: date) -> date:
    return max(each for each in days_from(day - timedelta(days=20), day - DAY) if DENMARK.is_working_day(each))


def goes_on(day: date, belongs_on: object, news: datetime, zone: ZoneInfo) -> bool:
    """Whether a reminder that belongs on certain working days goes on this one: it belongs there and the news is more
    than a day old by then, or it belongs on the working day before and the news was not."""
    assert callable(belongs_on)
    before = the_working_day_before(day)
    undisturbed = belongs_on(day) and instant(day, EIGHT, zone) - news > DAY
    put_off = belongs_on(before) and timedelta() <= instant(before, EIGHT, zone) - news <= DAY
    return bool(undisturbed or put_off)


def is_last_working_day_up_to(day: date, unmoved: date) -> bool:
    return day <= unmoved and DENMARK.is_working_day(day) and off_between(day, unmoved)


def is_first_working_day_after(day: date, start: date) -> bool:
    return day > start and DENMARK.is_working_day(day) and off_between(start, day - DAY)


MOMENTS = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
LEADS = st.lists(st.integers(0, 30), max_size=4)
ZONES = st.sampled_from([COPENHAGEN, NUUK])


@given(MOMENTS, st.integers(0, 45 * 24 * 60), LEADS, st.none() | st.integers(-5, 50), ZONES)
def test_hearing_occasions_are_those_of_the_rules_read_day_by_day(
    news: datetime, length: int, leads: list[int], promise: int | None, zone: ZoneInfo
) -> None:
    deadline = news + timedelta(minutes=length)
    closes_on = local_day(deadline, zone)
    promised_on = None if promise is None else local_day(news, zone) + timedelta(days=promise)
    expected = []
    for day in days_from(local_day(news, zone), closes_on):
        if not DENMARK.is_working_day(day) or instant(day, EIGHT, zone) >= deadline:
            continue
        if promised_on is not None and day <= promised_on:
            continue
        keys = {
            lead: f"{lead}d"
            for lead in leads
            if goes_on(
                day, lambda on, lead=lead: is_last_working_day_up_to(on, closes_on - timedelta(days=lead)), news, zone
            )
        }
        if keys:
            expected.append((day, keys[min(keys)]))
        elif (
            promised_on is not None
            and leads
            and day < closes_on
            and goes_on(day, lambda on: is_first_working_day_after(on, promised_on), news, zone)
        ):
            expected.append((day, f"promised-{promised_on}"))

    found = planned_party_reminders(deadline, leads, zone, news_at=news, promised_on=promised_on)

    assert [(local_day(each.due_at, zone), each.key) for each in found] == expected


@given(MOMENTS, st.integers(-20 * 24, 45 * 24), st.integers(0, 30 * 24), LEADS, st.none() | st.integers(0, 60))
def test_question_occasions_are_those_of_the_rules_read_day_by_day(
    asked: datetime, hours: int, news_after: int, leads: list[int], meeting: int | None
) -> None:
    reply_by, news = asked + timedelta(hours=hours), asked + timedelta(hours=news_after)
    reply_on = local_day(reply_by)
    meeting_on = None if meeting is None else local_day(asked) + timedelta(days=meeting)
    window = list(days_from(local_day(asked) - DAY, local_day(asked) + timedelta(days=130)))

    def belongs_before(day: date) -> bool:
        return any(is_last_working_day_up_to(day, reply_on - timedelta(days=lead)) for lead in leads)

    def third_after(start: date, day: date) -> bool:
        return sum(DENMARK.is_working_day(each) for each in days_from(start + DAY, day)) == 3 and (
            DENMARK.is_working_day(day)
        )

    def belongs_after(day: date) -> bool:
        if meeting_on is not None:
            return third_after(meeting_on, day)
        if reply_by <= asked:
            return third_after(local_day(asked), day)
        return is_first_working_day_after(day, reply_on)

    working = [day for day in window if DENMARK.is_working_day(day)]
    before = [day for day in working if goes_on(day, belongs_before, news, COPENHAGEN)]
    after = [day for day in working if goes_on(day, belongs_after, news, COPENHAGEN)]
    if meeting_on is not None or reply_by <= asked or not before or instant(before[0], EIGHT) >= reply_by:
        before = []
    expected = [("before", day) for day in before[:1]] + [("after", day) for day in after]

    found = planned_body_reminders(reply_by, leads, asked_at=asked, news_at=news, meeting_on=meeting_on)

    assert [(each.key, local_day(each.due_at)) for each in found] == (expected if leads else [])
    assert len(found) <= 2


# ── What is due of a plan ─────────────────────────────────────────────────────────────────────────────────────
CLOSES = at("2019-04-05 12:00")


def test_occasion_due_after_downtime_is_the_latest_one_only() -> None:
    plan = planned_party_reminders(CLOSES, (14, 7, 1))

    assert occasion_due(plan, at("2019-03-22 07:59:59")) is None
    assert occasion_due(plan, at("2019-03-22 08:00")) == plan[0]
    late = occasion_due(plan, at("2019-04-04 22:00"))
    assert late == plan[2]
    assert occasion_due(plan, at("2019-04-04 22:00"), sent_keys={late.full_key}) is None


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.lists(st.integers(0, 70 * 24), max_size=30))
def test_occasions_swept_at_any_hours_are_sent_once_and_never_two_at_a_time(days: list[int], hours: list[int]) -> None:
    plan = planned_party_reminders(CLOSES, days)
    sent: list[Occasion] = []
    for hour in sorted(hours):
        now = CLOSES - timedelta(days=65) + timedelta(hours=hour)
        due = occasion_due(plan, now, {each.full_key for each in sent})
        if due:
            assert due.due_at <= now
            sent.append(due)
        coming = next_occasion(plan, now)
        assert coming is None or coming.due_at > now
    assert len({each.full_key for each in sent}) == len(sent)
    assert sent == sorted(sent, key=lambda each: each.due_at)
