"""Word templates made for a test."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import docx
from docx.document import Document

from tests.workflow.agreements import a_file
from tests.workflow.factories import an_unnamed_officer
from workflow.models import Office, PaperTemplate, by

LETTER = ("{{ kontor }}", "{{ modtager }}", "{{ titel }}", "{{ tekst }}", "Med venlig hilsen {{ kontaktperson }}")


def a_word_template(*paragraphs: str, change: Callable[[Document], object] | None = None) -> bytes:
    """A Word file with these paragraphs; change: what else is done to it."""
    document = docx.Document()
    for words in paragraphs or LETTER:
        document.add_paragraph(words)
    if change:
        change(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def a_template(
    office: Office, now: datetime, kind: str = "hearing_letter", *paragraphs: str, is_in_use: bool = True
) -> PaperTemplate:
    """A template of an office, in use or waiting to be looked at."""
    file = a_file(office, now, f"{kind}.docx", a_word_template(*paragraphs))
    used_at = now if is_in_use else None
    given = {"office": office, "kind": kind, "file": file, "uploaded_at": now, "used_at": used_at}
    return PaperTemplate.objects.create(**given, **by(an_unnamed_officer()))


def paragraphs_of(content: bytes) -> list[str]:
    """The words of a Word file, paragraph by paragraph."""
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
