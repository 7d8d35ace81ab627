"""What blocks in which changes are marked say of one of the two versions: words and structure, without looks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from workflow.reports.papers.model import (
    Block,
    Heading,
    Inline,
    ItemList,
    Line,
    LineBreak,
    Paragraph,
    Picture,
    Quote,
    Table,
    Verbatim,
    Words,
)
from workflow.rules.compared_words import Fate

_OTHER: Final = {Fate.REMOVED: Fate.ADDED, Fate.ADDED: Fate.REMOVED}
Form = tuple[object, ...]


def said_on(blocks: Iterable[Block], side: Fate) -> list[Form]:
    """The blocks as the earlier version (`Fate.REMOVED`) or the later one (`Fate.ADDED`) has them; those that are the
    same compare as equal."""
    return list(_forms(blocks, _OTHER[side]))


def _forms(blocks: Iterable[Block], other: Fate) -> Iterator[Form]:
    for block in blocks:
        if getattr(block, "fate", None) is other:
            continue
        match block:
            case Paragraph():
                if words := _words(block.words, other):
                    yield ("paragraph", words)
            case Heading():
                if words := _words(block.words, other):
                    yield ("heading", block.level, words)
            case Verbatim():
                yield ("verbatim", block.text)
            case Quote():
                if within := tuple(_forms(block.blocks, other)):
                    yield ("quote", within)
            case ItemList():
                items = (tuple(_forms(item, other)) for item in block.items)
                # An item all of which went is none; one that was empty to begin with is one.
                kept = tuple(form for form, item in zip(items, block.items, strict=True) if form or not item)
                if kept:
                    yield ("list", block.is_numbered, block.start if block.is_numbered else 1, kept)
            case Table():
                rows = enumerate((block.head, *block.rows))
                said = tuple(_row(row, other) for place, row in rows if block.fate_of(place) is not other)
                if said:
                    yield ("table", said)
            case _:
                yield (block,)


def _row(row: Iterable[Line], other: Fate) -> tuple[str, ...]:
    cells = [_words(cell, other) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _words(words: Line, other: Fate) -> str:
    return "".join(_inline(inline, other) for inline in words if inline.fate is not other).strip()


def _inline(inline: Inline, other: Fate) -> str:
    match inline:
        case Words():
            return f"{inline.text}<{inline.href}>" if inline.href else inline.text
        case LineBreak():
            return "\n"
        case Picture():
            return f"![{inline.described}]({inline.name})"
        case _:
            return f"[^{_words(inline.words, other)}]"
