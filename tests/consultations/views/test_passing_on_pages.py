"""A party passes its task on, takes it back, promises a day or declines."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from consultations.actions.parties import correct_address, forward, take_back
from consultations.models import Forward
from consultations.states import InvitationState
from notifications import outbox
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, OFFICER, a_hearing
from tests.consultations.views.conftest import holder_of
from tests.consultations.views.reply_addresses import WORDS, url
from workflow.links import link_path
from workflow.models import AuditEntry, Office

pytestmark = pytest.mark.django_db


def test_forward_to_colleague_sends_the_link_there(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    given = {"email": "kollega@kommune.example", "name": "Karin", "note": "Tager du den?", "key": "k"}

    with outbox.without_hints():
        done = holder_of(hearing).post(url("reply_forward", hearing), given)

    assert done.status_code == 302
    assert Forward.objects.get().to_email == "kollega@kommune.example"
    assert hearing.mails("hearing_forwarded")[0].to_address == "kollega@kommune.example"


@pytest.mark.parametrize("email", ["", "kollega", "a@b", "to@a.dk, tre@b.dk", "navn med rum@a.dk", "æble@a.dk"])
def test_forward_to_impossible_address_is_refused(clock: time_machine.Traveller, email: str) -> None:
    hearing = a_hearing()

    refused = holder_of(hearing).post(url("reply_forward", hearing), {"email": email, "note": "Tager du den?"})

    assert refused.status_code == 422
    assert "Tager du den?" in refused.content.decode()
    assert not Forward.objects.exists()


def test_claim_from_a_shared_mailbox_has_a_page_and_moves_mail_there(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    assert url("reply_claim", hearing) in client.get(url("reply", hearing)).content.decode()
    done = client.post(url("reply_claim", hearing), {"email": "mads@kommune.example", "name": "Mads"})

    assert done.status_code == 302
    assert Forward.objects.get().is_claim
    page = client.get(url("reply", hearing)).content.decode()
    assert "Mads (mads@kommune.example) has had the task since" in page
    told = [(mail.kind, mail.to_address) for mail in OutgoingMail.objects.order_by("id")][-2:]
    assert told == [("hearing_forwarded", "mads@kommune.example"), ("hearing_passed_on", "part1@example.dk")]


def test_forward_to_the_address_it_already_has_is_refused_and_keeps_the_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    given = {"email": "PART1@example.dk", "note": "Tager du den?"}
    refused = holder_of(hearing).post(url("reply_forward", hearing), given)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "The task is with part1@example.dk already" in page
    assert "Tager du den?" in page
    assert not Forward.objects.exists()


def test_forward_a_sixth_time_in_a_day_names_the_offices_telephone(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    Office.objects.update(telephone="57 00 00 00")
    client = holder_of(hearing)
    answers = [
        client.post(url("reply_forward", hearing), {"email": f"nr{number}@example.dk", "note": "Tager du den?"})
        for number in range(1, 7)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [422]
    page = answers[-1].content.decode()
    assert "Call us if it has to go on today: 57 00 00 00." in page
    assert "Tager du den?" in page
    assert "nr6@example.dk" in page
    told = [mail.to_address for mail in hearing.mails("hearing_passed_on")]
    assert told.count("part1@example.dk") == 5, "the party's own mailbox hears of each"

    clock.shift(timedelta(days=1))
    assert client.post(url("reply_forward", hearing), {"email": "nr6@example.dk"}).status_code == 302


def test_take_back_while_its_new_holder_writes_keeps_draft_and_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    mailbox, holder = holder_of(hearing), holder_of(hearing)
    mailbox.post(url("reply_forward", hearing), {"email": "karin@kommune.example", "name": "Karin"})
    holder.post(url("reply_write", hearing), {"text": "Første afsnit", "do": "save"})
    take_back_url = url("reply_take_back", hearing, 1, Forward.objects.get().public_id)

    looked = mailbox.get(take_back_url).content.decode()
    assert Forward.objects.get().ended_at is None, "looking changes nothing"
    assert "a mail with a new link and a new code goes to part1@example.dk, and to nobody else" in looked
    done = mailbox.post(take_back_url, {"key": "k"})
    late = holder.post(url("reply_write", hearing), {"text": WORDS, "do": "send"})

    assert done.status_code == 200
    assert "A new link is on its way to part1@example.dk" in done.content.decode()
    page = late.content.decode()
    assert late.status_code == 403
    assert "The task was taken back by part1@example.dk on" in page
    assert WORDS in page
    party = hearing.party()
    assert (party.email, party.answers.get().text) == ("part1@example.dk", "Første afsnit")
    assert mailbox.get(url("reply", hearing)).status_code == 403
    assert AuditEntry.objects.filter(verb="take_back").count() == 1
    assert "Første afsnit" in holder_of(hearing).get(url("reply_write", hearing)).content.decode()


def test_take_back_twice_says_that_it_is_not_with_them_any_more(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=LAUNCHED)
    client = holder_of(hearing)
    take_back_url = url("reply_take_back", hearing, 1, Forward.objects.get().public_id)
    correct_address(hearing.party(), email="ny@example.dk", actor=OFFICER, now=LAUNCHED)

    refused = client.post(take_back_url)

    assert refused.status_code == 409
    assert "The task is not with them any more" in refused.content.decode()


def test_follow_old_link_after_the_task_was_taken_back_says_by_whom(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    old = link_path(hearing.party().link)
    made = forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=LAUNCHED)
    take_back(made, actor=hearing.by_link(), now=LAUNCHED)

    page = Client().get(old)

    assert page.status_code == 410
    assert "The task was taken back by part1@example.dk on" in page.content.decode()


def test_take_back_of_the_second_hop_leaves_the_first_in_force(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    first = forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=LAUNCHED)
    second = forward(hearing.party(), to_email="b@example.dk", actor=hearing.by_link(), now=LAUNCHED)

    take_back(second, actor=hearing.by_link(), now=LAUNCHED)

    assert hearing.party().email == "a@example.dk"
    told = sorted(mail.to_address for mail in hearing.mails("hearing_taken_back"))
    assert told == ["a@example.dk", "part1@example.dk"], "where it is now, and the party's own mailbox"
    take_back(first, actor=hearing.by_link(), now=LAUNCHED)
    assert hearing.party().email == "part1@example.dk"


def test_promise_a_day_shows_it_and_a_past_day_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    refused = client.post(url("reply_promise", hearing), {"promised_on": "28/02/2019"})
    done = client.post(url("reply_promise", hearing), {"promised_on": "20/03/2019"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "Wednesday 20 March 2019" in client.get(url("reply", hearing)).content.decode()


def test_promise_a_day_after_the_deadline_is_told_to_be_a_wish_and_that_the_deadline_stands(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    told = client.post(url("reply_promise", hearing), {"promised_on": "05/04/2019"}, follow=True).content.decode()
    later = client.get(url("reply", hearing)).content.decode()

    still = "The present deadline, Friday 29 March 2019 at 12:00, holds until the secretariat has answered you."
    assert "Noted: you answer" not in told
    assert f"Noted as a wish: you would like to answer on Friday 5 April 2019. {still}" in told
    assert "You have asked to answer on Friday 5 April 2019" in later
    assert still in later


def test_decline_is_told_and_leaves_the_way_to_answer_open(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    done = client.post(url("reply_decline", hearing), {"reason": "Spørg handicaprådet"})
    page = client.get(url("reply", hearing)).content.decode()
    sent = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS})

    assert (done.status_code, sent.status_code) == (302, 302)
    assert "You may still do so" in page
    assert hearing.party().state == InvitationState.ANSWERED


def test_read_forward_page_names_the_mailboxes_that_are_told_also_when_it_is_passed_on_again(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client, own = holder_of(hearing), hearing.party().email

    first = client.get(url("reply_forward", hearing)).content.decode()
    client.post(url("reply_forward", hearing), {"email": "karin@kommune.example", "name": "Karin"})
    again = client.get(url("reply_forward", hearing)).content.decode()
    told = {mail.to_address for mail in hearing.mails("hearing_passed_on")}

    assert f"goes to: {own}. Your link stays valid." in first
    assert told == {own}
    assert f"goes to: {', '.join(sorted([own, 'karin@kommune.example']))}. Your link stays valid." in again
