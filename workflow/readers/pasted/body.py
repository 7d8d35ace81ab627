"""A pasted text from beginning to end: headings, paragraphs, lists, tables, notes."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from workflow.readers.assembling import Assembly
from workflow.readers.document import FoundDocument
from workflow.readers.lists import Lists
from workflow.readers.pasted.blocks import Block, Blocks
from workflow.readers.pasted.inline import Inline
from workflow.readers.pasted.looks import heading_level
from workflow.readers.pasted.tables import Tables
from workflow.readers.pieces import Piece, Run, shown_words
from workflow.readers.writing import written


class Body:
    """One pasted text being read."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self.assembly = Assembly(original=False)
        self.blocks = Blocks(root, self.assembly.lost)
        self.inline = Inline(self.assembly.lost, self._note)
        self._tables = Tables(self)
        self._lists = Lists()
        self._waiting_notes: list[tuple[str, etree._Element]] = []

    def read(self) -> FoundDocument:
        """The whole of it."""
        for block in self.blocks.within(self._root):
            if block.table is not None:
                self._lists.end()
                self.assembly.add_block(self._tables.written(block.table))
            else:
                self._paragraph(block)
            self._write_notes()
        return self.assembly.document("", {})

    def _paragraph(self, block: Block) -> None:
        pieces = self.inline.pieces_of(block.nodes, block.look)
        level = heading_level(block.element) if block.element is not None else 0
        if level and shown_words(pieces):
            self._heading(level, pieces, block)
            return
        text = written(pieces)
        if not text.length:
            return
        if block.depth < 0:
            self._lists.end()
            self.assembly.add_block(text)
        elif block.sign:
            item, goes_on = self._lists.item(text, block.sign, block.depth)
            self.assembly.add_block(item, goes_on=goes_on)
        else:
            self.assembly.add_block(self._lists.more(text, block.depth))

    def _heading(self, level: int, pieces: Sequence[Piece], block: Block) -> None:
        self._lists.end()
        self.assembly.add_heading(block.sign.strip(".:)-"), level, pieces)
        # Notes and pictures of a heading, which has words only, stand in a paragraph behind it.
        self.assembly.add_block(written([piece for piece in pieces if isinstance(piece, Run) and piece.is_raw]))

    # ── Notes ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _note(self, key: str) -> str:
        element = self.blocks.notes.get(key)
        if element is None:
            return ""
        number = self.assembly.next_note()
        self._waiting_notes.append((number, element))
        return number

    def _write_notes(self) -> None:
        """Put down the notes that the last block referred to."""
        waiting, self._waiting_notes = self._waiting_notes, []
        for number, element in waiting:
            blocks = [block for block in self.blocks.within(element) if block.table is None]
            self.assembly.add_note(number, [written(self.inline.pieces_of(one.nodes, one.look)) for one in blocks])
