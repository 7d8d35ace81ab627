"""What the pages that take back a round say before the press: only the parties that a mail reaches are counted."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from consultations.models import Invitation
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.workflow.factories import an_officer, stage_of
from tests.workflow.views.visitors import signed_in

pytestmark = pytest.mark.django_db


def _address(name: str, hearing: Hearing) -> str:
    at = [hearing.process.public_id]
    return reverse(
        name, args=at if name == "process_abandon" else [*at, stage_of(hearing.process, "hearing").public_id]
    )


@pytest.mark.parametrize("name", ["process_abandon", "stage_return"])
def test_take_back_round_with_a_bounced_party_counts_those_that_get_the_mail(settings: Any, name: str) -> None:
    settings.DEMO = True
    hearing = a_hearing(parties=3)
    Invitation.objects.filter(pk=hearing.party(1).pk).update(bounced_at=LAUNCHED)
    client = signed_in(an_officer(hearing.process.office, email="reader@example.dk"))
    url = _address(name, hearing)

    with time_machine.travel(LAUNCHED, tick=False):
        shown = re.sub(r"\s+", " ", unescape(client.get(url, headers={"accept-language": "da"}).content.decode()))
        client.post(url, {"to": "drafting", "reason": "Nyt udkast er på vej", "key": "k1"})

    assert "Besked om, at runden er aflyst: 2 modtagere" in shown
    assert OutgoingMail.objects.filter(kind="hearing_withdrawn").count() == 2


def test_complete_stage_before_a_hearing_says_that_the_list_is_only_prepared(settings: Any) -> None:
    settings.DEMO = True
    hearing = a_hearing(parties=2)
    client = signed_in(an_officer(hearing.process.office, email="reader@example.dk"))
    with time_machine.travel(LAUNCHED, tick=False):
        client.post(
            _address("stage_return", hearing), {"to": "drafting", "reason": "Nyt udkast er på vej", "key": "k1"}
        )
        url = reverse(
            "stage_complete", args=[hearing.process.public_id, stage_of(hearing.process, "drafting").public_id]
        )
        shown = re.sub(r"\s+", " ", unescape(client.get(url, headers={"accept-language": "da"}).content.decode()))

    assert "Høringslisten gøres kun klar. Ingen spørges, før I sender høringen ud." in shown
    assert "Ingen får mail." in shown
