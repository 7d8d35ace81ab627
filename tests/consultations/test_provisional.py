"""Provisional answers: in time when sent in time, confirmed or replaced by the day they name, asked about once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from consultations.actions.answers import confirm_answer, decide_late, record_answer_on_behalf, save_draft
from consultations.actions.answers.confirming import ask_to_confirm
from consultations.actions.rounds import close_due_rounds
from consultations.models import Answer
from consultations.states import AnswerState, Road
from notifications.states import MailState
from tests.consultations.factories import (
    CLOSES_AT,
    LAUNCHED,
    OFFICER,
    WORDS,
    Hearing,
    a_hearing,
    bounce,
)
from tests.refusals import code_of
from workflow.actions.processes import resume_process, suspend_process
from workflow.actors import Actor
from workflow.models import AuditEntry

pytestmark = pytest.mark.django_db

MEETING = date(2019, 4, 9)  # a Tuesday, eleven days after the deadline
ASKED_AT = datetime(2019, 4, 9, 6, 0, tzinfo=LAUNCHED.tzinfo)  # 08.00 in Copenhagen, summer time
PROVISIONAL = replace(WORDS, provisional_on=MEETING)
IN_TIME = CLOSES_AT - timedelta(days=2)
BY_ITS_DAY = ASKED_AT + timedelta(hours=10)
THE_DAY_AFTER = ASKED_AT + timedelta(days=1)


def confirm(hearing: Hearing, at: datetime, number: int = 1, actor: Actor | None = None, **more: Any) -> Answer:
    values = {"received_at": at, "actor": actor or hearing.by_link(number), "now": at} | more
    return confirm_answer(hearing.party(number), **values)


def answered_provisionally(now: datetime) -> Hearing:
    """A hearing under way whose first party has answered, to be final by its meeting."""
    hearing = a_hearing(now)
    hearing.answers(1, content=PROVISIONAL)
    return hearing


def closed(hearing: Hearing) -> Hearing:
    close_due_rounds(CLOSES_AT + timedelta(minutes=5))
    hearing.reread()
    return hearing


def last_entry(verb: str) -> AuditEntry:
    return AuditEntry.objects.filter(verb=verb).order_by("-id")[0]


def test_submit_answer_provisionally_in_time_is_in_time_and_the_receipt_says_until_when() -> None:
    hearing = a_hearing()

    answer = hearing.answers(1, IN_TIME, PROVISIONAL)

    assert (answer.state, answer.provisional_on, answer.is_provisional) == (AnswerState.SUBMITTED, MEETING, True)
    assert answer.next_check_at == ASKED_AT
    assert last_entry("submit_answer").codes["provisional_on"] == "2019-04-09"
    assert hearing.mails("hearing_receipt")[0].facts == {"answer": str(answer.public_id)}


def test_confirm_answer_by_its_day_is_in_time_after_the_round_has_closed() -> None:
    hearing = a_hearing()
    answer = hearing.answers(1, IN_TIME, PROVISIONAL)
    closed(hearing)

    confirm(hearing, BY_ITS_DAY)

    answer.refresh_from_db()
    assert (answer.confirmed_at, answer.is_confirmed_late, answer.is_provisional) == (BY_ITS_DAY, False, False)
    assert answer.state == AnswerState.SUBMITTED
    assert last_entry("confirm_answer").codes["is_confirmed_late"] is False
    assert hearing.mails("hearing_confirmed")[0].state == MailState.QUEUED


def test_confirm_answer_after_its_day_is_recorded_as_late_and_counts() -> None:
    hearing = a_hearing()
    answer = hearing.answers(1, IN_TIME, PROVISIONAL)
    closed(hearing)

    confirm(hearing, THE_DAY_AFTER)

    answer.refresh_from_db()
    assert (answer.confirmed_at, answer.is_confirmed_late) == (THE_DAY_AFTER, True)
    assert answer.state == AnswerState.SUBMITTED
    assert last_entry("confirm_answer").codes["is_confirmed_late"] is True


def test_confirm_answer_at_the_last_minute_of_its_day_is_in_time_and_a_minute_later_is_not() -> None:
    hearing = a_hearing()
    midnight = datetime(2019, 4, 9, 22, 0, tzinfo=LAUNCHED.tzinfo)
    for number in (1, 2):
        hearing.answers(number, IN_TIME, PROVISIONAL)

    assert not confirm(hearing, midnight - timedelta(minutes=1), 1).is_confirmed_late
    assert confirm(hearing, midnight, 2).is_confirmed_late


def test_confirm_answer_whose_day_lies_before_the_deadline_is_in_time_until_the_deadline() -> None:
    hearing = a_hearing()
    hearing.answers(1, LAUNCHED, replace(WORDS, provisional_on=LAUNCHED.date() + timedelta(days=3)))

    assert not confirm(hearing, IN_TIME).is_confirmed_late


def test_submit_answer_replacing_a_provisional_one_by_its_day_is_in_time() -> None:
    hearing = a_hearing()
    first = hearing.answers(1, IN_TIME, PROVISIONAL)
    closed(hearing)

    final = hearing.answers(1, BY_ITS_DAY, replace(WORDS, text="Byrådet tilslutter sig udkastet."))

    first.refresh_from_db()
    assert (first.state, first.next_check_at) == (AnswerState.REPLACED, None)
    assert (final.state, final.is_provisional) == (AnswerState.SUBMITTED, False)


def test_submit_answer_replacing_a_provisional_one_after_its_day_is_refused() -> None:
    hearing = a_hearing()
    answer = hearing.answers(1, IN_TIME, PROVISIONAL)
    closed(hearing)

    refused = code_of(lambda: hearing.answers(1, THE_DAY_AFTER, replace(WORDS, text="Andre ord")))

    assert refused == "only_confirmation"
    answer.refresh_from_db()
    assert answer.state == AnswerState.SUBMITTED


def test_submit_answer_after_the_deadline_does_not_put_the_day_off() -> None:
    hearing = a_hearing()
    hearing.answers(1, IN_TIME, PROVISIONAL)
    later = replace(PROVISIONAL, provisional_on=MEETING + timedelta(days=7))

    assert code_of(lambda: hearing.answers(1, BY_ITS_DAY, later)) == "provisional_put_off"
    assert hearing.answers(1, IN_TIME, later).provisional_on == later.provisional_on


def test_submit_answer_with_a_day_that_has_passed_is_refused() -> None:
    hearing = a_hearing()
    yesterday = replace(WORDS, provisional_on=IN_TIME.date() - timedelta(days=1))

    assert code_of(lambda: hearing.answers(1, IN_TIME, yesterday)) == "provisional_day_past"


def test_save_draft_with_a_day_keeps_it_for_the_colleague_who_sends() -> None:
    hearing = a_hearing()
    draft = save_draft(hearing.party(), PROVISIONAL, actor=hearing.by_link(), now=LAUNCHED)

    answer = hearing.answers(1, IN_TIME, None, version=draft.version)  # type: ignore[arg-type]

    assert answer.provisional_on == MEETING


def test_record_answer_on_behalf_provisionally_and_confirm_it_on_behalf() -> None:
    hearing = a_hearing()
    answer = record_answer_on_behalf(
        hearing.party(), PROVISIONAL, road=Road.EMAIL, received_at=IN_TIME, actor=OFFICER, now=IN_TIME
    )

    confirm(hearing, BY_ITS_DAY, actor=OFFICER, now=THE_DAY_AFTER)

    answer.refresh_from_db()
    assert (answer.provisional_on, answer.confirmed_at, answer.is_confirmed_late) == (MEETING, BY_ITS_DAY, False)
    assert (last_entry("confirm_answer").actor_kind, OFFICER.kind) == ("user", "user")


@pytest.mark.parametrize(
    ("received_at", "code"),
    [(THE_DAY_AFTER, "received_in_future"), (IN_TIME - timedelta(hours=1), "confirmed_before_answer")],
)
def test_confirm_answer_on_behalf_at_an_impossible_time_is_refused(received_at: datetime, code: str) -> None:
    hearing = a_hearing()
    hearing.answers(1, IN_TIME, PROVISIONAL)

    assert code_of(lambda: confirm(hearing, received_at, actor=OFFICER, now=BY_ITS_DAY)) == code


def test_confirm_answer_that_is_final_missing_or_confirmed_is_refused() -> None:
    hearing = a_hearing()

    assert code_of(lambda: confirm(hearing, IN_TIME)) == "nothing_to_confirm"
    hearing.answers(1, IN_TIME)
    assert code_of(lambda: confirm(hearing, IN_TIME)) == "not_provisional"
    hearing.answers(2, IN_TIME, PROVISIONAL)
    confirm(hearing, BY_ITS_DAY, 2)
    assert code_of(lambda: confirm(hearing, BY_ITS_DAY, 2)) == "confirmed_already"
    assert code_of(lambda: confirm(hearing, IN_TIME, 3, actor=hearing.by_link(2))) == "not_yours"


def test_confirm_answer_twice_with_one_key_confirms_once() -> None:
    hearing = a_hearing()
    hearing.answers(1, IN_TIME, PROVISIONAL)

    first = confirm(hearing, BY_ITS_DAY, key="en-formular")
    again = confirm(hearing, THE_DAY_AFTER, key="en-formular")

    assert (again.confirmed_at, again.pk) == (BY_ITS_DAY, first.pk)
    assert AuditEntry.objects.filter(verb="confirm_answer").count() == 1


def test_confirm_late_answer_that_was_filed_is_refused_and_one_accepted_may_be() -> None:
    hearing = a_hearing()
    late = CLOSES_AT + timedelta(hours=2)
    for number, accept in ((1, False), (2, True)):
        answer = hearing.answers(number, late, PROVISIONAL)
        assert answer.state == AnswerState.LATE
        decide_late(answer, accept=accept, reason="Aftalt", actor=OFFICER, now=late)

    assert code_of(lambda: confirm(hearing, BY_ITS_DAY, 1)) == "answer_filed"
    assert confirm(hearing, BY_ITS_DAY, 2).state == AnswerState.LATE_ACCEPTED


# ── Asked about once ──────────────────────────────────────────────────────────────────────────────────────────
def test_ask_to_confirm_on_its_day_writes_once_to_the_party() -> None:
    hearing = a_hearing()
    answer = hearing.answers(1, IN_TIME, PROVISIONAL)
    closed(hearing)

    assert ask_to_confirm(ASKED_AT - timedelta(minutes=1)) == 0
    assert ask_to_confirm(ASKED_AT) == 1
    assert ask_to_confirm(ASKED_AT + timedelta(hours=1)) == 0

    (mail,) = hearing.mails("hearing_confirm")
    assert (mail.state, mail.to_address) == (MailState.QUEUED, "part1@example.dk")
    answer.refresh_from_db()
    assert answer.next_check_at is None
    assert last_entry("ask_to_confirm").codes["receipt"] == answer.receipt_number


def test_ask_to_confirm_on_a_day_off_goes_the_working_day_before() -> None:
    hearing = a_hearing()

    answer = hearing.answers(1, IN_TIME, replace(WORDS, provisional_on=date(2019, 4, 14)))  # a Sunday

    assert answer.next_check_at == datetime(2019, 4, 12, 6, 0, tzinfo=LAUNCHED.tzinfo)


def test_ask_to_confirm_within_a_day_of_the_answer_is_dropped() -> None:
    hearing = a_hearing()

    assert hearing.answers(1, IN_TIME, replace(WORDS, provisional_on=IN_TIME.date())).next_check_at is None


@pytest.mark.parametrize("what", ["confirmed", "replaced", "bounced", "day_passed"])
def test_ask_to_confirm_when_there_is_nothing_to_ask_writes_nothing(what: str) -> None:
    hearing = a_hearing()
    hearing.answers(1, IN_TIME, PROVISIONAL)
    now = ASKED_AT
    if what == "confirmed":
        confirm(hearing, IN_TIME)
    elif what == "replaced":
        hearing.answers(1, IN_TIME, replace(WORDS, text="Endeligt svar"))
    elif what == "bounced":
        bounce(hearing, 1)
    else:
        now = THE_DAY_AFTER

    ask_to_confirm(now)

    assert hearing.mails("hearing_confirm") == []


@pytest.mark.parametrize("how", ["confirmed", "replaced"])
def test_confirm_or_replace_while_the_question_waits_takes_it_back(how: str) -> None:
    hearing = a_hearing()
    hearing.answers(1, IN_TIME, PROVISIONAL)
    ask_to_confirm(ASKED_AT)

    if how == "confirmed":
        confirm(hearing, BY_ITS_DAY)
    else:
        hearing.answers(1, BY_ITS_DAY, replace(WORDS, text="Endeligt svar"))

    assert hearing.mails("hearing_confirm")[0].state == MailState.WITHDRAWN


# ── A pause ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_confirm_answer_in_a_pause_over_its_day_is_in_time_and_nobody_is_asked() -> None:
    hearing = a_hearing()
    for number in (1, 2):
        hearing.answers(number, IN_TIME, PROVISIONAL)
    suspend_process(
        hearing.process, reason="Sommerlukning i regionen", actor=OFFICER, now=CLOSES_AT - timedelta(days=1)
    )

    assert ask_to_confirm(ASKED_AT) == 0
    assert not confirm(hearing, THE_DAY_AFTER, 1).is_confirmed_late
    resume_process(hearing.process, actor=OFFICER, now=THE_DAY_AFTER + timedelta(days=3))
    ask_to_confirm(THE_DAY_AFTER + timedelta(days=3))

    assert hearing.mails("hearing_confirm") == []
    # Its day is over, and so is the deadline that moved along.
    assert confirm(hearing, THE_DAY_AFTER + timedelta(days=30), 2).is_confirmed_late
