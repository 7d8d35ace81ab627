"""Provisional answers on pages: sent with a day, confirmed by link in time and too late, entered by an officer."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from consultations.actions.answers.confirming import ask_to_confirm
from consultations.actions.rounds import close_due_rounds
from consultations.models import Answer
from consultations.states import AnswerState
from tests.consultations.factories import CLOSES_AT, LAUNCHED, Hearing, a_hearing, make_hearing_public
from tests.consultations.test_provisional import ASKED_AT, BY_ITS_DAY, IN_TIME, MEETING, PROVISIONAL, THE_DAY_AFTER
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.consultations.views.reply_addresses import WORDS, url
from tests.workflow.factories import stage_of
from workflow.actions.deadlines import set_deadline
from workflow.deadlines import Resolved
from workflow.definitions import RuleKind
from workflow.states import DeadlineKind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY = "09/04/2019"


def round_url(name: str, hearing: Hearing, *more: object) -> str:
    stage = hearing.reread().stage
    return reverse(name, args=[hearing.process.public_id, stage.public_id, *more])


def a_closed_hearing_with_a_provisional_answer() -> Hearing:
    hearing = a_hearing()
    hearing.answers(1, IN_TIME, PROVISIONAL)
    close_due_rounds(CLOSES_AT + timedelta(minutes=5))
    hearing.reread()
    return hearing


def test_send_a_provisional_answer_and_confirm_it_in_time(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    clock.move_to(IN_TIME)
    party = holder_of(hearing)

    sent = party.post(url("reply_write", hearing), {"do": "send", "text": WORDS, "provisional_on": DAY}, follow=True)

    assert "It is to be confirmed or replaced by Tuesday 9 April 2019" in sent.content.decode()
    assert Answer.objects.get().provisional_on == MEETING
    close_due_rounds(CLOSES_AT + timedelta(minutes=5))
    ask_to_confirm(ASKED_AT)
    clock.move_to(BY_ITS_DAY)
    party = holder_of(hearing)
    assert url("reply_confirm", hearing) in party.get(url("reply", hearing)).content.decode()
    shown = party.get(url("reply_confirm", hearing)).content.decode()
    assert WORDS in shown
    assert "you confirm it later" not in shown
    done = party.post(url("reply_confirm", hearing), {"key": "k"}, follow=True).content.decode()
    assert "Noted: the answer is final as it stands." in done
    assert "The answer was provisional and was confirmed on Tuesday 9 April 2019" in done
    assert "That is late" not in done
    assert not Answer.objects.get().is_confirmed_late


def test_confirm_a_provisional_answer_too_late_says_so_before_and_after(clock: time_machine.Traveller) -> None:
    hearing = a_closed_hearing_with_a_provisional_answer()
    clock.move_to(THE_DAY_AFTER)
    party = holder_of(hearing)

    before = party.get(url("reply_confirm", hearing)).content.decode()
    after = party.post(url("reply_confirm", hearing), {"key": "k"}, follow=True).content.decode()

    assert "It is noted on the case that you confirm it later." in before
    assert "Send a new answer instead" not in before
    assert "That is late: it was to be final by Tuesday 9 April 2019." in after
    assert Answer.objects.get().is_confirmed_late
    board = officer_of(hearing.process.office).get(round_url("round_status", hearing)).content.decode()
    assert "confirmed late 10 April 2019" in board


def test_replace_a_provisional_answer_by_its_day_is_in_time_though_the_deadline_has_passed(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_closed_hearing_with_a_provisional_answer()
    clock.move_to(BY_ITS_DAY)

    party, given = holder_of(hearing), {"do": "send", "text": "Byrådet er enigt.", "version": "0"}
    for page in ("reply", "reply_confirm"):
        assert url("reply_write", hearing) in party.get(url(page, hearing)).content.decode()
    assert "The answer is marked as late" not in party.get(url("reply_write", hearing)).content.decode()
    sent = party.post(url("reply_write", hearing), given, follow=True)

    assert "The answer was received before the deadline." not in sent.content.decode()
    assert "in time" in sent.content.decode()
    assert Answer.objects.get(number=2).state == AnswerState.SUBMITTED


def test_confirm_twice_by_two_presses_is_done_once_and_an_answer_that_is_final_says_so(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_closed_hearing_with_a_provisional_answer()
    clock.move_to(BY_ITS_DAY)
    party = holder_of(hearing)
    party.post(url("reply_confirm", hearing), {"key": "k"})

    again = party.post(url("reply_confirm", hearing), {"key": "k"})
    other = party.post(url("reply_confirm", hearing), {"key": "another"})

    assert again.status_code == 302
    assert "has already been confirmed" in other.content.decode()


def test_provisional_answer_shows_on_board_list_answer_and_public_page(clock: time_machine.Traveller) -> None:
    hearing = make_hearing_public(a_closed_hearing_with_a_provisional_answer())
    clock.move_to(BY_ITS_DAY)
    reader = auditor_of(hearing.process.office)

    board = reader.get(round_url("round_status", hearing) + "?vis=foreloebige").content.decode()
    answers = reader.get(round_url("round_answers", hearing) + "?vis=foreloebige").content.decode()
    answer = reader.get(round_url("answer", hearing, hearing.party().public_id)).content.decode()
    public = reader.get(reverse("process_public", args=[hearing.process.public_id])).content.decode()

    assert "Provisional answer" in board
    assert "Part 02" not in board.split('id="board"')[-1]
    assert "to be confirmed by 9 April 2019" in board
    assert "to be confirmed by 9 April 2019" in answers
    assert "It is to be confirmed or replaced by Tuesday 9 April 2019" in answer
    assert "provisional answer" in public


def test_unconfirmed_answer_is_on_the_desk_from_the_day_after_until_it_is_confirmed(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_closed_hearing_with_a_provisional_answer()
    officer = officer_of(hearing.process.office)
    words = "Part 01 was to make its provisional answer final by Tuesday 9 April 2019, and has not confirmed it."

    clock.move_to(BY_ITS_DAY)
    on_its_day = officer.get(reverse("home")).content.decode()
    clock.move_to(THE_DAY_AFTER)
    officer = officer_of(hearing.process.office)
    later = officer.get(reverse("home")).content.decode()
    page = round_url("party_confirm", hearing, hearing.party().public_id)
    shown = officer.get(page).content.decode()
    given = {"received_on": DAY, "received_clock": "16.00", "key": "k"}
    done = officer.post(page, given, follow=True).content.decode()

    assert words not in on_its_day
    assert words in later
    assert "A receipt goes to part1@example.dk at once." in shown
    assert "It is noted that the answer of Part 01 is final." in done
    assert not Answer.objects.get().is_confirmed_late
    assert words not in officer.get(reverse("home")).content.decode()


def test_send_a_day_after_the_summing_up_asks_once_and_is_taken_when_the_party_knows(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    plan_summing_up(hearing)
    clock.move_to(IN_TIME)
    party, given = holder_of(hearing), {"do": "send", "text": WORDS, "provisional_on": DAY}

    refused = party.post(url("reply_write", hearing), given)
    sent = party.post(url("reply_write", hearing), {**given, "knows_of_summing_up": "on"})

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "The answers are summed up by" in text
    assert WORDS in text
    assert 'name="knows_of_summing_up"' in text
    assert sent.status_code == 302
    assert Answer.objects.get().provisional_on == MEETING


def plan_summing_up(hearing: Hearing) -> None:
    """The remarks are to be dealt with by 5 April, before the council meets."""
    stage = stage_of(hearing.process, "consolidation")
    set_deadline(
        hearing.process,
        stage=stage,
        subject_id=stage.public_id,
        kind=DeadlineKind.STAGE,
        resolved=Resolved(date(2019, 4, 5), time(16, 0), "Tidsplan", RuleKind.FIXED),
        name="consolidation",
        now=LAUNCHED,
    )
