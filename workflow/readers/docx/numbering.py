"""The numbers Word prints before headings and items, which stand nowhere in the text (ECMA-376-1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from workflow.readers.docx.package import W, is_on, value
from workflow.readers.docx.styles import Style, Styles

LEVELS: Final = 9
_SET_IN: Final = re.compile(r"(?:list (?:bullet|number)|opstilling\b.*) ([2-5])", re.IGNORECASE)
"""Word's own styles for items that stand deeper, each a list of one level: "List Bullet 2"."""
_PLACE: Final = re.compile(r"%([1-9])")


def _letters(number: int) -> str:
    """1 is a, 26 z, 27 aa, as Word counts them."""
    count, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (count + 1)


def _roman(number: int) -> str:
    signs = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
    written = ""
    for worth, sign in (*signs, (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        count, number = divmod(number, worth)
        written += sign * count
    return written


_FORMATS: Final[dict[str, Callable[[int], str]]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "decimalZero": lambda number: f"{number:02d}",
    "none": lambda number: "",
}
"""How a number is written; every other format as figures."""


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str
    style: str
    restarts_after: int
    is_legal: bool


@dataclass(frozen=True, slots=True)
class Number:
    """What is printed before a paragraph.

    text: "3.1." or "•" as it stands; "" within an item, behind its first paragraph. depth: 0 for the outermost level.
    """

    text: str
    is_bullet: bool
    depth: int


class Numbering:
    """All lists of a document, and how far each has counted."""

    def __init__(self, tree: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, etree._Element] = {}
        self._lists: dict[str, etree._Element] = {}
        self._levels: dict[str, list[_Level | None]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if tree is not None:
            self._abstract = {value(each, "abstractNumId"): each for each in tree.iterchildren(f"{W}abstractNum")}
            self._lists = {value(each, "numId"): each for each in tree.iterchildren(f"{W}num")}

    def next_of(self, properties: etree._Element | None, style: Style | None) -> Number | None:
        """Count on in the list a paragraph belongs to, and say what is printed before it; None for none."""
        key, depth = self._membership(properties, style)
        levels = self._levels_of(key) if key else []
        level = levels[depth] if levels and depth < LEVELS else None
        if level is None:
            return None
        counts = self._counts.setdefault(self._abstract_of(key), [None] * LEVELS)
        self._restart(key, depth, counts)
        last = counts[depth]
        counts[depth] = level.start if last is None else last + 1
        for above in range(depth):
            upper = levels[above]
            if counts[above] is None and upper is not None:
                counts[above] = upper.start  # a level that was passed over counts as begun
        for deeper in range(depth + 1, LEVELS):
            below = levels[deeper]
            if below is None or depth < below.restarts_after:
                counts[deeper] = None
        shown_depth = depth or _depth_of_name(style)
        if level.format == "bullet":
            return Number("•" if level.text.strip() else "", True, shown_depth)
        return Number(self._printed(levels, counts, level).strip(), False, shown_depth)

    def _membership(self, properties: etree._Element | None, style: Style | None) -> tuple[str, int]:
        """The list and level of a paragraph: its own, or those of its style; "" where it is in none."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        own_key = value(own.find(f"{W}numId")) if own is not None else ""
        own_depth = value(own.find(f"{W}ilvl")) if own is not None else ""
        if own_key:
            return ("" if own_key == "0" else own_key), _figure(own_depth, 0)
        for one in style.chain if style is not None else ():
            said = one.paragraph.find(f"{W}numPr") if one.paragraph is not None else None
            key = value(said.find(f"{W}numId")) if said is not None else ""
            if said is None or not key:
                continue
            if key == "0":
                return "", 0
            linked = [depth for depth, level in enumerate(self._levels_of(key)) if level and level.style == one.key]
            depth = own_depth or value(said.find(f"{W}ilvl"))
            return key, _figure(depth, linked[0] if linked else 0)
        return "", 0

    def _abstract_of(self, key: str) -> str:
        """The list that a list is made after, followed through the style that holds it."""
        abstract = value(self._lists[key].find(f"{W}abstractNumId")) if key in self._lists else ""
        linked = value(self._abstract[abstract].find(f"{W}numStyleLink")) if abstract in self._abstract else ""
        if linked:
            for other, element in self._abstract.items():
                if value(element.find(f"{W}styleLink")) == linked:
                    return other
        return abstract

    def _levels_of(self, key: str) -> list[_Level | None]:
        if key in self._levels:
            return self._levels[key]
        levels: list[_Level | None] = [None] * LEVELS
        abstract = self._abstract.get(self._abstract_of(key))
        if abstract is not None and key in self._lists:
            for element in abstract.iterchildren(f"{W}lvl"):
                _put(levels, element)
            for override in self._lists[key].iterchildren(f"{W}lvlOverride"):
                for element in override.iterchildren(f"{W}lvl"):
                    _put(levels, element)
                depth = _figure(value(override, "ilvl"), LEVELS)
                level = levels[depth] if depth < LEVELS else None
                start = override.find(f"{W}startOverride")
                if level is not None and start is not None:
                    # It holds also where the level begins anew (ECMA-376-1, 17.9.26).
                    levels[depth] = replace(level, start=_figure(value(start), level.start))
        self._levels[key] = levels
        return levels

    def _restart(self, key: str, depth: int, counts: list[int | None]) -> None:
        """A list that says where it begins does so the first time each of its levels is used."""
        for override in self._lists[key].iterchildren(f"{W}lvlOverride"):
            level = _figure(value(override, "ilvl"), 0)
            start = override.find(f"{W}startOverride")
            if start is None or (key, level) in self._started or level != depth:
                continue
            self._started.add((key, level))
            counts[level] = _figure(value(start), 1) - 1

    def _printed(self, levels: list[_Level | None], counts: list[int | None], level: _Level) -> str:
        def figure(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            other = levels[place]
            if other is None:
                return ""
            number = counts[place]
            number = other.start if number is None else number
            write = str if level.is_legal else _FORMATS.get(other.format, str)
            return write(number) if number > 0 else str(number)

        return _PLACE.sub(figure, level.text)


def _depth_of_name(style: Style | None) -> int:
    """How deep an item stands by the name of its style, where that is a list by itself: 0 for the outermost."""
    match = _SET_IN.fullmatch(style.name) if style is not None else None
    return int(match[1]) - 1 if match else 0


def _put(levels: list[_Level | None], element: etree._Element) -> None:
    depth = _figure(value(element, "ilvl"), LEVELS)
    if depth >= LEVELS:
        return
    restart = element.find(f"{W}lvlRestart")
    levels[depth] = _Level(
        _figure(value(element.find(f"{W}start")), 1),
        value(element.find(f"{W}numFmt")) or "decimal",
        "•" if element.find(f"{W}lvlPicBulletId") is not None else value(element.find(f"{W}lvlText")),
        value(element.find(f"{W}pStyle")),
        # 0 for never; a number for the level, counted from 1, after which it begins anew; else after any above it.
        (_figure(value(restart), depth) if value(restart) != "0" else -1) if restart is not None else depth,
        bool(is_on(element.find(f"{W}isLgl"))),
    )


def _figure(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else otherwise
