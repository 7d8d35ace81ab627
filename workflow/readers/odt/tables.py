"""Tables of an OpenDocument as tables of Markdown, whose first row is the head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from lxml import etree

from workflow.readers.odt.inline import PARAGRAPHS
from workflow.readers.odt.numbering import OpenList
from workflow.readers.odt.package import TABLE, TEXT, figure
from workflow.readers.pieces import Piece, Run, is_all_bold, shown_words
from workflow.readers.tables import Cell, written_table
from workflow.readers.writing import LINE_IN_CELL, Text, joined, written

if TYPE_CHECKING:
    from workflow.readers.odt.body import Body

_MOST_COLUMNS: Final = 60
_CELLS: Final = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")


class Tables:
    """Writes the tables of one document."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._pieces: list[list[Run]] = []  # of each cell of the row under way

    def only_cell(self, table: etree._Element) -> etree._Element | None:
        """The cell of a table that has but one."""
        cells = [cell for row in _rows_of(table) for cell in row.iterchildren(*_CELLS)]
        return cells[0] if len(cells) == 1 else None

    def written(self, table: etree._Element) -> Text:
        """A table in Markdown; cells that were merged have their words in the first, and leave the rest empty."""
        rows: list[list[Cell]] = []
        for row in _rows_of(table):
            cells = []
            self._pieces = []
            for element in row.iterchildren(*_CELLS):
                self._pieces.append([])
                text = (
                    joined(self._lines(element, is_head=not rows), LINE_IN_CELL) if element.tag == _CELLS[0] else Text()
                )
                repeated = figure(element, f"{TABLE}number-columns-repeated", 1)
                cells += [Cell(text), *(Cell(Text()) for _again in range(min(repeated, _MOST_COLUMNS) - 1))]
            self._as_one_change()
            if rows and rows[-1] and not any(cell.text.length for cell in cells):
                # A row that is not shown leaves the places of its changes to the row before it.
                for cell in cells:
                    for mark in cell.text.marks:
                        rows[-1][-1].text.mark(mark.of)
            else:
                rows.append(cells)
        return written_table(rows)

    def _as_one_change(self) -> None:
        """A row that was put in or taken out as a whole is one change, though each of its cells is marked."""
        cells = [[run for run in cell if run.text.strip()] for cell in self._pieces]
        runs = [run for cell in cells for run in cell]
        changes = list({id(run.change): run.change for run in runs if run.change is not None}.values())
        if len(changes) < 2 or any(run.change is None for run in runs):
            return
        if len({(change.kind, change.author) for change in changes}) > 1:
            return
        said = ["".join(run.text for run in cell).strip() for cell in cells]
        changes[0].words = " | ".join(filter(None, said))
        for change in changes[1:]:
            change.words = ""

    def _lines(self, parent: etree._Element, *, is_head: bool, open_list: OpenList | None = None) -> Iterator[Text]:
        """The lines of a cell, or of a part of one. open_list: the list that the part stands in."""
        body = self._body
        carried: list[Piece] = []
        number = "" if open_list is None else None
        for child in parent:
            if child.tag in PARAGRAPHS:
                pieces = [*carried, *body.inline.pieces_of(child)]
                carried = []
                if self._pieces:
                    self._pieces[-1] += [piece for piece in pieces if isinstance(piece, Run)]
                text = written(pieces, in_cell=True, without_bold=is_head and is_all_bold(pieces))
                if number is None and open_list is not None and shown_words(pieces):
                    number = body.numbering.of_item(parent, open_list)
                    yield _numbered(number, text)
                else:
                    yield text
            elif child.tag == f"{TEXT}list":
                begun = body.numbering.begin(child, open_list, "")
                for item in child:
                    if item.tag == f"{TEXT}list-item":
                        yield from self._lines(item, is_head=False, open_list=begun)
                    elif item.tag == f"{TEXT}list-header":
                        yield from self._lines(item, is_head=False)
            elif child.tag == f"{TABLE}table":
                body.assembly.lose("nested_tables")
                for row in _rows_of(child):
                    cells = [joined(self._lines(each, is_head=False), " ") for each in row.iterchildren(_CELLS[0])]
                    yield joined(cells, "; ")
            elif child.tag == f"{TEXT}section":
                yield from self._lines(child, is_head=is_head)
            elif isinstance(child.tag, str):
                body.inline.mark(child, carried)


def _numbered(number: str, text: Text) -> Text:
    line = Text()
    line.add(f"{number} " if number else "")
    line.join(text)
    return line


def _rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, also those of its head and of groups, and not those of tables in its cells."""
    return (row for row in table.iter(f"{TABLE}table-row") if next(row.iterancestors(f"{TABLE}table"), None) is table)
