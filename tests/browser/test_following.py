"""A long text is asked for, followed, left, and fetched; with script and without, by an officer and by a body."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import browser_cookies
from tests.browser.watching import sideways, violations
from tests.workflow.agreements import in_approval, request_to
from tests.workflow.views.long_work import NOW, its_officer, version_of
from tests.workflow.views.visitors import holder_of
from workflow.actions.jobs import claim_job, run_jobs
from workflow.models import Job
from workflow.reports.papers import long

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LATER = NOW + timedelta(hours=1)  # than whatever the clock of the page says


@pytest.fixture(autouse=True)
def settled(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk of its own; every text is long."""
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    monkeypatch.setattr(long, "LONG", 1)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("who", ["officer", "body"])
def test_follow_a_long_text_the_page_goes_on_by_itself_and_ends_with_the_file(
    live_server: LiveServer, open_browser: Callable[..., Page], who: str, javascript: bool
) -> None:
    with time_machine.travel(NOW, tick=True):
        process = in_approval(NOW)
        asked, version = request_to(process, "council-1"), version_of(process)
        client = its_officer(process) if who == "officer" else holder_of(asked.link)
        page = open_browser(
            narrow=who == "body", javascript=javascript, cookies=browser_cookies(client, live_server.url)
        )
        at = (
            reverse("document_version", args=[process.public_id, version.public_id])
            if who == "officer"
            else reverse("decision_document_link", args=[asked.link.public_id, version.public_id])
        )
        page.goto(live_server.url + at)

        page.get_by_role("link", name="Hent som PDF", exact=True).click()
        page.get_by_text("Venter på tur").wait_for()
        if javascript:
            assert violations(page) == []
            assert sideways(page) == 0
        taken = claim_job(LATER)
        assert taken is not None
        Job.objects.update(progress=42, total=100)
        page.get_by_text("42 % færdig").wait_for()
        Job.objects.update(lease_until=NOW)
        page.goto(live_server.url + at)  # leaving loses nothing
        run_jobs(LATER)
        page.go_back()
        fetch = page.get_by_role("link", name="Hent", exact=True)
        fetch.wait_for()
        if javascript:
            assert violations(page) == []
        with page.expect_download() as download:
            fetch.click()

        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
