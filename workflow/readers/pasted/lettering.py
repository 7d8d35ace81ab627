"""The numbers that items of pasted lists show."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from workflow.readers.pasted.looks import name_of, style_of

_KINDS: Final = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
    "lower-latin": "lower-alpha",
    "upper-latin": "upper-alpha",
}
_ROMAN: Final = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST: Final = 399  # an item beyond is numbered in figures
_PRINTED: Final = re.compile(r"[(\[]?(?:[\w§]+[.])*[\w§]+[.):\]]+|(?:\d+\.)*\d+|§ ?\d+")


def sign_of_item(ordered_list: etree._Element, item: etree._Element, number: int) -> str:
    """What stands before an item: "3.", "c.", or "-" where the list has no numbers."""
    if name_of(ordered_list) != "ol":
        return "-"
    said = style_of(item).get("list-style-type") or style_of(ordered_list).get("list-style-type")
    kind = said or str(ordered_list.get("type") or "1")
    kind = _KINDS.get(kind, kind)
    if kind in ("none", "disc", "circle", "square"):
        return "-"
    return f"{_figure(kind, number)}."


def first_number(ordered_list: etree._Element) -> int:
    """The number its first item shows."""
    return as_number(ordered_list.get("start")) or 1


def as_number(text: str | None) -> int:
    """A number of a list as HTML gives it; 0 for none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0


def printed_sign(words: str) -> str:
    """The sign that Word wrote out before an item; its bullets are letters of other fonts."""
    words = " ".join(words.split())
    return words if _PRINTED.fullmatch(words) else "-"


def _figure(kind: str, number: int) -> str:
    if 0 < number <= _MOST and kind.endswith("-roman"):
        figure, rest = "", number
        for value, sign in _ROMAN:
            figure, rest = figure + sign * (rest // value), rest % value
    elif 0 < number <= _MOST and kind.endswith("-alpha"):
        figure, rest = "", number
        while rest:
            rest, place = divmod(rest - 1, 26)
            figure = chr(ord("a") + place) + figure
    else:
        return str(number)
    return figure.upper() if kind.startswith("upper") else figure
