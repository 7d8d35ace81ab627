"""Word files for tests that need one to be read, and not a particular one."""

from __future__ import annotations

import io

import docx


def a_word_file(*parts: tuple[int, str, str], title: str = "Sundhedsaftale") -> bytes:
    """A Word file of headings, each with its level and the paragraph under it."""
    document = docx.Document()
    document.add_paragraph(title, style="Title")
    for level, heading, text in parts:
        document.add_heading(heading, level)
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
