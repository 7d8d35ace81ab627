"""The loop of an officer: a text is fetched as Word, worked on, and read in again as the next version."""

from __future__ import annotations

import io

import docx
import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.views.test_reading_in import (
    ECONOMY,
    GOALS,
    VISION,
    _at_nine,
    a_read_document,
    officer,
    process,
    read_in,
    url_of,
)
from workflow.models import DocumentVersion, Process

__all__ = ["_at_nine", "officer", "process"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def fetched(browser: Client, version: DocumentVersion) -> bytes:
    """The text as Word, from its page."""
    ids = [version.document.process.public_id, version.public_id, "docx"]
    return b"".join(browser.get(reverse("document_paper", args=ids)))  # type: ignore[arg-type]


def test_fetch_a_text_change_a_word_and_read_it_in_twice_its_sections_are_found_without_a_hand(
    process: Process,
    officer: Client,
) -> None:
    document = a_read_document(process, officer)
    first = document.versions.get()
    words = GOALS

    for number, better in ((2, "femten procent"), (3, "tyve procent")):
        newest = document.versions.latest("number")
        file = docx.Document(io.BytesIO(fetched(officer, newest)))
        for paragraph in file.paragraphs:
            if "procent" in paragraph.text:
                words = paragraph.text.replace("ti procent", better).replace("femten procent", better)
                paragraph.text = words
        changed = io.BytesIO()
        file.save(changed)
        answer = read_in(officer, url_of(document), changed.getvalue(), key=f"k{number}")
        assert answer.status_code == 302
        later = document.versions.get(number=number)
        rows = list(later.sections.values_list("level", "number", "heading", "text", "lineage_id"))
        assert [row[:3] for row in rows] == [(1, "1", "Vision"), (2, "1.1", "Mål"), (1, "2", "Økonomi")]
        assert [row[3] for row in rows] == [VISION, words, ECONOMY]
        assert [row[4] for row in rows] == list(first.sections.values_list("lineage_id", flat=True))
        assert better in words
