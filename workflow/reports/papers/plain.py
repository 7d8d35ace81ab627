"""Blocks as plain text, for a field of an agenda system that takes nothing else: lists keep their signs, tables their
columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow.reports.papers.model import (
    Block,
    Facts,
    Gap,
    Heading,
    ItemList,
    LineBreak,
    PageBreak,
    Paragraph,
    Quote,
    Signature,
    Table,
    Verbatim,
    as_it_is,
    plain,
)


def as_plain(blocks: Iterable[Block]) -> str:
    """The blocks as text, an empty line between two. The cells of a row stand apart by a tab, which spreadsheets and
    word processors take as columns; footnotes stay behind."""
    return "\n\n".join("\n".join(lines) for lines in map(_lines, blocks) if lines)


def _lines(block: Block) -> list[str]:
    match block:
        case Heading():
            return [block.text]
        case Paragraph():
            return _broken(block)
        case Gap():
            return [f"[{block.text}]"]
        case ItemList():
            return list(_items(block))
        case Table():
            rows = ["\t".join(plain(as_it_is(cell)) for cell in row) for row in (block.head, *block.rows)]
            return [*([block.caption] if block.caption else []), *rows]
        case Facts():
            return [f"{name}: {words}" for name, words in block.rows]
        case Quote():
            return [f"  {text}" for each in block.blocks for text in _lines(each)]
        case Verbatim():
            return block.text.split("\n")
        case Signature():
            return [block.greeting, *block.lines]
        case PageBreak():
            return []


def _broken(block: Paragraph) -> list[str]:
    """A paragraph's words, a line of its own where it has breaks."""
    lines = [""]
    for inline in as_it_is(block.words):
        if isinstance(inline, LineBreak):
            lines.append("")
        else:
            lines[-1] += plain((inline,))
    return lines


def _items(items: ItemList, indent: str = "") -> Iterator[str]:
    for number, item in enumerate(items.items, start=items.start):
        sign = f"{number}." if items.is_numbered else "–"
        is_first = True
        for block in item:
            if isinstance(block, ItemList):
                yield from _items(block, f"{indent}   ")
                continue
            for text in _lines(block):
                yield f"{indent}{sign} {text}" if is_first else f"{indent}   {text}"
                is_first = False
