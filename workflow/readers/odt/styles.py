"""The styles of an OpenDocument: what is said of a paragraph or of words, by themselves or by a style they follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from workflow.readers.odt.package import FO, STYLE, TEXT

_HEADING: Final = re.compile(r"(?:heading|overskrift)[ -]?([1-9])", re.IGNORECASE)
_BOLD: Final = ("bold", "600", "700", "800", "900")


class Style:
    """A style, which says what it says itself, or what the style it follows says."""

    def __init__(self, element: etree._Element, styles: Styles, is_automatic: bool) -> None:
        self._element, self._styles = element, styles
        self.is_automatic = is_automatic
        self.name = str(element.get(f"{STYLE}name") or "")

    @property
    def chain(self) -> Iterator[Style]:
        """The style itself and those it follows; a circle of styles ends where it comes back."""
        seen = set[str]()
        style: Style | None = self
        while style is not None and style.name not in seen:
            seen.add(style.name)
            yield style
            family = str(style._element.get(f"{STYLE}family") or "")
            style = self._styles.find(family, str(style._element.get(f"{STYLE}parent-style-name") or ""))

    @property
    def is_title(self) -> bool:
        """Whether a paragraph of it is the title; subtitles follow it in some programs, and are none."""
        for style in self.chain:
            name = style.name.lower().replace("_20_", " ")
            if name in ("title", "titel", "title-page-title"):
                return True
            if name in ("subtitle", "undertitel"):
                return False
        return False

    @property
    def level(self) -> int:
        """The level of the headings it is named for; 0 for none. Some programs write them as paragraphs."""
        for style in self.chain:
            match = _HEADING.fullmatch(style.name.replace("_20_", " "))
            if match is not None:
                return int(match[1])
        return 0

    @property
    def list_name(self) -> str | None:
        """The numbering it brings along; "" where it switches that off, None where nothing is said."""
        return next(
            (said for style in self.chain if (said := style._element.get(f"{STYLE}list-style-name")) is not None), None
        )

    def says(self, name: str, *, only_automatic: bool = False) -> str | None:
        """What is said of its words, by the name of the attribute; None for nothing.

        only_automatic: by the writer at this place, and not by a style that was chosen.
        """
        for style in self.chain:
            if only_automatic and not style.is_automatic:
                return None
            properties = style._element.find(f"{STYLE}text-properties")
            said = properties.get(name) if properties is not None else None
            if said is not None:
                return str(said)
        return None

    def is_bold(self, *, only_automatic: bool = False) -> bool | None:
        """Whether its words are bold; None where nothing is said. Likewise below."""
        said = self.says(f"{FO}font-weight", only_automatic=only_automatic)
        return None if said is None else said in _BOLD

    def is_italic(self, *, only_automatic: bool = False) -> bool | None:
        said = self.says(f"{FO}font-style", only_automatic=only_automatic)
        return None if said is None else said in ("italic", "oblique")

    def is_struck(self, *, only_automatic: bool = False) -> bool | None:
        kind = self.says(f"{STYLE}text-line-through-type", only_automatic=only_automatic)
        line = self.says(f"{STYLE}text-line-through-style", only_automatic=only_automatic)
        return None if kind is None and line is None else (line or kind) != "none" and kind != "none"

    @property
    def is_hidden(self) -> bool:
        return self.says(f"{TEXT}display") == "none"

    @property
    def is_raised(self) -> bool:
        place = (self.says(f"{STYLE}text-position") or "0").split()[0]
        return place == "super" or (place.endswith("%") and place[0].isdigit() and place != "0%")


class Styles:
    """All styles of one document."""

    def __init__(self, content: etree._Element, named: etree._Element | None) -> None:
        self._made: dict[tuple[str, str], Style] = {}
        self.lists: dict[str, etree._Element] = {}
        self.outline = next(named.iter(f"{TEXT}outline-style"), None) if named is not None else None
        for tree, is_automatic in ((named, False), (content, True)):
            if tree is None:
                continue
            for element in tree.iter(f"{STYLE}style"):
                key = (str(element.get(f"{STYLE}family") or ""), str(element.get(f"{STYLE}name") or ""))
                if is_automatic or key not in self._made:
                    self._made[key] = Style(element, self, is_automatic)
            for element in tree.iter(f"{TEXT}list-style"):
                self.lists[str(element.get(f"{STYLE}name") or "")] = element

    def find(self, family: str, name: str) -> Style | None:
        """A style by its family ("paragraph", "text", "section") and name; None for one that is not there."""
        return self._made.get((family, name)) if name else None

    def of(self, element: etree._Element) -> Style | None:
        """The style of a paragraph or heading; of one that is not defined the name says enough."""
        name = str(element.get(f"{TEXT}style-name") or "")
        if name and ("paragraph", name) not in self._made:
            undefined = etree.Element(f"{STYLE}style", {f"{STYLE}name": name, f"{STYLE}family": "paragraph"})
            self._made["paragraph", name] = Style(undefined, self, False)
        return self.find("paragraph", name)
