"""Two at once, on real PostgreSQL: the deadline, the double press, the reminder against the answer, two sweeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from consultations.actions.answers import AnswerContent, save_draft, submit_answer
from consultations.actions.extensions import extend_for_all
from consultations.actions.midround import invite_party, release_party, write_to_parties
from consultations.actions.parties import decline, promise_answer
from consultations.actions.reminders import repair_plans, send_reminders
from consultations.actions.rounds import close_due_rounds, launch_round
from consultations.actions.unreached import contact_otherwise
from consultations.models import Answer, Invitation, Reminder
from consultations.states import AnswerState, RoundState
from notifications import delivery
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.factories import (
    CLOSES_AT,
    CLOSES_ON,
    LAUNCHED,
    MICROSECOND,
    OFFICER,
    WORDS,
    Hearing,
    a_hearing,
    a_round_in_draft,
)
from tests.racing import WAIT, Beside, held, wait_until_somebody_waits
from tests.workflow.agreements import a_contact
from tests.workflow.factories import a_body, stage_of
from workflow.actions.processes import resume_process, suspend_process
from workflow.actions.stages import return_stage
from workflow.rules import Refused
from workflow.states import BodyKind, Channel, StageState
from workflow.sweeps import check_processes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

D7 = CLOSES_AT - timedelta(days=7)


def together(*deeds: Callable[[], Any]) -> list[Beside]:
    barrier = threading.Barrier(len(deeds))

    def at_once(deed: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            barrier.wait(WAIT)
            return deed()

        return run

    found = [Beside(at_once(deed)) for deed in deeds]
    for beside in found:
        beside._thread.join(WAIT)
    return found


def test_submit_answer_waiting_for_its_lock_while_the_round_closes_is_in_time() -> None:
    hearing = a_hearing(parties=1)
    party, actor = hearing.party(), hearing.by_link()
    just_before = CLOSES_AT - MICROSECOND

    with held(party):
        answer = Beside(
            lambda: submit_answer(party, content=WORDS, received_at=just_before, now=just_before, actor=actor)
        )
        wait_until_somebody_waits()
        # Noon has come, the round closes in another session and does not wait for the answer.
        assert Beside(lambda: close_due_rounds(CLOSES_AT)).done() == 1
        assert Beside(lambda: check_processes(CLOSES_AT + timedelta(seconds=119))).done() >= 0
        assert stage_of(hearing.process, "hearing").state == StageState.OPEN

    assert answer.done().state == AnswerState.SUBMITTED
    assert hearing.reread().state == RoundState.CLOSED


def test_submit_answer_twice_at_once_with_one_key_makes_one_answer() -> None:
    hearing = a_hearing(parties=1)
    party, actor = hearing.party(), hearing.by_link()

    def press() -> Answer:
        return submit_answer(party, content=WORDS, received_at=LAUNCHED, now=LAUNCHED, key="press", actor=actor)

    first, second = (beside.done() for beside in together(press, press))

    assert first == second
    assert Answer.objects.count() == 1
    assert len(hearing.mails("hearing_receipt")) == 1


def test_submit_answer_of_two_parties_at_once_waits_for_nobody() -> None:
    hearing = a_hearing(parties=2)
    other, actor = hearing.party(2), hearing.by_link(2)

    with held(hearing.party(1)):
        answer = Beside(lambda: submit_answer(other, content=WORDS, received_at=LAUNCHED, now=LAUNCHED, actor=actor))
        assert answer.done().state == AnswerState.SUBMITTED


def test_save_draft_by_two_colleagues_at_once_refuses_the_second_and_loses_no_text() -> None:
    hearing = a_hearing(parties=1)
    party, actor = hearing.party(), hearing.by_link()

    def save(text: str) -> Callable[[], Answer]:
        return lambda: save_draft(party, AnswerContent(text=text), version=0, actor=actor, now=LAUNCHED)

    besides = together(save("Karens tekst"), save("Mogens' tekst"))

    errors = [beside.error for beside in besides if beside.error]
    [kept] = [beside.result for beside in besides if beside.result]
    assert [error.refusal.code for error in errors if isinstance(error, Refused)] == ["draft_changed"]
    assert Answer.objects.get().text == kept.text


def test_submit_answer_while_the_round_is_being_withdrawn_sees_it_withdrawn() -> None:
    hearing = a_hearing(parties=1)
    hearing.answers(1)
    party, actor = hearing.party(), hearing.by_link()

    with transaction.atomic():
        return_stage(stage_of(hearing.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
        answer = Beside(lambda: submit_answer(party, content=WORDS, received_at=LAUNCHED, now=LAUNCHED, actor=actor))
        wait_until_somebody_waits()

    with pytest.raises(Refused) as refused:
        answer.done()
    assert refused.value.refusal.code == "invitation_withdrawn"


def test_contact_otherwise_while_the_party_answers_leaves_it_its_mail() -> None:
    hearing = a_hearing(parties=1)
    party, actor = hearing.party(), hearing.by_link()

    with transaction.atomic():
        submit_answer(party, content=WORDS, received_at=LAUNCHED, now=LAUNCHED, actor=actor)
        deed = Beside(lambda: contact_otherwise(hearing.round, [party], actor=OFFICER, now=LAUNCHED))
        wait_until_somebody_waits()

    with pytest.raises(Refused):
        deed.done()
    assert hearing.party().channel == Channel.EMAIL


def test_resume_while_a_party_declines_does_not_tell_it_of_its_new_day() -> None:
    hearing = a_hearing(parties=2)
    at = LAUNCHED + timedelta(days=12)
    suspend_process(hearing.process, reason="Valg udskrevet.", actor=OFFICER, now=LAUNCHED + timedelta(days=2))

    with transaction.atomic():
        decline(hearing.party(1), actor=hearing.by_link(1), now=at)
        resumption = Beside(lambda: resume_process(hearing.process, actor=OFFICER, now=at))
        wait_until_somebody_waits()
    resumption.done()

    assert [mail.subject_id for mail in hearing.mails("hearing_extended")] == [hearing.party(2).public_id]


def test_repair_plans_leaves_a_party_that_is_just_promising_its_answer_as_it_is() -> None:
    hearing = a_hearing(parties=1)
    Invitation.objects.update(next_check_at=None)  # wrong, so that there is something to repair

    with transaction.atomic():
        promise_answer(
            hearing.party(1), promised_on=CLOSES_ON - timedelta(days=5), actor=hearing.by_link(1), now=LAUNCHED
        )
        promised = hearing.party(1).next_check_at
        Beside(lambda: repair_plans(LAUNCHED)).done()

    assert hearing.party(1).next_check_at == promised


def test_extend_for_all_while_a_party_declines_does_not_tell_it() -> None:
    hearing = a_hearing(parties=2)
    at = LAUNCHED + timedelta(days=1)

    with transaction.atomic():
        decline(hearing.party(1), actor=hearing.by_link(1), now=at)
        extension = Beside(
            lambda: extend_for_all(
                hearing.round, new_on=CLOSES_ON + timedelta(days=7), reason="Mere tid.", actor=OFFICER, now=at
            )
        )
        wait_until_somebody_waits()
    extension.done()

    assert [mail.subject_id for mail in hearing.mails("hearing_extended")] == [hearing.party(2).public_id]


def test_send_reminders_by_two_beats_at_once_reminds_each_party_once() -> None:
    hearing = a_hearing(parties=40)

    together(lambda: send_reminders(D7), lambda: send_reminders(D7), lambda: send_reminders(D7))

    assert Reminder.objects.count() == 40
    assert len(hearing.mails("hearing_reminder")) == 40


def test_send_reminders_leaves_a_party_that_is_just_answering_to_the_next_sweep() -> None:
    hearing = a_hearing(parties=2)

    with held(hearing.party(1)):
        assert Beside(lambda: send_reminders(D7)).done() == 1

    assert [reminder.invitation.number for reminder in Reminder.objects.select_related("invitation")] == [2]
    assert send_reminders(D7) == 1


def test_deliver_reminder_claimed_while_the_party_answers_is_not_sent() -> None:
    hearing = a_hearing(parties=1)
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    send_reminders(D7)
    party, actor = hearing.party(), hearing.by_link()
    with transaction.atomic():
        submit_answer(party, content=WORDS, received_at=D7, now=D7, actor=actor)
        # The answer is in but not yet committed when a worker comes by: it must not send before it knows.
        worker = Beside(lambda: delivery.deliver(D7, lambda: D7))
        threading.Event().wait(0.5)
    worker.done()
    delivery.deliver(D7, lambda: D7)

    [reminder] = hearing.mails("hearing_reminder")
    assert (reminder.state, reminder.withdrawn_reason) == (MailState.WITHDRAWN, "answered")
    [receipt] = hearing.mails("hearing_receipt")
    assert receipt.state == MailState.SENT


def test_deliver_reminder_asks_again_when_the_answer_came_after_the_queueing() -> None:
    hearing: Hearing = a_hearing(parties=1)
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    send_reminders(D7)
    # The answer's own withdrawal of the mail is left out, as if it had come in the very moment of claiming.
    Invitation.objects.filter(pk=hearing.party().pk).update(state="answered")

    delivery.deliver(D7, lambda: D7)

    assert hearing.mails("hearing_reminder")[0].state == MailState.WITHDRAWN


def test_launch_round_twice_at_once_sends_once() -> None:
    hearing = a_round_in_draft(parties=5)

    def launch() -> Any:
        return launch_round(hearing.round, closes_on=CLOSES_ON, actor=OFFICER, now=LAUNCHED)

    besides = together(launch, launch)

    assert [b.error.refusal.code for b in besides if isinstance(b.error, Refused)] == ["round_launched"]
    assert len(hearing.mails("hearing_invitation")) == 5


def test_close_due_rounds_by_two_beats_at_once_closes_once() -> None:
    a_hearing(parties=1)

    besides = together(lambda: close_due_rounds(CLOSES_AT), lambda: close_due_rounds(CLOSES_AT))

    assert sorted(beside.done() for beside in besides) == [0, 1]


def test_invite_one_body_by_two_officers_at_once_asks_it_once() -> None:
    hearing = a_hearing(parties=1)
    body = a_body(BodyKind.ORGANISATION, "Ny forening", key="ny-forening")
    a_contact(hearing.process.office, body)

    def invite(key: str) -> Callable[[], Any]:
        return lambda: invite_party(hearing.round, body=body, actor=OFFICER, now=LAUNCHED, key=key)

    besides = together(invite("first"), invite("second"))

    refused = [beside.error for beside in besides if beside.error is not None]
    assert [type(error) for error in refused] == [Refused]
    assert refused[0].refusal.code == "party_listed"  # type: ignore[union-attr]
    party = Invitation.objects.get(round=hearing.round, body=body)
    assert OutgoingMail.objects.filter(subject_id=party.public_id).count() == 1


def test_write_to_parties_by_one_form_pressed_twice_at_once_writes_to_each_once() -> None:
    hearing = a_hearing(parties=3)

    def write() -> Any:
        return write_to_parties(
            hearing.round, subject="Bilag", text="Rettet bilag.", actor=OFFICER, now=LAUNCHED, key="one form"
        )

    first, second = together(write, write)

    assert first.done() == second.done()
    assert OutgoingMail.objects.filter(kind="hearing_message").count() == 3


def test_release_party_while_its_answer_waits_for_the_lock_refuses_the_answer_and_says_why() -> None:
    hearing = a_hearing(parties=1)
    with transaction.atomic():
        release_party(hearing.party(), reason="Blev spurgt ved en fejl", actor=OFFICER, now=LAUNCHED)
        answering = Beside(lambda: hearing.answers(1, LAUNCHED))
        wait_until_somebody_waits()

    with pytest.raises(Refused) as refused:
        answering.done()
    assert refused.value.refusal.code == "released"
    assert not Answer.objects.exists()


def test_release_one_party_by_two_officers_at_once_tells_it_once() -> None:
    hearing = a_hearing(parties=1)

    def release() -> Any:
        return release_party(hearing.party(), reason="Blev spurgt ved en fejl", actor=OFFICER, now=LAUNCHED)

    besides = together(release, release)

    assert [type(beside.error) for beside in besides if beside.error] == [Refused]
    assert OutgoingMail.objects.filter(kind="hearing_released").count() == 1
