"""A party that is not reached by mail gets its invitation on paper, with its code; taking the code out is recorded."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultations.models import Invitation
from tests.consultations.factories import Hearing, a_hearing
from tests.consultations.views.conftest import auditor_of, officer_of
from workflow.links import typed_code
from workflow.models import AuditEntry
from workflow.states import Channel

pytestmark = pytest.mark.django_db


def on_paper(hearing: Hearing) -> Invitation:
    party = hearing.party(1)
    Invitation.objects.filter(pk=party.pk).update(channel=Channel.PAPER, email="", language="da")
    return party


def url_of(hearing: Hearing, party: Invitation, name: str = "party_letter") -> str:
    return reverse(name, args=[hearing.process.public_id, hearing.round.stage.public_id, party.public_id])


def test_write_letter_shows_the_code_that_opens_the_partys_page_and_is_recorded(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    party = on_paper(hearing)
    officer = officer_of(hearing.process.office)

    offered = officer.get(url_of(hearing, party, "party")).content.decode()
    letter = officer.post(url_of(hearing, party))

    page = letter.content.decode()
    code = typed_code(party.link)
    assert url_of(hearing, party) in offered
    assert code not in offered
    assert letter.status_code == 200
    assert code in page
    assert "Svarfrist: fredag den 29. marts 2019" in page
    assert AuditEntry.objects.filter(verb="write_letter", subject_id=party.public_id).count() == 1
    opened = Client().post(reverse("link_code"), {"code": code})
    assert str(party.link.public_id) in opened["Location"]


def test_write_letter_to_a_party_informed_of_a_first_hearing_asks_it_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    party = on_paper(hearing)
    Invitation.objects.filter(pk=party.pk).update(for_information=True)

    page = officer_of(hearing.process.office).post(url_of(hearing, party)).content.decode()

    assert "I bliver ikke bedt om et svar og skal ikke gøre noget." in page
    assert typed_code(party.link) in page
    assert "Sådan svarer I" not in page
    assert "Teksten er ændret" not in page
    assert "ændrede tekst" not in page


def test_write_letter_is_not_offered_to_a_party_reached_by_mail(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)

    page = officer_of(hearing.process.office).get(url_of(hearing, hearing.party(1), "party")).content.decode()

    assert url_of(hearing, hearing.party(1)) not in page


def test_write_letter_by_looking_or_as_auditor_is_refused_and_shows_no_code(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    party = on_paper(hearing)
    code = typed_code(party.link)

    looked = officer_of(hearing.process.office).get(url_of(hearing, party))
    audited = auditor_of(hearing.process.office).post(url_of(hearing, party))

    assert [looked.status_code, audited.status_code] == [405, 403]
    assert code not in looked.content.decode() + audited.content.decode()
    assert not AuditEntry.objects.filter(verb="write_letter").exists()
