"""Rounds: made with their stage, prepared, sent in bulk, closed and cancelled."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from consultations.actions.extensions import extend_for_one
from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.midround import release_party
from consultations.actions.notes import add_note, record_summary
from consultations.actions.parties import correct_address
from consultations.actions.rounds import close_due_rounds, close_round, launch_round, prepare_round
from consultations.models import Invitation
from consultations.queries.rounds import live_round, next_closing_due, reply_deadline
from consultations.states import RoundForm, RoundState
from notifications.states import MailState
from tests.consultations.factories import (
    CLOSES_AT,
    LAUNCHED,
    OFFICER,
    Hearing,
    a_hearing,
    a_locked_bundle,
    a_round_in_draft,
    an_input_round,
    launch,
)
from tests.refusals import code_of
from tests.workflow.factories import stage_of
from workflow.actions.processes import resume_process, suspend_process
from workflow.actions.stages import complete_stage, return_stage
from workflow.models import AuditEntry, Contact
from workflow.states import StageState

pytestmark = pytest.mark.django_db


def test_open_stage_of_a_consultation_makes_a_round_prefilled_from_the_list() -> None:
    hearing = a_round_in_draft(parties=3)

    assert hearing.round.state == RoundState.DRAFT
    assert hearing.round.form == RoundForm.FULL
    assert hearing.round.reminder_days == [14, 7, 1]
    assert hearing.round.bundle is not None
    assert [(p.number, p.name, p.email) for p in hearing.round.invitations.order_by("number")] == [
        (1, "Part 01", "part1@example.dk"),
        (2, "Part 02", "part2@example.dk"),
        (3, "Part 03", "part3@example.dk"),
    ]


def test_add_party_of_a_body_takes_the_offices_contact_and_refuses_it_twice() -> None:
    hearing = a_round_in_draft(parties=1)
    body = hearing.party().body
    assert body is not None
    remove_party(hearing.party(), actor=OFFICER, now=LAUNCHED)
    Contact.objects.filter(body=body).update(email="ny@example.dk", language="en")

    party = add_party(hearing.round, body=body, actor=OFFICER, now=LAUNCHED)

    assert (party.name, party.email, party.language) == ("Part 01", "ny@example.dk", "en")
    assert code_of(lambda: add_party(hearing.round, body=body, actor=OFFICER, now=LAUNCHED)) == "party_listed"
    assert code_of(lambda: add_party(hearing.round, name=" ", actor=OFFICER, now=LAUNCHED)) == "name_missing"


def test_add_party_twice_with_one_key_gives_the_party_added() -> None:
    hearing = a_round_in_draft(parties=2)  # in the alphabet behind the one that is added
    more = {"name": "Aktive Seniorer", "actor": OFFICER, "now": LAUNCHED, "key": "k"}

    added = add_party(hearing.round, **more)

    assert add_party(hearing.round, **more) == added
    assert added.name == "Aktive Seniorer"
    assert hearing.round.invitations.count() == 3


def test_add_party_again_with_the_key_of_one_that_was_taken_off_since_is_refused() -> None:
    hearing = a_round_in_draft(parties=1)
    more = {"name": "Aktive Seniorer", "actor": OFFICER, "now": LAUNCHED, "key": "k"}
    remove_party(add_party(hearing.round, **more), actor=OFFICER, now=LAUNCHED)

    assert code_of(lambda: add_party(hearing.round, **more)) == "party_removed"


@pytest.mark.parametrize("email", ["nej", "to@steder.dk, og@her.dk", "råd@koege.dk", "a b@c.dk", "a@b.dk\nBcc: x@y.dk"])
def test_add_party_with_an_impossible_address_is_refused(email: str) -> None:
    hearing = a_round_in_draft(parties=1)

    code = code_of(lambda: add_party(hearing.round, name="Part", email=email, actor=OFFICER, now=LAUNCHED))

    assert code.startswith("address_")
    assert hearing.round.invitations.count() == 1


def test_prepare_round_writes_letter_and_policy_until_it_is_sent() -> None:
    hearing = a_round_in_draft()

    prepare_round(hearing.round, letter="Kære alle", publication="never", actor=OFFICER, now=LAUNCHED)

    assert (hearing.reread().letter, hearing.round.publication) == ("Kære alle", "never")
    launch(hearing)
    code = code_of(lambda: prepare_round(hearing.round, letter="Nej", actor=OFFICER, now=LAUNCHED))
    assert code == "round_launched"


def test_close_due_rounds_closes_at_the_deadline_and_the_stage_two_minutes_later() -> None:
    from workflow.sweeps import check_processes

    hearing = a_hearing()
    assert next_closing_due() == CLOSES_AT

    assert close_due_rounds(CLOSES_AT - timedelta(microseconds=1)) == 0
    assert close_due_rounds(CLOSES_AT) == 1
    assert close_due_rounds(CLOSES_AT) == 0
    assert hearing.reread().closed_at == CLOSES_AT
    assert stage_of(hearing.process, "hearing").state == StageState.OPEN

    check_processes(CLOSES_AT + timedelta(seconds=119))
    assert stage_of(hearing.process, "hearing").state == StageState.OPEN
    check_processes(CLOSES_AT + timedelta(seconds=120))
    assert stage_of(hearing.process, "hearing").state == StageState.COMPLETED


def test_close_due_rounds_leaves_a_suspended_process_alone_until_it_goes_on() -> None:
    hearing = a_hearing()
    suspend_process(hearing.process, reason="Folketingsvalg", actor=OFFICER, now=LAUNCHED)

    assert close_due_rounds(CLOSES_AT) == 0
    assert next_closing_due() is None

    resume_process(hearing.process, actor=OFFICER, now=CLOSES_AT)
    new_at = datetime(2019, 4, 26, 10, tzinfo=UTC)  # 28 days later
    assert next_closing_due() == new_at
    assert (close_due_rounds(new_at - timedelta(microseconds=1)), close_due_rounds(new_at)) == (0, 1)


def test_resume_process_with_a_new_day_moves_every_copy_of_the_deadline_and_tells() -> None:
    hearing = a_hearing()
    suspend_process(hearing.process, reason="Folketingsvalg", actor=OFFICER, now=LAUNCHED)
    deadline = reply_deadline(hearing.round)
    assert deadline is not None

    later = CLOSES_AT + timedelta(days=3)
    days = {deadline.public_id: date(2019, 4, 12)}
    resume_process(hearing.process, new_days=days, reason="Valget er holdt", actor=OFFICER, now=later)

    new_at = datetime(2019, 4, 12, 10, tzinfo=UTC)
    assert hearing.reread().closes_at == hearing.round.last_closes_at == hearing.party().reply_by_at == new_at
    assert len(hearing.mails("hearing_extended")) == 3


@pytest.mark.parametrize("common_first", [True, False])
def test_resume_process_with_new_days_for_all_and_for_one_party_does_the_same_in_any_order(common_first: bool) -> None:
    hearing = a_hearing(parties=2)
    extend_for_one(
        hearing.party(1), new_on=date(2019, 4, 5), new_clock=time(10), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED
    )
    extend_for_one(
        hearing.party(2), new_on=date(2019, 4, 5), new_clock=time(16), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED
    )
    suspend_process(hearing.process, reason="Folketingsvalg", actor=OFFICER, now=LAUNCHED)
    rows = [reply_deadline(each) for each in (hearing.round, hearing.party(1), hearing.party(2))]
    days = [(row.public_id, date(2019, 4, 26)) for row in rows if row]
    new_days = dict(days if common_first else reversed(days))

    resume_process(hearing.process, new_days=new_days, reason="Valget er holdt", actor=OFFICER, now=LAUNCHED)

    noon, four = datetime(2019, 4, 26, 10, tzinfo=UTC), datetime(2019, 4, 26, 14, tzinfo=UTC)
    assert (hearing.reread().closes_at, hearing.round.last_closes_at) == (noon, four)
    assert [hearing.party(n).reply_by_at for n in (1, 2)] == [noon, four]
    assert [row.at for each in (1, 2) if (row := reply_deadline(hearing.party(each)))] == [noon, four]


def test_resume_process_with_a_new_day_for_a_round_that_was_over_before_is_refused() -> None:
    hearing = a_hearing()
    deadline = reply_deadline(hearing.round)
    assert deadline is not None
    suspend_process(hearing.process, reason="Folketingsvalg", actor=OFFICER, now=CLOSES_AT)  # before a sweep has come

    later, days = CLOSES_AT + timedelta(days=3), {deadline.public_id: date(2019, 4, 12)}

    more = {"new_days": days, "reason": "Valget er holdt", "actor": OFFICER, "now": later}
    assert code_of(lambda: resume_process(hearing.process, **more)) == "deadline_unknown"

    resume_process(hearing.process, actor=OFFICER, now=later)
    assert hearing.reread().closes_at == CLOSES_AT
    assert close_due_rounds(later) == 1


def test_close_round_of_a_full_hearing_is_refused() -> None:
    hearing = a_hearing()

    assert code_of(lambda: close_round(hearing.round, actor=OFFICER, now=LAUNCHED)) == "closes_by_deadline"


def test_light_round_without_parties_or_deadline_is_noted_summed_up_and_closed_by_an_officer() -> None:
    from workflow.sweeps import check_processes

    hearing = an_input_round()
    remove_party(hearing.party(), actor=OFFICER, now=LAUNCHED)
    launch_round(hearing.round, actor=OFFICER, now=LAUNCHED)
    note = add_note(
        hearing.round,
        held_on=date(2019, 3, 4),
        occasion="Temamøde",
        participants="Ældrerådene",
        text="Mere om overgange",
        actor=OFFICER,
        now=LAUNCHED,
    )
    record_summary(hearing.round, summary="Overgange mellem sektorer fylder mest.", actor=OFFICER, now=LAUNCHED)
    close_round(hearing.round, actor=OFFICER, now=LAUNCHED)
    check_processes(LAUNCHED + timedelta(minutes=2))

    assert note.text == "Mere om overgange"
    assert hearing.reread().summary == "Overgange mellem sektorer fylder mest."
    assert stage_of(hearing.process, "input").state == StageState.COMPLETED
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"add_note", "record_summary", "close_round"}


def test_light_round_with_a_deadline_asks_by_its_own_mail_and_closes_by_it() -> None:
    hearing = an_input_round()
    add_party(hearing.round, name="Handicaprådet", email="raad@example.dk", actor=OFFICER, now=LAUNCHED)
    remove_party(hearing.party(1), actor=OFFICER, now=LAUNCHED)

    launch_round(hearing.round, closes_on=date(2019, 3, 9), actor=OFFICER, now=LAUNCHED)

    assert len(hearing.mails("input_invitation")) == 1
    assert close_due_rounds(datetime(2019, 3, 9, 11, tzinfo=UTC)) == 1


def test_close_round_early_makes_what_comes_later_late() -> None:
    hearing = an_input_round()
    remove_party(hearing.party(1), actor=OFFICER, now=LAUNCHED)
    for number in (2, 3):
        add_party(hearing.round, name=f"Råd {number}", email="raad@example.dk", actor=OFFICER, now=LAUNCHED)
    launch_round(hearing.round, actor=OFFICER, now=LAUNCHED)
    closed_at = LAUNCHED + timedelta(days=5)
    first, second = (party.number for party in hearing.round.invitations.order_by("number"))

    in_time = hearing.answers(first, closed_at - timedelta(microseconds=1))
    close_round(hearing.round, actor=OFFICER, now=closed_at)
    late = hearing.answers(second, closed_at)

    assert (in_time.state, late.state) == ("submitted", "late")


def test_return_stage_withdraws_the_round_and_tells_those_asked() -> None:
    hearing = a_hearing(parties=3)
    hearing.answers(1)

    return_stage(stage_of(hearing.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)

    assert hearing.reread().state == RoundState.CANCELLED
    assert [hearing.party(n).state for n in (1, 2, 3)] == ["answered", "withdrawn", "withdrawn"]
    told = [mail.to_address for mail in hearing.mails("hearing_withdrawn")]
    assert told == ["part1@example.dk", "part2@example.dk", "part3@example.dk"]
    assert {mail.state for mail in hearing.mails("hearing_invitation")} == {MailState.WITHDRAWN}
    assert code_of(lambda: hearing.answers(2)) == "invitation_withdrawn"
    assert code_of(lambda: hearing.answers(1)) == "invitation_withdrawn"


def test_new_attempt_begins_with_title_letter_and_publication_of_the_one_before_and_without_who_was_let_go() -> None:
    hearing = a_round_in_draft(parties=2)
    prepare_round(
        hearing.round, title="Høring om planen", letter="Kære alle", publication="never", actor=OFFICER, now=LAUNCHED
    )
    launch(hearing)
    release_party(hearing.party(2), reason="Spurgt ved en fejl", actor=OFFICER, now=LAUNCHED)
    later = LAUNCHED + timedelta(days=1)
    return_stage(stage_of(hearing.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
    a_locked_bundle(hearing.process, later)
    complete_stage(stage_of(hearing.process, "drafting"), actor=OFFICER, now=later)

    again = live_round(hearing.process, "hearing")

    assert again is not None
    assert (again.title, again.letter, again.publication) == ("Høring om planen", "Kære alle", "never")
    assert [party.name for party in again.invitations.all()] == ["Part 01"]


def test_new_attempt_begins_with_the_list_of_the_one_before_and_numbers_receipts_apart() -> None:
    hearing = a_hearing(parties=2)
    correct_address(hearing.party(2), email="rettet@example.dk", actor=OFFICER, now=LAUNCHED)
    first = hearing.answers(1)
    return_stage(stage_of(hearing.process, "hearing"), reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
    a_locked_bundle(hearing.process, LAUNCHED + timedelta(days=1))
    complete_stage(stage_of(hearing.process, "drafting"), actor=OFFICER, now=LAUNCHED + timedelta(days=1))

    again = live_round(hearing.process, "hearing")
    assert again is not None
    assert [party.email for party in again.invitations.order_by("number")] == ["part1@example.dk", "rettet@example.dk"]
    second_hearing = Hearing(hearing.process, again, LAUNCHED + timedelta(days=1))
    launch(second_hearing, closes_on=date(2019, 4, 5))
    second = second_hearing.answers(1)
    assert first.receipt_number == f"{hearing.process.case_number}-H001-1"
    assert second.receipt_number == f"{hearing.process.case_number}-H2.001-1"
    assert Invitation.objects.count() == 5  # both attempts, and the one asked for early input
