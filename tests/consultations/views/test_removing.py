"""Several parties are taken off the list at once, after it was shown who goes and who stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.consultations.factories import Hearing, a_hearing, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from workflow.models import AuditEntry, PersonalLink

pytestmark = pytest.mark.django_db


def url_of(hearing: Hearing) -> str:
    return reverse("round_parties_remove", args=[hearing.process.public_id, hearing.round.stage.public_id])


def names_of(hearing: Hearing) -> list[str]:
    return list(hearing.round.invitations.order_by("number").values_list("name", flat=True))


def shown_in(page: Any) -> str:
    found = re.search(r'name="shown" value="(\w*)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize(("which", "left"), [("off", ["Part 03", "Part 04"]), ("keep", ["Part 01", "Part 02"])])
def test_remove_parties_shows_who_goes_first_and_then_takes_them_off_once(
    clock: time_machine.Traveller, which: str, left: list[str]
) -> None:
    hearing = a_round_in_draft(parties=4)
    officer, links = officer_of(hearing.process.office), PersonalLink.objects.count()
    ticked = [str(hearing.party(number).public_id) for number in (1, 2)]
    given = {"which": which, "ticked": ticked, "key": "k1"}

    looked = officer.post(url_of(hearing), {**given, "do": "look"})
    assert len(names_of(hearing)) == 4
    pressed = [
        officer.post(url_of(hearing), {**given, "do": "send", "shown": shown_in(looked)}).status_code for _time in "12"
    ]

    words = " ".join(looked.content.decode().split())
    assert "2 parties are taken off the list" in words
    assert "2 parties stay on it." in words
    assert "Nobody gets a mail by it" in words
    assert pressed == [302, 302]
    assert names_of(hearing) == left
    assert PersonalLink.objects.count() == links - 2
    assert AuditEntry.objects.filter(verb="remove_party").count() == 2
    assert not OutgoingMail.objects.exists()


def test_remove_other_parties_than_were_shown_shows_them_first(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=3)
    officer = officer_of(hearing.process.office)
    given = {"which": "off", "ticked": [str(hearing.party(1).public_id)], "key": "k1"}
    shown = shown_in(officer.post(url_of(hearing), {**given, "do": "look"}))

    others = {**given, "ticked": [str(hearing.party(2).public_id)], "do": "send", "shown": shown}

    assert officer.post(url_of(hearing), others).status_code == 422
    assert len(names_of(hearing)) == 3


def test_remove_parties_of_a_round_that_has_been_sent_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    officer = officer_of(hearing.process.office)

    given = {"which": "off", "ticked": [str(hearing.party(1).public_id)], "key": "k1", "do": "send"}

    assert officer.get(url_of(hearing)).status_code == 409
    assert officer.post(url_of(hearing), given).status_code == 409
    assert len(names_of(hearing)) == 2
