"""The pictures of a paper: which stand in it, where their bytes lie, and how large they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from workflow import storage
from workflow.models import Process, VersionPicture
from workflow.reports.papers.model import (
    Block,
    Footnote,
    Heading,
    Inline,
    ItemList,
    Paragraph,
    Picture,
    PictureFile,
    Quote,
    Table,
)

WIDEST: Final = 605
"""Dots (96 to the inch) between the margins of a page; a picture is shown in its own size, or as wide as that."""
HIGHEST: Final = 800
"""Dots of a page's height that a picture takes at most."""


def pictures_in(blocks: Iterable[Block], process: Process) -> tuple[PictureFile, ...]:
    """The files of the pictures that stand in blocks, by their names; of one that is nowhere, none. A query where there
    are any."""
    names = {inline.name for inline in _inlines(blocks) if isinstance(inline, Picture)}
    if not names:
        return ()
    rows = VersionPicture.objects.filter(version__document__process=process, name__in=names, file__erased_at=None)
    found: dict[str, PictureFile] = {}
    for row in rows.select_related("file").order_by("name"):
        if row.name not in found and (path := storage.where(row.file.public_id, row.file.path)):
            found[row.name] = PictureFile(row.name, str(path), row.width, row.height)
    return tuple(found.values())


def shown_size(picture: PictureFile) -> tuple[int, int]:
    """How wide and high a picture is shown, in dots."""
    share = min(1.0, WIDEST / picture.width, HIGHEST / picture.height)
    return max(1, round(picture.width * share)), max(1, round(picture.height * share))


def _inlines(blocks: Iterable[Block]) -> Iterator[Inline]:
    for inline in _in_lines(blocks):
        yield inline
        if isinstance(inline, Footnote):
            yield from inline.words


def _in_lines(blocks: Iterable[Block]) -> Iterator[Inline]:
    for block in blocks:
        match block:
            case Heading() | Paragraph():
                yield from block.words
            case Quote():
                yield from _in_lines(block.blocks)
            case ItemList():
                yield from _in_lines(chain.from_iterable(block.items))
            case Table():
                yield from chain.from_iterable(chain.from_iterable((block.head, *block.rows)))
