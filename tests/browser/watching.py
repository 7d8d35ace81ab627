"""What goes wrong in a browser without being seen: script errors, refused resources, breaches of the content security
policy, pages wider than the window, and what axe finds."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page


class Watch:
    """Collects `troubles` of every page of a browser. The status of a page itself is the test's business."""

    def __init__(self, context: BrowserContext) -> None:
        self.troubles: list[str] = []
        self._pages: set[str] = set()
        context.on("response", self._note_page)
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))

    def _note_page(self, response: Any) -> None:
        if response.request.resource_type == "document":
            self._pages.add(response.url)
        elif response.status >= 400:
            self.troubles.append(f"{response.status} for {response.url}")

    def _note_message(self, message: Any) -> None:
        is_status_of_page = (
            message.text.startswith("Failed to load resource") and message.location["url"] in self._pages
        )
        if message.type in ("error", "warning") and not is_status_of_page:
            self.troubles.append(f"{message.type} on {message.location['url']}: {message.text}")


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} ({node['failureSummary']})" for one in found for node in one["nodes"]]
