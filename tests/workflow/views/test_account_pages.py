"""My account: reached from the name in the head, with the ways to change password and second step, in Danish."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.factories import a_body, an_office, an_officer
from tests.workflow.views.visitors import a_member, signed_in
from workflow.models import User
from workflow.states import BodyKind

PASSWORD = "et langt og hemmeligt ord"
STRANGE = ("password", "Password", "autentific", "Autentific", "uthenticator")

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(demo: None) -> User:
    found = an_officer(an_office(), email="anna@example.dk")
    found.set_password(PASSWORD)
    found.save()
    return found


def signed_in_by_form(user: User) -> Client:
    """A browser in which the password was typed."""
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def words_of(page: str) -> str:
    """The page without its addresses and the names of fields."""

    return re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])


def test_read_any_page_leads_from_ones_name_to_the_account(officer: User) -> None:
    page = signed_in(officer).get("/").content.decode()

    assert page.count(f'<a href="{reverse("account")}">') == 2  # in the head and in the menu of small screens


def test_read_account_shows_who_it_is_and_leads_to_password_and_second_step(officer: User) -> None:
    page = signed_in(officer).get(reverse("account")).content.decode()

    for words in ("Min konto", "anna@example.dk", "Adgangskode", "Totrinslogin", "Slået fra"):
        assert words in page, words
    assert f'href="{reverse("account_change_password")}"' in page
    assert f'href="{reverse("mfa_index")}"' in page


def test_read_account_as_member_of_a_body_names_the_body(demo: None) -> None:
    office = an_office()
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "byraad")
    page = signed_in(a_member(office, body)).get(reverse("account")).content.decode()

    assert body.name in page


def test_change_password_comes_back_to_the_account_and_the_new_one_counts(officer: User) -> None:
    client = signed_in_by_form(officer)
    new = "et helt andet hemmeligt ord"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )

    assert answer.redirect_chain[-1][0] == reverse("account")
    assert "Adgangskoden er skiftet" in answer.content.decode()
    officer.refresh_from_db()
    assert officer.check_password(new)


@pytest.mark.parametrize("name", ["account_change_password", "mfa_index", "account_reauthenticate"])
def test_read_pages_of_the_account_speak_of_adgangskode(officer: User, name: str) -> None:
    response = signed_in_by_form(officer).get(reverse(name))

    assert response.status_code == 200
    words = words_of(response.content.decode())
    assert not [strange for strange in STRANGE if strange in words], words


def test_confirm_who_one_is_before_the_second_step_is_changed_is_asked_in_plain_words(officer: User) -> None:
    page = signed_in_by_form(officer).get(reverse("account_reauthenticate")).content.decode()

    assert "Bekræft, at det er dig" in page
