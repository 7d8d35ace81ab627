"""A council secretary copies the case presentation field by field into an agenda system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import browser_cookies
from tests.workflow.agreements import in_approval, officer_of, request_to
from tests.workflow.views.councils import NOW, decision_url
from tests.workflow.views.visitors import holder_of
from workflow.actions.presentations import write_presentation
from workflow.queries.processes import live_stage

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CASE = "## Baggrund\n\n- tre mål\n- fire spor\n\n| År | Mio. kr. |\n|---|---|\n| 2027 | 12 |"
EDITORS = """() => {
    const plain = document.createElement("textarea");
    plain.id = "plain";
    const rich = document.createElement("div");
    rich.id = "rich";
    rich.contentEditable = "true";
    document.querySelector("main").append(plain, rich);
}"""


def test_copy_a_field_into_a_plain_and_a_rich_editor_keeps_headings_lists_and_tables(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True
    with time_machine.travel(NOW, tick=True):
        process = in_approval(NOW)
        stage = live_stage(process, "approval")
        write_presentation(stage, presentation=CASE, actor=officer_of(process), now=NOW)
        request = request_to(process, "council-1")
        page = open_browser(cookies=browser_cookies(holder_of(request.link), live_server.url))
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(live_server.url + decision_url(request, "decision_kit"))

        page.get_by_role("button", name="Kopiér feltet").nth(1).click()
        page.locator(".copied", has_text="Kopieret").wait_for()
        page.evaluate(EDITORS)
        for editor in ("#plain", "#rich"):
            page.focus(editor)
            page.keyboard.press("Control+V")

        plain = page.locator("#plain").input_value()
        assert plain.endswith("Baggrund\n\n– tre mål\n– fire spor\n\nÅr\tMio. kr.\n2027\t12")
        assert page.locator("#rich h4", has_text="Baggrund").count() == 1
        assert page.locator("#rich li").all_inner_texts()[-2:] == ["tre mål", "fire spor"]
        assert page.locator("#rich td").all_inner_texts() == ["2027", "12"]
