"""Two texts compared paragraph by paragraph; tables row by row and cell by cell where their shape allows. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain
from typing import Final, TypeVar
from uuid import UUID

from workflow.rules.compared_words import Fate, Words, changed_share, compared, figures_of, is_long, whole, words_of

Part = TypeVar("Part")

_SHOWN_WHOLE: Final = 0.6
"""A paragraph of which more than this has changed is shown old and new whole: mingled, nobody can read it."""

_PAIRS_TRIED: Final = 2_500
"""So many pairs of changed paragraphs are tried for which belong together; of more, they are taken in their order."""

_BLOCK = re.compile(
    r"(?:[ \t]*\|[^\n]*(?:\n(?=[ \t]*\|)|\Z|(?=\n)))+\s*"  # a table
    r"|[^\n]*\S[^\n]*(?:\n(?![ \t]*\n)(?![ \t]*(?:[-*+]|\d+[.)])[ \t])(?![ \t]*\|)[^\n]*)*\s*"  # a paragraph or item
    r"|\s+"
)
_ROW = re.compile(r"[^\n]*\n|[^\n]+")
_CELL_ENDS = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, a list's item or a table of the earlier version: of which section, and in which place there."""

    text: str
    origin: UUID | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list's item or a table of two versions as one. lines: of a table its rows, else one.
    origin, place: which piece of the earlier version it was; None where it is new. is_by_lines: too long to be compared
    word by word."""

    fate: Fate
    lines: tuple[tuple[Words, ...], ...]
    is_table: bool = False
    origin: UUID | None = None
    place: int = 0
    is_by_lines: bool = False

    @property
    def runs(self) -> tuple[Words, ...]:
        """All of its words in a row."""
        return tuple(chain.from_iterable(self.lines))

    @property
    def rows(self) -> list[list[list[Words]]]:
        """Of a table its rows, each with its cells; the row of dashes is left out."""
        rows = [_cells(line) for line in self.lines]
        return [row for row in rows if not all(_is_dashes(cell) for cell in row)]


def pieces(text: str, origin: UUID | None = None) -> list[Piece]:
    """The paragraphs, items and tables of a text, each with the space behind it; together they are the text."""
    return [Piece(found, origin, place) for place, found in enumerate(_BLOCK.findall(text))]


def compared_blocks(before: Sequence[Piece], after: Sequence[Piece], language: str) -> list[Block]:
    """Two rows of paragraphs as one. Together the blocks give either."""
    blocks: list[Block] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, [piece.text.strip() for piece in before], [piece.text.strip() for piece in after], autojunk=False
    ).get_opcodes():
        old, new = before[old_from:old_to], after[new_from:new_to]
        is_same = tag == "equal"
        found = paired(old, new, _alike_pieces)
        pairs = zip(old, new, strict=True) if is_same else found
        gone = figures_of(" ".join(piece.text for piece in old), language) if new and not is_same else None
        come = figures_of(" ".join(piece.text for piece in new), language) if old and not is_same else None
        for one, other in pairs:
            blocks += _of_pair(one, other, language, gone, come)
    return blocks


def _alike_pieces(one: Piece, other: Piece) -> float:
    return alike(one.text, other.text)


def alike(one: str, other: str) -> float:
    """How many of their words two texts share, from 0 to 1, wherever these stand."""
    left, right = Counter(words_of(one)), Counter(words_of(other))
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else float(one.strip() == other.strip())


def paired(
    old: Sequence[Part], new: Sequence[Part], likeness: Callable[[Part, Part], float]
) -> Iterator[tuple[Part | None, Part | None]]:
    """Parts of two versions as they belong together, in their order: both, or one alone that has gone or come. The
    likeness of all pairs together is the greatest there is; what is not alike enough is no pair."""
    if len(old) * len(new) > _PAIRS_TRIED:
        both = min(len(old), len(new))
        yield from zip(old[:both], new[:both], strict=True)
        yield from ((part, None) for part in old[both:])
        yield from ((None, part) for part in new[both:])
        return
    found = [[likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _one in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = found[i][j] + best[i + 1][j + 1] if found[i][j] >= 1 - _SHOWN_WHOLE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and (j == len(new) or best[i][j] == best[i + 1][j]):
            yield old[i], None
            i += 1
        elif j < len(new) and (i == len(old) or best[i][j] == best[i][j + 1]):
            yield None, new[j]
            j += 1
        else:
            yield old[i], new[j]
            i, j = i + 1, j + 1


def _of_pair(
    one: Piece | None, other: Piece | None, language: str, gone: set[str] | None, come: set[str] | None
) -> Iterator[Block]:
    if one is not None and other is not None:
        yield from _of_both(one, other, language)
    elif one is not None:
        yield _alone(Fate.REMOVED, one, language, come)
    elif other is not None:
        yield _alone(Fate.ADDED, other, language, gone)


def _of_both(one: Piece, other: Piece, language: str) -> Iterator[Block]:
    if one.text == other.text:
        yield _alone(Fate.SAME, one, language, None)
        return
    is_table = _is_table(one.text) and _is_table(other.text)
    lines = (
        tuple(_rows(one.text, other.text, language)) if is_table else (tuple(compared(one.text, other.text, language)),)
    )
    runs = tuple(chain.from_iterable(lines))
    if not is_table and changed_share(runs) > _SHOWN_WHOLE:
        yield _alone(Fate.REMOVED, one, language, figures_of(other.text, language))
        yield _alone(Fate.ADDED, other, language, figures_of(one.text, language))
        return
    has_changed = any(run.fate is not Fate.SAME and run.text.strip() for run in runs)
    fate = Fate.CHANGED if has_changed else Fate.SAME
    by_lines = not is_table and is_long(one.text, other.text)
    yield Block(fate, lines, is_table, one.origin, one.place, is_by_lines=by_lines)


def _alone(fate: Fate, piece: Piece, language: str, unless: set[str] | None) -> Block:
    is_table = _is_table(piece.text)
    texts = _ROW.findall(piece.text) if is_table else [piece.text]
    lines = tuple(whole(fate, text, language, unless) for text in texts)
    came = fate is Fate.ADDED
    return Block(fate, lines, is_table, None if came else piece.origin, 0 if came else piece.place)


def _is_table(text: str) -> bool:
    return bool(text.strip()) and all(line.lstrip().startswith("|") for line in text.strip().split("\n"))


def _rows(before: str, after: str, language: str) -> Iterator[tuple[Words, ...]]:
    """The rows of two tables as one, those that are the same first found."""
    old, new = _ROW.findall(before), _ROW.findall(after)
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from ((Words(Fate.SAME, row),) for row in old[old_from:old_to])
            continue
        for one, other in paired(old[old_from:old_to], new[new_from:new_to], alike):
            if one is not None and other is not None:
                yield from _row(one, other, language)
            elif one is not None:
                yield (Words(Fate.REMOVED, one),)
            elif other is not None:
                yield (Words(Fate.ADDED, other),)


def _row(one: str, other: str, language: str) -> Iterator[tuple[Words, ...]]:
    old, new = _CELL_ENDS.split(one), _CELL_ENDS.split(other)
    if len(old) != len(new):
        # With another number of columns no cell is another's.
        yield (Words(Fate.REMOVED, one),)
        yield (Words(Fate.ADDED, other),)
        return
    runs: list[Words] = []
    for place, (left, right) in enumerate(zip(old, new, strict=True)):
        if place:
            runs.append(Words(Fate.SAME, "|"))
        runs += compared(left, right, language)
    yield tuple(runs)


def _cells(line: Sequence[Words]) -> list[list[Words]]:
    cells: list[list[Words]] = [[]]
    for run in line:
        for place, text in enumerate(_CELL_ENDS.split(run.text)):
            if place:
                cells.append([])
            if text.strip():
                cells[-1].append(Words(run.fate, text.strip("\n"), run.is_figure))
    # The first and the last stand outside the bars.
    return cells[1:-1] if len(cells) > 2 else cells


def _is_dashes(cell: Sequence[Words]) -> bool:
    text = "".join(run.text for run in cell).strip()
    return bool(text) and not text.strip("-: ")
