"""What stands inside a paragraph: runs with their look, tracked changes, edges of comments, notes, pictures, fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from workflow.readers.docx.package import R, Relation, W, is_on, value
from workflow.readers.docx.styles import Style, Styles
from workflow.readers.pieces import PLAIN, Change, Comment, Edge, Look, Piece, Run, plain
from workflow.readers.writing import as_href, as_picture

MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V: Final = "{urn:schemas-microsoft-com:vml}"
_O: Final = "{urn:schemas-microsoft-com:office:office}"

_THROUGH: Final = frozenset(
    f"{W}{name}" for name in ("smartTag", "customXml", "sdtContent", "dir", "bdo", "rubyBase", "ruby")
)
_CHANGES: Final = {f"{W}ins": "inserted", f"{W}moveTo": "inserted", f"{W}del": "deleted", f"{W}moveFrom": "deleted"}
_LISTED: Final = ("TOC", "INDEX", "TOA", "RD")
"""Fields whose result is a list made from the text, and no text."""
_PRIVATE: Final = re.compile(r"[\ue000-\uf8ff]")  # where fonts have signs of their own
_SIDES: Final = ("left", "top", "right", "bottom")
_RAISED: Final = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_SYMBOLS: Final = {
    "F0B7": "•",
    "F0A7": "▪",
    "F0D8": "➢",
    "F0FC": "✓",
    "F0FB": "✗",
    "F0FE": "☑",
    "F0A8": "☐",
    "F06F": "☐",
    "F0E0": "→",
    "F0DF": "←",
    "F0B3": "≥",
    "F0A3": "≤",
    "F0B1": "±",
    "F0B0": "°",
}
"""Signs of the Symbol and Wingdings fonts that have a place in Unicode, by their code (Word puts them at F000)."""


@dataclass(slots=True)
class _Field:
    """A field under way: its instruction, and whether its result has begun."""

    instruction: str = ""
    has_result: bool = False

    @property
    def name(self) -> str:
        words = self.instruction.split()
        return words[0].upper() if words else ""


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a run: the change, whether that is shown, the address it leads to, its paragraph's style."""

    change: Change | None = None
    is_shown: bool = True
    href: str = ""
    style: Style | None = None


@dataclass(slots=True)
class Note:
    """A footnote or endnote referred to: the number it gets and the words for it."""

    number: str
    element: etree._Element


@dataclass(slots=True)
class Inline:
    """Reads paragraphs one after the other; what goes on from one to the next (fields, comments) is kept between them.

    lost: counts what cannot be carried. note: makes the number of a footnote or endnote that is referred to, or "" for
    one that is not there. picture: what the text calls a picture. skipped_fields: names of further fields whose result
    is not read.
    """

    styles: Styles
    relations: dict[str, Relation]
    original: bool
    lost: Counter[str]
    note: Callable[[str, str], str]
    picture: Callable[[Relation], str]
    skipped_fields: tuple[str, ...] = ()
    comments: dict[str, Comment] = field(default_factory=dict)
    ranged: set[str] = field(default_factory=set)
    _fields: list[_Field] = field(default_factory=list)
    _was_hidden: bool = False
    _open: list[Comment] = field(default_factory=list)

    def pieces_of(self, paragraph: etree._Element, style: Style | None) -> list[Piece]:
        """A paragraph's pieces in their order."""
        pieces: list[Piece] = [Edge(comment, True) for comment in self._open]
        self._was_hidden = False
        self._walk(paragraph, _Around(style=style), pieces)
        # Only results reach over several paragraphs: an instruction that does not end is a damaged one.
        self._fields = [one for one in self._fields if one.has_result]
        return pieces

    @contextmanager
    def apart(self, relations: dict[str, Relation]) -> Iterator[None]:
        """For what stands elsewhere than where it is referred to: open comments and fields do not hold there, and its
        part has relations of its own."""
        kept, self._open, fields, self._fields = self._open, [], self._fields, []
        relations, self.relations = self.relations, relations
        yield
        self._open, self._fields, self.relations = kept, fields, relations

    def leave_contents(self) -> None:
        """A heading stands in no table of contents: one that is still open was never ended."""
        self._fields = [one for one in self._fields if one.name not in _LISTED]

    def change_of_end(self, properties: etree._Element | None) -> Change | None:
        """The change by which a paragraph's end was put in or taken out; None where it is an old one."""
        mark = properties.find(f"{W}rPr") if properties is not None else None
        for tag in _CHANGES if mark is not None else ():
            element = mark.find(tag)  # type: ignore[union-attr]
            if element is not None:
                return self._changed(element, _Around()).change
        return None

    def edge(self, element: etree._Element) -> Edge | None:
        """Where a comment begins or ends; None for any other element."""
        if element.tag not in (f"{W}commentRangeStart", f"{W}commentRangeEnd"):
            return None
        comment = self._comment(value(element, "id"))
        is_start = element.tag == f"{W}commentRangeStart"
        if is_start:
            self._open.append(comment)
        elif comment in self._open:
            self._open.remove(comment)
        return Edge(comment, is_start)

    def _comment(self, key: str) -> Comment:
        return self.comments.setdefault(key, Comment(key))

    def _shows(self, change: Change) -> bool:
        return (change.kind == "deleted") == self.original

    @property
    def _is_skipping(self) -> bool:
        return any(not one.has_result or one.name in (*_LISTED, *self.skipped_fields) for one in self._fields)

    def _walk(self, parent: etree._Element, around: _Around, pieces: list[Piece]) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child, around, pieces)
            elif tag in _CHANGES:
                self._walk(child, self._changed(child, around), pieces)
            elif tag == f"{W}hyperlink":
                self._walk(child, replace(around, href=self._address(str(child.get(f"{R}id") or ""))), pieces)
            elif tag == f"{W}fldSimple":
                self._simple_field(child, around, pieces)
            elif tag in _THROUGH or tag == f"{W}sdt":
                self._walk(child, around, pieces)
            elif tag == f"{MC}AlternateContent":
                self._walk(chosen(child), around, pieces)
            elif tag in (f"{_M}oMath", f"{_M}oMathPara"):
                self.lost["equations"] += 1
            elif (edge := self.edge(child)) is not None:
                self.ranged.add(edge.comment.key)
                pieces.append(edge)

    def _changed(self, element: etree._Element, around: _Around) -> _Around:
        kind = _CHANGES[element.tag]
        is_move = element.tag in (f"{W}moveTo", f"{W}moveFrom")
        change = Change(kind, value(element, "author"), value(element, "date") or None, is_move)  # type: ignore[arg-type]
        return replace(around, change=change, is_shown=around.is_shown and self._shows(change))

    def _address(self, relation: str) -> str:
        """Where a link leads to outside the document, as far as that is an address of the web or of mail."""
        target = self.relations[relation].target if relation in self.relations else ""
        return as_href(target) if target.lower().startswith(("http://", "https://", "mailto:")) else ""

    def _simple_field(self, element: etree._Element, around: _Around, pieces: list[Piece]) -> None:
        self._fields.append(_Field(value(element, "instr"), True))
        self._walk(element, around, pieces)
        self._fields.pop()

    # ── Runs ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _run(self, run: etree._Element, around: _Around, pieces: list[Piece]) -> None:
        properties = run.find(f"{W}rPr")
        if properties is not None and properties.find(f"{W}rPrChange") is not None:
            self.lost["formatting_changes"] += 1
            if self.original:
                properties = properties.find(f"{W}rPrChange/{W}rPr")
        style = self.styles.find(value(properties.find(f"{W}rStyle"))) if properties is not None else None

        def switch(name: str) -> bool:
            own = is_on(properties.find(f"{W}{name}")) if properties is not None else None
            return bool(own if own is not None or style is None else style.switch(name))

        is_hidden = switch("vanish") or (around.style is not None and bool(around.style.switch("vanish")))
        if _typed(run):
            self.lost["hidden"] += is_hidden and not self._was_hidden
            self._was_hidden = is_hidden
        if is_hidden:
            return
        is_heading = around.style is not None and around.style.level > 0
        look = Look(
            switch("b") and not is_heading,
            switch("i") and not is_heading,
            switch("strike") or switch("dstrike"),
            around.href,
        )
        raised = value(properties.find(f"{W}vertAlign")) == "superscript" if properties is not None else False
        self._inside(run, look, around, raised, pieces)

    def _inside(self, run: etree._Element, look: Look, around: _Around, raised: bool, pieces: list[Piece]) -> None:
        for child in run:
            words = self._words(child)
            if words is not None:
                if words and not self._is_skipping:
                    self.lost["symbols"] += len(_PRIVATE.findall(words))
                    words = plain(words.translate(_RAISED) if raised else words)
                    pieces.append(Run(words, self._linked(look), around.change, around.is_shown))
            elif child.tag == f"{W}fldChar":
                self._field_sign(value(child, "fldCharType"))
                self.lost["form_fields"] += child.find(f"{W}ffData") is not None
            elif child.tag == f"{W}instrText":
                if self._fields and not self._fields[-1].has_result:
                    self._fields[-1].instruction += child.text or ""
            elif child.tag == f"{MC}AlternateContent":
                self._inside(chosen(child), look, around, raised, pieces)
            elif child.tag == f"{W}ruby":
                self._walk(child, around, pieces)
            elif not self._is_skipping:
                self._thing(child, look, around, pieces)

    def _words(self, child: etree._Element) -> str | None:
        """The words of a run's child; None for what is no words."""
        match child.tag.rpartition("}")[2] if child.tag.startswith(W) else "":
            case "t" | "delText":
                return (child.text or "").replace("\n", " ").replace("\r", " ")
            case "tab" | "ptab":
                return " "
            case "br":
                return "" if value(child, "type") in ("page", "column") else "\n"
            case "cr":
                return "\n"
            case "noBreakHyphen":
                return "-"
            case "softHyphen":
                return ""
            case "sym":
                sign = _SYMBOLS.get(value(child, "char").upper(), "")
                self.lost["symbols"] += not sign
                return sign
        return None

    def _linked(self, look: Look) -> Look:
        """The look, with the address of a field that makes a link."""
        for one in reversed(self._fields):
            if one.name == "HYPERLINK" and one.has_result and "\\l" not in one.instruction.split()[1:2]:
                target = one.instruction.split('"')[1] if one.instruction.count('"') >= 2 else ""
                if target.lower().startswith(("http://", "https://", "mailto:")):
                    return replace(look, href=as_href(target))
        return look

    def _field_sign(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].has_result = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _thing(self, child: etree._Element, look: Look, around: _Around, pieces: list[Piece]) -> None:
        """What is no words: notes, comments without a range, pictures, and what cannot be carried."""
        name = child.tag.rpartition("}")[2]
        if name in ("footnoteReference", "endnoteReference") and around.is_shown:
            number = self.note(name.removesuffix("Reference"), value(child, "id"))
            if number:
                pieces.append(Run(f"[^{number}]", PLAIN, None, True, is_raw=True))
        elif name == "commentReference" and value(child, "id") not in self.ranged:
            comment = self._comment(value(child, "id"))
            self.ranged.add(comment.key)
            pieces += [Edge(comment, True), Edge(comment, False)]
        elif name == "object":
            self.lost["embedded"] += 1
        elif name in ("drawing", "pict"):
            for picture in self._pictures(child):
                pieces.append(Run(picture, Look(href=look.href), around.change, around.is_shown, is_raw=True))

    def _pictures(self, element: etree._Element) -> Iterator[str]:
        """The pictures of a drawing in Markdown; what else is in it is lost, and counted by what it is."""
        boxes = sum(1 for box in element.iter(f"{W}txbxContent") if _typed(box))
        self.lost["text_boxes"] += boxes
        pictures = [
            each
            for each in element.iter(f"{_A}blip", f"{V}imagedata")
            if next(each.iterancestors(f"{W}txbxContent"), None) is None
        ]
        is_line = any(each.get(f"{_O}hr") in ("t", "true", "1") for each in element)
        if not pictures and not boxes and not is_line:
            uri = next((str(each.get("uri", "")) for each in element.iter(f"{_A}graphicData")), "")
            kinds = {"chart": "charts", "chartex": "charts", "diagram": "diagrams"}
            self.lost[kinds.get(uri.rpartition("/")[2], "drawings")] += 1
        for picture in pictures:
            relation = self.relations.get(str(picture.get(f"{R}embed") or picture.get(f"{R}id") or ""))
            if relation is None or relation.external:
                self.lost["linked_pictures"] += 1
                continue
            self.lost["cropped_pictures"] += _is_cropped(picture)
            yield as_picture(_described(element), self.picture(relation))


def _is_cropped(picture: etree._Element) -> bool:
    """Whether the file shows a part of a picture only."""
    parent = picture.getparent()
    cut = parent.find(f"{_A}srcRect") if parent is not None else None
    sides = (*cut.attrib.values(),) if cut is not None else ()
    return any(str(each).strip("0%") for each in sides) or any(picture.get(f"crop{side}") for side in _SIDES)


def _described(element: etree._Element) -> str:
    """The words that stand for a picture, as its author wrote them."""
    described = next(element.iter(f"{_WP}docPr"), None)
    shape = next(element.iter(f"{V}shape"), None)
    words = str(described.get("descr") or described.get("title") or "") if described is not None else ""
    return words or (str(shape.get("alt") or "") if shape is not None else "")


def _typed(element: etree._Element) -> str:
    """The words typed anywhere within an element."""
    return "".join(each.text or "" for each in element.iter(f"{W}t")).strip()


def chosen(element: etree._Element) -> etree._Element:
    """Of content in several forms the one for programs that understand all, or else the other."""
    choice = element.find(f"{MC}Choice")
    fallback = element.find(f"{MC}Fallback")
    return choice if choice is not None else fallback if fallback is not None else element
