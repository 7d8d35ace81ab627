"""The page from which a round is sent: to whom, which mail, and what can still be changed afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import escape

from consultations.actions.rounds import launch_round
from consultations.queries.rounds import reply_deadline
from tests.consultations.factories import CLOSES_ON, LAUNCHED, OFFICER, a_locked_bundle, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from workflow.states import Channel

pytestmark = pytest.mark.django_db


def test_read_launch_page_names_the_first_ten_recipients_and_shows_the_mail(clock: time_machine.Traveller) -> None:
    clock.move_to(LAUNCHED + timedelta(minutes=1))
    hearing = a_round_in_draft(parties=12)
    hearing.round.invitations.filter(number=1).update(channel=Channel.PAPER)
    address = reverse("round_launch", args=[hearing.process.public_id, hearing.round.stage.public_id])

    answer = officer_of(hearing.process.office).get(address)
    page = " ".join(answer.content.decode().split())

    assert [row["name"] for row in answer.context["named"]] == [f"Part {number:02d}" for number in range(1, 11)]
    assert [row["where"] for row in answer.context["named"]][:2] == [
        "Gets no mail – print the letter",
        "part2@example.dk",
    ]
    assert "and 2 more" in page
    assert "Part 12 <span" in page, "the rest unfolds"
    assert "Send the consultation (11 mails, 1 letter you send yourself)" in page
    assert "The mail, as Part 02 will read it" in page
    assert "[the recipient&#x27;s own link]" in page
    assert escape(answer.context["samples"][0]["subject"]) in page
    assert "28. marts 2019" in answer.context["samples"][0]["text"]
    assert "letter and list cannot be changed" not in page
    assert "Parties can still be added, let go and given another address" in page
    assert not hearing.mails("hearing_invitation")


def test_read_launch_page_of_a_round_that_would_be_refused_says_so_and_offers_no_press(
    clock: time_machine.Traveller,
) -> None:
    clock.move_to(LAUNCHED + timedelta(minutes=1))
    hearing = a_round_in_draft(parties=2, lock=False)
    address = reverse("round_launch", args=[hearing.process.public_id, hearing.round.stage.public_id])
    browser = officer_of(hearing.process.office)
    button = re.compile(r'<button[^>]*value="send"[^>]*>')

    unlocked = browser.get(address).content.decode()
    hearing.round.invitations.update(email="")
    a_locked_bundle(hearing.process, LAUNCHED)
    lost = browser.get(address).content.decode()
    hearing.round.invitations.update(channel=Channel.PAPER)
    ready = browser.get(address).content.decode()

    assert "No set of documents has been put forward." in unlocked
    assert "It cannot be sent yet: no mail can reach these parties" in lost
    assert ["disabled" in button.findall(page)[0] for page in (unlocked, lost, ready)] == [True, True, False]


@pytest.mark.parametrize(("letter", "source"), [("", "Fastsat af sekretariatet"), ("Kære parter", "Høringsbrevet")])
def test_launch_names_the_letter_as_the_source_of_the_deadline_only_where_one_was_written(
    letter: str, source: str
) -> None:
    hearing = a_round_in_draft()
    hearing.round.letter = letter
    hearing.round.save(update_fields=["letter"])

    launch_round(hearing.round, closes_on=CLOSES_ON, actor=OFFICER, now=LAUNCHED)

    deadline = reply_deadline(hearing.round)
    assert deadline is not None
    assert deadline.source == source
