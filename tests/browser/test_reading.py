"""A text read in a browser: from a section to the remarks to it, and on paper without menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.test_answering import open_mail, press_link, sign_in
from tests.browser.watching import sideways, violations

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Browser = Callable[..., Page]


@pytest.mark.parametrize(("narrow", "javascript"), [(False, True), (True, True), (False, False)])
def test_read_document_heard_going_to_the_remarks_to_a_section_opens_it(
    demo: Demo, open_browser: Browser, narrow: bool, javascript: bool
) -> None:
    page = open_browser(narrow=narrow, javascript=javascript)
    open_mail(page, demo, "Danske Patienter", "udkast til sundhedsaftale")
    press_link(page)
    page.get_by_role("button", name="Start").or_(page.get_by_role("button", name="Fortsæt")).click()
    page.get_by_role("link", name="Politisk sundhedsaftale").first.click()
    expect(page.locator(".contents")).to_be_visible()
    assert not javascript or (violations(page), sideways(page)) == ([], 0)

    page.get_by_role("link", name="Skriv en bemærkning til dette afsnit 1.3").click()

    section = page.locator(".answer-section", has_text="1.3 Hvem aftalen gælder for")
    expect(section.get_by_role("textbox")).to_be_visible()
    expect(section.locator(".answer-section-text")).to_be_in_viewport()
    assert not javascript or (violations(page), sideways(page)) == ([], 0)
    section.get_by_role("link", name="Se afsnittet i dokumentet").click()
    expect(page.locator(".document-section", has_text="1.3 Hvem aftalen gælder for")).to_be_in_viewport()


def test_print_a_document_it_is_the_text_alone(demo: Demo, open_browser: Browser) -> None:
    page = open_browser()
    sign_in(page, demo)
    page.get_by_role("table").get_by_role("link", name="Sundhedsaftale for Region Nordjylland").click()
    page.locator(".subnav").get_by_role("link", name="Dokumenter").click()
    page.locator("ul.versions a").first.click()
    page.locator(".document-section").first.wait_for()

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", name="1 Indledning")).to_be_visible()
    hidden: list[Any] = [
        *(
            page.locator(name).first
            for name in ("header", "footer", ".subnav", ".breadcrumbs", ".contents", ".demo-strip")
        ),
        page.get_by_role("link", name="Hent som PDF").first,
        page.get_by_role("link", name="Alle dokumenter"),
        page.get_by_role("link", name="Til indholdet").first,
    ]
    for one in hidden:
        expect(one).to_be_hidden()
