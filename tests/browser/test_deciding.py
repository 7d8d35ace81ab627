"""A council secretary records the council's decision by the link in the mail, with the extract of the minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from notifications import outbox
from tests.architecture.estate import NOW
from tests.browser.watching import sideways
from tests.workflow.agreements import in_approval, request_to
from workflow.models import Decision
from workflow.states import Outcome, RequestState

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_PRESSES = 5  # link, start, outcome, confirmation, record


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_decision_by_link_with_minutes_takes_few_presses(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page], narrow: bool, javascript: bool
) -> None:
    settings.DEMO, settings.BASE_URL = True, live_server.url  # the mailbox
    with time_machine.travel(NOW, tick=True), outbox.without_hints():
        process = in_approval(NOW)
        page = open_browser(narrow=narrow, javascript=javascript)
        presses = 0

        def press(target: Any) -> None:
            nonlocal presses
            presses += 1
            target.click()

        page.goto(f"{live_server.url}/mailbox/?to=council-1")
        page.get_by_role("row").get_by_role("link").first.click()
        press(page.locator("a[href*='/l/']").first)
        press(page.get_by_role("button", name="Start"))
        expect(page.get_by_role("main")).to_contain_text("Byråd 1")
        press(page.get_by_text(re.compile("^Godkendt ")).first)
        page.get_by_label("Beslutningsdato").first.fill(f"{NOW:%d/%m/%Y}")
        page.get_by_label("Dagsordenspunkt").fill("7")
        page.get_by_label("Protokoludskrift").set_input_files(
            {"name": "protokol.txt", "mimeType": "text/plain", "buffer": b"Godkendt som indstillet."}
        )
        page.get_by_label("Navn på den, der registrerer").fill("Bodil Holm")
        page.get_by_label("Funktion").fill("byrådssekretær")
        press(page.get_by_role("checkbox").last)
        press(page.get_by_role("button", name="Registrér beslutningen").last)

        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("registreret"))
        expect(page.get_by_role("main")).to_contain_text("protokol.txt")
        assert presses <= MOST_PRESSES
        if javascript:
            assert sideways(page) == 0
    request = request_to(process, "council-1")
    assert request.state == RequestState.DECIDED
    assert Decision.objects.get(request=request).outcome == Outcome.APPROVED
