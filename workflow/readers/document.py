"""What a reader makes of a foreign file: a title, sections, comments, tracked changes, and what it could not carry.

Readers for each format write it, in an interpreter that knows no Django; the page, the command and the tests read it.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal


class Unreadable(Exception):
    """A reader gave up.

    code: why, by a name that `words.refusal` knows; "damaged" unless it is said. name: of the file, where it is known.
    """

    def __init__(self, code: str = "damaged", name: str = "") -> None:
        super().__init__(code)
        self.code, self.name = code, name


@dataclass(slots=True)
class FoundSheet:
    """The cells of one sheet of a spreadsheet, as text on one line each. rows: from the first one, also empty ones.

    uncounted: rows (from 1) with a formula whose value stands nowhere in the file. others: titles of sheets that hold
    something and were not read.
    """

    title: str
    rows: list[list[str]]
    uncounted: list[int] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


ChangeOfWords = Literal["inserted", "deleted", "replaced"]


@dataclass(slots=True)
class FoundSection:
    """A heading with the text under it.

    number: as it is printed ("3.1", "Bilag A"), also where the program numbers by itself; it is not part of `heading`.
    level: 1 for the uppermost; 0 for words before the first heading, which stand under none.
    text: Markdown with tables and footnotes, tracked changes as accepted (as rejected where the original is asked for).
    proposed: known as a heading by its look only (a bold line; all that a PDF has).
    pages: of a PDF, where in `text` each of its pages begins, as (number of the page from 1, offset in characters);
    empty for what has no pages of its own.
    """

    number: str
    level: int
    heading: str
    text: str
    proposed: bool = False
    pages: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class FoundComment:
    """A remark in the margin. section: index in `sections`. start: offset in that section's text, in characters.
    quote: the words it is about. at: ISO 8601 as the file has it; None where it has none. reply_to: index in
    `comments` of the one it replies to."""

    section: int
    start: int
    quote: str
    author: str
    at: str | None
    text: str
    reply_to: int | None = None


@dataclass(slots=True)
class FoundChange:
    """A tracked change. `before` and `after` are the words that changed, no more; an insertion has no `before`, a
    deletion no `after`. `start` is where it stands in the section's text as that is given."""

    section: int
    start: int
    kind: ChangeOfWords
    before: str
    after: str
    author: str
    at: str | None


@dataclass(slots=True)
class FoundPicture:
    """A picture that stands in the text. name: what the text calls it, the SHA-256 of its bytes with an ending. width,
    height: in dots. encoded: its bytes, in Base64."""

    name: str
    width: int
    height: int
    encoded: str

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return b64decode(self.encoded)


@dataclass(slots=True)
class FoundDocument:
    """All that a reader found. lost: each kind of thing that could not be carried, with how many: as "code:number" out
    of the reader, in the words of the language in use for everybody else. page_count: pages of a PDF, as far as they
    were read; 0 for what has no pages of its own. pictures: those that stand in the text, in its order."""

    title: str
    sections: list[FoundSection] = field(default_factory=list)
    comments: list[FoundComment] = field(default_factory=list)
    changes: list[FoundChange] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    page_count: int = 0
    pictures: list[FoundPicture] = field(default_factory=list)


def as_told(found: FoundDocument) -> dict[str, Any]:
    """All of it but pages and pictures, in the form that the command prints."""
    told = asdict(replace(found, pictures=[]))
    del told["page_count"], told["pictures"]
    for section in told["sections"]:
        del section["pages"]
    return told
