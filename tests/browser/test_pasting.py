"""A list pasted in a browser, with script and without: looked at, put on the list by keyboard, read page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import browser_cookies
from tests.browser.watching import sideways, violations
from tests.consultations.factories import LAUNCHED, a_round_in_draft
from tests.consultations.views.conftest import officer_of

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADINGS = "Høringsliste 2019\nNr.\tNavn\tE-mail\tAtt.\n"


@pytest.mark.parametrize(("narrow", "javascript"), [(False, True), (True, True), (False, False)])
def test_paste_a_long_list_by_keyboard_shows_it_first_and_then_page_by_page(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page], narrow: bool, javascript: bool
) -> None:
    settings.DEMO = True
    lines = [f"{n}\tForening {n:03d}\tpost{n}@{'forening' * 4}.example\tAnna Due" for n in range(1, 151)]
    with time_machine.travel(LAUNCHED, tick=True):
        hearing = a_round_in_draft()
        cookies = browser_cookies(officer_of(hearing.process.office), live_server.url)
        page = open_browser(narrow=narrow, cookies=cookies, javascript=javascript)
        where = [hearing.process.public_id, hearing.round.stage.public_id]
        page.goto(live_server.url + reverse("round_parties_many", args=where))
        page.locator("textarea").fill(HEADINGS + "\n".join(lines))
        page.locator("button[value=look]").press("Enter")

        page.locator("#preview").wait_for()
        assert page.locator("tbody tr").count() == 150
        assert not javascript or (violations(page), sideways(page)) == ([], 0)
        page.locator("button[value=write]").press("Enter")

        page.wait_for_url("**/parter/")
        page.locator("a[rel=next]").press("Enter")
        page.wait_for_url("**page=2**")
        assert page.locator("tbody tr").count() == 53
        assert not javascript or (violations(page), sideways(page)) == ([], 0)
    assert hearing.round.invitations.count() == 153
