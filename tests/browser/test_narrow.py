"""The narrowest screens and the fewest colours: no page goes sideways at 320 pixels or on a tablet, whatever is written
on it; with forced colours only the current page looks current."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from consultations.models import HearingRound, Invitation
from tests.architecture.estate import NOW, Estate, an_estate
from tests.browser.test_pages import browser_cookies, pages, signed_in, visitors
from tests.browser.watching import sideways
from workflow.models import Body, Document, Process, StoredFile
from workflow.states import Role

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Sundhedskoordinationsudvalgssekretariatsbetjeningsaftaleudkast"
"""A word as Danish makes them; wider than a telephone in the type of a heading."""

WIDTHS = (320, 768)  # pixels: the narrowest telephone, and a tablet held upright
GROUPS = {"secretariat": ("secretariat", "auditor", "signed_in")}


def with_long_names(estate: Estate) -> None:
    """Let everything that people name bear a word that is wider than the screen."""
    Process.objects.update(title=LONG)
    HearingRound.objects.update(title=f"Høring over {LONG}", letter=f"# {LONG}\n\n{LONG}")
    Invitation.objects.update(name=LONG, contact_name=LONG)
    Body.objects.update(name=LONG)
    Document.objects.update(title=LONG)
    StoredFile.objects.update(name=f"{LONG}.pdf")


@pytest.mark.parametrize("wanted", ["anonymous", "link_holder", "secretariat", "body_member"])
def test_read_every_page_on_telephone_and_tablet_with_long_words_goes_nowhere_sideways(
    wanted: str, live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True
    wider = {}
    with time_machine.travel(NOW, tick=True):
        estate = an_estate("bymidte")
        with_long_names(estate)
        client = visitors(estate)[wanted]
        page = open_browser(narrow=True, cookies=browser_cookies(client, live_server.url))
        for name, policy, path in pages(estate):
            probe = client.get(path) if policy in GROUPS.get(wanted, (wanted,)) else None
            if probe is None or probe.status_code != 200 or not probe["Content-Type"].startswith("text/html"):
                continue
            page.goto(live_server.url + path)
            page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 640})
                if pixels := sideways(page):
                    wider[name, width] = pixels

    assert wider == {}


def test_see_menus_with_forced_colours_only_the_current_page_looks_current(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True
    with time_machine.travel(NOW, tick=True):
        estate = an_estate("bymidte")
        page = open_browser(cookies=browser_cookies(signed_in(estate, Role.SECRETARIAT), live_server.url))
        page.emulate_media(forced_colors="active")
        page.goto(live_server.url + reverse("process_mails", args=[estate.process.public_id]))

        looks = page.evaluate("""() => {
            const look = (element) => {
                const style = getComputedStyle(element);
                return style.borderBottomWidth + " " + style.borderBottomColor;
            };
            const current = ".active, [aria-current]";
            const of = (items, part) => items.map((item) => [item.matches(current), look(part(item))]);
            return {
                menu: of([...document.querySelectorAll(".navigation-menu .mainmenu > li")], (item) =>
                    item.querySelector("span")),
                pages: of([...document.querySelectorAll(".subnav a")], (item) => item),
            };
        }""")

    for items in looks.values():
        current = {look for is_current, look in items if is_current}
        others = {look for is_current, look in items if not is_current}
        assert len(current) == 1
        assert others
        assert not current & others
