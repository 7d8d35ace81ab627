"""Mails that did not arrive: my work counts what still needs somebody, and every list says the same of a mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from consultations.actions.parties import correct_address
from consultations.actions.rounds import close_due_rounds
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, Hearing, a_hearing
from tests.consultations.views.conftest import officer_of
from workflow.actions.processes import abandon_process

HEARD = LAUNCHED + timedelta(hours=2)
MENDED = LAUNCHED + timedelta(hours=4)
NONE, ONE, TWO = ("mails, der ikke nåede frem", "mail, der ikke nåede frem", "mails, der ikke nåede frem")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def danish(settings: Any) -> None:
    """The pages are read in Danish here."""
    settings.LANGUAGE_CODE = "da"


def sent(hearing: Hearing, number: int, at: datetime = LAUNCHED) -> OutgoingMail:
    """The party's newest mail has been handed over."""
    mail = OutgoingMail.objects.filter(subject_id=hearing.party(number).public_id).latest("id")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=at)
    return mail


def bounced(hearing: Hearing, number: int) -> OutgoingMail:
    mail = sent(hearing, number)
    OutgoingMail.objects.filter(pk=mail.pk).update(bounced_at=HEARD, last_error="550 5.1.1 ukendt modtager")
    return mail


def tile(hearing: Hearing) -> str:
    """The tile of my work that counts them, its figure and its words."""
    with time_machine.travel(MENDED, tick=False):
        page = officer_of(hearing.process.office).get("/").content.decode()
    start = page.index('<ul class="tiles">')
    tiles = page[start : page.index("</ul>", start)].split("<li")
    return " ".join(next(one for one in tiles if "nåede frem" in one).split())


@pytest.mark.parametrize(("number", "words"), [(0, NONE), (1, ONE), (2, TWO)])
def test_read_my_work_counts_mails_that_came_back_in_words(number: int, words: str) -> None:
    hearing = a_hearing()
    for one in range(number):
        bounced(hearing, one + 1)

    shown = tile(hearing)

    assert f'<span class="tile-value">{number}</span>' in shown
    assert f">{words}</a>" in shown
    assert ("tile-warning" in shown) is bool(number)


def test_read_my_work_after_the_mail_went_to_another_address_counts_none() -> None:
    hearing = a_hearing()
    bounced(hearing, 1)
    correct_address(hearing.party(1), email="rigtig@example.dk", actor=OFFICER, now=MENDED)
    assert '<span class="tile-value">1</span>' in tile(hearing)

    sent(hearing, 1, MENDED)

    assert '<span class="tile-value">0</span>' in tile(hearing)


def test_read_my_work_when_the_other_address_bounced_too_counts_both() -> None:
    hearing = a_hearing()
    bounced(hearing, 1)
    correct_address(hearing.party(1), email="ogsaa-forkert@example.dk", actor=OFFICER, now=MENDED)
    bounced(hearing, 1)

    assert '<span class="tile-value">2</span>' in tile(hearing)


def test_read_my_work_when_the_bounce_is_heard_after_the_address_was_mended_counts_none() -> None:
    hearing = a_hearing()
    first = sent(hearing, 1)
    correct_address(hearing.party(1), email="rigtig@example.dk", actor=OFFICER, now=LAUNCHED + timedelta(hours=1))
    sent(hearing, 1, HEARD)
    OutgoingMail.objects.filter(pk=first.pk).update(bounced_at=HEARD)

    assert '<span class="tile-value">0</span>' in tile(hearing)


def test_read_my_work_after_the_process_was_given_up_counts_none() -> None:
    hearing = a_hearing()
    bounced(hearing, 1)
    abandon_process(hearing.process, reason="Aftalen falder bort", actor=OFFICER, now=MENDED)

    assert '<span class="tile-value">0</span>' in tile(hearing)


def test_read_party_and_log_say_the_same_of_a_mail_that_came_back() -> None:
    hearing = a_hearing()
    bounced(hearing, 1)
    stage = hearing.round.stage
    with time_machine.travel(MENDED, tick=False):
        client = officer_of(hearing.process.office)
        at = [hearing.process.public_id, stage.public_id, hearing.party(1).public_id]
        party = client.get(reverse("party", args=at)).content.decode()
        log = client.get("/post/").content.decode()

    start = party.index("Mails til høringsparten")
    assert "Kommet retur" in party[start:]
    assert "Sendt ·" not in party[start:]
    assert "Kommet retur" in log


def test_read_my_work_after_the_round_has_closed_counts_no_lost_invitation_any_more() -> None:
    hearing = a_hearing()
    bounced(hearing, 1)
    assert '<span class="tile-value">1</span>' in tile(hearing)

    close_due_rounds(CLOSES_AT)

    assert '<span class="tile-value">0</span>' in tile(hearing)
