"""Who asks: one answer behind proxies, used by every limit on attempts; nobody waits for what another did elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from config.origins import origin_of
from tests.config.starting import start
from tests.config.test_settings import SECRETS
from tests.workflow.factories import an_office, an_officer
from workflow.models import User

pytestmark = pytest.mark.slow

PASSWORD = "et langt og hemmeligt ord"
PROXY = "10.0.0.1"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
CHECK = "import sys; from django.core.management import execute_from_command_line as run; run(['manage.py', 'check'])"


@pytest.fixture(autouse=True)
def behind_one_proxy(settings: LazySettings) -> None:
    settings.PROXIES = 1
    cache.clear()


def _from(address: str) -> Client:
    return Client(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"1.2.3.4, {address}")


@pytest.fixture
def officer(db: None, settings: LazySettings) -> User:
    settings.DEMO = True  # asks for no second factor
    found = an_officer(an_office(), email="anna@example.dk")
    found.set_password(PASSWORD)
    found.save()
    return found


def _may_sign_in(client: Client, user: User) -> bool:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}).status_code == 302


def _guess_passwords_of_many(client: Client, officer: User) -> None:
    for number in range(11):
        client.post(reverse("account_login"), {"login": f"nobody{number}@example.dk", "password": "wrong"})


def _guess_password_of_one(client: Client, officer: User) -> None:
    from axes.handlers.proxy import AxesProxyHandler  # allauth's own limit would stand before axes

    request = RequestFactory().post(reverse("account_login"), **client.defaults)
    for _number in range(10):
        AxesProxyHandler.user_login_failed("test", {"login": officer.email}, request)


def _guess_second_steps(client: Client, officer: User) -> None:
    TOTP.activate(officer, generate_totp_secret())
    assert _may_sign_in(client, officer)
    for _number in range(11):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})


def _press_sign_in(client: Client, officer: User) -> None:
    for _number in range(31):
        client.post(reverse("account_login"), {})


def _may_type_code(client: Client, officer: User) -> bool:
    return client.post(reverse("link_code"), {"code": "AAAA-BBBB-CCCC"}).status_code == 422


def _guess_codes(client: Client, officer: User) -> None:
    for _number in range(10):
        client.post(reverse("link_code"), {"code": "AAAA-BBBB-CCCC"})


LIMITERS: dict[str, tuple[Callable[[Client, User], None], Callable[[Client, User], bool]]] = {
    "passwords of many accounts": (_guess_passwords_of_many, _may_sign_in),
    "passwords of one account": (_guess_password_of_one, _may_sign_in),
    "codes of the second step": (_guess_second_steps, _may_sign_in),
    "presses of the sign-in button": (_press_sign_in, _may_sign_in),
    "typed codes": (_guess_codes, _may_type_code),
}


@pytest.mark.django_db
@pytest.mark.parametrize("limiter", LIMITERS)
def test_try_too_often_behind_a_proxy_makes_only_that_address_wait(officer: User, limiter: str) -> None:
    """Every limiter of the product; a new one belongs here."""
    overdo, may = LIMITERS[limiter]

    overdo(_from(HERE), officer)

    assert not may(_from(HERE), officer)
    assert may(_from(ELSEWHERE), officer)


@pytest.mark.django_db
def test_type_five_wrong_passwords_of_an_officer_elsewhere_leaves_the_officer_in(officer: User) -> None:
    for _number in range(5):
        _from(ELSEWHERE).post(reverse("account_login"), {"login": officer.email, "password": "wrong"})

    assert _may_sign_in(_from(HERE), officer)


@pytest.mark.django_db
def test_type_ten_wrong_passwords_says_how_long_to_wait(officer: User) -> None:
    _guess_password_of_one(_from(HERE), officer)

    answer = _from(HERE).post(reverse("account_login"), {"login": officer.email, "password": PASSWORD})

    assert answer.status_code == 429
    assert "Prøv igen om højst en time" in answer.content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "direct", "origin"),
    [
        (0, "203.0.113.7", "198.51.100.9", "198.51.100.9"),  # nobody in front: anybody may write the header
        (1, "203.0.113.7", PROXY, "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", PROXY, "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.2", PROXY, "203.0.113.7"),
        (2, "203.0.113.7", PROXY, PROXY),
        (1, "", PROXY, PROXY),
        (1, "nonsense", PROXY, PROXY),
        (1, "203.0.113.7:51234", PROXY, "203.0.113.7"),
        (1, "::ffff:203.0.113.7", PROXY, "203.0.113.7"),
        (1, "2001:db8:1:2:aaaa::1", PROXY, "2001:db8:1:2::"),
        (1, "[2001:db8:1:2:bbbb::2]:443", PROXY, "2001:db8:1:2::"),
        (1, "2001:db8:1:3::1", PROXY, "2001:db8:1:3::"),
        (0, "", "", ""),  # a socket file
    ],
)
def test_ask_who_asks_counts_from_the_own_proxies(
    settings: LazySettings, proxies: int, forwarded: str, direct: str, origin: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR=direct)

    assert origin_of(request) == origin


@pytest.mark.parametrize(("proxies", "said"), [("", "config.E008"), ("0", "config.W003")])
def test_check_https_without_proxies_says_what_to_set(tmp_path: Path, proxies: str, said: str) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "BASE_URL": "https://s.example.dk", **SECRETS}

    assert said in start(tmp_path, CHECK, PROXIES=proxies, **environment).stderr


def test_check_https_behind_one_proxy_is_content(tmp_path: Path) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", "BASE_URL": "https://s.example.dk", **SECRETS}

    checked = start(tmp_path, CHECK, PROXIES="1", **environment)

    assert "config.E008" not in checked.stderr
    assert "config.W003" not in checked.stderr
