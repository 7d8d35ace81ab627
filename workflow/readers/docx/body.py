"""The text of a Word document from beginning to end: headings, paragraphs, lists, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from lxml import etree

from workflow.readers.assembling import Assembly, Said
from workflow.readers.document import FoundDocument
from workflow.readers.docx.inline import MC, Inline, V, chosen
from workflow.readers.docx.numbering import Number, Numbering
from workflow.readers.docx.package import W14, W15, Package, Relation, W, is_on, value
from workflow.readers.docx.styles import Style, Styles, level_of
from workflow.readers.docx.tables import Tables
from workflow.readers.headings import level_of_look, may_be_heading
from workflow.readers.lists import Lists
from workflow.readers.losses import Losses
from workflow.readers.pieces import Change, Piece, Run, is_all_bold, shown_words
from workflow.readers.writing import Text, written

_DC_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_PAGE_WORDS: Final = re.compile(r"\b(?:side|page|af|of)\b", re.IGNORECASE)
_PAGE_FIELDS: Final = ("PAGE", "NUMPAGES", "SECTIONPAGES", "DATE", "TIME", "STYLEREF", "FILENAME")


class Body:
    """One document being read. original: as before its tracked changes."""

    def __init__(self, package: Package, original: bool) -> None:
        self.package, self.original = package, original
        self.styles = Styles(package.part_of("styles"))
        self.numbering = Numbering(package.part_of("numbering"), self.styles)
        self.assembly = Assembly(original=original)
        self.lists = Lists()
        self.inline = Inline(
            self.styles, package.relations(package.main), original, self.assembly.lost, self._note, self._picture
        )
        self.tables = Tables(self)
        self._note_elements: dict[str, dict[str, etree._Element]] = {}
        self._waiting_notes: list[tuple[str, etree._Element]] = []
        self._carried: list[Piece] = []
        self._carried_from: tuple[etree._Element | None, Style | None] = None, None
        self._has_headings = False
        self._is_in_title = False
        self._split: Change | None = None

    def read(self) -> FoundDocument:
        """The whole document."""
        tree = self.package.tree(self.package.main)
        body = tree.find(f"{W}body") if tree is not None else None
        if body is not None:
            self._has_headings = any(self._is_real_heading(each) for each in body.iter(f"{W}p"))
            self.read_blocks(body)
            self._end_carried()
        self._lose_heads()
        said = self._said()
        return self.assembly.document(self._core_title(), said)

    # ── Blocks ────────────────────────────────────────────────────────────────────────────────────────────────
    def read_blocks(self, parent: etree._Element) -> None:
        """The paragraphs and tables of the text, or of a box around a part of it."""
        for child in parent:
            tag = child.tag
            if tag == f"{MC}AlternateContent":
                self.read_blocks(chosen(child))
            elif tag == f"{W}p":
                self._paragraph(child)
            elif tag == f"{W}tbl":
                self._table(child)
            elif tag == f"{W}sdt":
                content = child.find(f"{W}sdtContent")
                if content is not None and not _is_contents(child):
                    self.read_blocks(content)
                elif content is not None:
                    for paragraph in content.iter(f"{W}p"):
                        properties = self.properties(paragraph)
                        self.numbering.next_of(properties, self.styles.of_paragraph(properties))
            elif tag in (f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}del", f"{W}moveFrom"):
                self.read_blocks(child)
            elif tag == f"{W}altChunk":
                self.assembly.lose("embedded_documents")
            elif (edge := self.inline.edge(child)) is not None:
                self.inline.ranged.add(edge.comment.key)
                if edge.is_start:
                    continue  # it is open now, and the next paragraph begins with it
                self._carried.append(edge)

    def _paragraph(self, element: etree._Element) -> None:
        properties = self.properties(element)
        style = self.styles.of_paragraph(properties)
        if level_of(properties, style):
            self.inline.leave_contents()
        if style is not None and style.is_contents:
            # No text, but fields begin and end in it, and Word may number it.
            self.inline.pieces_of(element, style)
            self.numbering.next_of(properties, style)
            return
        pieces = [*self._carried, *self.inline.pieces_of(element, style)]
        end = self.inline.change_of_end(element.find(f"{W}pPr"))
        self._carried = []
        if end is None or (end.kind == "deleted") == self.original:
            self._paragraph_of(pieces, properties, style, end)
        elif shown_words(pieces):
            # Its end was taken out, or put in later: what follows is the same paragraph.
            self._carried = [*pieces, Run("\n\n", change=end, is_shown=False)]
            self._carried_from = properties, style
        else:
            self.assembly.add_block(written(pieces))

    def properties(self, element: etree._Element) -> etree._Element | None:
        """What a paragraph says of itself; as before its tracked change of formatting, where the original is read."""
        properties = element.find(f"{W}pPr")
        change = properties.find(f"{W}pPrChange") if properties is not None else None
        if change is None:
            return properties
        self.assembly.lose("formatting_changes")
        return change.find(f"{W}pPr") if self.original else properties

    def _paragraph_of(
        self,
        pieces: list[Piece],
        properties: etree._Element | None,
        style: Style | None,
        end: Change | None = None,
    ) -> None:
        """A paragraph of this text. end: the change that put its end in, or took it out."""
        words = shown_words(pieces)
        level = level_of(properties, style)
        if not words and not any(isinstance(piece, Run) and piece.is_raw and piece.is_shown for piece in pieces):
            mark = properties.find(f"{W}rPr/{W}vanish") if properties is not None else None
            if not (is_on(mark) or (style is not None and style.switch("vanish"))):
                self.numbering.next_of(properties, style)  # Word counts an empty paragraph too, but no hidden one
            self.assembly.add_block(written(pieces))
            return
        self._mark_split(pieces)
        number = self.numbering.next_of(properties, style)
        is_title = style is not None and style.is_title
        if level:
            self._heading(number, level, pieces, proposed=False)
        elif is_title and not self.assembly.has_headings and (self._is_in_title or not self.assembly.title):
            self.assembly.add_title(pieces)
            self._things_of(pieces)
        elif is_title or self._looks_like_heading(pieces, words, number, style):
            self._heading(
                number, level_of_look(number.text if number is not None else "", words), pieces, proposed=True
            )
        else:
            self._body_text(number, pieces)
        self._is_in_title = is_title and not level
        self._split = end if end is not None and not _touches(end, pieces[::-1]) else None
        self.write_notes()

    def _mark_split(self, pieces: list[Piece]) -> None:
        """A paragraph put in two: the change stands where the first ends, unless the second was put in with it."""
        if self._split is not None and not _touches(self._split, pieces):
            self._split.words = "\n\n"
            text = Text()
            text.mark(self._split)
            self.assembly.add_block(text)
        self._split = None

    def _body_text(self, number: Number | None, pieces: list[Piece]) -> None:
        text = written(pieces)
        if number is not None and number.is_bullet and not number.text:
            self.assembly.add_block(self.lists.more(text, number.depth))
        elif number is None or not number.text:
            self.lists.end()
            self.assembly.add_block(text)
        else:
            item, goes_on = self.lists.item(text, number.text, number.depth)
            self.assembly.add_block(item, goes_on=goes_on)

    def _heading(self, number: Number | None, level: int, pieces: list[Piece], *, proposed: bool) -> None:
        self.lists.end()
        printed = "" if number is None or number.is_bullet else _without_end(number.text)
        self.assembly.add_heading(printed, level, pieces, proposed=proposed)
        self._things_of(pieces)

    def _things_of(self, pieces: Sequence[Piece]) -> None:
        """Notes and pictures of a heading or a title, which have words only, stand in a paragraph behind it."""
        raw = [piece for piece in pieces if isinstance(piece, Run) and piece.is_raw and piece.is_shown]
        if raw:
            self.assembly.add_block(written(raw))

    def _looks_like_heading(
        self, pieces: Sequence[Piece], words: str, number: Number | None, style: Style | None
    ) -> bool:
        """A short line, bold from end to end, in a document that has no headings of its own."""
        if self._has_headings or not may_be_heading(words):
            return False
        if number is not None and number.is_bullet:
            return False
        return is_all_bold(pieces) or (style is not None and bool(style.switch("b")))

    def _is_real_heading(self, element: etree._Element) -> bool:
        properties = element.find(f"{W}pPr")
        if level_of(properties, self.styles.of_paragraph(properties)) == 0:
            return False
        return any((each.text or "").strip() for each in element.iter(f"{W}t", f"{W}delText"))

    def _end_carried(self) -> None:
        """A paragraph that was to go on, and is followed by none."""
        carried, self._carried = self._carried, []
        if carried:
            self._paragraph_of(carried, *self._carried_from)

    def _table(self, element: etree._Element) -> None:
        self._end_carried()
        self.lists.end()
        self._is_in_title = False
        rows = list(element.iterchildren(f"{W}tr"))
        cells = list(rows[0].iterchildren(f"{W}tc")) if len(rows) == 1 else []
        if len(cells) == 1:
            # A box around text, and no table.
            self.read_blocks(cells[0])
            return
        self.assembly.add_block(self.tables.written(element))
        self.write_notes()

    # ── Notes ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _note(self, kind: str, key: str) -> str:
        """The number of a note that is referred to; its words wait until the paragraph has been written."""
        if kind not in self._note_elements:
            tree = self.package.part_of(f"{kind}s")
            notes = tree.iter(f"{W}{kind}") if tree is not None else ()
            self._note_elements[kind] = {value(each, "id"): each for each in notes}
        element = self._note_elements[kind].get(key)
        if element is None:
            return ""
        number = self.assembly.next_note()
        self._waiting_notes.append((number, element))
        return number

    def _picture(self, relation: Relation) -> str:
        return self.assembly.pictures.name_of(self.package.archive, relation.target)

    def write_notes(self) -> None:
        """Put down the notes that the last paragraph referred to."""
        waiting, self._waiting_notes = self._waiting_notes, []
        for number, element in waiting:
            texts = []
            part = self.package.name_of(etree.QName(element).localname + "s")
            with self.inline.apart(self.package.relations(part)):
                for paragraph in element.iter(f"{W}p"):
                    style = self.styles.of_paragraph(paragraph.find(f"{W}pPr"))
                    texts.append(written(self.inline.pieces_of(paragraph, style)))
            self.assembly.add_note(number, texts)

    # ── Beside the text ───────────────────────────────────────────────────────────────────────────────────────
    def _lose_heads(self) -> None:
        """Heads and feet of pages stand once in the file and on every page: they are no text, and are named."""
        heads = Inline(
            self.styles, {}, self.original, Losses(), lambda kind, key: "", lambda _picture: "", _PAGE_FIELDS
        )
        texts, watermarks = set[str](), set[str]()
        for relation in self.package.relations(self.package.main).values():
            tree = self.package.tree(relation.target) if relation.kind in ("header", "footer") else None
            for paragraph in tree.iter(f"{W}p") if tree is not None else ():
                words = shown_words(heads.pieces_of(paragraph, None))
                if any(sign.isalpha() for sign in _PAGE_WORDS.sub("", words)):
                    texts.add(words)
            if tree is not None:
                watermarks |= {str(each.get("string", "")) for each in tree.iter(f"{V}textpath")}
        self.assembly.lose("page_heads", len(texts))
        self.assembly.lose("watermarks", len(watermarks))

    def _said(self) -> dict[str, Said]:
        """What each comment says, by its key, in the file's order."""
        tree = self.package.part_of("comments")
        said: dict[str, Said] = {}
        by_paragraph: dict[str, str] = {}
        for element in tree.iter(f"{W}comment") if tree is not None else ():
            paragraphs = list(element.iter(f"{W}p"))
            words = "\n".join(filter(None, (_words_of(paragraph) for paragraph in paragraphs)))
            key = value(element, "id")
            said[key] = Said(value(element, "author"), value(element, "date") or None, words)
            by_paragraph.update({str(each.get(f"{W14}paraId") or ""): key for each in paragraphs})
        extended = self.package.part_of("commentsExtended")
        for element in extended.iter(f"{W15}commentEx") if extended is not None else ():
            key = by_paragraph.get(str(element.get(f"{W15}paraId") or ""), "")
            parent = by_paragraph.get(str(element.get(f"{W15}paraIdParent") or "-"), "")
            if key in said and parent:
                said[key].reply_to = parent
        return said

    def _core_title(self) -> str:
        root = self.package.relations("")
        core = next((one.target for one in root.values() if one.kind == "core-properties"), "docProps/core.xml")
        tree = self.package.tree(core)
        title = tree.find(_DC_TITLE) if tree is not None else None
        return " ".join((title.text or "").split()) if title is not None else ""


def _without_end(number: str) -> str:
    """A printed number without the sign that parts it from the heading: "1." is "1", "(a)" stays."""
    return number.strip().rstrip(".: –—-" if "(" in number else ".:) –—-")


def _touches(change: Change, pieces: Iterable[Piece]) -> bool:
    """Whether the first words are of a change of the same kind by the same author."""
    first = next((piece for piece in pieces if isinstance(piece, Run)), None)
    other = first.change if first is not None else None
    return other is not None and (other.kind, other.author) == (change.kind, change.author)


def _is_contents(sdt: etree._Element) -> bool:
    """Whether a block that Word made is a table of contents."""
    gallery = next(sdt.iter(f"{W}docPartGallery"), None)
    return value(gallery) in ("Table of Contents", "Tables of Contents", "Table of Figures", "Indholdsfortegnelse")


def _words_of(paragraph: etree._Element) -> str:
    parts = []
    for each in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        parts.append(each.text or "" if each.tag == f"{W}t" else "\n" if each.tag == f"{W}br" else " ")
    return "".join(parts).strip()
