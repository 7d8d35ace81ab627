"""Browsers for the journeys: Danish, watched for errors, wide and narrow; and the demo they go through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.demo import Demo, running_demo
from tests.browser.watching import Watch

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo of `make run`, running."""
    with running_demo(Path(tmp_path_factory.mktemp("demo"))) as running:
        yield running


@pytest.fixture
def open_browser(new_context: Any) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser of its own; what goes wrong in it fails the test."""
    watches: list[Watch] = []

    def opened(*, narrow: bool = False, javascript: bool = True, cookies: tuple[dict[str, Any], ...] = ()) -> Page:
        context: BrowserContext = new_context(
            viewport=NARROW if narrow else WIDE, java_script_enabled=javascript, locale="da-DK", has_touch=narrow
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies(list(cookies))  # type: ignore[arg-type]
        watches.append(Watch(context))
        return context.new_page()

    yield opened
    assert not [trouble for watch in watches for trouble in watch.troubles]
