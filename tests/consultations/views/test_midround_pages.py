"""Pages of a round under way: each says before the press who gets mail and what becomes public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultations.actions.midround import release_party
from consultations.actions.parties import decline
from consultations.models import Invitation, RoundMessage
from notifications.models import OutgoingMail
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, a_hearing, make_hearing_public
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.consultations.views.round_addresses import url
from workflow.actions.processes import suspend_process
from workflow.actors import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.slow]

REASON = "Foreningen blev glemt på listen"


def shown_in(page: str) -> str:
    """The mark of what was shown, as the button that sends gives it back."""
    return page.split('name="shown" value="')[1].split('"')[0]


def look_and_send(browser: Client, address: str, given: dict[str, str]) -> tuple[str, Any]:
    """Look first, then press the button that sends; the page that was looked at, and what came of the press."""
    looked = browser.post(address, {**given, "do": "look", "key": "k"}).content.decode()
    return looked, browser.post(address, {**given, "do": "send", "key": "k", "shown": shown_in(looked)})


def test_invite_party_shows_mail_deadline_and_what_becomes_public_before_it_is_sent() -> None:
    hearing = a_hearing(parties=1)
    make_hearing_public(hearing)
    before = OutgoingMail.objects.count()
    given = {"name": "Ny forening", "email": "ny@forening.example", "channel": "email", "language": "da"}

    looked, sent = look_and_send(officer_of(hearing.process.office), url("round_invite", hearing), given)

    assert "ny@forening.example" in looked
    assert "29 days, both ends counted" in looked
    assert "Ask Ny forening" in looked
    assert "[the recipient&#x27;s own link]" in looked
    assert "The party's name, in the list of those consulted." in looked
    assert sent.status_code == 302
    assert Invitation.objects.get(name="Ny forening").state == "invited"
    assert OutgoingMail.objects.count() == before + 1


def test_invite_party_with_few_days_left_says_so_and_takes_a_reason(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=1)
    clock.move_to(CLOSES_AT - timedelta(days=5))
    browser = officer_of(hearing.process.office)
    given = {"name": "Ny forening", "email": "ny@forening.example", "channel": "email", "language": "da"}

    looked, refused = look_and_send(browser, url("round_invite", hearing), given)
    _looked, sent = look_and_send(browser, url("round_invite", hearing), {**given, "reason": REASON})

    assert "Think of this first" in looked
    assert refused.status_code == 422
    assert "Ny forening" in refused.content.decode()
    assert sent.status_code == 302


def test_invite_party_other_than_the_one_shown_is_shown_again() -> None:
    hearing = a_hearing(parties=1)
    browser = officer_of(hearing.process.office)
    given = {"name": "Ny forening", "email": "ny@forening.example", "channel": "email", "language": "da"}
    looked = browser.post(url("round_invite", hearing), {**given, "do": "look", "key": "k"}).content.decode()

    changed = {**given, "email": "en-anden@forening.example", "do": "send", "key": "k", "shown": shown_in(looked)}
    sent = browser.post(url("round_invite", hearing), changed)

    assert sent.status_code == 422
    assert "Nothing has been sent yet" in sent.content.decode()
    assert not Invitation.objects.filter(name="Ny forening").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"email": "ny@forening.example", "own_on": "20/03/2019", "own_clock": "12.00"}, "must be later than that"),
        ({"email": ""}, "Write an e-mail address, or choose paper or none"),
    ],
)
def test_look_at_a_party_whom_the_press_would_refuse_says_so_and_offers_no_press(
    given: dict[str, str], said: str
) -> None:
    hearing = a_hearing(parties=1)
    browser = officer_of(hearing.process.office)
    words = {"name": "Ny forening", "channel": "email", "language": "da", "reason": REASON, **given}

    looked = browser.post(url("round_invite", hearing), {**words, "do": "look", "key": "k"})

    assert looked.status_code == 422
    assert said in looked.content.decode()
    assert 'value="send"' not in looked.content.decode()


def test_invite_body_that_was_let_go_before_it_answered_asks_it_again_with_a_new_link() -> None:
    hearing = a_hearing(parties=2)
    hearing.answers(2)
    first, body = hearing.party(1), hearing.party(1).body
    for number in (1, 2):
        release_party(hearing.party(number), reason=REASON, actor=OFFICER, now=LAUNCHED)
    browser = officer_of(hearing.process.office)
    assert body is not None

    page = browser.get(url("round_invite", hearing)).content.decode()
    _looked, sent = look_and_send(browser, url("round_invite", hearing), {"body": str(body.pk), "channel": "email"})

    assert f'<option value="{body.pk}"' in page
    assert f'<option value="{hearing.party(2).body_id}"' not in page, "its answer stands and counts"
    assert sent.status_code == 302
    again = hearing.round.invitations.get(body=body, state="invited")
    assert (again.number, again.name) == (3, first.name)
    assert again.link_id != first.link_id


def test_read_page_that_lets_a_party_go_that_no_mail_reaches_promises_no_mail() -> None:
    hearing = a_hearing(parties=1)
    hearing.round.invitations.update(channel="none")
    make_hearing_public(hearing)
    browser = officer_of(hearing.process.office)

    page = browser.get(url("party_release", hearing, hearing.party().public_id)).content.decode()

    assert "No mail is sent." in page
    assert "reads it in a mail" not in page
    assert "The public page names it no longer in this round." in page
    assert "It cannot be undone, but the body can be asked again" in page


def test_release_party_says_before_who_is_told_and_after_on_the_partys_page() -> None:
    hearing = a_hearing(parties=1)
    browser = officer_of(hearing.process.office)
    party = hearing.party()
    asking = holder_of(hearing)
    address = url("party_release", hearing, party.public_id)

    offered = browser.get(url("party", hearing, party.public_id)).content.decode()
    before = browser.get(address).content.decode()
    sent = browser.post(address, {"reason": REASON, "key": "k"})
    page = asking.get(reverse("reply", args=[party.link.public_id])).content.decode()

    assert address in offered
    assert address not in browser.get(url("party", hearing, party.public_id)).content.decode()
    assert sent.status_code == 302
    assert f"{party.email} gets a mail with your reason; nobody else is told." in before
    assert "Its link then says so" in before
    assert REASON in page
    assert OutgoingMail.objects.filter(kind="hearing_released").count() == 1


def test_write_to_parties_shows_the_mail_and_everybody_who_gets_it_before_it_is_sent() -> None:
    hearing = a_hearing(parties=3)
    hearing.answers(2, LAUNCHED)
    Invitation.objects.filter(pk=hearing.party(3).pk).update(bounced_at=LAUNCHED)
    browser = officer_of(hearing.process.office)
    given = {"to": "unanswered", "subject": "Rettet bilag", "text": "Bilag 2 er rettet."}

    looked, sent = look_and_send(browser, url("round_write", hearing), given)

    assert "1 party gets the mail at once. Nothing becomes public." in looked
    assert "part1@example.dk" in looked
    assert "part2@example.dk" not in looked
    assert "No mail reaches these" in looked
    assert "Part 03" in looked
    assert "Bilag 2 er rettet." in looked.split("The mail, as Part 01 will read it")[1]
    assert sent.status_code == 302
    assert OutgoingMail.objects.filter(kind="hearing_message").count() == 1
    page = browser.get(url("round_status", hearing)).content.decode()
    assert "The letter is on its way to 1 party." in page
    assert "Rettet bilag" in page
    party = browser.get(url("party", hearing, hearing.party(1).public_id)).content.decode()
    assert "A letter from the office" in party


def test_write_to_parties_after_somebody_has_answered_meanwhile_is_shown_again() -> None:
    hearing = a_hearing(parties=2)
    browser = officer_of(hearing.process.office)
    given = {"to": "unanswered", "subject": "Rettet bilag", "text": "Bilag 2 er rettet.", "key": "k"}
    looked = browser.post(url("round_write", hearing), {**given, "do": "look"}).content.decode()
    assert "A mail that has left cannot be called back." in looked
    assert "no file can be attached" in looked
    hearing.answers(1, LAUNCHED)

    sent = browser.post(url("round_write", hearing), {**given, "do": "send", "shown": shown_in(looked)})

    assert sent.status_code == 422
    assert "Something was changed since you looked" in sent.content.decode()
    assert not RoundMessage.objects.exists()


def test_read_round_under_way_offers_the_deeds_to_officers_and_not_while_it_rests() -> None:
    hearing = a_hearing(parties=1)
    address = url("round_write", hearing)
    officer = officer_of(hearing.process.office)

    assert address in officer.get(url("round_status", hearing)).content.decode()
    assert address not in auditor_of(hearing.process.office).get(url("round_status", hearing)).content.decode()
    suspend_process(hearing.process, reason="Pause under epidemien", actor=OFFICER, now=LAUNCHED)
    assert address not in officer.get(url("round_status", hearing)).content.decode()
    refused = officer.post(address, {"to": "all", "subject": "x", "text": "y", "do": "send", "key": "k"})
    assert refused.status_code == 422
    assert "The process is suspended" in refused.content.decode()


def test_follow_link_of_a_party_let_go_says_so_at_the_start() -> None:
    hearing = a_hearing(parties=1)
    release_party(hearing.party(), reason=REASON, actor=OFFICER, now=LAUNCHED)

    page = holder_of(hearing).get(reverse("reply", args=[hearing.party().link.public_id])).content.decode()

    assert REASON in page


@pytest.mark.parametrize("name", ["round_write", "round_invite"])
def test_read_page_of_a_round_that_has_closed_says_so_and_shows_nothing_to_send(
    name: str, clock: time_machine.Traveller
) -> None:
    hearing = a_hearing(parties=1)
    clock.move_to(CLOSES_AT)
    browser = officer_of(hearing.process.office)
    given = {"to": "all", "subject": "x", "text": "y", "name": "Ny", "email": "ny@forening.example", "do": "look"}

    read = browser.get(url(name, hearing)).content.decode()
    looked = browser.post(url(name, hearing), given)

    assert "The deadline has passed. Nobody is asked any more" in read
    assert looked.status_code == 422
    assert 'value="send"' not in looked.content.decode()
    assert OutgoingMail.objects.count() == 1  # the invitation of the launch


def test_write_to_parties_says_how_many_are_left_in_peace_and_speaks_of_an_answer_to_those_who_gave_one() -> None:
    hearing = a_hearing(parties=4)
    hearing.answers(1)
    for number in (2, 3):
        party = hearing.party(number)
        decline(party, actor=Actor.of_link(party.link, party.name), now=LAUNCHED)
    browser = officer_of(hearing.process.office)
    words = {"subject": "Møde", "text": "Vi ses.", "do": "look", "key": "k"}

    pages = {
        to: browser.post(url("round_write", hearing), {**words, "to": to}).content.decode()
        for to in ("all", "unanswered", "answered")
    }

    left = "2 parties have said that they will not answer. They get no mail."
    assert [left in pages[to] for to in ("all", "unanswered", "answered")] == [True, True, False]
    assert "Læs dokumenterne og jeres svar:" in pages["answered"]
    assert "Læs dokumenterne:" in pages["unanswered"]
    assert "jeres svar:" not in pages["unanswered"]


def test_read_page_that_asks_another_party_calls_neither_body_nor_name_optional() -> None:
    hearing = a_hearing(parties=1)

    page = officer_of(hearing.process.office).get(url("round_invite", hearing)).content.decode()

    optional = [
        part.split("</label>")[0] for part in page.split("<label")[1:] if "optional" in part.split("</label>")[0]
    ]
    assert any("Attention" in label for label in optional)
    assert not [label for label in optional if ">Body" in label or "Name of the party" in label]
    assert "Needed where no body is chosen above." in page
