"""A table in Markdown, with the places it keeps. Every reader of a format writes its tables here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.readers.writing import Text


@dataclass(slots=True)
class Cell:
    """A cell: its words in one line of Markdown, and how many columns it takes."""

    text: Text
    span: int = 1


def written_table(rows: Sequence[Sequence[Cell]]) -> Text:
    """The table; its first row is the head, for Markdown knows no table without. A row without any word is left out."""
    filled = [row for row in rows if any(cell.text.length or cell.text.marks for cell in row)]
    width = max((sum(max(cell.span, 1) for cell in row) for row in filled), default=0)
    table = Text()
    for place, row in enumerate(filled):
        line = Text()
        line.add("|")
        columns = 0
        for cell in row:
            line.add(" ")
            line.join(cell.text)
            line.add(" |")
            columns += max(cell.span, 1)
            for _blank in range(max(cell.span, 1) - 1):
                line.add("  |")
        for _blank in range(width - columns):
            line.add("  |")
        table.join(line, "\n")
        if place == 0:
            table.add("\n|" + " --- |" * width)
    return table
