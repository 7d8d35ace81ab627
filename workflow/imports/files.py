"""A file with a list in it as the text that would have been pasted; pure. What reads received files comes in."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> str:
    """The text of a file by the mark at its beginning; without one as UTF-8, and what is not that as Windows-1252.

    Excel writes CSV in either of the two, and "Unicode text" in UTF-16. A byte that is none of it becomes "\\ufffd",
    which the reader of lists reports with its line.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def rows_as_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a spreadsheet copies them: cells parted by tabs, a line each, so that a row keeps its number. Columns
    that hold nothing are left out."""
    used = sorted({at for row in rows for at, cell in enumerate(row) if cell})
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    for row in rows:
        cells = [row[at] if at < len(row) else "" for at in used]
        if any(cells):
            writer.writerow(cells)
        else:
            text.write("\n")
    return text.getvalue().rstrip("\n")
