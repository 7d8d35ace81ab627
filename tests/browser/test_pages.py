"""Every page of the product, wide and narrow: nothing for axe to find, nothing sideways, no error in the console.

Each page is read in one of the languages, drawn anew each time; the run's seed repeats the draw."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from config.url_policies import addresses, declared_policy
from tests.architecture.estate import NOW, Address, Estate, an_estate
from tests.architecture.test_url_policies import url_of
from tests.browser.conftest import NARROW, WIDE
from tests.browser.watching import sideways, violations
from tests.consultations.factories import LAUNCHED, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from workflow.links import link_path
from workflow.models import Membership, User
from workflow.states import Role

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OF_OTHERS = ("admin", "webhook")  # Django's own pages; addresses for programs
NOT_PAGES = {  # what does not answer a GET with a page of ours
    "openid_start",  # not there without a provider
    "openid_callback",
    "health_live",
    "health_ready",
    "set_language",
    "mfa_authenticate",  # midway through signing in
    "mfa_download_recovery_codes",
    "mailbox_html",  # the mail itself, as its recipient's program shows it
}
STATUS = {
    "link_cut": 404,
    "round_parties_remove": 409,
    "supplementary_new": 409,
}  # what is wrong, or that it is not the time for it


def browser_cookies(client: Client, url: str) -> tuple[dict[str, Any], ...]:
    """The session of a test client, as a browser holds it."""
    return tuple({"name": name, "value": morsel.value, "url": url} for name, morsel in client.cookies.items())


def signed_in(estate: Estate, role: str) -> Client:
    client, user = Client(), User.objects.create_user(f"{role or 'member'}@example.dk", "hemmeligt", name="Ida Berg")
    body = None if role else estate.council
    Membership.objects.create(user=user, office=estate.office, role=role, body=body)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def visitors(estate: Estate) -> dict[str, Client]:
    """Who is let in where, by policy."""
    holder, officer = Client(), signed_in(estate, Role.SECRETARIAT)
    for link in estate.links.values():
        holder.post(link_path(link))
    return {
        "anonymous": Client(),
        "link_holder": holder,
        "signed_in": officer,
        "secretariat": officer,
        "auditor": officer,
        "body_member": signed_in(estate, ""),
    }


def pages(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Every page: its name, its policy, its path."""
    for route, view, name in addresses():
        at, policy = Address(name, route), declared_policy(view, name)
        assert policy is not None
        if policy in OF_OTHERS or name in NOT_PAGES or ":" in name:
            continue
        yield name, policy, url_of(at, estate)


@pytest.mark.parametrize("wanted", ["anonymous", "link_holder", "secretariat", "body_member"])
def test_every_page_is_fit_for_everybody_at_both_widths(
    wanted: str, live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True  # no second factor, and the mailbox
    groups = {"secretariat": ("secretariat", "auditor", "signed_in")}
    seen, faults = 0, []
    with time_machine.travel(NOW, tick=True):
        estate = an_estate("bymidte")
        clients = visitors(estate)
        client = clients[wanted]
        page = open_browser(cookies=browser_cookies(client, live_server.url))
        for name, policy, path in pages(estate):
            if policy not in groups.get(wanted, (wanted,)):
                continue
            probe = client.get(path)
            if not probe.get("Content-Type", "").startswith("text/html") or probe.status_code in (302, 405):
                continue  # a file, or a deed that has no page
            if probe.status_code != STATUS.get(name, 200):
                faults.append(f"{name} {path} answers {probe.status_code}")
            seen += 1
            language = random.choice(["da", "en"])
            page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
            page.set_viewport_size(WIDE)  # type: ignore[arg-type]
            page.goto(live_server.url + path)
            found = violations(page)
            page.set_viewport_size(NARROW)  # type: ignore[arg-type]
            found += [f"narrow: {one}" for one in violations(page)]
            if wide := sideways(page):
                found.append(f"narrow: {wide} pixels too wide")
            faults += [f"{name} {path} ({language}) {one}" for one in found]
    assert seen
    assert not faults, "\n".join(faults)


def test_list_of_parties_with_a_long_address_fits_a_phone(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True
    with time_machine.travel(LAUNCHED, tick=True):
        hearing = a_round_in_draft()
        hearing.round.invitations.update(email=f"{'sundhedsaftalesekretariatet' * 2}@regionnordjylland.example")
        client = officer_of(hearing.process.office)
        page = open_browser(narrow=True, cookies=browser_cookies(client, live_server.url))
        page.goto(
            live_server.url + reverse("round_parties", args=[hearing.process.public_id, hearing.round.stage.public_id])
        )

        assert sideways(page) == 0
