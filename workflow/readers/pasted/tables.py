"""Tables of pasted HTML as tables of Markdown, whose first row is the head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lxml import etree

from workflow.readers.pasted.lettering import as_number
from workflow.readers.pasted.looks import name_of
from workflow.readers.pieces import is_all_bold
from workflow.readers.tables import Cell, written_table
from workflow.readers.writing import LINE_IN_CELL, Text, joined, written

if TYPE_CHECKING:
    from workflow.readers.pasted.body import Body

_WIDEST: Final = 60  # columns; a cell that says it is wider is as wide as this


def rows_of(table: etree._Element) -> list[etree._Element]:
    """The rows of a table, and not those of tables in its cells."""
    return [row for row in table.iter("tr") if next(row.iterancestors("table"), None) is table]


def cells_of(row: etree._Element) -> list[etree._Element]:
    """The cells of a row."""
    return [cell for cell in row if name_of(cell) in ("td", "th")]


class Tables:
    """Writes the tables of one pasted text."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def written(self, table: etree._Element) -> Text:
        """A table in Markdown; cells that were merged have their words in the first."""
        rows: list[list[Cell]] = []
        reaching: dict[int, int] = {}  # column → so many more rows a cell above reaches into
        for row in rows_of(table):
            cells: list[Cell] = []
            below = {place: more - 1 for place, more in reaching.items() if more > 1}
            column = 0
            for element in [*cells_of(row), None]:
                while reaching.get(column, 0):
                    cells.append(Cell(Text()))
                    column += 1
                if element is None:
                    break
                span = min(as_number(element.get("colspan")) or 1, _WIDEST)
                more = as_number(element.get("rowspan")) - 1
                below |= dict.fromkeys(range(column, column + span), more) if more > 0 else {}
                cells.append(Cell(joined(self._lines(element, is_head=not rows), LINE_IN_CELL), span))
                column += span
            reaching = below
            rows.append(cells)
        return written_table(rows)

    def _lines(self, cell: etree._Element, *, is_head: bool) -> Iterator[Text]:
        for block in self._body.blocks.within(cell):
            if block.table is not None:
                self._body.assembly.lose("nested_tables")
                for row in rows_of(block.table):
                    words = [joined(self._lines(each, is_head=False), " ") for each in cells_of(row)]
                    yield joined(words, "; ")
                continue
            pieces = self._body.inline.pieces_of(block.nodes, block.look)
            text = written(pieces, in_cell=True, without_bold=is_head and is_all_bold(pieces))
            line = Text()
            line.add(f"{block.sign} " if block.sign and text.length else "")
            line.join(text)
            yield line
