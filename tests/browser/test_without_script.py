"""With JavaScript switched off: an officer goes from a text to a hearing, writes to its parties, suspends and resumes;
a party passes its task on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from notifications.models import OutgoingMail
from tests.browser.test_pages import browser_cookies
from tests.consultations.factories import LAUNCHED, a_hearing, heard_process
from tests.consultations.views.conftest import holder_of, officer_of
from tests.workflow.factories import stage_of
from workflow.states import ProcessState, StageState

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REASON = "Der er udskrevet valg i kommunen"


class Officer:
    """Somebody at a browser that runs no script."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def goes_to(self, name: str, *given: Any) -> None:
        self.page.goto(self.url + reverse(name, args=given))

    def presses(self, words: str = "") -> None:
        """Press the form's button with these words, or its first; no page may turn it down."""
        buttons = self.page.locator("main form button[type=submit]")
        (buttons.filter(has_text=words) if words else buttons).first.click()
        assert not self.page.title().strip().startswith("Fejl:"), self.page.locator("main").inner_text()


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_go_from_a_text_to_a_resumed_hearing_without_javascript(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page], narrow: bool
) -> None:
    settings.DEMO = True
    with time_machine.travel(LAUNCHED, tick=True):
        process = heard_process(LAUNCHED, 2)
        cookies = browser_cookies(officer_of(process.office), live_server.url)
        page = open_browser(narrow=narrow, javascript=False, cookies=cookies)
        officer, at = Officer(page, live_server.url), process.public_id

        officer.goes_to("document_new", at)
        page.get_by_label("Titel").fill("Udkast")
        page.get_by_role("textbox", name="Tekst").fill("# 1 Formål\n\nAftalen gælder alle.")
        officer.presses("Gem")
        officer.goes_to("bundle_new", at)
        officer.presses("Lås")
        officer.goes_to("stage_complete", at, stage_of(process, "drafting").public_id)
        officer.presses()

        hearing = stage_of(process, "hearing")
        assert hearing.state == StageState.OPEN
        officer.goes_to("round_launch", at, hearing.public_id)
        page.get_by_label("Svarfrist").first.fill("29.03.2019")
        officer.presses("Vis")
        officer.presses("Send høringen")
        officer.goes_to("round_write", at, hearing.public_id)
        page.get_by_label("Hvad drejer det sig om?").fill("Møde om udkastet")
        page.get_by_role("textbox", name="Tekst").fill("Vi holder et møde om udkastet.")
        officer.presses("Vis")
        officer.presses("Send til 2")

        officer.goes_to("process_suspend", at)
        page.get_by_label("Begrundelse").fill(REASON)
        officer.presses("Sæt")
        process.refresh_from_db()
        assert process.state == ProcessState.SUSPENDED
        officer.goes_to("process_resume", at)
        page.get_by_label("Begrundelse").fill("Valget er holdt")
        officer.presses("Genoptag")

    process.refresh_from_db()
    assert process.state == ProcessState.RUNNING
    kinds = OutgoingMail.objects.filter(process_id=at).values_list("kind", flat=True)
    assert sorted(kinds) == ["hearing_invitation"] * 2 + ["hearing_message"] * 2


def test_pass_a_task_on_and_take_it_back_without_javascript(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True
    with time_machine.travel(LAUNCHED, tick=True):
        hearing = a_hearing(parties=1)
        cookies = browser_cookies(holder_of(hearing), live_server.url)
        page = open_browser(narrow=True, javascript=False, cookies=cookies)
        party = Officer(page, live_server.url)

        party.goes_to("reply_forward", hearing.party().link.public_id)
        page.get_by_label("Mailadresse").fill("kollega@example.dk")
        party.presses()
        assert hearing.party().email == "kollega@example.dk"
        party.goes_to("reply", hearing.party().link.public_id)
        page.get_by_role("link", name="Tag den tilbage").or_(page.locator("a[href*='tag-tilbage']")).first.click()
        party.presses()

    assert hearing.party().email == "part1@example.dk"
