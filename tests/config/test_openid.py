"""Officers sign in through their authority's provider: who comes in, who does not, and what each is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from joserfc.jwk import OctKey, RSAKey

from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, identity_provider
from tests.refusals import code_of
from tests.workflow.factories import an_office, an_officer
from tests.workflow.test_accounts import an_administrator
from workflow.actions.accounts import close_account, renew_sign_in
from workflow.actions.erasure import erase_person
from workflow.actions.offices import grant_role
from workflow.actors import SYSTEM
from workflow.models import AuditDetail, AuditEntry, ProviderIdentity, User
from workflow.states import Role

pytestmark = pytest.mark.django_db

NO_ANSWER = "The provider of your authority does not answer"
NOT_FINISHED = "The sign-in at the provider was not finished"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    """The provider as it is when nobody lies; this installation knows it."""
    fresh = Provider(running.issuer, email="officer@example.dk", key=running.key)
    running.__dict__.update(fresh.__dict__)
    settings.OIDC_ISSUER, settings.OIDC_IS_ON, settings.OIDC_NAME = running.issuer, True, "Region Login"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.BASE_URL, settings.LANGUAGE_CODE = "http://testserver", "en"
    return running


@pytest.fixture
def officer() -> User:
    return an_officer(an_office())


def come(provider: Provider, client: Client | None = None, start: str = "") -> tuple[Client, Any]:
    """Go to the provider from the page of signing in, sign in there, and come back."""
    client = client or Client()
    away: Any = client.get(start or reverse("openid_start"))
    assert away.status_code == 302, away.content.decode()
    return client, client.get(provider.consent(away["Location"]))


def who(client: Client) -> str:
    """Whose browser it is by now; "" for nobody's."""
    page: Any = client.get(reverse("accessibility_statement"))
    user = page.context["user"]
    return user.email if user.is_authenticated else ""


def words(answer: Any) -> str:
    return str(answer.content.decode())


def test_sign_in_through_the_provider_links_the_account_once_and_knows_it_by_its_subject(
    provider: Provider, officer: User
) -> None:
    offered = words(Client().get(reverse("account_login")))
    first, back = come(provider, start=reverse("openid_start") + "?next=/processer/")
    provider.email = "nyt.navn@example.dk"
    second, again = come(provider)

    assert "Sign in through Region Login" in offered
    assert 'type="password"' in offered, "the password goes on to work"
    assert (back.status_code, back["Location"]) == (302, "/processer/")
    assert (who(first), who(second)) == ("officer@example.dk", "officer@example.dk")
    assert again["Location"] == "/"
    identity = ProviderIdentity.objects.get()
    assert (identity.user, identity.issuer, identity.subject) == (officer, provider.issuer, "sub-1")
    entry = AuditEntry.objects.get(verb="link_identity")
    assert (entry.subject_id, entry.codes["issuer"]) == (officer.public_id, provider.issuer)
    assert AuditDetail.objects.get(entry=entry).body["subject"] == "sub-1"


def test_sign_in_through_the_provider_asks_for_no_second_factor_here_unless_it_is_set(
    provider: Provider, officer: User, settings: Any
) -> None:
    client, _back = come(provider)
    at_work: Any = client.get("/processer/")
    settings.OIDC_SECOND_FACTOR = True
    led_on: Any = client.get("/processer/")
    other, back = come(provider)
    asked: Any = other.get("/processer/")

    assert at_work.status_code == 200
    assert led_on["Location"] == asked["Location"] == reverse("mfa_activate_totp")
    assert back.status_code == 302
    assert who(other) == officer.email


def test_sign_in_with_a_password_still_asks_for_the_second_factor(provider: Provider, officer: User) -> None:
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")

    asked: Any = client.get("/processer/")

    assert asked["Location"] == reverse("mfa_activate_totp")


def test_close_account_shuts_out_whom_the_provider_lets_in(provider: Provider, officer: User, now: datetime) -> None:
    client, _back = come(provider)
    close_account(officer, actor=SYSTEM, now=now)

    out = who(client)
    _client, refused = come(provider)

    assert out == ""
    assert refused.status_code == 403
    assert "Your account here is closed." in words(refused)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"is_verified": False}, "does not say which address is yours for certain"),
        ({"is_verified": "true"}, "does not say which address is yours for certain"),
        ({"email": ""}, "does not say which address is yours for certain"),
        ({"email": "en.anden@example.dk"}, "No account here has the address en.anden@example.dk."),
        ({"lies": {"nonce": "en-brugt"}}, NOT_FINISHED),
        ({"lies": {"aud": "et-andet-system"}}, NOT_FINISHED),
        ({"lies": {"iss": "https://en-anden.example"}}, NOT_FINISHED),
        ({"lies": {"exp": 1_000_000_000}}, NOT_FINISHED),
        ({"signs_with": RSAKey.generate_key(2048, {"kid": "k1"})}, NOT_FINISHED),
        ({"signs_with": OctKey.import_key(CLIENT_SECRET), "algorithm": "HS256"}, NOT_FINISHED),
        ({"algorithm": "none"}, NOT_FINISHED),
    ],
    ids=[
        "unverified",
        "in words",
        "none",
        "of nobody",
        "nonce",
        "audience",
        "issuer",
        "old",
        "forged",
        "shared key",
        "unsigned",
    ],
)
def test_sign_in_with_what_the_provider_may_not_say_brings_nobody_in(
    provider: Provider, officer: User, facts: dict[str, Any], sentence: str
) -> None:
    for name, value in facts.items():
        setattr(provider, name, value)

    client, refused = come(provider)

    assert refused.status_code == 403
    assert sentence in words(refused)
    assert reverse("account_login") in words(refused)
    assert who(client) == ""
    assert not ProviderIdentity.objects.exists()
    assert User.objects.filter(email="en.anden@example.dk").count() == 0


def test_sign_in_as_anothers_subject_with_ones_address_is_refused_until_the_sign_in_is_reset(
    provider: Provider, officer: User, now: datetime
) -> None:
    come(provider)
    provider.subject = "sub-2"
    client, refused = come(provider)
    office = officer.memberships.get().office
    renew_sign_in(officer, office, actor=an_administrator(office, now), now=now)

    anew, _back = come(provider)

    assert refused.status_code == 403
    assert "is linked to another identity at the provider" in words(refused)
    assert who(client) == ""
    assert who(anew) == officer.email
    assert ProviderIdentity.objects.get().subject == "sub-2"


def test_come_back_twice_or_in_another_browser_signs_nobody_in(provider: Provider, officer: User) -> None:
    client = Client()
    away: Any = client.get(reverse("openid_start"))
    back = provider.consent(away["Location"])

    stolen: Any = Client().get(back)
    client.get(back)
    client.logout()
    again: Any = client.get(back)
    bare: Any = client.get(reverse("openid_callback"))
    cancelled: Any = client.get(reverse("openid_callback") + "?error=access_denied&state=x")

    for answer in (stolen, again, bare, cancelled):
        assert answer.status_code == 403
        assert NOT_FINISHED in words(answer)
    assert who(client) == ""


def test_come_to_a_provider_that_is_down_says_so_in_words(provider: Provider, officer: User, settings: Any) -> None:
    client = Client()
    away: Any = client.get(reverse("openid_start"))
    back = provider.consent(away["Location"])
    provider.is_broken = True
    before: Any = Client().get(reverse("openid_start"))
    between: Any = client.get(back)
    provider.is_broken = False
    settings.OIDC_ISSUER = provider.issuer + "/"  # it calls itself otherwise
    other: Any = Client().get(reverse("openid_start"))
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    gone: Any = Client().get(reverse("openid_start"))

    for answer in (before, between, other, gone):
        assert answer.status_code == 502
        assert NO_ANSWER in words(answer)


def test_come_back_to_an_address_elsewhere_leads_to_the_front_page(provider: Provider, officer: User) -> None:
    _client, back = come(provider, start=reverse("openid_start") + "?next=https://ond.example/")

    assert back["Location"] == "/"


def test_switch_passwords_off_leaves_the_provider_alone_and_refuses_a_password(
    provider: Provider, officer: User, settings: Any
) -> None:
    settings.PASSWORD_SIGN_IN = False

    page = words(Client().get(reverse("account_login")))
    refused: Any = Client().post(reverse("account_login"), {"login": officer.email, "password": "secret-password"})

    assert 'type="password"' not in page
    assert "Sign in through Region Login" in page
    assert refused.status_code == 403
    assert "Nobody signs in with a password here." in words(refused)


def test_close_last_administrator_counts_another_whom_the_provider_knows_only_while_there_is_one(
    provider: Provider, officer: User, now: datetime, settings: Any
) -> None:
    office = officer.memberships.get().office
    grant_role(officer, office, Role.ADMIN, actor=SYSTEM, now=now)
    officer.set_unusable_password()
    officer.save()
    come(provider)
    last = User.objects.get(public_id=an_administrator(office, now).public_id)
    client = Client()
    settings.OIDC_IS_ON = False
    refused = code_of(lambda: close_account(last, actor=SYSTEM, now=now))

    settings.OIDC_IS_ON = settings.DEMO = True
    client.force_login(last, backend="django.contrib.auth.backends.ModelBackend")
    page = words(client.get(reverse("person", args=[office.public_id, officer.public_id])))
    close_account(last, actor=SYSTEM, now=now)

    assert refused == "last_administrator"
    assert "Linked" in page
    last.refresh_from_db()
    assert not last.is_active


def test_set_up_a_second_step_long_after_the_provider_signed_one_in_is_answered_with_a_page(
    provider: Provider, officer: User
) -> None:
    officer.set_unusable_password()
    officer.save()
    client, _back = come(provider)

    with time_machine.travel(time.time() + 3600):
        page: Any = client.get(reverse("mfa_activate_totp"), follow=True)

    assert page.status_code == 200, page.redirect_chain


def test_erase_person_takes_the_identity_along(provider: Provider, officer: User, now: datetime) -> None:
    come(provider)

    erase_person(officer, reason="Har bedt om det", actor=SYSTEM, now=now)

    assert not ProviderIdentity.objects.exists()
    _client, refused = come(provider)
    assert refused.status_code == 403


def test_come_too_often_in_a_minute_is_put_off_before_the_provider_is_asked(provider: Provider, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"openid": "2/m/ip"}
    cache.clear()
    client = Client()

    answers = [client.get(reverse("openid_start")).status_code for _time in range(3)]

    cache.clear()
    assert answers == [302, 302, 429]


def test_come_to_the_addresses_without_a_provider_finds_nothing(settings: Any) -> None:
    settings.OIDC_IS_ON = False

    assert [Client().get(reverse(name)).status_code for name in ("openid_start", "openid_callback")] == [404, 404]
    assert reverse("openid_start") not in words(Client().get(reverse("account_login")))


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({}, []),
        ({"OIDC_ISSUER": "https://login.example"}, ["config.E009"]),
        ({"OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"}, ["config.E009"]),
        ({"PASSWORD_SIGN_IN": False}, ["config.E011"]),
        (
            {"OIDC_ISSUER": "http://x", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y", "IS_LOCAL": False},
            ["config.E010"],
        ),
    ],
)
def test_check_installation_names_a_provider_that_is_half_there(
    settings: Any, facts: dict[str, Any], faults: list[str]
) -> None:
    for name, value in facts.items():
        setattr(settings, name, value)

    found = [message.id for message in run_checks() if message.id in ("config.E009", "config.E010", "config.E011")]

    assert found == faults
