"""The secretariat writes down how it reaches a body; other offices and readers may not."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.urls import reverse

from tests.workflow.factories import a_body, an_office, an_officer
from tests.workflow.views.visitors import an_auditor, signed_in
from workflow.actions.contacts import set_contact
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, Body, Contact, Office
from workflow.states import BodyKind, Channel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

MAIL = {
    "email": "raadhus@solrod.example",
    "name": "Anna Due",
    "channel": "email",
    "postal_address": "",
    "language": "da",
}


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def council() -> Body:
    return a_body(BodyKind.MUNICIPAL_COUNCIL, "Solrød Byråd", key="solrod")


def url_of(office: Office, body: Body) -> str:
    return reverse("body_contact", args=[body.public_id, office.public_id])


def test_write_contact_down_shows_it_on_the_list_and_in_the_record(office: Office, council: Body) -> None:
    client = signed_in(an_officer(office))
    url = url_of(office, council)

    offered = client.get(reverse("bodies")).content.decode()
    saved = client.post(url, MAIL)
    shown = client.get(saved["Location"]).content.decode()

    assert url in offered
    assert saved.status_code == 302
    assert Contact.objects.get(office=office, body=council).email == "raadhus@solrod.example"
    assert "Kontakten for Solrød Byråd er gemt." in shown
    assert "raadhus@solrod.example" in shown
    assert AuditEntry.objects.filter(verb="set_contact").count() == 1


def test_change_contact_keeps_its_day_of_erasure(office: Office, council: Body, now: datetime) -> None:
    day = date(2030, 1, 1)
    set_contact(office, council, email="gammel@solrod.example", erase_on=day, actor=SYSTEM, now=now)
    client = signed_in(an_officer(office))

    form = client.get(url_of(office, council)).content.decode()
    [version] = re.findall(r'name="version" value="(\w+)"', form)
    client.post(url_of(office, council), {**MAIL, "seen": "gammel@solrod.example", "version": version})

    assert "gammel@solrod.example" in form
    contact = Contact.objects.get(office=office, body=council)
    assert (contact.email, contact.erase_on) == ("raadhus@solrod.example", day)


def test_change_contact_without_the_address_seen_writes_over_none_and_says_so(
    office: Office, council: Body, now: datetime
) -> None:
    set_contact(office, council, email="kollegas@solrod.example", actor=SYSTEM, now=now)

    refused = signed_in(an_officer(office)).post(url_of(office, council), MAIL)

    assert refused.status_code == 409
    assert "kollegas@solrod.example" in refused.content.decode()
    assert Contact.objects.get(office=office, body=council).email == "kollegas@solrod.example"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "anna hos solrod.dk"}, "mellemrum eller et linjeskift"),
        ({"email": ""}, "Mailadressen mangler."),
        ({"email": "", "channel": Channel.PAPER.value}, "postadresse"),
    ],
)
def test_write_contact_nobody_can_be_reached_by_says_why_and_keeps_what_was_typed(
    office: Office, council: Body, changes: dict[str, str], said: str
) -> None:
    answer = signed_in(an_officer(office)).post(url_of(office, council), {**MAIL, **changes})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Anna Due" in page
    assert not Contact.objects.exists()


def test_write_contact_as_auditor_or_for_another_office_is_refused(office: Office, council: Body) -> None:
    elsewhere = an_office("midtjylland")
    officer, auditor = signed_in(an_officer(office)), signed_in(an_auditor(office))

    assert auditor.get(url_of(office, council)).status_code == 403
    assert url_of(office, council) not in auditor.get(reverse("bodies")).content.decode()
    assert officer.post(url_of(elsewhere, council), MAIL).status_code == 404
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("language", "shown"), [("da", False), ("en", True)])
def test_list_bodies_shows_the_english_name_on_english_pages_alone(demo: None, language: str, shown: bool) -> None:
    office = an_office()
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "council-9")
    Body.objects.filter(pk=body.pk).update(name_en="Municipal Council of Testville")

    client = signed_in(an_officer(office, email="lister@example.dk"))
    page = client.get("/organer/", headers={"accept-language": language}).content.decode()

    assert ("Municipal Council of Testville" in page) is shown
