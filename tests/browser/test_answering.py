"""From the secretariat's desk to a party's answer and back: by mouse, on a phone, without JavaScript, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo
from tests.browser.watching import sideways

pytestmark = [pytest.mark.slow, pytest.mark.browser]

Browser = Callable[..., Page]


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.url}/account/login/")
    page.get_by_label("E-mail").fill(demo.people[0])
    page.get_by_label("Adgangskode").fill(demo.password)
    page.get_by_role("button", name="Log ind").click()


def open_mail(page: Page, demo: Demo, party: str, subject: str) -> None:
    """Find a party's mail on the mailbox page."""
    page.goto(f"{demo.url}/mailbox/?to={quote(party)}")
    page.get_by_role("link", name=re.compile(subject)).first.click()


def press_link(page: Page) -> None:
    """Press the personal link in the mail that is shown."""
    page.locator("a[href*='/l/']").first.click()


def receipt_number(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_contain_text("modtaget")
    return page.locator("dl strong").first.inner_text()


def write_answer(page: Page, text: str, remark: str = "") -> str:
    """From the party's page to the receipt; returns its number."""
    page.get_by_role("link", name="Skriv et svar").click()
    page.get_by_label("Generelle bemærkninger til udkastet").first.fill(text)
    if remark:
        section = page.locator(".answer-section", has_text="Tryghed og mestring")
        section.locator("summary").click()
        section.get_by_role("textbox").fill(remark)
    page.get_by_label("Underskrevet af").fill("Lone Skov, direktør")
    page.get_by_role("button", name="Send svaret").click()
    return receipt_number(page)


def test_answer_from_the_mailbox_shows_on_the_board_and_in_a_receipt(demo: Demo, open_browser: Browser) -> None:
    page, party = open_browser(), "Danske Patienter"
    sign_in(page, demo)
    expect(page.get_by_role("heading", level=1, name="Mit arbejde")).to_be_visible()
    page.get_by_role("table").get_by_role("link", name="Sundhedsaftale for Region Nordjylland").click()
    page.get_by_role("link", name="Høring", exact=True).first.click()
    board = page.url
    row = page.get_by_role("row", name=re.compile(party))
    expect(row).not_to_contain_text("Besvaret")

    open_mail(page, demo, party, "udkast til sundhedsaftale")
    press_link(page)
    expect(page.get_by_role("main")).to_contain_text(party)
    page.get_by_role("button", name="Start").click()
    number = write_answer(page, "Vi støtter aftalen.", remark="Aflastning af pårørende bør være en ret.")
    expect(page.get_by_role("main")).to_contain_text("Aflastning af pårørende bør være en ret.")

    page.goto(board)
    expect(page.get_by_role("row", name=re.compile(party))).to_contain_text("Besvaret")
    mail = page.get_by_role("link", name=re.compile("Kvittering"))
    for _attempt in range(30):  # the worker sends it
        page.goto(f"{demo.url}/mailbox/?to={quote(party)}")
        if mail.count():
            break
        page.wait_for_timeout(300)
    mail.first.click()
    expect(page.get_by_role("main")).to_contain_text(number)


def test_answer_on_a_phone_without_javascript_gets_a_receipt(demo: Demo, open_browser: Browser) -> None:
    page, party = open_browser(narrow=True, javascript=False), "Alzheimerforeningen"
    open_mail(page, demo, party, "udkast til sundhedsaftale")
    press_link(page)
    page.get_by_role("button", name=re.compile("Start|Fortsæt")).click()

    number = write_answer(page, "Mennesker med demens bør nævnes.", remark="Nævn demens her.")

    assert number
    expect(page.get_by_role("main")).to_contain_text("Nævn demens her.")


def test_answer_of_no_remarks_on_a_phone_takes_two_presses(demo: Demo, open_browser: Browser) -> None:
    page, party = open_browser(narrow=True), "Ældrerådet i Thisted"
    open_mail(page, demo, party, "udkast til sundhedsaftale")
    press_link(page)
    page.get_by_role("button", name=re.compile("Start|Fortsæt")).click()
    assert sideways(page) == 0

    page.get_by_role("link", name="Ingen bemærkninger").click()
    page.get_by_role("button", name="Send").click()

    assert receipt_number(page)
    assert sideways(page) == 0


class Keyboard:
    """Somebody without a mouse: only Tab, Enter and letters; sees where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def words(self) -> str:
        """What stands in or at the focused element."""
        return str(
            self.page.evaluate(
                "e => { e = document.activeElement; const l = e.labels && e.labels[0];"
                " return ((l && l.innerText) || e.innerText || e.value || '').trim() }"
            )
        )

    def tab_to(self, words: str, limit: int = 80) -> None:
        """Press Tab until the focus is there, and see that it shows."""
        # Without its styles a page shows no focus.
        self.page.wait_for_load_state("load")
        for _press in range(limit):
            self.page.keyboard.press("Tab")
            if words in self.words():
                assert self.page.evaluate(
                    "() => { const s = getComputedStyle(document.activeElement);"
                    " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' }"
                ), f"the focus on “{words}” cannot be seen"
                return
        raise AssertionError(f"{limit} presses of Tab do not lead to “{words}”")

    def press(self, words: str) -> None:
        """Go there and press Enter."""
        self.tab_to(words)
        self.page.keyboard.press("Enter")


def test_answer_by_keyboard_alone_gets_a_receipt(demo: Demo, open_browser: Browser) -> None:
    page, party = open_browser(), "Aalborg Universitetshospital"
    open_mail(page, demo, party, "udkast til sundhedsaftale")
    keys = Keyboard(page)

    keys.press("/l/")
    page.wait_for_url("**/l/**")
    keys.press("Gå til indhold")
    keys.press("Start")
    page.wait_for_url("**/svar/**")
    keys.press("Skriv et svar")
    page.wait_for_url("**/skriv/**")
    keys.tab_to("Generelle bemærkninger til udkastet")
    page.keyboard.type("Vi er klar.")
    keys.press("Læs afsnittet og skriv bemærkninger")
    keys.tab_to("Bemærkninger")
    page.keyboard.type("Godt begyndt.")
    keys.press("Send svaret")

    assert receipt_number(page)
    expect(page.get_by_role("main")).to_contain_text("Godt begyndt.")


def test_answer_page_in_english_stays_english(demo: Demo, open_browser: Browser) -> None:
    page = open_browser()
    open_mail(page, demo, "Praksisplanudvalget", "udkast til sundhedsaftale")
    press_link(page)
    page.get_by_role("button", name=re.compile("Start|Fortsæt")).click()

    page.get_by_role("button", name="English").first.click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Write an answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer")
    expect(page.get_by_role("main")).not_to_contain_text("Svarfrist")


def test_link_followed_by_a_scanner_changes_nothing(demo: Demo, open_browser: Browser) -> None:
    page, party = open_browser(), "Handicaprådet i Thisted"
    sign_in(page, demo)
    page.get_by_role("table").get_by_role("link", name="Sundhedsaftale for Region Nordjylland").click()
    page.get_by_role("link", name="Høring", exact=True).first.click()
    before = page.get_by_role("row", name=re.compile(party)).inner_text()
    board = page.url
    open_mail(page, demo, party, "udkast til sundhedsaftale")
    link = page.locator("a[href*='/l/']").first.get_attribute("href")
    assert link

    scanner = open_browser(javascript=False)
    for _time in range(5):
        assert scanner.request.head(link).status == 200
        assert scanner.request.get(link).status == 200
    scanner.goto(link)

    page.goto(board)
    assert page.get_by_role("row", name=re.compile(party)).inner_text() == before
    scanner.goto(link)
    expect(scanner.get_by_role("button", name="Start")).to_be_visible()
