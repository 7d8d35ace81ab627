"""A hearing in a pause: what arrives is judged by the very deadline that stands still; each is told once afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from consultations.actions.answers import record_answer_on_behalf, submit_answer
from consultations.actions.extensions import extend_for_all, extend_for_one
from consultations.actions.parties import decline, forward, promise_answer
from consultations.actions.resuming import told_of_resumption
from consultations.actions.rounds import close_due_rounds
from consultations.models import Answer, Invitation
from consultations.queries.rounds import reply_deadline
from consultations.states import AnswerState
from tests.consultations.factories import CLOSES_AT, LAUNCHED, MICROSECOND, OFFICER, WORDS, Hearing, a_hearing
from workflow.actions.processes import resume_process, suspend_process
from workflow.models import Deadline
from workflow.queries.suspension import days_after_pause
from workflow.rules import Refused

pytestmark = pytest.mark.django_db

SUSPENDED = CLOSES_AT - timedelta(days=4)  # Monday 25 March
RESUMED = CLOSES_AT + timedelta(days=6)  # Thursday 4 April, ten days later
NEW_AT = datetime(2019, 4, 11, 10, tzinfo=UTC)  # ten days after 29 March is the 8th; the fifth working day is the 11th


def suspended(hearing: Hearing, at: datetime = SUSPENDED) -> None:
    suspend_process(hearing.process, reason="Der er udskrevet valg", actor=OFFICER, now=at)


def resumed(hearing: Hearing, at: datetime = RESUMED, **more: Any) -> None:
    resume_process(hearing.process, actor=OFFICER, now=at, **more)


def state_of(answer: Answer) -> str:
    return str(Answer.objects.get(pk=answer.pk).state)


def test_submit_answer_while_the_pause_of_its_deadline_is_open_is_in_time_and_may_be_replaced() -> None:
    hearing = a_hearing()
    suspended(hearing)

    first = hearing.answers(1, CLOSES_AT + timedelta(days=2))
    second = hearing.answers(1, RESUMED - MICROSECOND)

    assert (state_of(first), state_of(second)) == (AnswerState.REPLACED, AnswerState.SUBMITTED)
    assert len(hearing.mails("hearing_receipt")) == 2


def test_submit_answer_of_a_party_whose_deadline_had_passed_before_the_pause_stays_late() -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED)
    suspended(hearing, CLOSES_AT + timedelta(hours=1))

    late, own = (hearing.answers(number, CLOSES_AT + timedelta(days=20)) for number in (1, 2))

    assert (state_of(late), state_of(own)) == (AnswerState.LATE, AnswerState.SUBMITTED)


def test_record_answer_on_behalf_after_the_pause_is_judged_by_when_it_was_received() -> None:
    hearing = a_hearing(parties=1)
    suspended(hearing)
    resumed(hearing)

    received = CLOSES_AT + timedelta(days=1)
    answer = record_answer_on_behalf(
        hearing.party(), WORDS, road="email", received_at=received, actor=OFFICER, now=RESUMED + timedelta(days=1)
    )

    assert state_of(answer) == AnswerState.SUBMITTED


def test_do_what_a_guest_may_in_a_pause_is_taken_in_and_what_asks_is_refused() -> None:
    hearing = a_hearing(parties=3)
    suspended(hearing)

    decline(hearing.party(1), actor=hearing.by_link(1), now=SUSPENDED)
    promise_answer(hearing.party(2), promised_on=date(2019, 4, 20), actor=hearing.by_link(2), now=SUSPENDED)
    forward(hearing.party(3), to_email="ny@example.dk", actor=hearing.by_link(3), now=SUSPENDED)

    with pytest.raises(Refused) as refused:
        extend_for_all(hearing.round, new_on=date(2019, 4, 20), reason="Mere tid", actor=OFFICER, now=SUSPENDED)
    assert refused.value.refusal.code == "process_suspended"
    assert close_due_rounds(CLOSES_AT) == 0


def test_resume_process_moves_every_copy_by_the_pause_and_tells_each_once() -> None:
    hearing = a_hearing(parties=5)
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED)
    hearing.answers(1, SUSPENDED)
    decline(hearing.party(3), actor=hearing.by_link(3), now=SUSPENDED)
    Invitation.objects.filter(pk=hearing.party(4).pk).update(bounced_at=SUSPENDED)
    before = len(hearing.mails("hearing_extended"))
    suspended(hearing)

    resumed(hearing)

    own_at = datetime(2019, 4, 15, 10, tzinfo=UTC)  # 5 April and ten days
    assert hearing.reread().closes_at == NEW_AT
    assert hearing.round.last_closes_at == hearing.round.next_check_at == own_at
    assert [hearing.party(number).reply_by_at for number in (1, 2, 5)] == [NEW_AT, own_at, NEW_AT]
    told = [mail.to_address for mail in hearing.mails("hearing_extended")[before:]]
    assert sorted(told) == ["part1@example.dk", "part2@example.dk", "part5@example.dk"]
    assert hearing.mails("hearing_extended")[-1].facts["resumed"] is True


def test_resume_process_with_a_day_for_all_beyond_a_partys_own_takes_that_along() -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED)
    suspended(hearing)
    common = reply_deadline(hearing.round)
    assert common is not None

    resumed(hearing, new_days={common.public_id: date(2019, 5, 24)})

    noon = datetime(2019, 5, 24, 10, tzinfo=UTC)
    assert {row.at for row in Deadline.objects.filter(stage=hearing.round.stage)} == {noon}
    assert [hearing.party(number).reply_by_at for number in (1, 2)] == [noon, noon]


def test_resume_process_lets_a_promised_day_of_the_pause_go_and_leaves_one_ahead() -> None:
    hearing = a_hearing(parties=3)
    for number, day in ((1, date(2019, 3, 27)), (2, date(2019, 4, 4)), (3, date(2019, 3, 20))):
        promise_answer(hearing.party(number), promised_on=day, actor=hearing.by_link(number), now=LAUNCHED)
    suspended(hearing)

    resumed(hearing)

    # One of before the pause is history; the day of the resumption itself lies ahead.
    days = [hearing.party(number).promised_on for number in (1, 2, 3)]
    assert days == [None, date(2019, 4, 4), date(2019, 3, 20)]


def test_resume_process_with_the_old_day_kept_tells_of_the_resumption_all_the_same() -> None:
    hearing = a_hearing(parties=2)
    suspended(hearing, LAUNCHED + timedelta(days=1))
    common = reply_deadline(hearing.round)
    assert common is not None

    resumed(hearing, LAUNCHED + timedelta(days=8), new_days={common.public_id: common.on})

    assert hearing.reread().closes_at == CLOSES_AT
    assert len(hearing.mails("hearing_extended")) == 2


def test_resume_process_on_the_same_day_tells_nobody_and_moves_nothing() -> None:
    hearing = a_hearing(parties=2)
    suspended(hearing)

    resumed(hearing, SUSPENDED + timedelta(hours=2))

    assert hearing.reread().closes_at == CLOSES_AT
    assert hearing.mails("hearing_extended") == []


def test_days_after_pause_of_a_hearing_show_the_rounds_and_each_partys_own() -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(
        hearing.party(2), new_on=date(2019, 4, 5), new_clock=time(16), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED
    )
    suspended(hearing)
    hearing.process.refresh_from_db()

    found = {row.deadline.subject_id: row.proposed_on for row in days_after_pause(hearing.process, RESUMED)}

    assert found == {hearing.round.public_id: date(2019, 4, 11), hearing.party(2).public_id: date(2019, 4, 15)}


def test_submit_answer_by_the_same_form_before_and_after_the_pause_is_one_answer() -> None:
    hearing = a_hearing(parties=1)
    suspended(hearing)
    sent = {"content": WORDS, "key": "form-1", "actor": hearing.by_link()}

    for at in (CLOSES_AT + timedelta(days=1), RESUMED + timedelta(days=1)):
        submit_answer(hearing.party(), received_at=at, now=at, **sent)
        if at < RESUMED:
            resumed(hearing)

    assert Answer.objects.count() == 1


def test_resume_process_tells_nobody_whose_deadline_had_passed_before_the_pause() -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED)
    suspended(hearing, CLOSES_AT + timedelta(hours=1))
    hearing.process.refresh_from_db()
    stage = hearing.reread().stage
    assert told_of_resumption(stage) == ["Part 02"]

    resumed(hearing, CLOSES_AT + timedelta(days=10))

    told = [mail.to_address for mail in hearing.mails("hearing_extended") if mail.facts.get("resumed")]
    assert told == ["part2@example.dk"]
    assert hearing.party(1).reply_by_at == CLOSES_AT


def test_resume_process_twice_pauses_and_moves_each_time_from_where_it_stood() -> None:
    hearing = a_hearing(parties=1)
    suspended(hearing)
    resumed(hearing)
    suspended(hearing, NEW_AT - timedelta(days=1))
    again = hearing.answers(1, NEW_AT + timedelta(days=1))
    resumed(hearing, NEW_AT + timedelta(days=30))

    assert state_of(again) == AnswerState.SUBMITTED
    assert hearing.reread().closes_at == datetime(
        2019, 5, 20, 10, tzinfo=UTC
    )  # the fifth working day; the 17th is Store bededag
