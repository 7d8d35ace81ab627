"""What is in time: judged to the microsecond by the instant of arrival, around both changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.actions.answers import submit_answer
from consultations.models import Invitation
from consultations.rules.answers import is_in_time
from consultations.states import AnswerState
from tests.consultations.factories import MICROSECOND, WORDS, a_hearing

MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, MOMENTS)
def test_is_in_time_for_any_two_moments_means_strictly_before(deadline: datetime, received: datetime) -> None:
    assert is_in_time(Invitation(reply_by_at=deadline), received) is (received < deadline)


def test_is_in_time_without_a_deadline_is_never_late() -> None:
    assert is_in_time(Invitation(reply_by_at=None), datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("closes_on", "clock", "closes_at"),
    [
        pytest.param(date(2018, 3, 23), time(12), datetime(2018, 3, 23, 11, tzinfo=UTC), id="before summer time"),
        pytest.param(date(2018, 3, 25), time(12), datetime(2018, 3, 25, 10, tzinfo=UTC), id="the day it begins"),
        pytest.param(date(2018, 3, 30), time(12), datetime(2018, 3, 30, 10, tzinfo=UTC), id="after summer time began"),
        pytest.param(date(2018, 3, 25), time(2, 30), datetime(2018, 3, 25, 1, tzinfo=UTC), id="a time leapt over"),
        pytest.param(date(2018, 10, 27), time(12), datetime(2018, 10, 27, 10, tzinfo=UTC), id="before winter time"),
        pytest.param(date(2018, 10, 28), time(12), datetime(2018, 10, 28, 11, tzinfo=UTC), id="the day it ends"),
        pytest.param(date(2018, 10, 28), time(2, 30), datetime(2018, 10, 28, 1, 30, tzinfo=UTC), id="a time twice"),
    ],
)
def test_submit_answer_around_a_change_of_the_clock_is_judged_to_the_microsecond(
    closes_on: date, clock: time, closes_at: datetime
) -> None:
    hearing = a_hearing(closes_at - timedelta(days=40), closes_on=closes_on, clock=clock)

    in_time = hearing.answers(1, closes_at - MICROSECOND)
    late = hearing.answers(2, closes_at)

    assert hearing.round.closes_at == closes_at
    assert in_time.state == AnswerState.SUBMITTED
    assert late.state == AnswerState.LATE


@pytest.mark.django_db
def test_submit_answer_that_waited_across_noon_is_judged_by_its_arrival() -> None:
    hearing = a_hearing()
    closes_at = hearing.round.closes_at
    assert closes_at is not None

    answer = submit_answer(
        hearing.party(),
        content=WORDS,
        received_at=closes_at - MICROSECOND,
        now=closes_at + timedelta(seconds=40),
        actor=hearing.by_link(),
    )

    assert answer.state == AnswerState.SUBMITTED
    assert answer.recorded_at == closes_at + timedelta(seconds=40)
