"""An officer corrects where somebody is asked, and settles whom no mail can reach, on the pages."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultations.actions.invitation_list import add_party
from consultations.actions.rounds import launch_round
from consultations.models import HearingRound, Invitation
from tests.consultations.factories import CLOSES_ON, LAUNCHED, OFFICER, Hearing, a_hearing, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from tests.consultations.views.round_addresses import url
from tests.workflow.agreements import (
    ask_all,
    decide,
    in_review,
    request_to,
)
from workflow.actions.approvals import readdress_request
from workflow.models import Body, Contact, Process
from workflow.states import Channel

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NEW = "ny@rette.example"


def text_of(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def another_round(hearing: Hearing) -> Invitation:
    """The same address on the list of another round of the office, which is prepared."""
    office = hearing.process.office
    other = a_round_in_draft(parties=1)
    Process.objects.filter(pk=other.process.pk).update(office=office, case_number="KONT-2019-0099")
    hearing_round = HearingRound.objects.get(pk=other.round.pk)
    hearing_round.invitations.update(email="part1@example.dk")
    return hearing_round.invitations.get()


def test_correct_address_page_names_who_else_is_asked_there_and_corrects_what_is_ticked(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing(parties=1)
    elsewhere = another_round(hearing)
    officer = officer_of(hearing.process.office)
    page_url = url("party_address", hearing, hearing.party().public_id)

    shown = text_of(officer.get(page_url))
    assert "For all later mail to this body too" in shown
    assert "Also asked at that address" in shown
    given = {
        "email": NEW,
        "for_later": "on",
        "also": [f"invitation:{elsewhere.public_id}"],
        "seen": "part1@example.dk",
        "key": "k",
    }
    assert officer.post(page_url, given).status_code == 302

    elsewhere.refresh_from_db()
    assert (hearing.party().email, elsewhere.email) == (NEW, NEW)
    assert Contact.objects.get(office=hearing.process.office, body=hearing.party().body).email == NEW


def test_correct_address_page_says_that_the_mail_goes_to_what_stands_in_the_field_and_how_far_it_reaches(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing(parties=1)
    officer, party = officer_of(hearing.process.office), hearing.party()

    card = text_of(officer.get(url("party", hearing, party.public_id)))
    page = officer.get(url("party_address", hearing, party.public_id))

    assert "Correct the address or send the link again" in card
    assert "It goes to the address that stands in the field." in text_of(page)
    assert page.context["consequences"][0].recipients == (), "the address before gets nothing"
    assert "in the list of bodies, for all processes of the office" in text_of(page)


def test_read_page_of_a_party_whose_mail_came_back_says_what_contacting_it_otherwise_does(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing(parties=1)
    officer, party = officer_of(hearing.process.office), hearing.party()
    page_url = url("party", hearing, party.public_id)

    before = text_of(officer.get(page_url))
    Invitation.objects.filter(pk=party.pk).update(bounced_at=LAUNCHED)
    after = text_of(officer.get(page_url))

    assert "gets no mail and no reminder any more" not in before
    assert "Part 01 stays on the list, and gets no mail and no reminder any more." in after
    assert after.index("no reminder any more") < after.index("Mails to the party")


def test_correct_address_by_two_officers_tells_the_second_what_the_first_wrote(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=1)
    first, second = officer_of(hearing.process.office), officer_of(hearing.process.office)
    page_url = url("party_address", hearing, hearing.party().public_id)
    seen = {"seen": "part1@example.dk"}
    first.post(page_url, {"email": "foerst@rette.example", "key": "a", **seen})

    refused = second.post(page_url, {"email": "sidst@rette.example", "key": "b", **seen})

    page = text_of(refused)
    assert refused.status_code == 409
    assert "Somebody else has changed the address to “foerst@rette.example” meanwhile" in page
    assert 'value="sidst@rette.example"' in page
    assert 'name="seen" value="foerst@rette.example"' in page
    assert hearing.party().email == "foerst@rette.example"
    again = {"email": "sidst@rette.example", "seen": "foerst@rette.example", "key": "b"}
    assert second.post(page_url, again).status_code == 302
    assert hearing.party().email == "sidst@rette.example"


@pytest.mark.parametrize("name", ["request_readdress", "body_contact"])
def test_correct_address_of_a_body_by_two_officers_tells_the_second(clock: time_machine.Traveller, name: str) -> None:
    process = in_review(LAUNCHED)
    decide(process, "committee", LAUNCHED, stage="review")
    request = request_to(process, "council-1")
    officer = officer_of(process.office)
    readdress_request(request, email="foerst@rette.example", actor=OFFICER, now=LAUNCHED)
    at = {
        "request_readdress": [process.public_id, request.public_id],
        "body_contact": [request.body.public_id, process.office.public_id],
    }[name]

    given = {"email": "sidst@rette.example", "channel": "email", "language": "da", "seen": "post@council-1.example"}
    refused = officer.post(reverse(name, args=at), given)

    assert refused.status_code == 409
    assert "Somebody else has changed the address to “foerst@rette.example” meanwhile" in text_of(refused)
    assert 'value="sidst@rette.example"' in text_of(refused)


def test_list_page_counts_whom_no_mail_can_reach_and_settles_them_in_one_press(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=2)
    add_party(hearing.round, name="Uden adresse", actor=OFFICER, now=LAUNCHED)
    hearing.round.invitations.filter(number=1).update(bounced_at=LAUNCHED)
    officer = officer_of(hearing.process.office)

    shown = text_of(officer.get(url("round_parties", hearing)))
    assert "1 party has no address and the last mail to 1 party came back" in shown
    assert "Contact 2 parties otherwise than by mail" in shown
    done = officer.post(url("round_contact_otherwise", hearing))

    assert done.status_code == 302
    assert set(hearing.round.invitations.exclude(number=2).values_list("channel", flat=True)) == {Channel.NONE}
    assert "otherwise than by mail" not in text_of(officer.get(url("round_parties", hearing)))
    launch_round(hearing.round, closes_on=CLOSES_ON, reason="Aftalt", actor=OFFICER, now=LAUNCHED)


def test_board_of_a_stage_names_the_bodies_no_question_reached(clock: time_machine.Traveller) -> None:
    process = in_review(LAUNCHED)
    Contact.objects.filter(body=Body.objects.get(key="council-1")).delete()
    decide(process, "committee", LAUNCHED, stage="review")
    ask_all(process, LAUNCHED)
    request = request_to(process, "council-1")
    officer: Client = officer_of(process.office)
    board_url = reverse("approvals", args=[process.public_id, request.stage.public_id])

    assert "The question has not reached 1 body" in text_of(officer.get(board_url))
    assert "The question has not reached 1 body" in text_of(officer.get("/"))
    otherwise = reverse("approvals_contact_otherwise", args=[process.public_id, request.stage.public_id])
    assert officer.post(otherwise).status_code == 302

    assert "The question has not reached" not in text_of(officer.get(board_url))
    assert request_to(process, "council-1").channel == Channel.NONE
