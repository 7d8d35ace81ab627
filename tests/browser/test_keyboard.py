"""By keyboard alone: Tab leads from the top of every page through all that can be pressed or filled in, in the order it
stands in, always to be seen, and out again; Enter opens what is folded."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.architecture.estate import NOW, an_estate
from tests.browser.test_pages import browser_cookies, pages, visitors

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GROUPS = {"secretariat": ("secretariat", "auditor", "signed_in")}
PAGES = 8  # of each group, drawn anew each time
MOST = 150  # presses of Tab

STOPS = """() => {
    const shown = (one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled && one.tabIndex >= 0;
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
    const radios = new Set();
    const stops = all.filter(shown).filter((one) => {
        if (one.type !== "radio") return true;
        const group = document.querySelectorAll(`input[type=radio][name="${one.name}"]`);
        const chosen = [...group].find((radio) => radio.checked) || group[0];
        return one === chosen && radios.add(one.name);
    });
    stops.forEach((one, number) => { one.dataset.stop = number; });
    return stops.map((one) => one.outerHTML.slice(0, 120));
}"""
HERE = """() => {
    const one = document.activeElement;
    if (!one || one === document.body || one === document.documentElement) return null;
    const box = one.getBoundingClientRect();
    const seen = (element) => {
        const style = element && getComputedStyle(element);
        return style && (style.outlineStyle !== "none" && style.outlineWidth !== "0px" || style.boxShadow !== "none");
    };
    const label = one.labels && one.labels[0];
    const before = label && getComputedStyle(label, "::before");
    const drawn = before && (before.outlineStyle !== "none" || before.boxShadow !== "none");
    const marked = seen(one) || seen(label) || drawn;
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return {stop: Number(one.dataset.stop ?? -1), words: one.outerHTML.slice(0, 120), marked: Boolean(marked), inside};
}"""


def faults_by_keyboard(page: Page) -> list[str]:
    """What somebody without a mouse meets on the page: what Tab passes over, shows nowhere or never leaves."""
    stops: list[str] = page.evaluate(STOPS)
    reached, faults = [], []
    for _press in range(MOST):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            break
        if here["stop"] in reached:
            break
        reached.append(here["stop"])
        if not (here["marked"] and here["inside"]):
            faults.append(f"the focus cannot be seen: {here['words']}")
    else:
        return [f"{MOST} presses of Tab do not lead through the page"] if len(stops) < MOST else faults
    if passed := [stops[number] for number in range(len(stops)) if number not in reached]:
        faults.append(f"Tab passes over {passed}")
    if reached != sorted(reached):
        faults.append(f"the order is {reached}")
    return faults


@pytest.mark.parametrize("wanted", ["anonymous", "link_holder", "secretariat", "body_member"])
def test_walk_pages_by_tab_reaches_everything_in_order_and_in_sight(
    wanted: str, live_server: LiveServer, settings: Any, open_browser: Callable[..., Page]
) -> None:
    settings.DEMO = True
    faults = []
    with time_machine.travel(NOW, tick=True):
        estate = an_estate("bymidte")
        client = visitors(estate)[wanted]
        page = open_browser(cookies=browser_cookies(client, live_server.url))
        mine = [one for one in pages(estate) if one[1] in GROUPS.get(wanted, (wanted,))]
        readable = [(name, path) for name, _policy, path in mine if is_page(client.get(path))]
        for name, path in random.sample(readable, min(PAGES, len(readable))):
            page.goto(live_server.url + path)
            faults += [f"{name}: {one}" for one in faults_by_keyboard(page)]
            page.goto(live_server.url + path)
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            if page.evaluate("document.activeElement.id") != "main-content":
                faults.append(f"{name}: the first stop does not lead to the content")
            folded = page.locator("main details:not([open]) > summary")
            for _one in range(folded.count()):
                folded.first.press("Enter")
            if folded.count():
                faults.append(f"{name}: Enter does not open what is folded")
    assert readable
    assert not faults, "\n".join(faults)


def is_page(probe: Any) -> bool:
    return probe.status_code == 200 and probe.get("Content-Type", "").startswith("text/html")
