"""import_seconds: 5,000 contacts in an Excel file, from the press to the page that shows what each line does."""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, at_most, measure_apart, say_pages
from tests.servers import postgres

if TYPE_CHECKING:
    from django.test import Client

LINES = 5_000
WRONG = 40
KNOWN = 1_000
"""So many of the lines name a body that there is, half of them with another address than the office has."""
TIMES = 3
TARGET = 5.0  # seconds


def measure() -> bool:
    """Start a PostgreSQL and measure there, in a process of its own."""
    with postgres() as address, tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        (Path(folder) / "static").mkdir()
        environment = {"DATABASE_URL": address, "VAR_DIR": folder, "REDIS_URL": "", "DEMO": "1"}
        return measure_apart("bench.importing", environment)


def figures() -> tuple[Figure]:
    """The figure, measured in the configured database, which must have the tables and no rows."""
    client, url = _page()
    content = a_list()
    taken = []
    for _time in range(TIMES):
        begun = time.perf_counter()
        shown = client.post(url, {"file": _file(content), "kind": "organisation", "do": "look"})
        taken.append(time.perf_counter() - begun)
        if f"{LINES - WRONG} rigtige linjer" not in shown.content.decode():
            sys.exit(f"import_seconds: the page does not say that {LINES - WRONG} lines are right")
    return (at_most("import_seconds", statistics.median(taken), "s", TARGET, "postgresql"),)


def a_list() -> bytes:
    """An Excel file of 5,000 contacts under headings, every 125th with an address that no mail can reach."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Kontakter")
    sheet.append(["Navn", "E-mail", "Att."])
    for number in range(LINES):
        address = "ingen" if number % (LINES // WRONG) == 0 else f"post{number}@forening{number}.example"
        sheet.append([f"Foreningen af Venner nr. {number}", address, f"Formand {number}"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _file(content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("kontakter.xlsx", content)


def _page() -> tuple[Client, str]:
    """A browser in which an officer is signed in who administers the office too, and the address of the page."""
    from django.test import Client
    from django.urls import reverse

    from tests.workflow.factories import an_office, an_officer
    from workflow.models import Body, Contact, Membership
    from workflow.rules import danish_sort_key

    office = an_office()
    officer = an_officer(office)
    Membership.objects.create(user=officer, office=office, role="admin")
    names = [f"Foreningen af Venner nr. {number}" for number in range(KNOWN)]
    bodies = Body.objects.bulk_create(
        Body(key=f"v-{at}", kind="organisation", name=name, sort_key=danish_sort_key(name))
        for at, name in enumerate(names)
    )
    Contact.objects.bulk_create(
        Contact(office=office, body=body, email="foer@forening.example") for body in bodies[::2]
    )
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="da")
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client, reverse("contacts_import", args=[office.public_id])


if __name__ == "__main__":
    say_pages(figures)
