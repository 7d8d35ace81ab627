"""A DOCX as a zip archive of parts with relations between them, opened with care: nothing outside it is fetched."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lxml import etree

from workflow.readers.archive import Archive, parsed
from workflow.readers.document import Unreadable

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15: Final = "{http://schemas.microsoft.com/office/word/2012/wordml}"

_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
# What "Strict Open XML" calls the namespaces (ISO/IEC 29500-1), and what everybody else does.
_STRICT: Final = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points to. kind: the last word of its type ("image"). target: the name of a part; an address where it
    is `external`."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of a DOCX.

    Raises `Unreadable` for what is torn ("damaged"), packed too well ("bomb"), locked ("locked"), has macros ("macros")
    or is no text document ("kind").
    """

    def __init__(self, content: bytes) -> None:
        self.archive = Archive(content)
        self._refuse_macros()
        self._related: dict[str, dict[str, Relation]] = {}

    @cached_property
    def main(self) -> str:
        """The name of the part that holds the text; it need not be "word/document.xml"."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and not relation.external:
                if "wordprocessingml" not in self._types.get(relation.target, "wordprocessingml"):
                    raise Unreadable("kind")
                return relation.target
        raise Unreadable

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part points to, by the names it uses for it; "" for the package itself."""
        if part not in self._related:
            folder, name = posixpath.split(part)
            root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
            found = {}
            for each in root.iter(_RELATIONS) if root is not None else ():
                external = each.get("TargetMode") == "External"
                target = each.get("Target", "")
                if not external:
                    target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[each.get("Id", "")] = Relation(each.get("Type", "").rpartition("/")[2], target, external)
            self._related[part] = found
        return self._related[part]

    def part_of(self, kind: str) -> etree._Element | None:
        """The first part of a kind that the text points to: "styles", "numbering"; None where there is none."""
        name = self.name_of(kind)
        return self.tree(name) if name else None

    def name_of(self, kind: str) -> str:
        """What the first part of a kind is called; "" where there is none."""
        related = self.relations(self.main).values()
        return next((each.target for each in related if each.kind == kind and not each.external), "")

    def tree(self, part: str) -> etree._Element | None:
        """A part as a tree of XML; None where there is no such part."""
        text = self.archive.read(part)
        if text is None:
            return None
        if b"http://purl.oclc.org/ooxml/" in text:
            for strict, usual in _STRICT:
                text = text.replace(strict, usual)
        return parsed(text)

    @cached_property
    def _types(self) -> dict[str, str]:
        """The content types of parts that are named one by one."""
        root = self.tree("[Content_Types].xml")
        if root is None:
            raise Unreadable
        return {
            each.get("PartName", "").lstrip("/"): each.get("ContentType", "")
            for each in root.iter(f"{{{_TYPES}}}Override")
        }

    def _refuse_macros(self) -> None:
        root = self.tree("[Content_Types].xml")
        types = (
            [each.get("ContentType", "") for each in root.iter() if isinstance(each.tag, str)]
            if root is not None
            else []
        )
        if any("macroEnabled" in each or each.endswith("vbaProject") for each in types):
            raise Unreadable("macros")
        if any(name.endswith("vbaProject.bin") for name in self.archive.entries):
            raise Unreadable("macros")


def value(element: etree._Element | None, name: str = "val") -> str:
    """An attribute in the text's own name space; "" where it is not there."""
    return "" if element is None else str(element.get(W + name) or "")


def is_on(element: etree._Element | None) -> bool | None:
    """A switch such as bold: on, off, or None where nothing is said."""
    if element is None:
        return None
    return value(element).lower() not in ("0", "false", "off", "none")
