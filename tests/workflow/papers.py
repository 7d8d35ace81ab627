"""Papers as tests write and read them: a text with everything in it, and what a PDF says of itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pikepdf

from workflow.reports.papers.heads import in_steps
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import Block, Heading, Paper, Sender, line

MADE_AT = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)  # the day after in Denmark

RICH = """Et *afsnit* med **fede ord** og en note[^1].
Ny linje med et [link](https://region.example).

### Under punktet

1. det første
2. det andet
   - herunder

| Mål | Antal |
|---|--:|
| Færre genindlæggelser[^b] | 12 |
| Bedre overgange | 1.200 |

> Ord fra udvalget

[^1]: Noten.
[^b]: Den anden note.
"""
"""Markdown with all that a text may hold."""


def a_paper(*blocks: Block, **changes: Any) -> Paper:
    """A paper of the office in Sjælland."""
    values: dict[str, Any] = {
        "kind": "text",
        "title": "Sundhedsaftale 2027–2030",
        "language": "da",
        "sender": Sender(
            "Sekretariatet for sundhedsaftalen", "Alléen 15\n4180 Sorø", email="sekretariat@region.example"
        ),
        "dated_words": "4. marts 2026",
        "dated": MADE_AT.date(),
        "made_at": MADE_AT,
        "case_number": "SJAE-2026-1",
        "blocks": blocks or rich_blocks(),
        "file_name": "2026-03-04 Sundhedsaftale 2027-2030",
    }
    return Paper(**{**values, **changes})


def rich_blocks() -> tuple[Block, ...]:
    """Two sections, the first with everything in it."""
    first, second = Heading(1, line("Fælles mål"), "1", "afsnit-1"), Heading(1, line("Økonomi"), "2", "afsnit-2")
    return tuple(in_steps([first, *blocks_of(RICH, below=1), second, *blocks_of("Hver part betaler sit.")]))


def opened(content: bytes) -> pikepdf.Pdf:
    """A PDF as a program that reads it opens it."""
    return pikepdf.open(io.BytesIO(content))


def tags(pdf: pikepdf.Pdf) -> list[str]:
    """The tags of its structure in the order of reading: "H1", "P", "TH" …"""
    return list(_tags_below(pdf.Root.StructTreeRoot.K))


def _tags_below(node: Any) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for each in node:  # type: ignore[attr-defined]
            yield from _tags_below(each)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S).removeprefix("/")
        if "/K" in node:
            yield from _tags_below(node.K)


def bookmarks(pdf: pikepdf.Pdf) -> list[str]:
    """The words of its bookmarks, all levels."""

    def below(items: Any) -> Iterator[str]:
        for item in items:
            yield str(item.title)
            yield from below(item.children)

    with pdf.open_outline() as outline:
        return list(below(outline.root))


def fonts(pdf: pikepdf.Pdf) -> dict[str, bool]:
    """Each font by its name, and whether it lies in the file."""
    found: dict[str, bool] = {}
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
            found[str(each.FontName).partition("+")[2]] = any(f"/FontFile{n}" in each for n in ("", "2", "3"))
    return found


DRAWING = frozenset({"Tj", "TJ", "f", "f*", "S", "B", "Do"})


def untagged(pdf: pikepdf.Pdf) -> int:
    """How much is drawn that is neither part of the structure nor marked as an ornament."""
    count = 0
    for page in pdf.pages:
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
            count += depth == 0 and operator in DRAWING
    return count
