"""A document that is a zip archive of parts, opened with care: nothing is unpacked that is too large, no entity of its
XML is resolved, nothing outside it is fetched. Every reader of such a format opens its files here. Knows no Django."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, Final

from lxml import etree

from workflow.readers.document import Unreadable

_MOST_PARTS: Final = 10_000
_LARGEST_PART: Final = 64 * 1024**2  # bytes of XML: its tree takes some eight times as much
_LARGEST_WHOLE: Final = 1024 * 1024**2  # bytes, pictures with it
_SMALL: Final = 24 * 1024**2  # bytes that any file may unpack to, however well it was packed
_WELL_PACKED: Final = 120  # times: what a text of repeated tables comes to is under sixty
TORN: Final = (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error)
"""What `zipfile` raises for an archive that is none, or is torn."""


class Archive:
    """The parts of one file. Raises `Unreadable` for what is torn ("damaged") or packed too well ("bomb")."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except TORN as error:
            raise Unreadable from error
        self.entries = {entry.filename: entry for entry in self._archive.infolist()}
        # By what the archive says of itself; more than it says of a part is never unpacked.
        whole = sum(entry.file_size for entry in self._archive.infolist())
        if (
            len(self.entries) > _MOST_PARTS
            or whole > _LARGEST_WHOLE
            or whole > max(_SMALL, _WELL_PACKED * len(content))
        ):
            raise Unreadable("bomb")

    def read(self, part: str) -> bytes | None:
        """The bytes of a part; None where there is no such part. Raises `Unreadable` ("locked", "too_much",
        "damaged")."""
        entry = self.entries.get(part)
        if entry is None:
            return None
        if entry.flag_bits & 1:
            raise Unreadable("locked")
        if entry.file_size > _LARGEST_PART:
            raise Unreadable("too_much")
        try:
            return self._archive.read(entry)
        except TORN as error:
            raise Unreadable from error

    def beginning(self, part: str, most: int) -> bytes:
        """The first bytes of a part, `most` of them; none where there is no such part, or it is torn."""
        entry = self.entries.get(part)
        if entry is None:
            return b""
        try:
            with self._archive.open(entry) as content:
                return content.read(most)
        except TORN:
            return b""


def parsed(text: bytes) -> etree._Element:
    """A part as a tree of XML. Raises `Unreadable` for one that declares entities ("bomb"): no program does."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable from error
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise Unreadable("bomb")
    return root
