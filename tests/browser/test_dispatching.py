"""An officer looks a dispatch through, writes in it, takes it back and sends it; with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from notifications.models import OutgoingMail
from tests.browser.test_pages import browser_cookies
from tests.browser.watching import sideways, violations
from tests.workflow.agreements import decide, in_review
from tests.workflow.views.consequences import NOW, reader_of
from workflow.models import Dispatch

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("narrow", [False, True])
def test_look_a_dispatch_through_write_take_back_and_send(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page], narrow: bool
) -> None:
    settings.DEMO = True
    with time_machine.travel(NOW, tick=True):
        process = in_review(NOW)
        decide(process, "committee", NOW, stage="review")
        cookies = browser_cookies(reader_of(process), live_server.url)
        page = open_browser(cookies=cookies, narrow=narrow, javascript=not narrow)
        page.goto(live_server.url)

        page.get_by_role("link", name="Politisk godkendelse").first.click()
        assert sideways(page) == 0
        page.get_by_role("link", name="Skriv noget til dem").click()
        page.get_by_label("Det, I skriver til dem").fill("Bemærk bilag 3.")
        page.get_by_role("button", name="Gem brevet").click()
        page.get_by_text("Bemærk bilag 3.").wait_for()
        if not narrow:
            assert violations(page) == []
        page.get_by_role("button", name="Send udsendelsen (3 mails)").click()
        page.get_by_role("button", name="Tag udsendelsen tilbage").click()
        page.get_by_label("Nu; ingen mail kan kaldes tilbage").check()
        page.get_by_role("button", name="Send udsendelsen (3 mails)").click()
        page.get_by_text("Udsendelsen er sendt").wait_for()

    assert Dispatch.objects.latest("id").sent_at is not None
    assert OutgoingMail.objects.filter(kind="decision_request").count() == 4
