"""Setting up an installation from the command line: an office, its people, their places, and a first sign-in."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse

from tests.workflow.factories import a_body, an_office
from tests.workflow.office_commands import ANNA, OFFICE, PASSWORD, REACHED, an_account, deeds, refused, run, verbs
from workflow.management.commands.add_user import Command as AddUser
from workflow.models import Membership, Office, Process, User
from workflow.states import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password on standard input, for two commands."""
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n" * 2))


# The office ----------------------------------------------------------------------------------------------------------


def test_create_office_says_by_which_key_it_is_named_and_records_it() -> None:
    said = run(
        "create_office",
        *OFFICE,
        *REACHED,
        "--region",
        "sjaelland",
        "--postal-address",
        "Alléen 15",
        "--telephone",
        " 57 00 00 00",
        "--contact-person",
        "Maria  Holm",
    )

    assert said == "Fællessekretariatet er oprettet; i kommandoer hedder det sjaelland.\n"
    office = Office.objects.get()
    assert (office.region_code, office.postal_address, office.language) == ("sjaelland", "Alléen 15", "da")
    assert (office.telephone, office.contact_person) == ("57 00 00 00", "Maria Holm")
    assert deeds() == [("create_office", "system")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (("--key", "vores kontor"), "Skriv nøglen med bogstaverne a–z, cifre og bindestreger, højst 40 tegn."),
        (("--case-prefix", " "), "Angiv et sagspræfiks på 1 til 12 tegn, for eksempel RS."),
        (("--name", ""), "Angiv et navn på 1 til 200 tegn."),
        (("--reply-to", "post"), "Mailadressen skal se ud som navn@example.dk."),
        (("--time-zone", "Dansk"), "Tidszonen kendes ikke. Skriv den som Europe/Copenhagen."),
    ],
)
def test_create_office_with_impossible_facts_says_what_to_write(changes: tuple[str, str], sentence: str) -> None:
    assert refused("create_office", *OFFICE, *REACHED, *changes) == sentence
    assert not Office.objects.exists()


def test_create_office_under_a_key_that_is_taken_names_the_known_ones() -> None:
    an_office("midtjylland")
    an_office("sjaelland")

    assert refused("create_office", *OFFICE, *REACHED) == (
        "Der er allerede et sekretariat med denne nøgle. Vælg en anden nøgle end midtjylland, sjaelland."
    )


def test_create_office_in_a_region_that_is_none_names_the_regions() -> None:
    with pytest.raises(CommandError, match="sjaelland"):
        run("create_office", *OFFICE, *REACHED, "--region", "skåne")


# Accounts ------------------------------------------------------------------------------------------------------------


def test_add_user_gives_account_and_role_in_one_and_says_where_to_sign_in(piped: None, settings: Any) -> None:
    settings.BASE_URL = "https://samraad.example"
    office = an_office(name="Fællessekretariatet")

    said = run(
        *("add_user", ANNA, "--name", "Anna Olsen", "--office", office.key),
        *("--role", "secretariat", "--password-stdin"),
    )

    assert said == (
        "Anna Olsen har en konto og en plads i Fællessekretariatet: Sekretariatsmedarbejder. "
        "Log ind på https://samraad.example/account/login/.\n"
    )
    user = User.objects.get(email=ANNA)
    assert user.check_password(PASSWORD)
    assert list(user.memberships.values_list("office__key", "role")) == [("sjaelland", "secretariat")]
    assert verbs() == ["add_user", "grant_role"]


def test_add_user_with_a_seat_in_a_body_gives_no_role(piped: None) -> None:
    office, body = an_office(name="Fællessekretariatet"), a_body(name="Solrød Byråd")

    said = run("add_user", ANNA, "--name", "Sara", "--office", office.key, "--body", body.key, "--password-stdin")

    assert "en plads i Fællessekretariatet: Solrød Byråd." in said
    seat = User.objects.get(email=ANNA).memberships.get()
    assert (seat.body, seat.role) == (body, "")
    assert verbs() == ["add_user", "grant_seat"]


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("kort", "Denne adgangskode er for kort. Den skal indeholde mindst 12 tegn."),
        ("", "Denne adgangskode er for kort. Den skal indeholde mindst 12 tegn."),
        (ANNA, "Din adgangskode minder for meget om"),
    ],
)
def test_add_user_with_a_weak_password_makes_nothing_and_says_why(
    monkeypatch: pytest.MonkeyPatch, password: str, sentence: str
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(password))
    office = an_office()

    said = refused("add_user", ANNA, "--name", "Anna", "--office", office.key, "--role", "admin", "--password-stdin")

    assert sentence in said
    assert not User.objects.filter(email=ANNA).exists()


def test_add_user_without_terminal_or_password_says_how_to_give_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD))
    office = an_office()

    assert refused("add_user", ANNA, "--name", "Anna", "--office", office.key, "--role", "admin") == (
        "Giv adgangskoden på standard input med --password-stdin, eller kør kommandoen i en terminal."
    )


@pytest.mark.parametrize(("typed", "is_made"), [((PASSWORD, PASSWORD), True), ((PASSWORD, "noget andet"), False)])
def test_add_user_in_a_terminal_asks_twice(
    monkeypatch: pytest.MonkeyPatch, typed: tuple[str, str], is_made: bool
) -> None:
    terminal = StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    answers = list(typed)
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr("workflow.management.commands.add_user.getpass", lambda _prompt: answers.pop(0))
    arguments = ("add_user", ANNA, "--name", "Anna", "--office", an_office().key, "--role", "admin")

    if is_made:
        run(*arguments)
    else:
        assert "De to adgangskoder er forskellige." in refused(*arguments)

    assert User.objects.filter(email=ANNA).exists() is is_made


def test_add_user_who_has_an_account_says_to_grant_a_role(piped: None) -> None:
    office = an_office()
    an_account()

    said = refused(
        "add_user", ANNA.upper(), "--name", "Anna", "--office", office.key, "--role", "admin", "--password-stdin"
    )

    assert said == "Mailadressen har allerede en konto. Giv den en rolle i stedet."


def test_add_user_to_an_unknown_office_or_body_says_so(piped: None) -> None:
    an_office()
    a_body(key="solroed")
    anna = ("add_user", ANNA, "--name", "Anna", "--password-stdin")

    assert refused(*anna, "--office", "fyn", "--role", "admin") == (
        "Der er intet sekretariat »fyn«. Kendte: sjaelland."
    )
    for key, like in (("Solrød", "solroed"), ("xyz", "ingen")):
        assert refused(*anna, "--office", "sjaelland", "--body", key) == (
            f"Der er intet organ »{key}«. Noget lignende: {like}."
        )


def test_add_user_without_a_name_or_as_an_administrator_elsewhere_leaves_no_account(piped: None) -> None:
    fie = an_account("Fie", an_office("fyn"), Role.ADMIN)
    anna = ("add_user", ANNA, "--office", an_office().key, "--role", "admin", "--password-stdin")

    assert refused(*anna, "--name", " ") == "Angiv et navn på 1 til 200 tegn."
    said = refused(*anna, "--name", "Anna", "--as", fie.email)
    assert said == "Det kan kun en administrator i sekretariatet."
    assert not User.objects.filter(email=ANNA).exists()


def test_add_user_without_a_place_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        AddUser().run_from_argv(["manage.py", "add_user", ANNA, "--name", "Anna", "--office", "sjaelland"])

    assert stopped.value.code == 2
    assert "--role --body" in capsys.readouterr().err


def test_close_account_ends_the_sign_in_of_who_is_signed_in() -> None:
    user = an_account()
    client = Client()
    client.post(reverse("account_login"), {"login": ANNA, "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(user.pk)

    said = run("close_account", ANNA)

    assert said == "Kontoen for Anna Olsen er lukket.\n"
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert verbs()[-1] == "close_account"
    assert refused("close_account", ANNA) == "Kontoen er lukket. Få den genåbnet først."


def test_reopen_account_lets_the_person_back_to_the_same_places(piped: None) -> None:
    office = an_office()
    user = an_account("Anna", office, Role.AUDITOR)
    run("close_account", ANNA)
    closed = "Kontoen er lukket. Få den genåbnet først."
    assert refused("grant_role", ANNA, "--office", office.key, "--role", "admin") == closed
    again = ("add_user", ANNA, "--name", "Anna", "--office", office.key, "--role", "admin", "--password-stdin")
    assert refused(*again) == closed

    said = run("reopen_account", ANNA)

    assert said == "Kontoen for Anna Olsen er åben igen.\n"
    client = Client()
    client.post(reverse("account_login"), {"login": ANNA, "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(user.pk)
    assert user.memberships.get().role == Role.AUDITOR
    assert verbs()[-1] == "reopen_account"
    assert refused("reopen_account", ANNA) == "Kontoen er allerede åben."
    run("close_account", ANNA)
    fie = an_account("Fie", an_office("fyn"), Role.ADMIN)
    assert refused("reopen_account", ANNA, "--as", fie.email) == "Det kan kun en administrator i sekretariatet."


def test_reopen_account_of_somebody_erased_is_refused(now: datetime) -> None:
    user = an_account()
    User.objects.filter(pk=user.pk).update(is_active=False, erased_at=now)

    assert refused("reopen_account", ANNA) == "Personen er slettet. Opret en ny konto."


def test_reset_sign_in_gives_a_new_password_and_asks_for_the_phone_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    user = an_account("Anna", an_office(), Role.SECRETARIAT)
    client = Client()
    client.post(reverse("account_login"), {"login": ANNA, "password": PASSWORD})
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    assert client.get(reverse("processes")).status_code == 200
    monkeypatch.setattr("sys.stdin", StringIO("syvogtyve aebler\n"))

    said = run("reset_sign_in", ANNA, "--password-stdin")

    assert said == "Anna Olsen logger ind med den nye adgangskode og opsætter totrinslogin på ny.\n"
    assert reverse("account_login") in client.get(reverse("processes")).headers["Location"]
    client.post(reverse("account_login"), {"login": ANNA, "password": "syvogtyve aebler"})
    assert client.get(reverse("processes")).headers["Location"] == reverse("mfa_activate_totp")
    assert verbs()[-1] == "reset_sign_in"


def test_reset_sign_in_with_a_weak_password_of_a_closed_account_or_by_a_stranger_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = an_account("Anna", an_office(), Role.SECRETARIAT)
    fie = an_account("Fie", an_office("fyn"), Role.ADMIN)
    monkeypatch.setattr("sys.stdin", StringIO(f"kort\n{PASSWORD}\n{PASSWORD}\n"))
    reset = ("reset_sign_in", ANNA, "--password-stdin")

    assert refused(*reset) == "Denne adgangskode er for kort. Den skal indeholde mindst 12 tegn."
    assert refused(*reset, "--as", fie.email) == "Det kan kun en administrator i sekretariatet."
    run("close_account", ANNA)
    assert refused(*reset) == "Kontoen er lukket. Få den genåbnet først."
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


# From nothing to a first process -------------------------------------------------------------------------------------


def test_set_up_an_empty_installation_leads_to_the_second_factor_and_a_first_process(piped: None) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)):
        run("create_office", *OFFICE, *REACHED, "--region", "sjaelland")
        run("load_bodies")
        run("load_definition", "--office", "sjaelland", "--shipped")
        run(
            *("add_user", ANNA, "--name", "Anna Olsen", "--office", "sjaelland"),
            *("--role", "secretariat", "--password-stdin"),
        )
        client = Client()
        client.post(reverse("account_login"), {"login": ANNA, "password": PASSWORD})

        for page in ("home", "processes", "process_new"):
            assert client.get(reverse(page)).headers["Location"] == reverse("mfa_activate_totp"), page
        asked = client.get(reverse("mfa_activate_totp"), follow=True)
        again = asked.redirect_chain[-1][0]
        assert reverse("account_reauthenticate") in again
        asked = client.post(again, {"password": PASSWORD}, follow=True)
        assert "Opsæt totrinslogin" in asked.content.decode()
        code = format_hotp_value(hotp_value(asked.context["form"].secret, int(time.time()) // 30))
        client.post(reverse("mfa_activate_totp"), {"code": code})

        assert "Mit arbejde" in client.get("/").content.decode()
        choices = client.get(reverse("process_new")).context["choices"]
        [choice] = [choice for choice in choices if choice["title"] == "Sundhedsaftale"]
        shown = client.get(choice["url"]).context["look"].shown
        started = client.post(choice["url"], {"title": "Sundhedsaftale 2027", "key": "k1", "shown": shown})

    process = Process.objects.get()
    assert started.headers["Location"] == reverse("process", args=[process.public_id])
    assert (process.case_number, process.office.key) == ("RS-2026-0001", "sjaelland")
    assert Membership.objects.count() == 1
