"""A version written on a page: what it will be read as is shown beside, and nothing is saved by showing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import an_agreement, officer_of
from tests.workflow.readers.pasted_html import LIKE_WORD, READ_LIKE_WORD
from tests.workflow.views.visitors import signed_in
from workflow.actions.documents import add_version, begin_document
from workflow.models import AuditEntry, Process, User

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

TEXT = """Forord.

# 1. Mål ##

Vi vil **mindre** ventetid.[^1]

| År | Tal |
| --- | --- |
| 2027 |  |

[^1]: Se bilaget.

### Bilag A: Ordliste

- et
- to"""


@pytest.fixture(autouse=True)
def at_nine() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def process() -> Process:
    return an_agreement(NOW)


@pytest.fixture
def officer(process: Process) -> Client:
    return signed_in(User.objects.get(public_id=officer_of(process).public_id))


def text_on(page: bytes) -> str:
    """The sections as a page shows them, whatever their addresses are and however deep they stand on it."""
    [sections] = re.findall(r'<div class="document-sections".*?</section>\s*</div>', page.decode(), re.DOTALL)
    sections = re.sub(r' id="afsnit-\w+"', "", sections)
    return " ".join(re.sub(r"(</?h)(\d)", lambda tag: f"{tag[1]}{max(int(tag[2]) - 1, 3)}", sections).split())


def test_show_a_version_being_written_shows_it_keeps_every_field_and_saves_nothing(
    process: Process, officer: Client
) -> None:
    document = begin_document(process, title="Aftale", markdown="# 1 Mål", actor=officer_of(process), now=NOW).document
    url = reverse("version_new", args=[process.public_id, document.public_id])
    seen = officer.get(url).context["hidden"]
    entries = AuditEntry.objects.count()
    file = SimpleUploadedFile("bilag.pdf", b"%PDF-1.4 bilag")

    page = officer.post(
        url, {"title": "Ny aftale", "text": TEXT, "file": file, "seen": seen, "key": "k1", "do": "look"}
    )

    assert page.status_code == 200
    assert [str(section) for section in page.context["shown_sections"]] == ["", "1 Mål", "Bilag A Ordliste"]
    words = page.content.decode()
    assert 'value="Ny aftale"' in words
    assert "# 1. Mål ##" in words
    assert "bilag.pdf" in words
    assert page.context["hidden"] == seen
    assert document.versions.count() == 1
    assert AuditEntry.objects.count() == entries


def test_show_save_read_and_write_on_a_version_it_is_the_same_each_time(process: Process, officer: Client) -> None:
    url = reverse("document_new", args=[process.public_id])
    shown = officer.post(url, {"title": "Aftale", "text": TEXT, "key": "k1", "do": "look"})
    saved = officer.post(url, {"title": "Aftale", "text": TEXT, "key": "k1"}, follow=True)
    version = saved.context["version"]
    written_on = officer.get(reverse("version_new", args=[process.public_id, version.document.public_id]))
    kept = written_on.context["form"].initial["text"]
    again = officer.post(url, {"title": "Aftale", "text": kept, "key": "k2", "do": "look"})

    assert text_on(saved.content) == text_on(shown.content) == text_on(written_on.content) == text_on(again.content)
    assert "<table>" in text_on(shown.content)


def test_show_a_version_a_colleague_has_written_meanwhile_shows_theirs_too(process: Process, officer: Client) -> None:
    document = begin_document(process, title="Aftale", markdown="# 1 Mål", actor=officer_of(process), now=NOW).document
    url = reverse("version_new", args=[process.public_id, document.public_id])
    seen = officer.get(url).context["hidden"]
    add_version(document, markdown="# 1 Kollegaens mål", actor=officer_of(process), now=NOW)

    page = officer.post(url, {"title": "Aftale", "text": "# 1 Mine mål", "seen": seen, "key": "k1", "do": "look"})

    assert "Kollegaens mål" in page.content.decode()
    assert "Mine mål" in page.content.decode()


def test_read_newest_version_offers_to_correct_it_and_an_earlier_one_does_not(
    process: Process, officer: Client
) -> None:
    first = begin_document(process, title="Aftale", markdown="# 1 Mål", actor=officer_of(process), now=NOW)
    second = add_version(first.document, markdown="# 1 Mål\n\nNye.", actor=officer_of(process), now=NOW)
    address = reverse("version_new", args=[process.public_id, first.document.public_id])

    pages = [
        officer.get(reverse("document_version", args=[process.public_id, version.public_id])).content.decode()
        for version in (first, second)
    ]

    assert [address in page for page in pages] == [False, True]


def test_paste_into_a_version_gives_its_markdown_and_says_what_is_not_carried(
    process: Process, officer: Client
) -> None:
    entries = AuditEntry.objects.count()

    answer = officer.post(reverse("pasted_text", args=[process.public_id]), {"html": LIKE_WORD})

    assert answer.status_code == 200
    assert answer.json()["text"] == READ_LIKE_WORD
    said = answer.json()["said"]
    assert "2 registrerede ændringer, regnet som godkendt" in said
    assert "1 kommentar" in said
    assert "1 billede" in said
    assert AuditEntry.objects.count() == entries


def test_paste_into_a_version_what_cannot_be_read_says_what_is_lost(process: Process, officer: Client) -> None:
    answer = officer.post(reverse("pasted_text", args=[process.public_id]), {"html": "<div>" * 300 + "ord"})

    assert answer.status_code == 422
    assert "overskrifter, lister og tabeller er gået tabt" in answer.json()["said"]


def test_read_page_to_write_a_version_without_script_says_what_pasting_loses(process: Process, officer: Client) -> None:
    page = officer.get(reverse("document_new", args=[process.public_id])).content.decode()

    assert "<noscript>" in page.split("<main")[1]
    assert "mister det, der indsættes her fra Word" in page
