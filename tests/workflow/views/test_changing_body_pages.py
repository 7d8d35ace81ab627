"""A body on the pages of an office: found without address, put on the list, renamed, ended."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import in_approval, request_to
from tests.workflow.factories import a_body, an_office
from tests.workflow.views.consequences import NOW, reader_of, words_of
from tests.workflow.views.test_office_pages import administrator_of
from workflow.models import Body, Contact
from workflow.states import BodyKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@time_machine.travel(NOW, tick=False)
def test_read_bodies_without_address_or_whose_mail_came_back_shows_these_alone() -> None:
    office = an_office()
    names = ("Køge Byråd", "Solrød Byråd", "Stevns Byråd")
    koege, solroed, _stevns = (a_body(BodyKind.MUNICIPAL_COUNCIL, name) for name in names)
    Contact.objects.create(office=office, body=koege, email="post@koege.example")
    Contact.objects.create(office=office, body=solroed, email="post@solroed.example", bounced_at=NOW)
    client = administrator_of(office)

    def shown(reached: str) -> list[str]:
        page = words_of(client.get(reverse("bodies"), {"reached": reached}).content)
        return [name for name in names if name in page]

    assert shown("") == list(names)
    assert shown("none") == ["Stevns Byråd"]
    assert shown("bounced") == ["Solrød Byråd"]


@time_machine.travel(NOW, tick=False)
def test_put_a_body_on_the_list_and_rename_it() -> None:
    office = an_office()
    client = administrator_of(office)

    made = client.post(
        reverse("body_new", args=[office.public_id]),
        {"kind": "organisation", "name": "Ældre Sagen i Køge", "region_code": "sjaelland", "key": "k1"},
        follow=True,
    )
    body = Body.objects.get(name="Ældre Sagen i Køge")
    url = reverse("body_change", args=[office.public_id, body.public_id])
    page = client.get(url)
    given = {**page.context["form"].initial, "seen": page.context["hidden"], "name": "Ældre Sagen Køge", "key": "k2"}
    changed = client.post(url, given, follow=True)

    assert "Ældre Sagen i Køge står på listen." in words_of(made.content)
    assert "Organet er rettet." in words_of(changed.content)
    assert "Ældre Sagen Køge" in words_of(changed.content)


@time_machine.travel(NOW, tick=False)
def test_end_a_body_says_before_where_it_is_asked_and_leads_to_its_successor_afterwards() -> None:
    process = in_approval(NOW)
    council = request_to(process, "council-1").body
    successor = a_body(BodyKind.MUNICIPAL_COUNCIL, "Storkommunens Byråd")
    client = administrator_of(process.office)
    at = [process.office.public_id, council.public_id]

    said = words_of(client.get(reverse("body_end", args=at)).content)
    done = client.post(
        reverse("body_end", args=at), {"last_on": "31/12/2019", "successor": str(successor.public_id), "key": "k1"}
    )
    page = words_of(client.get(reverse("body", args=at)).content)

    assert f"Det er spurgt lige nu i: {process.case_number}." in said
    assert done.status_code == 302
    assert "31. december 2019" in page
    assert "Storkommunens Byråd" in page
    assert process.title in page


@time_machine.travel(NOW, tick=False)
def test_read_body_as_an_officer_shows_it_and_offers_no_change() -> None:
    process = in_approval(NOW)
    at = [process.office.public_id, request_to(process, "council-1").body.public_id]

    client = reader_of(process)

    page = client.get(reverse("body", args=at))

    assert page.status_code == 200
    assert reverse("body_end", args=at) not in page.content.decode()
    assert client.get(reverse("body_end", args=at)).status_code == 403
