"""The text of an OpenDocument from beginning to end: headings, paragraphs, lists, tables, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from workflow.readers.assembling import Assembly
from workflow.readers.document import FoundDocument
from workflow.readers.headings import level_of_look, may_be_heading
from workflow.readers.lists import Lists
from workflow.readers.losses import Losses
from workflow.readers.odt.frames import Frames
from workflow.readers.odt.inline import PARAGRAPHS, Break, Inline
from workflow.readers.odt.numbering import Numbering, OpenList
from workflow.readers.odt.package import DRAW, OFFICE, STYLE, TABLE, TEXT, Package, figure, words_in
from workflow.readers.odt.styles import Style, Styles
from workflow.readers.odt.tables import Tables
from workflow.readers.pieces import Piece, Run, is_all_bold, shown_words
from workflow.readers.writing import Text, written

_LISTED: Final = frozenset(
    TEXT + name
    for name in (
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "user-index",
        "alphabetical-index",
        "bibliography",
    )
)
"""Lists that are made from the text, and are no text."""


@dataclass(slots=True)
class Place:
    """Where a paragraph stands in a list. number_of: reckons its number or sign; None for one that goes on within an
    item. depth: 0 for the outermost list."""

    number_of: Callable[[], str] | None
    depth: int


class Body:
    """One document being read. original: as before its tracked changes."""

    def __init__(self, package: Package, original: bool) -> None:
        self.package, self.original = package, original
        self.styles = Styles(package.content, package.styles)
        self.numbering = Numbering(self.styles)
        self.assembly = Assembly(original=original)
        self.lists = Lists()
        self.frames = Frames(self)
        self.inline = Inline(self.styles, original, self.assembly.lost, self._note, self.frames.pictures)
        self.tables = Tables(self)
        self._waiting_notes: list[tuple[str, etree._Element]] = []
        self._carried: list[Piece] = []
        self._carried_from: tuple[etree._Element, Place | None] | None = None
        self._has_headings = False
        self._is_in_title = False

    def read(self) -> FoundDocument:
        """The whole document."""
        text = self.package.content.find(f"{OFFICE}body/{OFFICE}text")
        if text is not None:
            self.inline.learn(text)
            self._has_headings = any(self._level(each) and words_in(each) for each in text.iter(*PARAGRAPHS))
            self.read_blocks(text)
            if self._carried:
                self.assembly.add_block(written(self._carried))
        self._lose_heads()
        return self.assembly.document(self.package.title, self.inline.said_in_order())

    # ── Blocks ────────────────────────────────────────────────────────────────────────────────────────────────
    def read_blocks(self, parent: etree._Element) -> None:
        """The paragraphs, lists and tables of the text, or of a part of it."""
        for child in parent:
            tag = child.tag
            if not isinstance(tag, str) or tag in _LISTED:
                continue
            if tag in PARAGRAPHS:
                self._paragraph(child, None)
            elif tag == f"{TEXT}list":
                self._list(child, None)
            elif tag == f"{TEXT}numbered-paragraph":
                self._numbered(child)
            elif tag == f"{TABLE}table":
                self._table(child)
            elif tag == f"{TEXT}section":
                if child.get(f"{TEXT}display") == "none" or child.get(f"{TEXT}is-hidden") == "true":
                    self.assembly.lose("hidden", bool(words_in(child)))
                else:
                    self.read_blocks(child)
            elif tag.startswith(DRAW):
                # Anchored to the page, it stands at no place in the text: at the beginning then.
                self._carried += [Run(words, is_raw=True) for words in self.frames.pictures(child)]
            else:
                self.inline.mark(child, self._carried)

    def _list(self, element: etree._Element, around: OpenList | None) -> None:
        open_list = self.numbering.begin(element, around, self._usual_list(element))
        for item in element:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            is_numbered = item.tag == f"{TEXT}list-item"
            for child in item:
                if child.tag in PARAGRAPHS:
                    self._paragraph(child, self._place(item, open_list, is_numbered))
                    is_numbered = False
                elif child.tag == f"{TEXT}list":
                    self._list(child, open_list)
                elif child.tag == f"{TABLE}table":
                    self._table(child)
                elif isinstance(child.tag, str):
                    self.inline.mark(child, self._carried)

    def _place(self, item: etree._Element, open_list: OpenList, is_numbered: bool) -> Place:
        number_of = (lambda: self.numbering.of_item(item, open_list)) if is_numbered else None
        return Place(number_of, open_list.depth - 1)

    def _numbered(self, element: etree._Element) -> None:
        """A paragraph that is an item of a list without standing in one."""
        outer = self.numbering.begin(element, None, "")
        open_list = OpenList(outer.style, outer.counting, figure(element, f"{TEXT}level", 1))
        for child in element:
            if child.tag in PARAGRAPHS:
                self._paragraph(child, self._place(element, open_list, True))

    def _usual_list(self, element: etree._Element) -> str:
        first = next(element.iter(*PARAGRAPHS), None)
        style = self.styles.of(first) if first is not None else None
        return (style.list_name or "") if style is not None else ""

    def _paragraph(self, element: etree._Element, place: Place | None) -> None:
        style = self.styles.of(element)
        if self._is_hidden(element, style):
            self.assembly.lose("hidden", bool(words_in(element)))
            return
        pieces = [*self._carried, *self.inline.pieces_of(element)]
        if self._carried_from is not None:
            element, place = self._carried_from
        self._carried, self._carried_from = [], None
        if self.original and self.inline.end_is_inserted:
            if shown_words(pieces):
                # Its end was put in later: what follows is the same paragraph.
                self._carried, self._carried_from = pieces, (element, place)
            else:
                self.assembly.add_block(written(pieces))
            return
        if not self.original:
            pieces = self._without_split(pieces)
        for each, part in self._parts(element, pieces):
            self._paragraph_of(part, each, place)

    def _without_split(self, pieces: list[Piece]) -> list[Piece]:
        """A paragraph put in two: the change stands where the first ends, unless words were put in with it."""
        runs = [piece for piece in pieces if isinstance(piece, Run)]
        first = runs[0] if runs else None
        if first is None or first.text != "\n\n" or first.change is None or first.change.kind != "inserted":
            return pieces
        if any(run.change is first.change for run in runs[1:]):
            return pieces
        first.change.words = "\n\n"
        text = Text()
        text.mark(first.change)
        self.assembly.add_block(text)
        return [piece for piece in pieces if piece is not first]

    def _parts(self, element: etree._Element, pieces: list[Piece]) -> Iterator[tuple[etree._Element, list[Piece]]]:
        """The paragraph; as before its changes, those it was made of by taking out what stood between them."""
        if not self.original:
            yield element, pieces
            return
        parts: list[list[Piece]] = [[]]
        elements: list[etree._Element] = []
        for piece in pieces:
            if isinstance(piece, Break) and piece.element is not None:
                elements.append(piece.element)
                parts.append([])
            parts[-1].append(piece)
        yield from zip([element, *elements], parts, strict=True)

    def _is_hidden(self, element: etree._Element, style: Style | None) -> bool:
        if style is not None and style.is_hidden:
            return True
        return any(each.get(f"{TEXT}is-hidden") == "true" for each in element.iter(f"{TEXT}hidden-paragraph"))

    def _paragraph_of(self, pieces: list[Piece], element: etree._Element, place: Place | None) -> None:
        style = self.styles.of(element)
        words = shown_words(pieces)
        level = self._level(element)
        number_of = place.number_of if place is not None else None
        if not words and not any(isinstance(piece, Run) and piece.is_raw and piece.is_shown for piece in pieces):
            if number_of is not None and not any(isinstance(piece, Run) for piece in pieces):
                number_of()  # an empty item is counted too
            self.assembly.add_block(written(pieces))
            return
        is_title = style is not None and style.is_title
        if level:
            in_list = number_of() if number_of is not None else ""
            is_counted = in_list in ("", "•") and element.tag == f"{TEXT}h"
            number = self.numbering.of_heading(element, level) if is_counted else in_list
            self._heading(number, level, pieces, proposed=False)
        elif is_title and not self.assembly.has_headings and (self._is_in_title or not self.assembly.title):
            self.assembly.add_title(pieces)
        else:
            number = number_of() if number_of is not None else ""
            if is_title or self._looks_like_heading(pieces, words, number, style):
                self._heading(number, level_of_look(number, words), pieces, proposed=True)
            else:
                self._body_text(pieces, number, place)
        self._is_in_title = is_title and not level
        self.write_notes()

    def _level(self, element: etree._Element) -> int:
        """Of the heading that a paragraph is, from 1; 0 for one that is none."""
        if element.tag == f"{TEXT}h":
            return min(figure(element, f"{TEXT}outline-level", 1) or 1, 9)
        style = self.styles.of(element)
        return style.level if style is not None else 0

    def _body_text(self, pieces: list[Piece], number: str, place: Place | None) -> None:
        text = written(pieces)
        if place is None:
            self.lists.end()
            self.assembly.add_block(text)
        elif number:
            item, goes_on = self.lists.item(text, number, place.depth)
            self.assembly.add_block(item, goes_on=goes_on)
        else:
            self.assembly.add_block(self.lists.more(text, place.depth))

    def _heading(self, number: str, level: int, pieces: list[Piece], *, proposed: bool) -> None:
        self.lists.end()
        has_sign = any(sign.isalnum() for sign in number)
        self.assembly.add_heading(number.rstrip(".:) ") if has_sign else "", level, pieces, proposed=proposed)
        raw = [piece for piece in pieces if isinstance(piece, Run) and piece.is_raw and piece.is_shown]
        if raw:
            # A note or a picture in a heading: the heading has words only.
            self.assembly.add_block(written(raw))

    def _looks_like_heading(self, pieces: list[Piece], words: str, number: str, style: Style | None) -> bool:
        """A short line, bold from end to end, in a document that has no headings of its own."""
        if self._has_headings or not may_be_heading(words) or (number and not any(sign.isalnum() for sign in number)):
            return False
        return is_all_bold(pieces) or (style is not None and bool(style.is_bold()))

    def _table(self, element: etree._Element) -> None:
        self.lists.end()
        self._is_in_title = False
        only = self.tables.only_cell(element)
        if only is not None:
            # A box around text, and no table.
            self.read_blocks(only)
            return
        self.assembly.add_block(self.tables.written(element))
        self.write_notes()

    # ── Notes, and what stands beside the text ────────────────────────────────────────────────────────────────
    def _note(self, element: etree._Element) -> str:
        """The number of a note; its words wait until the paragraph has been written."""
        number = self.assembly.next_note()
        self._waiting_notes.append((number, element))
        return number

    def write_notes(self) -> None:
        """Put down the notes that the last paragraph referred to."""
        waiting, self._waiting_notes = self._waiting_notes, []
        for number, element in waiting:
            body = element.find(f"{TEXT}note-body")
            with self.inline.apart():
                paragraphs = body.iter(*PARAGRAPHS) if body is not None else ()
                self.assembly.add_note(number, [written(self.inline.pieces_of(each)) for each in paragraphs])

    def _lose_heads(self) -> None:
        """Heads and feet stand once in the file and on every page: they are no text, and are named."""
        if self.package.styles is None:
            return
        heads = Inline(self.styles, self.original, Losses(), lambda _note: "", lambda _frame: iter(()), is_head=True)
        texts, watermarks = set[str](), set[str]()
        for page in self.package.styles.iter(f"{STYLE}master-page"):
            for part in page:
                is_one = isinstance(part.tag, str) and part.tag.partition("}")[2].startswith(("header", "footer"))
                if not is_one or part.get(f"{STYLE}display") == "false":
                    continue
                for paragraph in part.iter(*PARAGRAPHS):
                    words = shown_words(heads.pieces_of(paragraph))
                    if any(sign.isalpha() for sign in words):
                        texts.add(words)
                watermarks |= {name for each in part.iter() if "WaterMark" in (name := str(each.get(f"{DRAW}name")))}
        self.assembly.lose("page_heads", len(texts))
        self.assembly.lose("watermarks", len(watermarks))
