"""Those informed of a hearing on pages: put on the list with a tick, shown before the launch, reading and no more."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from consultations.models import Invitation
from consultations.states import InvitationState
from tests.consultations.factories import Hearing, a_round_in_draft
from tests.consultations.views.conftest import holder_of, officer_of
from tests.consultations.views.reply_addresses import WORDS, url

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def round_url(name: str, hearing: Hearing, *more: object) -> str:
    return reverse(name, args=[hearing.process.public_id, hearing.reread().address, *more])


def test_put_a_party_on_the_list_for_information_send_and_let_it_read(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=1)
    officer = officer_of(hearing.process.office)
    given = {"name": "Borgerforeningen", "email": "post@borger.example", "for_information": "on", "key": "k"}

    listed = officer.post(round_url("round_parties", hearing), given, follow=True).content.decode()
    before = officer.get(round_url("round_launch", hearing)).content.decode()

    assert "For information" in listed
    assert "1 party, which gets the letter and a link to the documents, cannot answer and is not reminded" in before
    assert "Borgerforeningen" in before
    deadline = {"closes_on": "29/03/2019", "clock": "12.00", "reason": "Aftalt", "key": "l"}
    officer.post(round_url("round_launch", hearing), {**deadline, "do": "send", "shown": "2019-03-29 12:00"})
    party = Invitation.objects.get(name="Borgerforeningen")
    assert party.state == InvitationState.INFORMED

    reader = holder_of(hearing, party.number)
    page = reader.get(url("reply", hearing, party.number)).content.decode()
    tried = reader.post(url("reply_write", hearing, party.number), {"do": "send", "text": WORDS})
    board = officer.get(round_url("round_status", hearing) + "?vis=orientering").content.decode()
    of_party = officer.get(round_url("party", hearing, party.public_id)).content.decode()

    assert "The consultation was sent here for information, and no answer is asked for." in page
    assert "Udkast" in page
    assert "The text has been changed since the consultation" not in page, "nothing has been changed"
    assert url("reply_write", hearing, party.number) not in page
    assert "Reply deadline" not in page
    assert tried.status_code in (409, 422)
    assert WORDS in tried.content.decode()
    assert "Borgerforeningen" in board
    assert "Enter an answer that came by another road" not in of_party
