"""Lines of a paper with what was added and removed in them, word by word, whatever look the words have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from workflow.reports.papers.model import Inline, Line, LineBreak, Words
from workflow.rules.compared_words import Fate, compared, tokens
from workflow.rules.compared_words import Words as ComparedWords

_FIRST: Final = 0xF0000
"""A footnote is compared as one sign of its own, from here on: signs that mean nothing, and that no font has."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How lines are compared. language: what they are written in. spaces: what stands behind the earlier and the later
    line where they are written; with it the words are paired just as on the page that compares."""

    language: str
    spaces: tuple[str, str] = ("", "")


def marked_line(before: Line, after: Line, manner: Manner) -> Line:
    """Two lines as one: what both have in the look it has now, what was removed in the look it had."""
    if before == after:
        return after
    signs: dict[Inline, str] = {}
    old, new = _Text(before, signs), _Text(after, signs)
    found: list[Inline] = []
    for run in compared(old.text + manner.spaces[0], new.text + manner.spaces[1], manner.language):
        was = list(old.taken(len(run.text))) if run.fate is not Fate.ADDED else []
        now = list(new.taken(len(run.text))) if run.fate is not Fate.REMOVED else []
        if run.fate is Fate.SAME:
            found += now
            found += _beyond(was, now)
        else:
            found += _fated(was or now, run)
    return tuple(found)


def line_of_fate(words: Line, fate: Fate, figures: frozenset[str] = frozenset()) -> Line:
    """A line all of which was added, or removed. figures: the numbers in it that are marked."""
    return tuple(_with_figures((replace(inline, fate=fate) for inline in words), figures))


def figures_in(runs: Iterable[ComparedWords]) -> frozenset[str]:
    """The numbers, dates and amounts that are marked in these runs."""
    return frozenset(token.strip().casefold() for run in runs if run.is_figure for token in tokens(run.text))


def _beyond(was: Sequence[Inline], now: Sequence[Inline]) -> Iterator[Inline]:
    """A break of the earlier line for which the later one, at its end, has nothing but the space behind it."""
    if sum(map(_length, was)) > sum(map(_length, now)) and was and isinstance(was[-1], LineBreak):
        yield replace(was[-1], fate=Fate.REMOVED)


def _length(inline: Inline) -> int:
    return len(inline.text) if isinstance(inline, Words) else 1


def _with_figures(inlines: Iterable[Inline], figures: frozenset[str]) -> Iterator[Inline]:
    for inline in inlines:
        if not isinstance(inline, Words) or not figures:
            yield inline
            continue
        for is_figure, found in groupby(tokens(inline.text), lambda token: token.strip().casefold() in figures):
            yield replace(inline, text="".join(found), is_figure=is_figure)


def _fated(inlines: Iterable[Inline], run: ComparedWords) -> Iterator[Inline]:
    for inline in inlines:
        yield (
            replace(inline, fate=run.fate, is_figure=run.is_figure)
            if isinstance(inline, Words)
            else replace(inline, fate=run.fate)
        )


class _Text:
    """A line as plain text, to be taken from its beginning piece by piece."""

    def __init__(self, words: Line, signs: dict[Inline, str]) -> None:
        self._words = list(words)
        self._at = 0
        self.text = "".join(
            inline.text
            if isinstance(inline, Words)
            else "\n"
            if isinstance(inline, LineBreak)
            else signs.setdefault(inline, chr(_FIRST + len(signs)))
            for inline in words
        )

    def taken(self, length: int) -> Iterator[Inline]:
        """The next so many characters; less at its end."""
        while length > 0 and self._words:
            inline = self._words[0]
            if not isinstance(inline, Words):
                self._words.pop(0)
                length -= 1
                yield inline
                continue
            rest = inline.text[self._at :]
            piece = rest[:length]
            length -= len(piece)
            self._at += len(piece)
            if len(piece) == len(rest):
                self._words.pop(0)
                self._at = 0
            if piece:
                yield replace(inline, text=piece)
