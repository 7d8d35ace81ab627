"""The parts of an ODT, and the names of their elements (OpenDocument 1.3, part 3)."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from lxml import etree

from workflow.readers.archive import Archive, parsed
from workflow.readers.document import Unreadable

_OASIS: Final = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE: Final = _OASIS + "office:1.0}"
TEXT: Final = _OASIS + "text:1.0}"
TABLE: Final = _OASIS + "table:1.0}"
DRAW: Final = _OASIS + "drawing:1.0}"
STYLE: Final = _OASIS + "style:1.0}"
FO: Final = _OASIS + "xsl-fo-compatible:1.0}"
SVG: Final = _OASIS + "svg-compatible:1.0}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"
LOEXT: Final = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"

_MANIFEST: Final = _OASIS + "manifest:1.0}"


class Package:
    """The parts of an ODT. Raises `Unreadable` for what is torn, packed too well, or encrypted ("locked")."""

    def __init__(self, content: bytes) -> None:
        self.archive = Archive(content)
        manifest = self._tree("META-INF/manifest.xml")
        self._kinds: dict[str, str] = {}
        for entry in manifest.iter(f"{_MANIFEST}file-entry") if manifest is not None else ():
            path = str(entry.get(f"{_MANIFEST}full-path") or "").strip("/")
            self._kinds[path] = str(entry.get(f"{_MANIFEST}media-type") or "")
            # Part 2, 3.4: of a part that is encrypted the manifest says how.
            if entry.find(f"{_MANIFEST}encryption-data") is not None:
                raise Unreadable("locked")

    @cached_property
    def content(self) -> etree._Element:
        """The text with its automatic styles."""
        tree = self._tree("content.xml")
        if tree is None:
            raise Unreadable
        return tree

    @cached_property
    def styles(self) -> etree._Element | None:
        """The named styles, and the heads and feet of the pages."""
        return self._tree("styles.xml")

    @cached_property
    def title(self) -> str:
        """What the file's properties call it; "" for nothing."""
        meta = self._tree("meta.xml")
        title = next(meta.iter(f"{DC}title"), None) if meta is not None else None
        return " ".join((title.text or "").split()) if title is not None else ""

    def kind_of(self, part: str) -> str:
        """The media type of an object within the file; "" where the manifest does not say."""
        return self._kinds.get(part.removeprefix("./").strip("/"), "")

    def _tree(self, part: str) -> etree._Element | None:
        text = self.archive.read(part)
        return parsed(text) if text is not None else None


def figure(element: etree._Element, name: str, otherwise: int) -> int:
    """An attribute that is a number from 0; `otherwise` where it is not there or is none."""
    text = str(element.get(name) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def words_in(element: etree._Element) -> str:
    """All words within an element, whatever they stand in; "" for nothing but blanks."""
    return "".join(map(str, element.itertext())).strip()
