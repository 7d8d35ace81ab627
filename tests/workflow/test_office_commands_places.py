"""Roles, seats and accounts given and taken from the command line, each said and recorded."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.workflow.factories import a_body, an_office
from tests.workflow.office_commands import ANNA, OFFICE, REACHED, an_account, refused, run, verbs
from workflow.actions.accounts import add_user
from workflow.actions.offices import create_office
from workflow.actors import Actor
from workflow.models import AuditEntry, User
from workflow.rules import Refused
from workflow.states import Role

pytestmark = pytest.mark.django_db


def test_grant_role_and_seat_by_command_each_say_and_record_it() -> None:
    office, body = an_office(name="Fællessekretariatet"), a_body(name="Solrød Byråd")
    user = an_account()

    role = run("grant_role", ANNA, "--office", office.key, "--role", "auditor", "--to", "2027-12-31")
    seat = run("grant_role", ANNA, "--office", office.key, "--body", body.key)

    assert role == "Anna Olsen har en plads i Fællessekretariatet: Revisor.\n"
    assert seat == "Anna Olsen har en plads i Fællessekretariatet: Solrød Byråd.\n"
    assert user.memberships.get(role=Role.AUDITOR).valid_to == date(2027, 12, 31)
    assert verbs() == ["add_user", "grant_role", "grant_seat"]


def test_grant_role_from_a_day_after_the_last_is_refused() -> None:
    office, _user = an_office(), an_account()

    assert refused(
        *("grant_role", ANNA, "--office", office.key, "--role", "auditor"),
        *("--from", "2027-02-01", "--to", "2027-01-01"),
    ) == ("Den sidste dag ligger før den første. Byt om på dagene.")


def test_grant_role_to_nobody_we_know_says_so() -> None:
    assert refused("grant_role", "bent@region.example", "--office", an_office().key, "--role", "admin") == (
        "Der er ingen konto »bent@region.example«."
    )


def test_grant_role_as_an_administrator_stands_in_the_record_as_that_person() -> None:
    office = an_office()
    boss = an_account("Bodil", office, Role.ADMIN)
    an_account()

    run("grant_role", ANNA, "--office", office.key, "--role", "secretariat", "--as", boss.email)

    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor_id) == ("grant_role", boss.public_id)


def test_grant_role_as_an_officer_or_another_offices_administrator_is_refused() -> None:
    office, other = an_office(), an_office("fyn")
    an_account()
    an_account("Otto", office, Role.SECRETARIAT)
    an_account("Fie", other, Role.ADMIN)

    for email in ("otto@region.example", "fie@region.example"):
        said = refused("grant_role", ANNA, "--office", office.key, "--role", "admin", "--as", email)
        assert said == "Det kan kun en administrator i sekretariatet."


def test_create_office_and_close_account_as_an_officer_are_refused(now: datetime) -> None:
    office = an_office()
    otto = an_account("Otto", office, Role.SECRETARIAT)
    an_account("Fie", an_office("fyn"), Role.ADMIN)

    assert "administrator" in refused("create_office", *OFFICE, *REACHED, "--as", otto.email)
    assert "administrator" in refused("close_account", otto.email, "--as", "fie@region.example")
    with pytest.raises(Refused):
        add_user(email=ANNA, name="Anna", actor=Actor.of_user(otto), now=now)
    facts = {"name": "Fyn", "case_prefix": "FY", "reply_to": "post@fyn.example"}
    fie = Actor.of_user(User.objects.get(email="fie@region.example"))
    assert create_office(key="als", **facts, actor=fie, now=now).name == "Fyn"


def test_revoke_role_takes_the_one_that_is_named() -> None:
    office = an_office(name="Fællessekretariatet")
    user = an_account("Anna", office, Role.AUDITOR)
    run("grant_role", ANNA, "--office", office.key, "--role", "secretariat")

    said = run("revoke_role", ANNA, "--office", office.key, "--role", "auditor")

    assert said == "Frataget Anna Olsen i Fællessekretariatet: Revisor.\n"
    assert list(user.memberships.values_list("role", flat=True)) == ["secretariat"]
    assert verbs()[-1] == "revoke_membership"


def test_revoke_role_without_naming_one_takes_all_of_this_office_and_none_elsewhere() -> None:
    office, other, body = an_office(name="Fællessekretariatet"), an_office("fyn"), a_body(name="Solrød Byråd")
    user = an_account("Anna", office, Role.AUDITOR)
    run("grant_role", ANNA, "--office", office.key, "--body", body.key)
    run("grant_role", ANNA, "--office", other.key, "--role", "auditor")

    said = run("revoke_role", ANNA, "--office", office.key)

    assert said == "Frataget Anna Olsen i Fællessekretariatet: Revisor, Solrød Byråd.\n"
    assert user.memberships.get().office == other
    assert verbs()[-2:] == ["revoke_membership", "revoke_membership"]


def test_revoke_role_of_the_last_administrator_takes_nothing() -> None:
    office = an_office()
    user = an_account("Anna", office, Role.AUDITOR)
    run("grant_role", ANNA, "--office", office.key, "--role", "admin")

    assert refused("revoke_role", ANNA, "--office", office.key) == (
        "Det er sekretariatets sidste administrator, som kan logge ind, og hvis plads ikke har en sidste dag. "
        "Udpeg først en anden."
    )
    assert user.memberships.count() == 2


def test_revoke_role_that_is_not_held_names_what_is() -> None:
    office = an_office(name="Fællessekretariatet")
    an_account("Anna", office, Role.AUDITOR)
    an_account("Bent")

    assert refused("revoke_role", ANNA, "--office", office.key, "--role", "admin") == (
        "Anna Olsen har en anden plads i Fællessekretariatet. Angiv en af disse: Revisor."
    )
    assert refused("revoke_role", "bent@region.example", "--office", office.key) == (
        "Bent Olsen har ingen plads i Fællessekretariatet; der er intet at fratage."
    )
