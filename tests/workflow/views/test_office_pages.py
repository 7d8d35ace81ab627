"""The office as its administrator sees and changes it."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.workflow.factories import an_office
from tests.workflow.views.consequences import NOW
from tests.workflow.views.visitors import signed_in
from workflow.models import AuditEntry, Membership, Office, User
from workflow.states import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def administrator_of(office: Office, email: str = "admin@region.example") -> Client:
    """A browser in which an administrator of the office is signed in."""
    user = User.objects.create_user(email, "et-langt-kodeord")
    Membership.objects.create(user=user, office=office, role=Role.ADMIN)
    return signed_in(user)


def sent(client: Client, office: Office, **changes: Any) -> dict[str, Any]:
    """What the form holds when it is shown, with changes."""
    page = client.get(reverse("office_change", args=[office.public_id]))
    return {**page.context["form"].initial, "seen": page.context["hidden"], "key": page.context["key"], **changes}


@time_machine.travel(NOW, tick=False)
def test_change_office_keeps_it_and_the_record_names_what_was_changed() -> None:
    office = an_office()
    client = administrator_of(office)
    url = reverse("office_change", args=[office.public_id])
    given = sent(client, office, telephone="38 66 60 00", minutes_to_take_back="0")

    done = client.post(url, given)
    again = client.post(url, given)

    assert (done.status_code, again.status_code) == (302, 302)
    office.refresh_from_db()
    assert (office.telephone, office.minutes_to_take_back) == ("38 66 60 00", 0)
    entry = AuditEntry.objects.get(verb="change_office")
    assert entry.codes["changed"] == ["telephone", "minutes_to_take_back"]
    assert "38 66" not in str(entry.codes)
    assert not OutgoingMail.objects.exists()
    page = client.get(reverse("office")).content.decode()
    assert "38 66 60 00" in page
    assert "et fremlagt sæt kan ikke tages tilbage" in page


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "eltet"),
        ("reply_to", "ikke en adresse", "adresse"),
        ("journal_address", "x@", "adresse"),
        ("minutes_to_take_back", "600", "120"),
    ],
)
def test_change_office_to_something_it_cannot_be_is_refused_and_keeps_what_was_typed(
    field: str, value: str, says: str
) -> None:
    office = an_office()
    client = administrator_of(office)
    given = sent(client, office, **{"contact_person": "Ida Berg", field: value})

    refused = client.post(reverse("office_change", args=[office.public_id]), given)

    assert refused.status_code == 422
    assert says in refused.content.decode()
    assert "Ida Berg" in refused.content.decode()
    assert not AuditEntry.objects.filter(verb="change_office").exists()


@time_machine.travel(NOW, tick=False)
def test_change_office_after_a_colleague_did_shows_both_and_writes_nothing_over() -> None:
    office = an_office()
    mine, theirs = administrator_of(office), administrator_of(office, "anden@region.example")
    url = reverse("office_change", args=[office.public_id])
    seen = sent(mine, office, telephone="11 11 11 11")
    theirs.post(url, sent(theirs, office, telephone="22 22 22 22"))

    held = mine.post(url, seen)

    assert held.status_code == 409
    words = held.content.decode()
    assert "11 11 11 11" in words
    assert "22 22 22 22" in words
    office.refresh_from_db()
    assert office.telephone == "22 22 22 22"


@time_machine.travel(NOW, tick=False)
def test_open_office_of_another_or_as_an_officer_is_not_there() -> None:
    office, other = an_office(), an_office(key="anden")
    client = administrator_of(office)
    user = User.objects.create_user("officer@region.example", "et-langt-kodeord")
    Membership.objects.create(user=user, office=office, role=Role.SECRETARIAT)

    assert client.get(reverse("office_change", args=[other.public_id])).status_code == 404
    assert signed_in(user).get(reverse("office")).status_code == 403
    assert other.name not in client.get(reverse("office")).content.decode()
