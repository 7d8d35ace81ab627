"""What the pages of a process say of a hearing: by when the parties answer, what becomes of them when it is left."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from consultations.models import Invitation
from consultations.states import InvitationState
from tests.consultations.factories import LAUNCHED, OFFICER, a_hearing
from tests.consultations.views.conftest import officer_of
from workflow.actions.stages import return_stage
from workflow.states import Channel

pytestmark = pytest.mark.django_db


def test_send_back_from_an_open_round_says_how_many_are_told_and_what_stays(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=3)
    hearing.answers(1)
    url = reverse("stage_return", args=[hearing.process.public_id, hearing.round.stage.public_id])

    page = officer_of(hearing.process.office).get(url).content.decode()

    assert "The round is cancelled, and 3 parties are told by mail." in page
    assert "the party is asked again only when you send a new consultation." in page
    assert "The mail does not give your reason." in page


def test_send_back_counts_only_those_who_get_the_mail_and_names_how_many_do_not(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=5)
    for number, changed in enumerate(
        ({"bounced_at": LAUNCHED}, {"channel": Channel.NONE}, {"state": InvitationState.DECLINED}), start=1
    ):
        Invitation.objects.filter(pk=hearing.party(number).pk).update(**changed)
    stage = hearing.round.stage
    url = reverse("stage_return", args=[hearing.process.public_id, stage.public_id])

    page = officer_of(hearing.process.office).get(url).content.decode()
    return_stage(stage, reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)

    assert len(hearing.mails("hearing_withdrawn")) == 2
    assert "The round is cancelled, and 2 parties are told by mail." in page
    assert "No mail reaches 2 parties that were asked: tell them another way." in page


def test_read_board_of_a_cancelled_round_counts_no_days_and_nobody_missing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    return_stage(hearing.round.stage, reason="Nyt udkast", actor=OFFICER, now=LAUNCHED)
    url = reverse("round_status", args=[hearing.process.public_id, hearing.round.stage.public_id])

    answer = officer_of(hearing.process.office).get(url)
    page = answer.content.decode()

    assert "The round was cancelled on 1 March 2019." in page
    assert 'class="deadline' not in page
    assert [tile["label"] for tile in answer.context["tiles"]] == ["Invited", "Answered", "No remarks"]


def test_read_process_during_a_hearing_shows_when_the_parties_answer_by(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    url = reverse("process", args=[hearing.process.public_id])

    page = officer_of(hearing.process.office).get(url).content.decode()

    assert page.count("Reply deadline: ") == 1
    assert "Friday 29 March 2019" in page
