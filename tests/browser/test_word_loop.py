"""A text goes out as a Word file and comes back, twice: read in, locked, fetched, changed in LibreOffice, read in
again, compared and put forward."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_pages import browser_cookies
from tests.browser.test_without_script import Officer
from tests.consultations.factories import LAUNCHED, heard_process
from tests.consultations.views.conftest import officer_of
from tests.workflow.word_files import a_word_file
from workflow.models import Document, Process
from workflow.queries.documents import current_bundle

OFFICE_SUITE = shutil.which("soffice") or ""
MINUTE = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not OFFICE_SUITE, reason="LibreOffice is not on this machine: no text can be changed in it"),
]

VISION = "Borgeren skal møde et sammenhængende forløb, uanset hvem der har ansvaret for den enkelte del af det."
GOALS = "Vi vil have ti procent færre genindlæggelser blandt ældre patienter inden udgangen af 2027."
ECONOMY = "Parterne afholder hver sine udgifter, og ingen opgave flyttes, før det er aftalt, hvem der betaler for den."


def converted(file: Path, ending: str) -> Path:
    """The file as LibreOffice writes it in another format."""
    profile = file.parent / "profile"
    command = [OFFICE_SUITE, "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", ending]
    subprocess.run(
        [*command, "--outdir", str(file.parent), str(file)], check=True, capture_output=True, timeout=2 * MINUTE
    )
    return file.with_suffix(f".{ending}")


def changed_in_libreoffice(file: Path, changes: dict[str, str]) -> Path:
    """Opened there, words changed, and saved as a Word file there."""
    flat = converted(file, "fodt")
    text = flat.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in the file"
        text = text.replace(old, new)
    flat.write_text(text, encoding="utf-8")
    return converted(flat, "docx")


def read_in(officer: Officer, process: Process, file: Path, document: Document | None) -> None:
    """Read a file in as an officer does: look at what was found, save it as it stands."""
    page = officer.page
    if document is None:
        officer.goes_to("document_read_in", process.public_id)
    else:
        officer.goes_to("version_read_in", process.public_id, document.public_id)
    page.set_input_files("input[type=file]", file)
    officer.presses("Vis, hvad der blev fundet")
    page.locator("button[name=do][value=write]").click()
    assert not page.title().strip().startswith("Fejl:"), page.locator("main").inner_text()


def test_read_in_lock_fetch_change_in_libreoffice_and_read_in_again_twice(
    live_server: LiveServer, settings: Any, open_browser: Callable[..., Page], tmp_path: Path
) -> None:
    settings.DEMO = True
    with time_machine.travel(LAUNCHED, tick=True):
        process = heard_process(LAUNCHED, 2)
        page = open_browser(cookies=browser_cookies(officer_of(process.office), live_server.url))
        officer, at = Officer(page, live_server.url), process.public_id
        file = tmp_path / "aftale.docx"
        file.write_bytes(a_word_file((1, "1 Vision", VISION), (2, "1.1 Mål", GOALS), (1, "2 Økonomi", ECONOMY)))

        read_in(officer, process, file, None)
        document = process.documents.get()
        officer.goes_to("bundle_new", at)
        officer.presses("Lås")
        officer.goes_to("bundle_put_forward", at, process.bundles.get().public_id)
        page.get_by_label("Hvorfor fremlægges").fill("Første udkast")
        officer.presses("Fremlæg sættet")
        lineage = set(document.versions.get().sections.values_list("lineage_id", flat=True))
        changes = [
            ({"inden udgangen af 2027": "inden udgangen af 2028"}, "2028"),
            ({"sammenhængende forløb": "trygt og sammenhængende forløb", "hver sine": "selv deres"}, "trygt"),
        ]
        for number, (words, shown) in enumerate(changes, start=2):
            latest = document.versions.order_by("-number")[0]
            officer.goes_to("document_version", at, latest.public_id)
            with page.expect_download() as fetching:
                page.get_by_role("link", name="Hent som Word").first.click()
            fetched = tmp_path / f"hentet-{number}.docx"
            fetching.value.save_as(fetched)

            read_in(officer, process, changed_in_libreoffice(fetched, words), document)

            version = document.versions.get(number=number)
            rows = list(version.sections.values_list("number", "heading"))
            assert rows == [("1", "Vision"), ("1.1", "Mål"), ("2", "Økonomi")]
            assert set(version.sections.values_list("lineage_id", flat=True)) == lineage
            officer.goes_to("versions_compared", at, latest.public_id, version.public_id)
            assert any(shown in added for added in page.locator("ins").all_inner_texts())
            officer.goes_to("bundle_new", at)
            page.get_by_label("Indholdsmæssig ændring").check()
            officer.presses("Lås")
            bundle = process.bundles.get(number=number)
            officer.goes_to("bundle_put_forward", at, bundle.public_id)
            page.get_by_label("Hvorfor fremlægges").fill("Rettet i Word")
            officer.presses("Fremlæg sættet")
            assert current_bundle(bundle.line_id) == bundle
