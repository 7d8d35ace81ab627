"""Pictures for tests, and Word files that hold some."""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from collections.abc import Sequence

import docx
from docx.shared import Mm
from PIL import Image

from workflow.readers import FoundPicture

RED, BLUE = (180, 30, 40), (20, 60, 160)


def a_picture(colour: tuple[int, int, int] = RED, kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture all of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


def name_of(content: bytes, ending: str = "png") -> str:
    """What a text calls a picture."""
    return f"{hashlib.sha256(content).hexdigest()}.{ending}"


def found(content: bytes, size: tuple[int, int] = (40, 30)) -> FoundPicture:
    """A PNG as a reader hands it over."""
    return FoundPicture(name_of(content), *size, b64encode(content).decode())


def a_word_file_with(*pictures: tuple[bytes, str], between: Sequence[str] = (), heading: str = "1 Tal") -> bytes:
    """A Word file with a heading, a paragraph, and pictures under it, each with its words; `between` stand behind."""
    document = docx.Document()
    document.add_paragraph("Sundhedsaftale", style="Title")
    document.add_heading(heading, 1)
    document.add_paragraph("Antallet af genindlæggelser falder i hele regionen, som kurven viser.")
    for content, described in pictures:
        shape = document.add_picture(io.BytesIO(content), width=Mm(40))
        shape._inline.docPr.set("descr", described)
    for words in between:
        document.add_paragraph(words)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
