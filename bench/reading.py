"""read_docx_seconds, read_docx_mb: a Word file of 300 pages with 40 tables, from its bytes to what was found in it."""

from __future__ import annotations

import io
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import at_most, embedded, measure_apart

SECONDS = 5.0
MEGABYTES = 300.0
TIMES = 3
PAGES = 300
TABLES = 40
WORDS_OF_PAGE = 380
WORDS = (
    "aftale",
    "borger",
    "kommune",
    "samarbejde",
    "forløb",
    "ældre",
    "fælles",
    "økonomi",
    "nærhed",
    "og",
    "på",
    "skal",
)


def measure() -> bool:
    """The text is made anew from one seed and read by the door that the pages use, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        return measure_apart("bench.reading", embedded(Path(folder)))


def a_long_text() -> bytes:
    """A DOCX of 300 pages: headings in three levels, paragraphs of four runs each, bullets, tables of eight rows."""
    import docx

    dice = random.Random(27)
    document = docx.Document()
    for page in range(PAGES):
        document.add_heading(f"{page + 1}. {_some_words(dice, 4)}", 1 + page % 3)
        for number in range(5):
            paragraph = document.add_paragraph(style="List Bullet" if number == 3 else None)
            for run in range(4):
                paragraph.add_run(_some_words(dice, WORDS_OF_PAGE // 20) + " ").bold = run == 2
        if page % (PAGES // TABLES) == 0:
            table = document.add_table(8, 4)
            for cell in _cells(table):
                cell.text = _some_words(dice, 5)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _cells(table: object) -> Iterator[object]:
    for row in table.rows:  # type: ignore[attr-defined]
        yield from row.cells


def _some_words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(WORDS, k=count))


def _read_it() -> bool:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from workflow.readers import read_document

    content = io.BytesIO(a_long_text())
    taken = []
    for _time in range(TIMES):
        begun = time.perf_counter()
        found = read_document("aftale.docx", content)
        taken.append(time.perf_counter() - begun)
        if len(found.sections) != PAGES:
            raise RuntimeError(f"{len(found.sections)} sections of {PAGES} were found")
    # The largest of the readers: no other child has been started. Kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures = (
        at_most("read_docx_seconds", statistics.median(taken), "s", SECONDS, "sqlite"),
        at_most("read_docx_mb", peak, "MB", MEGABYTES, "sqlite"),
    )
    for figure in figures:
        figure.say()
    return all(figure.ok for figure in figures)


if __name__ == "__main__":
    sys.exit(0 if _read_it() else 1)
