"""The people of an office in the administrator's browser, and the way of the invited to a password."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications import kinds
from notifications.models import OutgoingMail
from tests.workflow.factories import an_office, an_officer
from tests.workflow.views.consequences import NOW, words_of
from tests.workflow.views.test_office_pages import administrator_of
from workflow.models import AuditEntry, Membership, User
from workflow.states import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

PASSWORD = "et-meget-langt-kodeord"
IDA = {"name": "Ida Berg", "email": "ida@region.example", "place": "secretariat", "language": "da"}


@time_machine.travel(NOW, tick=False)
def test_invite_a_person_who_chooses_a_password_by_the_mail_and_signs_in() -> None:
    office = an_office()
    admin = administrator_of(office)
    url = reverse("person_invite", args=[office.public_id])
    said = words_of(admin.get(url).content)

    done = admin.post(url, {**IDA, "key": "k1"}, follow=True)
    admin.post(url, {**IDA, "key": "k1"})

    assert "Én mail til personen" in said
    page = words_of(done.content)
    assert "Ida Berg er inviteret; mailen er på vej." in page
    assert "Har endnu ikke valgt en adgangskode" in page
    mail = OutgoingMail.objects.get()
    path = kinds.secrets(mail)["link"].partition("://")[2].partition("/")[2]
    guest = Client()
    shown = guest.get(f"/{path}")
    assert "Til kontoen ida@region.example" in words_of(shown.content)
    assert shown["Cache-Control"].startswith("max-age=0")
    chosen = guest.post(f"/{path}", {"password1": PASSWORD, "password2": PASSWORD})
    assert (chosen.status_code, chosen["Location"]) == (302, reverse("account_login"))
    assert guest.get(f"/{path}").status_code == 410
    signed_in = guest.post(reverse("account_login"), {"login": IDA["email"], "password": PASSWORD})
    assert signed_in.status_code == 302
    assert guest.get(reverse("processes")).status_code == 200
    assert "Åben" in words_of(admin.get(reverse("office")).content)


@time_machine.travel(NOW, tick=False)
def test_look_at_the_link_changes_nothing_and_two_different_passwords_are_refused() -> None:
    office = an_office()
    admin = administrator_of(office)
    admin.post(reverse("person_invite", args=[office.public_id]), {**IDA, "key": "k1"})
    path = "/" + kinds.secrets(OutgoingMail.objects.get())["link"].partition("://")[2].partition("/")[2]
    before = AuditEntry.objects.count()
    guest = Client()

    guest.get(path)
    guest.head(path)
    refused = guest.post(path, {"password1": PASSWORD, "password2": "noget-helt-andet-her"})

    assert refused.status_code == 422
    assert AuditEntry.objects.count() == before
    assert not User.objects.get(email=IDA["email"]).has_usable_password()


@time_machine.travel(NOW, tick=False)
def test_ask_for_a_password_says_the_same_of_a_known_and_an_unknown_address() -> None:
    an_officer(an_office(), "olga@region.example")
    url = reverse("password_forgotten")

    known = Client().post(url, {"email": "olga@region.example"}, follow=True)
    unknown = Client().post(url, {"email": "ukendt@region.example"}, follow=True)

    assert words_of(known.content) == words_of(unknown.content)
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert [mail.to_address for mail in OutgoingMail.objects.all()] == ["olga@region.example"]
    assert reverse("password_forgotten") in Client().get(reverse("account_login")).content.decode()


@time_machine.travel(NOW, tick=False)
def test_close_and_reopen_an_account_lets_the_person_out_and_in() -> None:
    office = an_office()
    admin = administrator_of(office)
    user = an_officer(office, "olga@region.example", "Olga Holm")
    at = [office.public_id, user.public_id]

    said = words_of(admin.get(reverse("person_close", args=at)).content)
    closed = admin.post(reverse("person_close", args=at), {"key": "k1"}, follow=True)
    user.refresh_from_db()

    assert "Personen kan ikke længere logge ind" in said
    assert "Genåbn kontoen" in words_of(closed.content)
    assert not user.is_active
    admin.post(reverse("person_reopen", args=at), {"key": "k2"})
    user.refresh_from_db()
    assert user.is_active


@time_machine.travel(NOW, tick=False)
def test_give_a_place_for_some_days_and_take_it_back() -> None:
    office = an_office()
    admin = administrator_of(office)
    user = an_officer(office, "olga@region.example", "Olga Holm")
    at = [office.public_id, user.public_id]

    admin.post(
        reverse("place_grant", args=at), {"place": "auditor", "valid_from": "01/03/2019", "valid_to": "31/03/2019"}
    )
    place = Membership.objects.get(user=user, role=Role.AUDITOR)
    page = words_of(admin.get(reverse("person", args=at)).content)
    taken = admin.post(reverse("place_revoke", args=[*at, place.public_id]))

    assert "fra 1. marts 2019 til 31. marts 2019" in page
    assert taken.status_code == 302
    assert not Membership.objects.filter(user=user, role=Role.AUDITOR).exists()


@time_machine.travel(NOW, tick=False)
def test_take_the_last_administrators_place_or_account_is_refused_with_the_reason() -> None:
    office = an_office()
    admin = administrator_of(office)
    user = User.objects.get(email="admin@region.example")
    at = [office.public_id, user.public_id]
    place = Membership.objects.get(user=user)

    for url in (reverse("person_close", args=at), reverse("place_revoke", args=[*at, place.public_id])):
        refused = admin.post(url, {"key": "k1"})
        assert refused.status_code == 422
        assert "sidste administrator" in words_of(refused.content)


@time_machine.travel(NOW, tick=False)
def test_read_people_costs_the_same_for_three_as_for_one(django_assert_num_queries: object) -> None:
    office = an_office()
    admin = administrator_of(office)
    admin.get(reverse("office"))
    for number in range(3):
        an_officer(office, f"olga-{number}@region.example")
        with django_assert_num_queries(6):  # type: ignore[operator]
            admin.get(reverse("office"))
