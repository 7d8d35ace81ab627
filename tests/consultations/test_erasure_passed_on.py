"""Forgetting whom a task was passed on to: the party has it back, and is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outbox_of_tests

from consultations.actions.answers import save_draft
from consultations.actions.parties import forward
from consultations.actions.rounds import close_due_rounds
from consultations.queries.board import party_row
from consultations.states import InvitationState
from consultations.views.duties import round_duties
from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, OFFICER, WORDS, Hearing, a_hearing, everything_stored
from workflow.actions.erasure import erase_person
from workflow.links import link_path, link_url, read_link
from workflow.states import Channel

pytestmark = pytest.mark.django_db

OWN, B = "part1@example.dk", "bo@else.example"
LATER = LAUNCHED + timedelta(hours=1)
NO_ADDRESS = "1 høringspart har ingen mailadresse: skriv en, eller kontakt høringsparten uden om mail"


def passed_on_to_bo(*, is_delivered: bool = True) -> Hearing:
    """The first of two parties has its task with Bo Ek, who got his mail; both have a draft and a reminder behind."""
    hearing = a_hearing(parties=2)
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    forward(
        hearing.party(),
        to_email=B,
        to_name="Bo Ek",
        note="Kære Bo Ek, tag den",
        actor=hearing.by_link(),
        now=LAUNCHED,
    )
    if is_delivered:
        delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    save_draft(hearing.party(), WORDS, actor=hearing.by_link(), now=LAUNCHED)
    return hearing


def mails_of(hearing: Hearing) -> set[tuple[str, str, str]]:
    """Kind, address and state of what stands in the outbox about the first party."""
    mails = OutgoingMail.objects.filter(subject_id=hearing.party().public_id)
    return set(mails.values_list("kind", "to_address", "state"))


@pytest.mark.parametrize("is_delivered", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_erase_person_a_task_was_passed_on_to_gives_it_back_to_the_partys_own_mailbox(
    is_delivered: bool, whole: bool
) -> None:
    hearing = passed_on_to_bo(is_delivered=is_delivered)
    old = link_path(hearing.party().link)
    office = None if whole else hearing.process.office

    erase_person(B, reason="Han har bedt om det", office=office, actor=OFFICER, now=LATER)

    stored = everything_stored().lower()
    assert "bo ek" not in stored
    assert B not in stored
    party = hearing.party()
    assert (party.email, party.contact_name, party.channel) == (OWN, "", Channel.EMAIL)
    assert party.state == InvitationState.INVITED
    assert party.next_check_at is not None, "it is reminded"
    assert read_link(party.link.public_id, old.split("/")[3]).is_old
    assert party.answers.get().text == WORDS.text
    [passed_on] = party.forwards.all()
    assert (passed_on.from_email, passed_on.to_email, passed_on.ended_at) == (OWN, "", LATER)
    assert ("hearing_invitation", OWN, "sent") in mails_of(hearing)
    told = OutgoingMail.objects.get(subject_id=party.public_id, state="queued")
    assert (told.kind, told.to_address, told.to_name) == ("hearing_invitation", OWN, party.name)
    outbox_of_tests.outbox.clear()
    delivery.deliver(LATER, lambda: LATER)
    [mail] = outbox_of_tests.outbox
    assert link_url(party.link) in mail.body
    assert not any(row[2] == "queued" for row in mails_of(hearing))


def test_erase_person_a_task_was_passed_on_to_by_several_keeps_the_address_of_the_first() -> None:
    hearing = passed_on_to_bo()
    forward(hearing.party(), to_email="c@else.example", to_name="Carla Dam", actor=hearing.by_link(), now=LATER)

    erase_person("c@else.example", reason="Hun har bedt om det", actor=OFFICER, now=LATER)

    assert hearing.party().email == OWN
    assert "carla" not in everything_stored().lower()
    rows = hearing.party().forwards.values_list("from_email", "to_email", "ended_at")
    assert list(rows) == [(OWN, B, LATER), (B, "", LATER)]


def test_erase_person_a_task_was_passed_on_to_after_the_answer_says_where_it_is() -> None:
    hearing = passed_on_to_bo()
    hearing.answers(1, at=LATER)
    delivery.deliver(LATER, lambda: LATER)

    erase_person(B, reason="Han har bedt om det", actor=OFFICER, now=LATER)

    waiting = {row[:2] for row in mails_of(hearing) if row[2] == "queued"}
    assert waiting == {("hearing_answer_is_here", OWN)}


def test_erase_person_a_task_was_passed_on_to_once_the_round_is_over_mails_nobody() -> None:
    hearing = passed_on_to_bo()
    close_due_rounds(LAUNCHED + timedelta(days=90))

    erase_person(B, reason="Han har bedt om det", actor=OFFICER, now=LAUNCHED + timedelta(days=91))

    assert hearing.party().email == OWN
    assert not any(row[2] == "queued" for row in mails_of(hearing))


def test_erase_person_who_held_the_task_where_the_party_has_no_mailbox_is_a_duty_on_the_desk() -> None:
    hearing = passed_on_to_bo()
    erase_person(OWN, reason="Fratrådt", actor=OFFICER, now=LATER)
    assert hearing.party().email == B

    erase_person(B, reason="Han har bedt om det", actor=OFFICER, now=LATER)

    assert hearing.party().email == ""
    assert party_row(hearing.party()).state == "no_address"
    duties = [(duty.badge, duty.why) for duty in round_duties([hearing.process.office], LATER)]
    assert ("Ingen adresse", NO_ADDRESS) in duties, duties
