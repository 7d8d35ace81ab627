"""paper_pdf_seconds: an agreement of forty pages as PDF, once one has been made in the same program."""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import at_most, embedded, measure_apart

if TYPE_CHECKING:
    from workflow.reports.papers.model import Paper

TARGET = 4.0  # seconds
TIMES = 5
PAGES = 40
SECTIONS = 36
MADE_AT = datetime(2026, 3, 3, 9, tzinfo=UTC)

WORDS = (
    "Region og kommuner er enige om at styrke samarbejdet om borgere med behov for en sammenhængende indsats på tværs "
    "af sektorer, så den enkelte oplever overgange uden brud, og så ingen skal fortælle sin historie to gange. "
)
SECTION = f"""{WORDS * 3}

Parterne vil[^1]

1. følge målene med **data, de allerede har**,
2. drøfte dem i udvalget hvert år,
   - i foråret med tal,
   - i efteråret med erfaringer.

## Mål

| Mål | Hvem | 2027 | 2030 |
|---|---|--:|--:|
| Færre genindlæggelser inden for 30 dage | sygehus og kommune | 12,4 % | 9,0 % |
| Flere borgere med én kontaktperson | kommune | 41 % | 70 % |
| Kortere ventetid til genoptræning | kommune | 9 dage | 5 dage |

{WORDS * 4}

## Opfølgning

{WORDS * 3}

[^1]: Målene er dem, som udvalget vedtog, og gælder for hele perioden.
"""


def measure() -> bool:
    """The text with contents, tables and notes, laid out anew each time: nothing is taken from the disk."""
    with tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        return measure_apart("bench.papers", embedded(Path(folder)))


def _agreement() -> "Paper":
    from workflow.reports.papers.markdown import blocks_of
    from workflow.reports.papers.model import Heading, Paper, Sender, line

    blocks = []
    for number in range(1, SECTIONS + 1):
        blocks += [Heading(1, line(f"Indsatsområde {number}"), str(number), f"afsnit-{number}")]
        blocks += blocks_of(SECTION)
    return Paper(
        kind="text",
        title="Sundhedsaftale 2027–2030",
        language="da",
        sender=Sender("Sekretariatet for sundhedsaftalen", "Alléen 15\n4180 Sorø"),
        dated=MADE_AT.date(),
        dated_words="3. marts 2026",
        made_at=MADE_AT,
        case_number="RS-2026-0001",
        blocks=tuple(blocks),
        file_name="2026-03-03 Sundhedsaftale",
        has_contents=True,
    )


def _write_all() -> bool:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from pypdfium2 import PdfDocument

    from workflow.reports.papers.pdf import write_pdf

    taken, content = [], b""
    for _time in range(TIMES + 1):
        begun = time.process_time()
        content = write_pdf(_agreement())
        taken.append(time.process_time() - begun)
    if (pages := len(PdfDocument(content))) < PAGES:
        raise SystemExit(f"the agreement has {pages} pages, and {PAGES} were to be measured")
    figure = at_most("paper_pdf_seconds", statistics.median(taken[1:]), "s", TARGET, "sqlite")
    figure.say()
    return figure.ok


if __name__ == "__main__":
    sys.exit(0 if _write_all() else 1)
