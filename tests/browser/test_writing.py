"""Writing in the browser: drafts that save themselves, words not left behind, another language in the middle."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.test_answering import open_mail, press_link
from tests.browser.watching import sideways

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Browser = Callable[..., Page]
SUBJECT = "udkast til sundhedsaftale"


def begin(page: Page, demo: Demo, party: str) -> None:
    """From the party's mail to the page where it writes."""
    open_mail(page, demo, party, SUBJECT)
    press_link(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("link", name="Skriv et svar").click()


def test_write_answer_saves_itself_asks_before_leaving_and_goes_over_into_english(
    demo: Demo, open_browser: Browser
) -> None:
    page = open_browser()
    begin(page, demo, "aeldreraad@mariagerfjord.example")
    text = page.locator("textarea[name=text]")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    text.press_sequentially("Vi støtter aftalen.")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Gemt kl\. \d\d\.\d\d, ikke sendt\."))
    text.press_sequentially(" Og mere.")
    page.get_by_role("link", name="Tilbage uden at gemme").click()
    assert asked == ["beforeunload"]
    text.fill("x" * 100_001)
    expect(page.locator(".counter-over")).to_have_text("100.001 af 100.000 tegn: 1 for meget")
    text.fill("Vi støtter aftalen helt.")
    page.get_by_role("button", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(text).to_have_value("Vi støtter aftalen helt.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("main")).to_contain_text("Vi støtter aftalen helt.")
    assert asked == ["beforeunload"]


def test_lose_cookies_in_the_middle_of_an_answer_without_javascript_sends_it_with_the_code(
    demo: Demo, open_browser: Browser
) -> None:
    page = open_browser(narrow=True, javascript=False)
    open_mail(page, demo, "aeldreraad@jammerbugt.example", SUBJECT)
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b", page.get_by_role("main").inner_text())
    assert code
    begin(page, demo, "aeldreraad@jammerbugt.example")
    page.locator("textarea[name=text]").fill("Linje et\nlinje to")
    page.locator("[name=signed_by]").fill("Åse Ørsted")
    page.locator("[name=signed_by]").press("Enter")  # saves the draft and switches no language
    expect(page.locator("html")).to_have_attribute("lang", "da")
    expect(page.locator("textarea[name=text]")).to_have_value("Linje et\nlinje to")

    page.context.clear_cookies()
    page.locator("button[value=send]").click()

    expect(page.locator("textarea[name=text]")).to_have_value("Linje et\nlinje to")
    assert not sideways(page)
    page.get_by_label("Kode").fill(code[0])
    page.get_by_role("button", name="Send igen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("modtaget")
