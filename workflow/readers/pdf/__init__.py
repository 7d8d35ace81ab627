"""Reads the text of a PDF. It has no paragraphs and no headings: they are known by where the words stand and how they
look."""

from __future__ import annotations

from workflow.readers.document import FoundDocument
from workflow.readers.pdf.body import Body
from workflow.readers.pdf.pages import Pages


def read(content: bytes, original: bool) -> FoundDocument:
    """The text of a PDF page by page, every heading proposed; of a scan no sections, and how many pages are pictures.

    original: a PDF has no tracked changes, so it is the same text. Raises `Unreadable` ("locked", "damaged").
    """
    return Body(Pages(content)).read()
