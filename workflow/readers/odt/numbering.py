"""The numbers of headings and of lists as the office program prints them, reckoned while the text is read in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from workflow.readers.odt.package import LOEXT, STYLE, TEXT, XML, figure
from workflow.readers.odt.styles import Styles

_PLACE: Final = re.compile(r"%(\d{1,2})%")
_ROMAN: Final = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_LOW: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(slots=True)
class Counting:
    """How far each level has counted: by level from 1."""

    reached: dict[int, int] = field(default_factory=dict)

    def next(self, level: int, start: int, restart: int | None = None) -> None:
        """One more of a level; deeper ones begin anew. restart: the number it gets, whatever went before."""
        self.reached[level] = restart if restart is not None else self.reached.get(level, start - 1) + 1
        self.reached = {each: number for each, number in self.reached.items() if each <= level}


@dataclass(slots=True)
class OpenList:
    """A list under way, and those within it, which count together. depth: levels that are open."""

    style: str
    counting: Counting
    depth: int = 1


class Numbering:
    """Reckons the numbers of one document."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._outline = Counting()
        self._by_id: dict[str, Counting] = {}
        self._last_of: dict[str, Counting] = {}

    def of_heading(self, element: etree._Element, level: int) -> str:
        """The number of the next heading in the chapters' order, "" where its level has none.

        element: the heading, which may begin anew. One whose style switches numbers off is not counted.
        """
        outline = self._styles.outline
        style = self._styles.of(element)
        if outline is None or element.get(f"{TEXT}is-list-header") == "true":
            return ""
        if style is not None and style.list_name == "":
            return ""
        levels = _levels(outline)
        one = levels.get(level)
        if one is None:
            return ""
        restart = None
        if element.get(f"{TEXT}restart-numbering") == "true" or element.get(f"{TEXT}start-value"):
            restart = figure(element, f"{TEXT}start-value", figure(one, f"{TEXT}start-value", 1))
        self._outline.next(level, figure(one, f"{TEXT}start-value", 1), restart)
        return _printed(levels, level, self._outline)

    def begin(self, element: etree._Element, around: OpenList | None, usual_style: str) -> OpenList:
        """A list begins. around: the one it stands in. usual_style: of its paragraphs, for one that names none."""
        style = str(element.get(f"{TEXT}style-name") or "")
        if around is not None:
            return OpenList(style or around.style, around.counting, around.depth + 1)
        style = style or usual_style
        counting = self._by_id.get(str(element.get(f"{TEXT}continue-list") or ""))
        if counting is None and element.get(f"{TEXT}continue-numbering") == "true":
            counting = self._last_of.get(style)
        counting = counting or Counting()
        self._by_id[str(element.get(f"{XML}id") or "-")] = counting
        self._last_of[style] = counting
        return OpenList(style, counting)

    def of_item(self, item: etree._Element, open_list: OpenList) -> str:
        """The number or sign of the next item; "" where its level has none."""
        element = self._styles.lists.get(open_list.style)
        if element is None:
            return "•"
        levels = _levels(element)
        one = levels.get(open_list.depth)
        start = figure(one, f"{TEXT}start-value", 1) if one is not None else 1
        restart = figure(item, f"{TEXT}start-value", 1) if item.get(f"{TEXT}start-value") else None
        open_list.counting.next(open_list.depth, start, restart)
        if one is None or one.tag == f"{TEXT}list-level-style-image":
            return "•"
        if one.tag == f"{TEXT}list-level-style-bullet":
            sign = str(one.get(f"{TEXT}bullet-char") or "•")
            return sign if not sign.isalnum() and sign.isprintable() and not "\ue000" <= sign <= "\uf8ff" else "•"
        return _printed(levels, open_list.depth, open_list.counting)


def _levels(element: etree._Element) -> dict[int, etree._Element]:
    return {figure(each, f"{TEXT}level", 0): each for each in element if isinstance(each.tag, str)}


def _printed(levels: dict[int, etree._Element], level: int, counting: Counting) -> str:
    """A number with those of the levels above that its level shows, and with what stands around it."""
    one = levels[level]
    if not one.get(f"{STYLE}num-format"):
        return ""
    pattern = one.get(f"{LOEXT}num-list-format")
    if pattern:
        return _PLACE.sub(lambda match: _of_level(levels, int(match[1]), counting), str(pattern)).strip()
    shown = min(max(figure(one, f"{TEXT}display-levels", 1), 1), level)
    parts = [_of_level(levels, each, counting) for each in range(level - shown + 1, level + 1)]
    prefix, suffix = str(one.get(f"{STYLE}num-prefix") or ""), str(one.get(f"{STYLE}num-suffix") or "")
    return f"{prefix}{'.'.join(filter(None, parts))}{suffix}".strip()


def _of_level(levels: dict[int, etree._Element], level: int, counting: Counting) -> str:
    one = levels.get(level)
    form = str(one.get(f"{STYLE}num-format") or "") if one is not None else ""
    if one is None or not form:
        return ""
    number = counting.reached.get(level, figure(one, f"{TEXT}start-value", 1))
    return in_form(number, form, is_doubled=one.get(f"{STYLE}num-letter-sync") == "true")


def in_form(number: int, form: str, *, is_doubled: bool = False) -> str:
    """A number in letters or Roman: form is "a", "A", "i", "I", and "1" or anything else for figures.

    is_doubled: after z comes aa, bb; otherwise aa, ab.
    """
    if form.lower() == "a" and number > 0:
        letters = ""
        if is_doubled:
            letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20)
        else:
            rest = number
            while rest:
                rest, place = divmod(rest - 1, 26)
                letters = chr(ord("a") + place) + letters
        return letters if form == "a" else letters.upper()
    if form.lower() == "i" and 0 < number < 4000:
        letters, rest = "", number
        for worth, sign in _ROMAN + _ROMAN_LOW:
            count, rest = divmod(rest, worth)
            letters += sign * count
        return letters if form == "i" else letters.upper()
    return str(number)
