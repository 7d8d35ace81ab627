"""What a Word document's styles say of a paragraph or a run: heading, title, contents, list, bold, hidden."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from lxml import etree

from workflow.readers.docx.package import W, is_on, value

BODY_LEVEL: Final = 9
"""The outline level that says: no heading (ECMA-376-1, 17.3.1.20)."""

_HEADING: Final = re.compile(r"(?:heading|overskrift)\s*([1-9])", re.IGNORECASE)
_TITLE: Final = re.compile(r"title|titel", re.IGNORECASE)
_SUBTITLE: Final = re.compile(r"subtitle|undertitel|author|date", re.IGNORECASE)  # made after a title by some
_CONTENTS: Final = re.compile(
    r"(?:toc|contents|indholdsfortegnelse)\s*(?:heading|\d)|table\s*of\s*figures", re.IGNORECASE
)


class Style:
    """One style with the one it is based on."""

    def __init__(self, element: etree._Element, styles: Styles) -> None:
        self.key = value(element, "styleId")
        self.name = value(element.find(f"{W}name"))
        self._based_on = value(element.find(f"{W}basedOn"))
        self._styles = styles
        self.paragraph = element.find(f"{W}pPr")
        self.run = element.find(f"{W}rPr")

    @cached_property
    def chain(self) -> list[Style]:
        """The style, what it is based on, and so on; a ring is cut."""
        chain: list[Style] = [self]
        while (below := self._styles.find(chain[-1]._based_on)) is not None and below not in chain:
            chain.append(below)
        return chain

    @cached_property
    def level(self) -> int:
        """Level of the heading it makes, from 1; 0 where it makes none."""
        for style in self.chain:
            outline = style.paragraph.find(f"{W}outlineLvl") if style.paragraph is not None else None
            if outline is not None:
                level = _number(value(outline))
                return level + 1 if level < BODY_LEVEL else 0
            for name in (style.name, style.key):
                if match := _HEADING.fullmatch(name):
                    return int(match[1])
        return 0

    @cached_property
    def is_title(self) -> bool:
        """Whether it makes the title of the document."""
        for style in self.chain:
            if any(_TITLE.fullmatch(name) for name in (style.name, style.key)):
                return True
            if any(_SUBTITLE.fullmatch(name) for name in (style.name, style.key)):
                return False
        return False

    @cached_property
    def is_contents(self) -> bool:
        """Whether it makes a line of a table of contents, or the heading above one."""
        return any(_CONTENTS.fullmatch(name) for name in (self.name, self.key) if name)

    def switch(self, name: str) -> bool | None:
        """A switch of its runs, such as "b"; None where nothing is said."""
        for style in self.chain:
            said = is_on(style.run.find(f"{W}{name}")) if style.run is not None else None
            if said is not None:
                return said
        return None


class Styles:
    """All styles of a document, and what it says of every run where no style does."""

    def __init__(self, tree: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._made: dict[str, Style] = {}
        self.usual: dict[str, Style] = {}
        self._usual_keys: dict[str, str] = {}
        if tree is None:
            return
        for element in tree.iter(f"{W}style"):
            self._elements.setdefault(value(element, "styleId"), element)
            if element.get(f"{W}default") in ("1", "true", "on"):
                self._usual_keys.setdefault(value(element, "type"), value(element, "styleId"))

    def find(self, key: str) -> Style | None:
        """A style by the name other parts use; None for one that is not there."""
        if key in self._elements and key not in self._made:
            self._made[key] = Style(self._elements[key], self)
        return self._made.get(key)

    def of_paragraph(self, properties: etree._Element | None) -> Style | None:
        """The style of a paragraph: the one it names, or the usual one."""
        named = value(properties.find(f"{W}pStyle")) if properties is not None else ""
        return self.find(named) or self.find(self._usual_keys.get("paragraph", ""))


def level_of(properties: etree._Element | None, style: Style | None) -> int:
    """Level of the heading that a paragraph is, from 1; 0 for one that is none. What it says itself goes first."""
    own = properties.find(f"{W}outlineLvl") if properties is not None else None
    if own is not None:
        level = _number(value(own))
        return level + 1 if level < BODY_LEVEL else 0
    return style.level if style is not None else 0


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else BODY_LEVEL
