"""What a paragraph is made of before it is written: runs of words with their look and the change they belong to, and
edges of comments. Every reader of a format makes them. Knows no Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

_ODD: Final = re.compile(r"[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e]")


@dataclass(frozen=True, slots=True)
class Look:
    """How a run of words looks, as far as Markdown can say it. href: the address it leads to; "" for none."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    href: str = ""


PLAIN: Final = Look()


@dataclass(eq=False, slots=True)
class Change:
    """A tracked change under way: the words it put in or took out, by whom. is_move: half of a move. partner: the one
    right before it, by the same author, with which it makes one replacement."""

    kind: Literal["inserted", "deleted"]
    author: str
    at: str | None
    is_move: bool = False
    words: str = ""
    partner: Change | None = None


@dataclass(eq=False, slots=True)
class Comment:
    """A remark in the margin under way. words: what it stands beside, as far as that is shown; taken_out: the rest."""

    key: str
    words: str = ""
    taken_out: str = ""
    was_begun: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins. number: from 1."""

    number: int


@dataclass(slots=True)
class Run:
    """Words of one look. change: the tracked change they belong to. is_shown: whether they stand in the text that is
    read, or were taken out of it. is_raw: Markdown of our own, such as a footnote's mark."""

    text: str
    look: Look = PLAIN
    change: Change | None = None
    is_shown: bool = True
    is_raw: bool = False


@dataclass(slots=True)
class Edge:
    """Where a comment begins, or ends."""

    comment: Comment
    is_start: bool


Piece = Run | Edge


def plain(text: str) -> str:
    """Words as they are kept: composed (NFC), every blank a blank, line ends as "\\n", nothing invisible."""
    if _ODD.search(text):
        text = "".join(map(_replacement, text))
    return unicodedata.normalize("NFC", text)


def _replacement(sign: str) -> str:
    if sign in "\r\x0b\x0c\u2028\u2029\x85\n":
        return "\n"
    if sign in "\u200c\u200d":
        return sign  # they join and part letters of other scripts
    category = unicodedata.category(sign)
    if category == "Zs" or sign == "\t":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co") else sign


def shown_words(pieces: Iterable[Piece]) -> str:
    """The words of a paragraph as they are read, without any markup."""
    words = "".join(piece.text for piece in pieces if isinstance(piece, Run) and piece.is_shown and not piece.is_raw)
    return " ".join(words.split())


def is_all_bold(pieces: Iterable[Piece]) -> bool:
    """Whether every word that is shown is bold."""
    runs = [piece for piece in pieces if isinstance(piece, Run) and piece.is_shown and not piece.is_raw]
    return all(run.look.bold for run in runs if run.text.strip()) and any(run.text.strip() for run in runs)


def pair_changes(pieces: Sequence[Piece]) -> None:
    """Changes that stand side by side, by one author: those of a kind are one, a deletion and an insertion one
    replacement. Halves of a move stay by themselves."""
    last: Change | None = None
    for run in pieces:
        if not isinstance(run, Run):
            continue
        change = run.change
        if change is not None and last is not None and change is not last and change.author == last.author:
            group = [last, last.partner] if last.partner else [last]
            same = next((one for one in group if one.kind == change.kind and one.is_move == change.is_move), None)
            if same is not None:
                run.change = same
            elif not change.is_move and not last.is_move and last.partner is None and change.partner is None:
                change.partner = last
        last = change if run.change is change else last
