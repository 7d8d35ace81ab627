"""The text of a document written in a browser: shown beside while one writes, and what is pasted from Word keeps its
structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import browser_cookies
from tests.browser.watching import sideways, violations
from tests.consultations.factories import LAUNCHED, heard_process
from tests.consultations.views.conftest import officer_of
from tests.workflow.readers.pasted_html import LIKE_GOOGLE_DOCS, LIKE_WORD, READ_LIKE_GOOGLE_DOCS, READ_LIKE_WORD

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTES = """(field, [html, plain]) => {
    const data = new DataTransfer();
    if (html) data.setData("text/html", html);
    data.setData("text/plain", plain);
    field.focus();
    return field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.mark.parametrize("narrow", [False, True])
def test_paste_from_word_while_writing_a_document_keeps_structure_and_is_shown_beside(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page], narrow: bool
) -> None:
    settings.DEMO = True
    with time_machine.travel(LAUNCHED, tick=True):
        process = heard_process(LAUNCHED, 2)
        page = open_browser(narrow=narrow, cookies=browser_cookies(officer_of(process.office), live_server.url))
        page.goto(live_server.url + reverse("document_new", args=[process.public_id]))
        field = page.get_by_label("Tekst", exact=False).and_(page.locator("textarea"))
        page.get_by_label("Titel").fill("Aftale")
        field.fill("Forord.")

        assert field.evaluate(PASTES, [LIKE_WORD, "Formål"]) is False
        expect(field).to_have_value(f"Forord.\n\n{READ_LIKE_WORD}")
        expect(page.get_by_text("1 billede")).to_be_visible()
        expect(page.locator("#preview h4", has_text="1 Formål")).to_be_visible()
        expect(page.locator("#preview table").first).to_be_attached()
        assert (violations(page), sideways(page)) == ([], 0)

        field.fill("")
        field.evaluate(PASTES, [LIKE_GOOGLE_DOCS, "Mål"])
        expect(field).to_have_value(READ_LIKE_GOOGLE_DOCS)
        # Words that only have colours are the browser's to paste.
        assert field.evaluate(PASTES, ["<div><span style='color:red'># rå</span></div>", "# rå"]) is True

        page.get_by_role("button", name="Gem versionen").click()
        page.locator(".document-section").first.wait_for()
        assert page.locator(".document-section table").count() == 1


def test_show_a_document_being_written_without_script_shows_it_and_keeps_the_words(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True
    with time_machine.travel(LAUNCHED, tick=True):
        process = heard_process(LAUNCHED, 2)
        cookies = browser_cookies(officer_of(process.office), live_server.url)
        page = open_browser(cookies=cookies, javascript=False)
        page.goto(live_server.url + reverse("document_new", args=[process.public_id]))
        page.get_by_label("Titel").fill("Aftale")
        page.locator("textarea").fill("# 1 Mål\n\n- et")
        page.get_by_role("button", name="Vis teksten").click()

        assert page.locator("#preview li").inner_text() == "et"
        assert page.get_by_label("Titel").input_value() == "Aftale"
        assert page.locator("textarea").input_value() == "# 1 Mål\n\n- et"
        assert process.documents.filter(title="Aftale").count() == 0
