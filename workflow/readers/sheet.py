"""Reads the first sheet of a spreadsheet that holds anything. Run as a program of its own:
`python -m workflow.readers.sheet` with the file as its input; it answers in JSON."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time
from itertools import islice, zip_longest
from typing import Any, Final

from workflow.readers.archive import Archive
from workflow.readers.document import FoundSheet, Unreadable
from workflow.readers.limits import LONG_OUTPUT, set_limits

_PROCESSOR: Final = 40  # seconds
_MOST_ROWS: Final = 20_000
_MOST_COLUMNS: Final = 100
_MACROS: Final = "xl/vbaProject.bin"


def main() -> None:
    """Limits first, then the file: whatever it does, it does within them."""
    set_limits(LONG_OUTPUT, _PROCESSOR)
    try:
        answer: dict[str, Any] = asdict(read(sys.stdin.buffer.read()))
    except Unreadable as error:
        answer = {"refused": error.code}
    except MemoryError:
        answer = {"refused": "too_much"}
    json.dump(answer, sys.stdout)


def read(content: bytes) -> FoundSheet:
    """The cells of the first sheet that is shown and holds anything, a formula as the value it had when it was saved.
    Raises `Unreadable`."""
    # Only to be refused where it is torn or packed too well: openpyxl unpacks whatever it is given.
    if _MACROS in Archive(content).entries:
        raise Unreadable("macros")
    import openpyxl

    try:
        values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        found = None
        others: list[str] = []
        for sheet in values.worksheets:
            if found is None and sheet.sheet_state == "visible":
                rows, uncounted = _cells(sheet, formulas[sheet.title])
                if rows:
                    found = FoundSheet(sheet.title, rows, uncounted, others)
                    continue
            if any(any(row) for row in _rows(sheet)):
                others.append(sheet.title)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # openpyxl raises whatever the fault of a file brings about
        raise Unreadable from error
    if found is None:
        raise Unreadable("empty")
    return found


def _cells(sheet: Any, formulas: Any) -> tuple[list[list[str]], list[int]]:
    """The rows up to the last that holds anything, and the rows with a formula whose value was never counted."""
    rows: list[list[str]] = []
    uncounted, last = [], 0
    for number, (row, row_of_formulas) in enumerate(zip_longest(_rows(sheet), _rows(formulas), fillvalue=()), start=1):
        if number > _MOST_ROWS:
            raise Unreadable("too_many_rows")
        cells = [_as_text(value) for value in row[:_MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        rows.append(cells)
        if any(cells):
            last = number
        pairs = zip_longest(cells, row_of_formulas, fillvalue="")
        if any(not cell and isinstance(formula, str) and formula.startswith("=") for cell, formula in pairs):
            uncounted.append(number)
    return rows[:last], uncounted


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # A file may say of itself that it is larger or smaller than it is.
    sheet.reset_dimensions()
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
    return islice(rows, _MOST_ROWS + 1)


def _as_text(value: Any) -> str:
    """A cell as it reads: whole numbers without a point, days as 2026-12-31."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    return " ".join(str(value).split())


if __name__ == "__main__":
    main()
