"""Markdown written piece by piece, which remembers where in it something stands: comments and tracked changes.

Every reader of a format writes with it, so that they all mark up and escape alike. Knows no Django.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from workflow.readers.escaping import signs_to_escape
from workflow.readers.pieces import PLAIN, Change, Comment, Edge, Look, Page, Piece, Run, pair_changes, plain

LINE_IN_CELL: Final = "<br>"
"""Between the lines of a table's cell, which has one line of Markdown only."""

LONGEST_QUOTE: Final = 5_000
"""Characters of what a comment is about; many may be about the whole text."""

_BLANKS: Final = re.compile(r" {2,}")
_SIGNS_AT_END: Final = re.compile(r"(?:[^\w\s]|_)+$")  # other than letters they end no emphasis (CommonMark 6.2)
_SIGNS_AT_START: Final = re.compile(r"^(?:[^\w\s]|_)+")


@dataclass(slots=True)
class Mark:
    """Where something stands in a text, in characters."""

    at: int
    of: Change | Comment | Page


@dataclass(slots=True)
class Text:
    """Markdown with what is remembered of places in it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    marks: list[Mark] = field(default_factory=list)

    def add(self, words: str) -> None:
        """Words behind what stands."""
        if words:
            self.parts.append(words)
            self.length += len(words)

    def join(self, other: Text, between: str = "") -> None:
        """Another text behind what stands, with its places."""
        if self.length:
            self.add(between)
        self.marks += [Mark(mark.at + self.length, mark.of) for mark in other.marks]
        self.add(str(other))

    def mark(self, of: Change | Comment | Page) -> None:
        """Remember the place after all that stands."""
        self.marks.append(Mark(self.length, of))

    def __str__(self) -> str:
        return "".join(self.parts)


def joined(texts: Iterable[Text], between: str) -> Text:
    """Several texts as one; one without words gives only its places."""
    whole = Text()
    for text in texts:
        if text.length:
            whole.join(text, between)
        else:
            whole.marks += [Mark(whole.length, mark.of) for mark in text.marks]
    return whole


def set_in(text: Text, blanks: str) -> Text:
    """The text with every line but the first set in, its places moved along."""
    words = str(text)
    if "\n" not in words:
        return text
    marks = [Mark(mark.at + words.count("\n", 0, mark.at) * len(blanks), mark.of) for mark in text.marks]
    words = words.replace("\n", f"\n{blanks}")
    return Text([words], len(words), marks)


def written(pieces: Sequence[Piece], *, in_cell: bool = False, without_bold: bool = False) -> Text:
    """A paragraph's pieces as one line of Markdown, or several where it is broken by hand.

    in_cell: for a cell of a table. without_bold: where all of it is bold because of what it is.
    """
    pair_changes(pieces)
    settled = list(_with_signs_outside(_trimmed(pieces, without_bold)))
    _settle_blanks(settled)
    shown = "".join(
        "\ufffc" if piece.is_raw else piece.text for piece in settled if isinstance(piece, Run) and piece.is_shown
    )
    writer = _Writer(signs_to_escape(shown, in_cell=in_cell), in_cell)
    for piece in settled:
        if isinstance(piece, Edge):
            writer.edge(piece)
        else:
            writer.run(piece)
    return writer.end()


def as_href(address: str) -> str:
    """An address as it can stand in a link of Markdown."""
    return re.sub(r"[\s()<>|\\]", lambda match: f"%{ord(match[0]):02X}", address.strip())


def as_picture(described: str, name: str) -> str:
    """A picture in Markdown. described: the words that stand for it, as its author wrote them. name: of its file."""
    words = re.sub(r"[\\\[\]*_`~<&]", r"\\\g<0>", " ".join(plain(described).split()))
    return f"![{words}]({as_href(name)})"


# ── Before it is written ──────────────────────────────────────────────────────────────────────────────────────
def _trimmed(pieces: Sequence[Piece], without_bold: bool) -> list[Piece]:
    """The pieces without blanks at either end and without double ones; blanks at the edges of a run are runs."""
    trimmed: list[Piece] = []
    after_blank = True
    for piece in pieces:
        if isinstance(piece, Edge) or piece.is_raw or not piece.is_shown:
            trimmed.append(piece)
            after_blank = after_blank and not (isinstance(piece, Run) and piece.is_raw and piece.is_shown)
            continue
        look = replace(piece.look, bold=False) if without_bold else piece.look
        if look.struck:
            look = Look(struck=True, href=look.href)  # "~~" beside stars is read as neither
        words = _BLANKS.sub(" ", piece.text)
        words = words.lstrip(" ") if after_blank else words
        for text in _by_blanks(words):
            if text:
                trimmed.append(Run(text, look, piece.change))
                after_blank = text[-1] in " \n"
        if not words and piece.change is not None:
            trimmed.append(Run("", look, piece.change))
    for ordered in (trimmed, trimmed[::-1]):
        for piece in ordered:
            if isinstance(piece, Run) and piece.is_shown:
                if piece.is_raw or piece.text.strip(" \n"):
                    break
                piece.text = ""
    return trimmed


def _by_blanks(words: str) -> tuple[str, str, str]:
    """The blanks before the words, the words, and the blanks behind."""
    core = words.strip(" \n")
    lead = words[: len(words) - len(words.lstrip(" \n"))]
    return lead, core, words[len(lead) + len(core) :]


def _shown(pieces: Sequence[Piece]) -> list[Run]:
    return [piece for piece in pieces if isinstance(piece, Run) and piece.is_shown and piece.text]


def _settle_blanks(pieces: Sequence[Piece]) -> None:
    """A blank looks as both its neighbours do, so that emphasis never begins or ends with one."""
    runs = _shown(pieces)
    looks_after, after = [], PLAIN
    for run in reversed(runs):
        looks_after.append(after)
        after = run.look if run.is_raw or run.text.strip(" \n") else after
    before = PLAIN
    for run, after in zip(runs, reversed(looks_after), strict=True):
        if run.is_raw or run.text.strip(" \n"):
            before = run.look
            continue
        if before.href != after.href:
            run.look = PLAIN
            continue
        run.look = Look(
            before.bold and after.bold,
            before.italic and after.italic,
            before.struck and after.struck,
            before.href,
        )


def _with_signs_outside(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Emphasis that ends in a sign right before a letter, or begins with one right behind, would be shown as stars: the
    sign stands outside it."""
    neighbours = {id(one): other for one, other in itertools.pairwise(_shown(pieces))}
    behind = {id(other): one for one, other in itertools.pairwise(_shown(pieces))}
    for piece in pieces:
        if not isinstance(piece, Run) or piece.is_raw or not piece.is_shown or not piece.text:
            yield piece
            continue
        head, core, tail = "", piece.text, ""
        after, before = neighbours.get(id(piece)), behind.get(id(piece))
        if after is not None and not after.is_raw and after.text[0].isalnum() and _ends(piece.look, after.look):
            core = _SIGNS_AT_END.sub("", core)
            tail = piece.text[len(core) :]
        if before is not None and not before.is_raw and before.text[-1].isalnum() and _ends(piece.look, before.look):
            kept = _SIGNS_AT_START.sub("", core)
            head, core = core[: len(core) - len(kept)], kept
        outside = Look(href=piece.look.href)
        for text in (head, *_by_blanks(core), tail):
            if text:
                yield Run(text, outside if text is head or text is tail else piece.look, piece.change)


def _ends(look: Look, beside: Look) -> bool:
    """Whether emphasis of the first look ends, or begins, where the other stands."""
    pairs = ((look.bold, beside.bold), (look.italic, beside.italic), (look.struck, beside.struck))
    return any(one and not other for one, other in pairs)


# ── As it is written ──────────────────────────────────────────────────────────────────────────────────────────
class _Writer:
    """A paragraph under way: the emphasis that is open, and what waits for the place of the next words."""

    def __init__(self, escapes: Sequence[int], in_cell: bool) -> None:
        self._text = Text()
        self._line_end = LINE_IN_CELL if in_cell else "\\\n"
        self._escapes = list(reversed(escapes))
        self._written = 0  # signs of the paragraph, before any is escaped
        self._open: list[str] = []
        self._href = ""
        self._last = ""
        self._is_held = False  # stars right behind stars would be read as one: up to a blank the words go without
        self._waiting: list[Change | Comment] = []
        self._taken_out: list[Change] = []
        self._open_comments: list[Comment] = []
        self._seen: set[int] = set()
        self._blank_at: dict[int, int] = {}

    def edge(self, edge: Edge) -> None:
        """A comment begins, goes on from the paragraph before, or ends."""
        comment = edge.comment
        if not edge.is_start:
            if comment in self._open_comments:
                self._open_comments.remove(comment)
            if comment in self._waiting:
                self._waiting.remove(comment)
                self._place([comment])
            return
        self._open_comments.append(comment)
        if comment.was_begun:
            comment.words = f"{comment.words.rstrip()}\n" if comment.words else ""
        else:
            self._waiting.append(comment)

    def run(self, run: Run) -> None:
        """Words that are shown, or were taken out: of these only the place is kept."""
        if run.change is not None:
            run.change.words += run.text
            if id(run.change) not in self._seen:
                self._seen.add(id(run.change))
                self._blank_at[id(run.change)] = self._text.length
                if run.is_shown:
                    self._waiting.append(run.change)
                else:
                    self._taken_out.append(run.change)
        if not run.is_shown:
            for comment in self._open_comments:
                comment.taken_out += run.text
            return
        if not run.text:
            return
        self._turn_to(run.look, run.text[0])
        if run.is_raw or run.text.strip(" \n"):
            self._place(self._waiting)
            self._waiting = []
        for comment in self._open_comments:
            if not run.is_raw and (comment.words or run.text.strip()) and len(comment.words) < LONGEST_QUOTE:
                comment.words += run.text[:LONGEST_QUOTE]
        self._text.add(self._as_it_is(run.text) if run.is_raw else self._escaped(run.text))
        self._written += 1 if run.is_raw else len(run.text)
        self._last = run.text[-1]
        self._is_held = self._is_held and not run.is_raw and self._last not in " \n"

    def end(self) -> Text:
        """The paragraph; what waited for words that never came stands at its end, but for a comment that goes on."""
        self._turn_to(PLAIN)
        self._place([one for one in self._waiting if isinstance(one, Change) or one not in self._open_comments])
        for mark in self._text.marks:
            if isinstance(mark.of, Change) and not mark.of.words.strip():
                mark.at = self._blank_at.get(id(mark.of), mark.at)
        return self._text

    def _place(self, waiting: Iterable[Change | Comment]) -> None:
        for one in waiting:
            self._text.mark(one)
            if isinstance(one, Comment):
                one.was_begun = True

    def _turn_to(self, look: Look, following: str = "") -> None:
        """Close the emphasis that ends, remember what was taken out here, and open what begins.

        following: the next sign that is written; none begins before a blank.
        """
        looks = (("[", bool(look.href)), ("~~", look.struck), ("**", look.bold), ("*", look.italic))
        wanted = [sign for sign, is_on in looks if is_on]
        has_closed = False
        is_other_link = self._href != look.href
        while self._open and (is_other_link or any(sign not in wanted for sign in self._open)):
            sign = self._open.pop()
            has_closed = has_closed or (sign != "[" and not is_other_link)
            self._text.add(f"]({self._href})" if sign == "[" else sign)
        self._place(self._taken_out)
        self._taken_out = []
        is_within = any(sign != "[" for sign in self._open)
        for sign in wanted if following not in " \n" else ():
            if sign in self._open:
                continue
            if sign != "[" and (has_closed or is_within) and self._last not in " \n":
                self._is_held = True
            if sign == "[" or not self._is_held:
                self._open_sign(sign)
        self._href = look.href

    def _open_sign(self, sign: str) -> None:
        if sign == "[" and self._last == "!" and self._text.parts[-1].endswith("!"):
            # It would make a picture of the link.
            self._text.parts[-1] = self._text.parts[-1][:-1] + "\\!"
            self._text.length += 1
        self._text.add(sign)
        self._open.append(sign)

    def _as_it_is(self, markup: str) -> str:
        return markup.replace("|", "\\|") if self._line_end == LINE_IN_CELL else markup

    def _escaped(self, words: str) -> str:
        places = set[int]()
        while self._escapes and self._escapes[-1] < self._written + len(words):
            places.add(self._escapes.pop() - self._written)
        if "[" in self._open:
            places |= {place for place, sign in enumerate(words) if sign in "[]"}
        if places:
            words = "".join("\\" + sign if place in places else sign for place, sign in enumerate(words))
        return words.replace("\n", self._line_end)
