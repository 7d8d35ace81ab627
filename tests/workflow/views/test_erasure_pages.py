"""The page on which an officer sets the day a process forgets its people."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.workflow.factories import a_process, an_office, an_officer
from workflow.models import User

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: object) -> None:
    """The demo asks for no second factor, so that a test may sign in with one."""
    settings.DEMO = True  # type: ignore[attr-defined]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@time_machine.travel(NOW, tick=False)
def test_set_erasure_day_on_its_page_shows_it_on_the_process_and_refuses_a_day_gone_by() -> None:
    process = a_process(an_office(), NOW)
    client = signed_in(an_officer(process.office, email="own@example.dk"))
    page, url = reverse("process", args=[process.public_id]), reverse("process_erasure", args=[process.public_id])
    assert url in client.get(page).content.decode()

    refused = client.post(url, {"day": "15/01/2019", "key": "k1"})
    assert "Vælg en dag efter i dag" in refused.content.decode()
    saved = client.post(url, {"day": "31/12/2029", "key": "k2"})

    assert saved["Location"] == page
    process.refresh_from_db()
    assert process.erase_on == date(2029, 12, 31)
    assert "31. december 2029" in client.get(page).content.decode()
    [seen] = re.findall(r'name="seen" value="(\w+)"', client.get(url).content.decode())
    assert client.post(url, {"day": "", "key": "k3", "seen": seen}).status_code == 302
    process.refresh_from_db()
    assert process.erase_on is None
