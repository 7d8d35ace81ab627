"""Lists: as a spreadsheet to be worked on, with real days and numbers, and as a paper."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from workflow.dates import clock_time, local_day
from workflow.models import Process
from workflow.reports.papers.heads import paper_of
from workflow.reports.papers.model import Paper, Paragraph, Table, line
from workflow.reports.papers.packing import packed_anew

Cell = str | int | date | datetime | None

_UPRIGHT: Final = 4  # columns that a page has room for as it stands usually
LONGEST_CELL: Final = 32_767
"""Characters a cell of a spreadsheet can hold."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list. columns: their names. rows: a cell for each column; instants are UTC and shown in the process's zone.
    at: the instant (UTC) it bears the day of. named: what stands in its file's name behind the title."""

    kind: str
    process: Process
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    at: datetime
    file_name: str


def paper_of_sheet(sheet: Sheet) -> Paper:
    """The list as a paper: a column in which nothing stands is left out."""
    zone = sheet.process.time_zone
    words = [[_as_words(cell, zone) for cell in row] for row in sheet.rows]
    filled = [place for place in range(len(sheet.columns)) if any(row[place] for row in words)]
    head = tuple(line(sheet.columns[place]) for place in filled)
    rows = tuple(tuple(line(row[place]) for place in filled) for row in words)
    # An empty table is said, not shown.
    blocks = [Table(head, rows)] if rows else [Paragraph(line(_("The list is empty.")))]
    return paper_of(
        sheet.process,
        sheet.kind,
        sheet.title,
        blocks,
        at=sheet.at,
        subtitle=sheet.process.title,
        is_landscape=len(filled) > _UPRIGHT,
    )


def write_xlsx(sheet: Sheet) -> bytes:
    """The list as a spreadsheet: the head stands still, every column can be sorted, days are days. No cell is a
    formula, whatever it begins with. The same list gives the same bytes, whenever and wherever it is written."""
    book = Workbook()
    page: Any = book.active
    page.title = "".join(sign for sign in sheet.title if sign not in r"[]:*?/\'")[:31] or "1"
    page.append([_plain(name) for name in sheet.columns])
    for row in sheet.rows:
        page.append([_kept(cell, sheet.process.time_zone) for cell in row])
    for place, name in enumerate(sheet.columns, start=1):
        head = page.cell(1, place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E9F2F4")
        longest = max(len(name), *(len(_as_words(row[place - 1], sheet.process.time_zone)) for row in sheet.rows), 0)
        page.column_dimensions[get_column_letter(place)].width = min(60, max(11, longest + 2))
    for cells in page.iter_rows(min_row=1):
        for cell in cells:
            cell.alignment = Alignment(
                horizontal="right" if isinstance(cell.value, int) else "left", vertical="top", wrap_text=True
            )
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a word that begins like a formula stays a word
            elif isinstance(cell.value, datetime):
                cell.number_format = "dd-mm-yyyy hh:mm"
            elif isinstance(cell.value, date):
                cell.number_format = "dd-mm-yyyy"
    page.freeze_panes = "A2"
    # On paper: on its side, as wide as the page, the head on each.
    page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight = "landscape", 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.auto_filter.ref = page.dimensions
    made_at = sheet.at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties = book.properties
    properties.title, properties.creator = sheet.title, sheet.process.office.name
    properties.created = properties.modified = made_at
    written = io.BytesIO()
    # Not `book.save`, which stamps the clock into the file.
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    return packed_anew(written.getvalue())


def _plain(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))[:LONGEST_CELL]


def _kept(cell: Cell, zone: str) -> Cell:
    if isinstance(cell, datetime):
        return cell.astimezone(ZoneInfo(zone)).replace(microsecond=0, tzinfo=None)
    return _plain(cell) if isinstance(cell, str) else cell


def _as_words(cell: Cell, zone: str) -> str:
    # Days in figures: a row then stays a line.
    if isinstance(cell, datetime):
        return f"{local_day(cell, zone):%d-%m-%Y}\u00a0{clock_time(cell, zone)}"
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    return "" if cell is None else str(cell)
