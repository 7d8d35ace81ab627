"""Lists as they are copied from spreadsheets, mails and files, cut into cells; pure text in, rows out.

The readers of parties and of the shipped lists come in.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from workflow.rules.cleaning import cleaned_text

DELIMITERS: Final = ("\t", ";", ",")
"""What may part cells, the likeliest first."""

MOST_LINES_OF_A_CELL: Final = 10
"""A cell in quotation marks may hold so many lines; with more, the closing mark has been forgotten."""

MOST_CELLS: Final = 100
"""A row with more cells is none; no list of parties or bodies has so many columns."""

_PARTED: Final = "\x00"  # stands in no cleaned text


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, each on one line and without blanks around it. line: where it begins, counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be read, and where. line: counted from 1, in the text as it was given."""

    line: int
    text: str

    def __str__(self) -> str:
        return str(_("Line %(line)d: %(problem)s")) % {"line": self.line, "problem": self.text}


def read_rows(text: str, *, is_telling: Callable[[str], bool]) -> tuple[list[Row], list[Problem]]:
    """The rows of a list that hold anything, and the lines that cannot be cut into cells.

    The text is cleaned first; marks of a byte order go, also where a program has read them as letters. Cells are parted
    by tabs, semicolons or commas, whichever brings out most rows with a cell that `is_telling`: an address, a known
    heading. Commas part nothing unless they do. A cell in quotation marks may hold what parts cells, and line breaks.
    """
    lines = _lines(text)
    readings = {delimiter: list(_records(lines, delimiter)) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda sign: _rank(readings[sign], sign, is_telling))
    rows, problems = [], []
    for line, cells, used in readings[delimiter]:
        if cells is None:
            problems.append(Problem(line, _("A quotation mark has no partner. Take it out, or write the missing one.")))
            continue
        own = _parted_otherwise(lines[line - 1], cells, is_telling) if used == len(cells) == 1 else cells
        if len(own) > MOST_CELLS:
            words = _("The line has %(count)d cells; a list may have %(most)d.")
            problems.append(Problem(line, words % {"count": len(own), "most": MOST_CELLS}))
        elif any(own):
            rows.append(Row(line, tuple(own)))
    return rows, problems


def _lines(text: str) -> list[str]:
    # The point keeps the empty lines at the beginning, which cleaning takes away: lines are counted as they were given.
    bare = text.removeprefix("ï»¿").lstrip("\ufeff\ufffe").removeprefix("ÿþ").removeprefix("þÿ")
    return cleaned_text("." + bare, lines=True)[1:].split("\n")


_Record = tuple[int, list[str] | None, int]
"""A row's first line, its cells (None where quotation marks do not match), and how many lines it takes."""


def _records(lines: Sequence[str], delimiter: str) -> Iterator[_Record]:
    at = 0
    while at < len(lines):
        cells, used = _record(lines[at : at + MOST_LINES_OF_A_CELL], delimiter)
        yield at + 1, cells, used
        at += used


def _record(lines: Sequence[str], delimiter: str) -> tuple[list[str] | None, int]:
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        cells = next(reader)
    except csv.Error:
        # A name may begin with a word in quotation marks, and spreadsheets copy it as it is.
        split = _split(lines[0], delimiter)
        return (None if split is None else [" ".join(cell.split()) for cell in split]), 1
    return [" ".join(cell.split()) for cell in cells], reader.line_num


def _split(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line as they stand there, marks included; None when a quotation mark has no partner."""
    pieces = line.split('"')
    if len(pieces) % 2 == 0:
        return None
    pieces[::2] = [piece.replace(delimiter, _PARTED) for piece in pieces[::2]]
    return '"'.join(pieces).split(_PARTED)


def _rank(records: Sequence[_Record], delimiter: str, is_telling: Callable[[str], bool]) -> tuple[int, int, int]:
    parted = [cells for _line, cells, _used in records if cells and len(cells) > 1]
    telling = sum(any(is_telling(cell) for cell in cells) for cells in parted)
    return telling, 0 if delimiter == "," else len(parted), -DELIMITERS.index(delimiter)


def _parted_otherwise(line: str, cells: list[str], is_telling: Callable[[str], bool]) -> list[str]:
    """A line that parts its cells by another sign than the rest of the list, as one written by hand may."""
    for delimiter in DELIMITERS:
        other_cells = _record([line], delimiter)[0] or []
        if len(other_cells) > 1 and any(is_telling(cell) for cell in other_cells):
            return other_cells
    return cells
