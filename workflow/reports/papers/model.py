"""What a paper is made of, before it is a PDF or a Word file: pure. Who has the facts makes one, writers read it.

Where a paper shows what has changed since an earlier version, its words, paragraphs, headings and rows bear their fate:
added, or removed; what bears none is the same in both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from workflow.rules.compared_words import Fate

DEEPEST: Final = 6
"""Levels of headings: no format knows more."""


# ── Within a line ─────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text in one look. href: where it leads, "" for text that is no link. is_figure: a number, date or
    amount that changed."""

    text: str
    is_strong: bool = False
    is_emphasised: bool = False
    is_code: bool = False
    href: str = ""
    is_struck: bool = False
    fate: Fate = Fate.SAME
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class LineBreak:
    """The next words begin a line of their own."""

    fate: Fate = Fate.SAME


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture within a line. name: by which the paper's `pictures` know its file. described: the words of its author,
    "" for none. words: what stands in its place where it cannot be shown."""

    name: str
    described: str
    words: str
    fate: Fate = Fate.SAME


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note to the words before it; the writer numbers the notes through the whole paper."""

    words: tuple[Words | LineBreak | Picture, ...]
    fate: Fate = Fate.SAME


Inline = Words | LineBreak | Footnote | Picture
Line = tuple[Inline, ...]


def line(text: str, *, is_strong: bool = False) -> Line:
    """Plain text as a line; line breaks in it are kept."""
    parts: list[Inline] = []
    for number, piece in enumerate(text.splitlines() or [""]):
        if number:
            parts.append(LineBreak())
        parts.append(Words(piece, is_strong=is_strong))
    return tuple(parts)


def plain(words: Line) -> str:
    """The words of a line alone, without notes."""
    return "".join(_plain(inline) for inline in words)


def _plain(inline: Inline) -> str:
    match inline:
        case Words():
            return inline.text
        case LineBreak():
            return " "
        case Picture():
            return inline.words
        case Footnote():
            return ""


def as_it_is(words: Line) -> Line:
    """A line without what was removed from it."""
    return tuple(inline for inline in words if inline.fate is not Fate.REMOVED)


# ── Blocks ────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the paper's body. level: 1 for the uppermost below the title, at most `DEEPEST`. number: as it is
    printed ("3.1"), "" where it has none. anchor: its id within the paper, "" where nothing leads there. remark: what
    the paper says of it, which is none of its words: "moved"."""

    level: int
    words: Line
    number: str = ""
    anchor: str = ""
    fate: Fate = Fate.SAME
    remark: str = ""

    @property
    def text(self) -> str:
        """Number and words as they are read."""
        return " ".join(filter(None, (self.number, plain(as_it_is(self.words)))))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words that belong together."""

    words: Line
    fate: Fate = Fate.SAME


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the paper should say and the system does not know: named, for a person to fill in, never invented."""

    text: str


@dataclass(frozen=True, slots=True)
class ItemList:
    """Items one below the other, each of blocks. start: the first number of a numbered list."""

    items: tuple[tuple[Block, ...], ...]
    is_numbered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row names its columns. Every row has as many cells as the head. caption: "" for none.
    numeric: the columns, counted from 0, whose cells stand to the right. fates: of each row, the head's first; empty
    where none has changed as a whole."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    caption: str = ""
    numeric: frozenset[int] = frozenset()
    fates: tuple[Fate, ...] = ()

    def fate_of(self, place: int) -> Fate:
        """The fate of a row, counted from the head."""
        return self.fates[place] if self.fates else Fate.SAME


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known, in pairs of a name and its words."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Blocks in the words of somebody else."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text whose lines and blanks stand as they were written."""

    text: str
    fate: Fate = Fate.SAME


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who sends a letter: lines under the greeting."""

    greeting: str
    lines: tuple[str, ...]


Block = Heading | Paragraph | Gap | ItemList | Table | Facts | Quote | Verbatim | PageBreak | Signature


# ── The paper ─────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Sender:
    """The office as a paper's head and foot show it. Empty lines are left out."""

    name: str
    address: str = ""
    telephone: str = ""
    email: str = ""
    contact: str = ""

    @property
    def foot(self) -> str:
        """One line for the foot of a letter."""
        return " · ".join(filter(None, (self.name, ", ".join(self.address.split("\n")), self.telephone, self.email)))


@dataclass(frozen=True, slots=True)
class PictureFile:
    """Where the bytes of a picture lie on this machine. width, height: in dots."""

    name: str
    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper.

    kind: the key of its kind. title: what it is called, also as its title in the file; `subtitle` stands under it.
    dated: the day it bears, in words of `language` on the page (`dated_words`). made_at: what its file says of when it
    was made (UTC): taken from the facts, never from the clock, so that the same facts give the same bytes.
    recipient: lines of a letter's addressee; a paper with any is a letter. mark: stands over the title, such as "Closed
    item". has_contents: a list of its headings comes first. has_line_numbers: every fifth line is numbered, page by
    page. is_landscape: its pages lie on their side, for wide tables; of no account to Word. pictures: the files of
    those that stand in its blocks; of one that is not among them its words are written. file_name: what its file is
    called, without an ending.
    """

    kind: str
    title: str
    language: str
    sender: Sender
    dated: date
    dated_words: str
    made_at: datetime
    case_number: str
    blocks: tuple[Block, ...]
    file_name: str
    subtitle: str = ""
    recipient: tuple[str, ...] = ()
    mark: str = ""
    head_facts: tuple[tuple[str, str], ...] = field(default=())
    has_contents: bool = False
    has_line_numbers: bool = False
    is_landscape: bool = False
    pictures: tuple[PictureFile, ...] = ()

    @property
    def headings(self) -> list[Heading]:
        """Its headings in order."""
        return [block for block in self.blocks if isinstance(block, Heading)]
