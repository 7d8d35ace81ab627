"""Fixtures of the page tests: signed-in browsers, browsers that hold a link, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.consultations.factories import LAUNCHED, Hearing
from tests.workflow.factories import an_officer
from workflow.links import link_path
from workflow.models import Membership, Office, User
from workflow.states import Role

SignIn = Callable[[User], Client]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The middleware's clock stands at the launch of the factories' hearing; `clock.move_to(instant)` moves it."""
    with time_machine.travel(LAUNCHED, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """The demo asks for no second factor, so that a test may sign in with one; refusals are read in English."""
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"


def signed_in(user: User) -> Client:
    """A browser in which the account is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def officer_of(office: Office) -> Client:
    """The browser of an officer of the office."""
    return signed_in(an_officer(office, f"officer-{User.objects.count()}@example.dk"))


def auditor_of(office: Office) -> Client:
    """The browser of an auditor of the office."""
    user = User.objects.create_user(f"auditor-{office.key}@example.dk", "secret-password")
    Membership.objects.create(user=user, office=office, role=Role.AUDITOR)
    return signed_in(user)


def holder_of(hearing: Hearing, number: int = 1) -> Client:
    """A browser in which a party has pressed the start button of its link."""
    client = Client()
    response = client.post(link_path(hearing.party(number).link))
    assert response.status_code == 302, response.content.decode()
    return client


def at(clock: time_machine.Traveller, moment: datetime) -> None:
    """Move the clock."""
    clock.move_to(moment)
