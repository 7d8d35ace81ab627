"""Texts written in Markdown as blocks of a paper; read in the same dialect as pages show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from workflow.reports.papers.model import (
    DEEPEST,
    Block,
    Footnote,
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
from workflow.rules.dialect import MARKDOWN
from workflow.rules.pictures import NAME, in_words

_NAME = re.compile(NAME)
_SAFE = ("http://", "https://", "mailto:")


def blocks_of(text: str, *, below: int = 0) -> tuple[Block, ...]:
    """Markdown as blocks. below: the level of the heading that the text stands under; its own begin one deeper."""
    environment: dict[str, Any] = {}
    root = SyntaxTreeNode(MARKDOWN.parse(text, environment))
    reading = _Reading(below, {})
    for node in root.children:
        if node.type == "footnote_block":
            for note in node.children:
                reading.notes[note.meta["id"]] = tuple(_note_line(reading, note))
    return tuple(_blocks(reading, root.children))


@dataclass(slots=True)
class _Reading:
    """below: see above. notes: the words of each footnote, by the parser's number."""

    below: int
    notes: dict[int, tuple[Words | LineBreak | Picture, ...]]


# ── Blocks ────────────────────────────────────────────────────────────────────────────────────────────────────
def _blocks(reading: _Reading, nodes: Iterable[SyntaxTreeNode]) -> Iterator[Block]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield Paragraph(_line(reading, node))
            case "heading":
                yield Heading(min(DEEPEST, int(node.tag[1]) + reading.below), _line(reading, node))
            case "bullet_list" | "ordered_list":
                items = tuple(tuple(_blocks(reading, item.children)) for item in node.children)
                start = int(node.attrs.get("start", 1))
                yield ItemList(items, is_numbered=node.type == "ordered_list", start=start)
            case "table":
                yield _table(reading, node)
            case "blockquote":
                yield Quote(tuple(_blocks(reading, node.children)))
            case "code_block" | "fence":
                yield Verbatim(node.content.rstrip("\n"))


def _table(reading: _Reading, node: SyntaxTreeNode) -> Table:
    rows = [row for part in node.children for row in part.children]
    lines = [tuple(_line(reading, cell) for cell in row.children) for row in rows]
    numeric = {
        place for place, cell in enumerate(rows[0].children) if "right" in str(cell.attrs.get("style", "")).split(":")
    }
    return Table(lines[0], tuple(lines[1:]), numeric=frozenset(numeric))


# ── Lines ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _line(reading: _Reading, node: SyntaxTreeNode) -> Line:
    return tuple(_inlines(reading, node.children, Words("")))


def _inlines(reading: _Reading, nodes: Sequence[SyntaxTreeNode], look: Words) -> Iterator[Inline]:
    for node in nodes:
        match node.type:
            case "text":
                if node.content:
                    yield replace(look, text=node.content)
            case "softbreak" | "hardbreak":
                yield LineBreak()
            case "code_inline":
                yield replace(look, text=node.content, is_code=True)
            case "image":
                name, described = str(node.attrs.get("src", "")), _words_of(node)
                words = in_words(described)
                is_known = bool(_NAME.fullmatch(name))
                yield Picture(name, described, words) if is_known else replace(look, text=words)
            case "link":
                href = str(node.attrs.get("href", ""))
                linked = replace(look, href=href) if href.startswith(_SAFE) else look
                yield from _inlines(reading, node.children, linked)
            case "footnote_ref":
                yield Footnote(reading.notes.get(node.meta["id"], ()))
            case "strong":
                yield from _inlines(reading, node.children, replace(look, is_strong=True))
            case "em":
                yield from _inlines(reading, node.children, replace(look, is_emphasised=True))
            case "s":
                yield from _inlines(reading, node.children, replace(look, is_struck=True))
            case _:
                yield from _inlines(reading, node.children, look)


def _words_of(image: SyntaxTreeNode) -> str:
    """The words for a picture, without their markup."""
    nodes = (node for child in image.children for node in child.walk())
    return "".join(" " if node.type in ("softbreak", "hardbreak") else node.content for node in nodes).strip()


def _note_line(reading: _Reading, note: SyntaxTreeNode) -> Iterator[Words | LineBreak | Picture]:
    """A footnote as one line, its paragraphs with a break between; a note within a note is left to its words."""
    is_first = True
    for node in note.walk():
        if node.type != "inline":
            continue
        if not is_first:
            yield LineBreak()
        is_first = False
        yield from (each for each in _inlines(reading, node.children, Words("")) if not isinstance(each, Footnote))
