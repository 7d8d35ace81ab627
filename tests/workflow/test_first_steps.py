"""From an empty installation to the first process: a command, a link, and steps that are ticked by what there is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.refusals import code_of
from tests.workflow.factories import an_actor, an_office
from tests.workflow.office_commands import ANNA, PASSWORD, deeds, refused, run
from tests.workflow.test_accounts import an_administrator
from workflow.actions.first_steps import load_shipped_bodies, load_shipped_definitions, put_first_steps_away
from workflow.definitions import shipped_paths
from workflow.models import AuditEntry, Body, Membership, Office, Process, User
from workflow.queries.first_steps import steps_of, unfinished
from workflow.states import Role

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BEGIN = (
    "begin_installation",
    *("--office", "Fællessekretariatet", "--case-prefix", "RS", "--reply-to", "post@region.example"),
    *("--name", "Anna Olsen", "--email", ANNA, "--region", "sjaelland"),
)


@pytest.fixture
def demo(settings: Any) -> None:
    """No second factor is asked; that it is, and how, is tested with the commands."""
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"


def press(client: Client, url: str, **facts: str) -> Any:
    """Open a page and press its button; where that only showed what follows, the one that does it."""
    shown: Any = client.get(url)
    return client.post(url, {"key": shown.context["key"], **facts})


def test_begin_installation_prints_a_link_that_chooses_the_password_once() -> None:
    with time_machine.travel(NOW, tick=False):
        said = run(*BEGIN)
        [link] = re.findall(r"https?://[^/\s]+(/\S+)", said)
        user = User.objects.get()
        is_without_password = not user.has_usable_password()
        choice = {"password1": PASSWORD, "password2": PASSWORD}
        chosen = press(Client(), link, **choice)
        again: Any = Client().get(link)
        user.refresh_from_db()

    office = Office.objects.get()
    assert (office.key, office.name, office.reply_to) == (
        "faellessekretariatet",
        "Fællessekretariatet",
        "post@region.example",
    )
    assert is_without_password
    assert set(user.memberships.values_list("role", flat=True)) == {Role.ADMIN, Role.SECRETARIAT}
    assert (chosen.status_code, again.status_code, user.check_password(PASSWORD)) == (302, 410, True)
    assert deeds()[:4] == [(verb, "system") for verb in ("create_office", "add_user", "grant_role", "grant_role")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (("--email", "anna"), "navn@example.dk"),
        (("--name", " "), "Angiv et navn på 1 til 200 tegn."),
        (("--case-prefix", ""), "sagspræfiks"),
    ],
)
def test_begin_installation_with_impossible_facts_makes_nothing(changes: tuple[str, str], sentence: str) -> None:
    assert sentence in refused(*BEGIN, *changes)
    assert not Office.objects.exists()
    assert not User.objects.exists()


def test_begin_installation_where_there_is_an_office_names_it() -> None:
    an_office()

    assert "Sekretariatet sjaelland" in refused(*BEGIN)
    assert Office.objects.count() == 1


def test_go_from_first_sign_in_to_first_process_ticks_each_step_by_what_there_is(demo: None) -> None:
    with time_machine.travel(NOW, tick=False):
        run(*BEGIN)
        office, user = Office.objects.get(), User.objects.get()
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        at = [office.public_id]

        def done() -> int:
            return steps_of([office])[office.pk].done

        first: Any = client.get("/")
        counts = [done()]
        for name in ("shipped_bodies_load", "shipped_definitions_load"):
            assert press(client, reverse(name, args=at)).status_code == 302
            counts.append(done())
        change: Any = client.get(reverse("office_change", args=at))
        given = {**change.context["form"].initial, "seen": change.context["hidden"], "telephone": "57 00 00 00"}
        press(client, reverse("office_change", args=at), **given)
        counts.append(done())
        invited = {"name": "Bo Bak", "email": "bo@region.example", "place": "secretariat", "language": "da", "body": ""}
        press(client, reverse("person_invite", args=at), **invited)
        counts.append(done())
        looked: Any = client.post(
            reverse("contacts_import", args=at), {"text": "Køge Kommune;post@koege.example", "do": "look"}
        )
        taken_in = {"text": "Køge Kommune;post@koege.example", "do": "write", "shown": looked.context["plan"].digest}
        client.post(reverse("contacts_import", args=at), taken_in)
        counts.append(done())
        before: Any = client.get(reverse("first_steps", args=at))
        run(
            *("start_process", "--office", office.key, "--definition", "sundhedsaftale"),
            *("--title", "Sundhedsaftale", "--as", ANNA),
        )
        last: Any = client.get("/")

    assert reverse("first_steps", args=at) in first.content.decode()
    assert "0 of 6 first steps are done." in first.content.decode()
    assert counts == [0, 1, 2, 3, 4, 5]
    assert [item["badge"] for item in before.context["items"]] == ["Done"] * 5 + ["Not yet"]
    assert Process.objects.count() == 1
    assert reverse("first_steps", args=at) not in last.content.decode()


def test_put_first_steps_away_hides_them_for_every_administrator_and_leaves_the_page(demo: None) -> None:
    office = an_office(telephone="")
    with time_machine.travel(NOW, tick=False):
        an_administrator(office, NOW)
        other = User.objects.create_user("to@region.example")
        Membership.objects.create(user=other, office=office, role=Role.ADMIN)
        url = reverse("first_steps_put_away", args=[office.public_id])
        clients = [Client(), Client()]
        for client, user in zip(clients, User.objects.filter(memberships__role=Role.ADMIN), strict=True):
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        before: Any = clients[1].get("/")
        answers = [press(clients[0], url).status_code for _press in range(2)]
        after: Any = clients[1].get("/")
        page: Any = clients[1].get(reverse("first_steps", args=[office.public_id]))

    assert "first steps are done" in before.content.decode()
    assert answers == [302, 302]
    assert "first steps are done" not in after.content.decode()
    assert page.status_code == 200
    assert AuditEntry.objects.filter(verb="put_first_steps_away").count() == 1


def test_read_first_steps_counts_what_is_closed_or_of_another_office_for_nothing(now: datetime) -> None:
    office, other = an_office(telephone=""), an_office("andet")
    Membership.objects.all().delete()
    an_administrator(office, now)
    an_administrator(other, now, "en.anden@region.example")
    gone = User.objects.create_user("gitte@region.example", is_active=False)
    Membership.objects.create(user=gone, office=office, role=Role.AUDITOR)
    Membership.objects.create(user=User.objects.get(email="admin@region.example"), office=office, role=Role.SECRETARIAT)
    load_shipped_definitions(other, actor=an_administrator(other, now, "c@region.example"), now=now)

    steps = steps_of([office])[office.pk]

    assert (steps.has_colleagues, steps.has_definitions, steps.is_reached) == (False, False, False)
    assert [one for one, _steps in unfinished([office])] == [office]


@pytest.mark.parametrize("deed", [load_shipped_bodies, load_shipped_definitions, put_first_steps_away])
def test_take_first_step_as_an_officer_is_refused(now: datetime, deed: Any) -> None:
    office = an_office()

    assert code_of(lambda: deed(office, actor=an_actor(office), now=now)) == "not_an_administrator"
    assert not Body.objects.exists()


def test_load_what_is_shipped_twice_changes_nothing_the_second_time(now: datetime) -> None:
    office = an_office()
    actor = an_administrator(office, now)

    bodies = [load_shipped_bodies(office, actor=actor, now=now, key=key) for key in ("k1", "k1", "k2")]
    rows = [
        load_shipped_definitions(office, actor=actor, now=now + timedelta(hours=1), key=key) for key in ("k1", "k2")
    ]

    assert [loaded.created > 300 for loaded in bodies] == [True, False, False]
    assert bodies[2].unchanged == bodies[0].created
    assert rows[0] == rows[1]
    assert office.definitions.count() == len(shipped_paths())
    assert AuditEntry.objects.filter(verb="load_bodies").count() == 2
