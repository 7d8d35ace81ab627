"""Copies on pages: written on the page of a contact, shown before the press that sends them."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.urls import reverse

from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from workflow.models import CopyAddress

pytestmark = pytest.mark.django_db


def test_write_copies_on_the_contact_see_them_before_the_press_and_a_bounce_after(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft(parties=1)
    body, office = hearing.party().body, hearing.process.office
    assert body is not None
    officer = officer_of(office)
    contact = reverse("body_contact", args=[body.public_id, office.public_id])
    launch = reverse("round_launch", args=[hearing.process.public_id, hearing.reread().address])

    form = officer.get(contact).content.decode()
    [version] = re.findall(r'name="version" value="(\w+)"', form)
    given = {"email": "part1@example.dk", "name": "", "channel": "email", "postal_address": "", "language": "da"}
    given |= {"seen": "part1@example.dk", "version": version, "key": "k"}
    refused = officer.post(contact, {**given, "copies": "part1@example.dk"})
    saved = officer.post(contact, {**given, "copies": "chef@part.example; jurist@part.example"})
    again = officer.get(contact).content.decode()

    assert "They get a copy of each mail that asks the body, in every process, without link and code" in form
    assert refused.status_code == 422
    assert "The body gets the mail itself at that address. Take it off the copies." in refused.content.decode()
    assert saved.status_code == 302
    assert 'value="chef@part.example, jurist@part.example"' in again

    before = officer.get(launch).content.decode()
    deadline = {"closes_on": "29/03/2019", "clock": "12.00", "reason": "Aftalt", "key": "l"}
    planned = officer.post(launch, {**deadline, "do": "plan"}).content.decode()
    officer.post(launch, {**deadline, "do": "send", "shown": "2019-03-29 12:00"})
    assert "Send the consultation (1 mail, 2 copies)" in before + planned
    assert "chef@part.example" in before
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    assert OutgoingMail.objects.filter(kind="copy_of_mail", to_address="chef@part.example").count() == 1

    CopyAddress.objects.filter(email="chef@part.example").update(bounced_at=LAUNCHED)
    assert "A copy to chef@part.example bounced on" in officer.get(contact).content.decode()
