"""Tables of a Word document as tables of Markdown, whose first row is the head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lxml import etree

from workflow.readers.docx.package import W, value
from workflow.readers.pieces import Change, Run, is_all_bold, shown_words
from workflow.readers.tables import Cell, written_table
from workflow.readers.writing import LINE_IN_CELL, Mark, Text, joined, written

if TYPE_CHECKING:
    from workflow.readers.docx.body import Body


class Tables:
    """Writes the tables of one document."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def written(self, table: etree._Element) -> Text:
        """A table in Markdown; cells that were merged have their words in the first."""
        rows: list[list[Cell]] = []
        waiting: list[Mark] = []
        for row in _rows_of(table):
            change = self._change_of(row)
            cells = self._cells(row, change, is_head=not rows)
            if change is None or (change.kind == "deleted") == self._body.original:
                if waiting and cells:
                    cells[0].text.marks[:0] = [Mark(0, mark.of) for mark in waiting]
                    waiting = []
                rows.append(cells)
                continue
            # A row that is not shown leaves the places of its changes to the row before it.
            marks = [mark for cell in cells for mark in cell.text.marks]
            if rows and rows[-1]:
                for mark in marks:
                    rows[-1][-1].text.mark(mark.of)
            else:
                waiting += marks
        table_text = written_table(rows)
        table_text.marks += waiting
        return table_text

    def _change_of(self, row: etree._Element) -> Change | None:
        """The change by which a whole row was put in or taken out."""
        properties = row.find(f"{W}trPr")
        for name in ("ins", "del") if properties is not None else ():
            said = properties.find(f"{W}{name}")  # type: ignore[union-attr]
            if said is not None:
                kind = "inserted" if name == "ins" else "deleted"
                return Change(kind, value(said, "author"), value(said, "date") or None)  # type: ignore[arg-type]
        return None

    def _cells(self, row: etree._Element, change: Change | None, *, is_head: bool) -> list[Cell]:
        properties = row.find(f"{W}trPr")
        before = _figure(value(properties.find(f"{W}gridBefore"))) if properties is not None else 0
        cells = [Cell(Text()) for _column in range(min(before, 60))]
        words: list[str] = []
        for element in _cells_of(row):
            cells.append(self._cell(element, change, words, is_head=is_head))
        if change is not None and any(words):
            # A row put in or taken out is one change, however its cells are marked.
            change.words = " | ".join(words)
            (next((cell.text for cell in cells if cell.text.length), cells[0].text)).marks.insert(0, Mark(0, change))
        return cells

    def _cell(self, cell: etree._Element, change: Change | None, words: list[str], *, is_head: bool) -> Cell:
        properties = cell.find(f"{W}tcPr")
        span = value(properties.find(f"{W}gridSpan")) if properties is not None else ""
        merge = properties.find(f"{W}vMerge") if properties is not None else None
        if merge is not None and value(merge) != "restart":
            return Cell(Text(), _figure(span) or 1)
        said: list[str] = []
        text = joined(self._lines(cell, change, said, is_head), LINE_IN_CELL)
        words.append(" ".join(filter(None, said)))
        return Cell(text, _figure(span) or 1)

    def _lines(self, cell: etree._Element, change: Change | None, said: list[str], is_head: bool) -> Iterator[Text]:
        body = self._body
        for paragraph in cell.iter(f"{W}p"):
            if _owner(paragraph) is not cell or _is_in_box(paragraph, cell):
                continue
            properties = body.properties(paragraph)
            style = body.styles.of_paragraph(properties)
            pieces = body.inline.pieces_of(paragraph, style)
            runs = [piece for piece in pieces if isinstance(piece, Run)]
            said.append(_row_words(runs, change))
            text = written(pieces, in_cell=True, without_bold=is_head and is_all_bold(pieces))
            number = body.numbering.next_of(properties, style) if text.length else None
            if number is not None and number.text:
                line = Text()
                line.add(f"{number.text} ")
                line.join(text)
                text = line
            yield text
        for table in cell.iter(f"{W}tbl"):
            if _owner(table) is cell:
                body.assembly.lose("nested_tables")
                for row in _rows_of(table):
                    cells = [joined(self._lines(each, change, said, False), " ") for each in _cells_of(row)]
                    yield joined(cells, "; ")


def _row_words(runs: Sequence[Run], change: Change | None) -> str:
    """The words that a row's change put in or took out; its runs are marked no more by themselves."""
    if change is None:
        return ""
    words = []
    for run in runs:
        if run.change is None or run.change.kind == change.kind:
            run.change, run.is_shown = None, True
            words.append(run)
    return shown_words(words)


def _figure(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _owner(element: etree._Element) -> etree._Element | None:
    """The cell that an element stands in, the innermost one."""
    return next(element.iterancestors(f"{W}tc"), None)


def _is_in_box(paragraph: etree._Element, cell: etree._Element) -> bool:
    """Whether a paragraph stands in a text box that hangs in the cell."""
    box = next(paragraph.iterancestors(f"{W}txbxContent"), None)
    return box is not None and any(above is cell for above in box.iterancestors(f"{W}tc"))


def _rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, also those in boxes of their own, and not those of tables in its cells."""
    return (row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl"), None) is table)


def _cells_of(row: etree._Element) -> Iterator[etree._Element]:
    return (cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr"), None) is row)
