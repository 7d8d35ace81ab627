"""The doors of the demo: chosen on the front page, gone in by one press, and not there outside a demo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.factories import a_lone_process, an_officer
from workflow.actions.once import Once
from workflow.models import Process, User
from workflow.queries.doors import SCOPE
from workflow.queries.processes import open_stages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


def a_door(now: datetime, key: str = "demo-before-sending") -> tuple[Process, User]:
    """A door that leads to a process just started, and the officer as whom one goes in."""
    process = a_lone_process(now)
    process.office.memberships.all().delete()
    officer = an_officer(process.office, name="Maria Lindholm")
    Once(SCOPE, key).keep(process.public_id, now)
    return process, officer


def test_go_in_by_a_door_signs_in_and_leads_to_the_stage_under_way(now: datetime) -> None:
    process, officer = a_door(now)
    client = Client()

    front = client.get("/").content.decode()
    answer = client.post(reverse("demo_door", args=["demo-before-sending"]))

    assert "Før en høring sendes" in front
    assert process.title in front
    assert "Du bliver logget ind som Maria Lindholm" in front
    [stage] = open_stages(process)
    assert answer["Location"] == reverse("stage", args=[process.public_id, stage.public_id])
    assert client.session["_auth_user_id"] == str(officer.pk)
    assert "Før en høring sendes" in client.get(reverse("demo_doors")).content.decode()


def test_go_in_by_a_door_that_was_not_laid_is_not_found(now: datetime) -> None:
    a_door(now)

    assert Client().post(reverse("demo_door", args=["demo"])).status_code == 404
    assert Client().get(reverse("demo_door", args=["demo-before-sending"])).status_code == 405


def test_go_in_by_a_door_outside_a_demo_is_not_found_and_signs_nobody_in(now: datetime, settings: Any) -> None:
    a_door(now)
    settings.DEMO = False
    client = Client()

    statuses = [
        client.get(reverse("demo_doors")).status_code,
        client.post(reverse("demo_door", args=["demo-before-sending"])).status_code,
    ]

    assert statuses == [404, 404]
    assert "_auth_user_id" not in client.session
    assert "Vælg, hvor du vil begynde" not in client.get("/").content.decode()


def test_go_in_by_a_door_without_its_token_is_refused(now: datetime) -> None:
    a_door(now)
    client = Client(enforce_csrf_checks=True)

    assert client.post(reverse("demo_door", args=["demo-before-sending"])).status_code == 403
    assert "_auth_user_id" not in client.session
