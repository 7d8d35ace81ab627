"""What kind of file some bytes are, whatever its name says. Knows no Django."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from workflow.readers.archive import TORN
from workflow.readers.document import Unreadable

_COMPOUND: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_HEAD: Final = 1024  # bytes: within these a PDF may begin
_LONGEST_KIND: Final = 200  # bytes of the part in which an OpenDocument names its kind
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"8BPS")
_PHONE_PICTURES: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")

# Files of old Office and Outlook are compound files whose directory names one of these.
_IN_COMPOUND: Final = (
    ("EncryptedPackage", "locked"),
    ("WordDocument", "old_word"),
    ("__properties_version1.0", "mail"),
    ("Workbook", "spreadsheet"),
    ("PowerPoint Document", "slides"),
)
_IN_OFFICE: Final = (("word/", "docx"), ("xl/", "spreadsheet"), ("ppt/", "slides"))
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
_OPEN_DOCUMENTS: Final = (("text", "odt"), ("spreadsheet", "spreadsheet"), ("presentation", "slides"))


def kind_of(content: bytes) -> str:
    """The kind of a file that can be read: "docx", "odt" or "pdf". Raises `Unreadable` for all else, with why."""
    kind = _of_bytes(content)
    if kind not in ("docx", "odt", "pdf"):
        raise Unreadable(kind)
    return kind


def _of_bytes(content: bytes) -> str:
    head = content[:_HEAD]
    if not content.strip(b"\x00 \r\n\t"):
        return "empty"
    if head.startswith(_COMPOUND):
        return next((kind for name, kind in _IN_COMPOUND if name.encode("utf-16-le") in content), "kind")
    if head.startswith(b"PK"):
        return _of_archive(content)
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"{\\rtf"):
        return "old_word"
    if head.startswith(_PICTURES) or (head[4:8] == b"ftyp" and head[8:12] in _PHONE_PICTURES):
        return "picture"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "picture"
    is_mail = re.match(rb"(?:received|from|return-path|message-id|date|delivered-to):[^\n]*\n", head, re.IGNORECASE)
    return "mail" if is_mail else "kind"


def _of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            mimetype = b""
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= _LONGEST_KIND:
                mimetype = archive.read("mimetype")
    except TORN as error:
        raise Unreadable from error
    if "[Content_Types].xml" in names:
        # Where the text lies is said by relations: what is of neither kind is left to the reader of texts.
        return next((kind for folder, kind in _IN_OFFICE if any(name.startswith(folder) for name in names)), "docx")
    told = mimetype.decode("ascii", "replace").strip().removeprefix(_OPEN_DOCUMENT)
    for beginning, kind in _OPEN_DOCUMENTS:
        if told.startswith(beginning):
            return kind
    if any(name.endswith(".iwa") or name in ("Index.zip", "index.xml.gz") for name in names):
        return "pages"
    return "archive"
