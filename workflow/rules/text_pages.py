"""A text that was read from a PDF, page by page as it stands in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TextOnPages:
    """A section of such a text. name: its number and heading. pages: where in the text each page begins, as (number of
    the page from 1, offset in characters)."""

    name: str
    text: str
    pages: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page: its number from 1, and its words, each heading and each stretch of text by itself."""

    number: int
    headings_and_texts: list[tuple[str, str]] = field(default_factory=list)


def by_pages(sections: Sequence[TextOnPages], count: int) -> tuple[list[TextPage], list[int]]:
    """Every page of a text with what stands on it, and for each section the page it begins on. A page without words has
    nothing on it. count: pages of the file; with none there are none."""
    pages = [TextPage(number) for number in range(1, count + 1)]
    begins: list[int] = []
    current = 1
    for section in sections:
        if section.pages and section.pages[0][1] == 0:
            current = section.pages[0][0]
        begins.append(current)
        name, offset = section.name, 0
        for number, start in [*section.pages, (0, len(section.text))]:
            words = section.text[offset:start].strip()
            if (words or name) and 0 < current <= count and (start or number == 0 or words):
                pages[current - 1].headings_and_texts.append((name, words))
                name = ""
            offset, current = start, number or current
    return pages, begins
