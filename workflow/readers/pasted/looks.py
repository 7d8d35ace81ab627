"""What an element of pasted HTML looks like, by its name, its class and its style."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from lxml import etree

from workflow.readers.pieces import Look

_BOLD: Final = frozenset({"b", "strong"})
_ITALIC: Final = frozenset({"i", "em", "cite", "dfn"})
_STRUCK: Final = frozenset({"s", "strike", "del"})
_HEADING: Final = re.compile(r"h([1-6])")
_HEADING_CLASS: Final = re.compile(r"Mso(Title|Heading([1-9]))\b")
_TO_THE_WEB: Final = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)


def name_of(element: etree._Element) -> str:
    """The element's name, with the prefix of Word's own; "" for what is no element."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def words_of(element: etree._Element) -> str:
    """All words in an element, whatever they look like."""
    return "".join(str(words) for words in element.itertext())


def style_of(element: etree._Element) -> Mapping[str, str]:
    """What its style says, property by property."""
    return _declarations(str(element.get("style") or ""))


@lru_cache(maxsize=4_096)
def _declarations(style: str) -> Mapping[str, str]:
    pairs = (declaration.partition(":") for declaration in style.split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value.strip()}


def look_within(element: etree._Element, around: Look) -> Look:
    """The look of the words in an element. around: of those it stands among."""
    name, style = name_of(element), style_of(element)
    look = replace(
        around,
        bold=around.bold or name in _BOLD,
        italic=around.italic or name in _ITALIC,
        struck=around.struck or name in _STRUCK,
    )
    if weight := style.get("font-weight"):
        is_heavy = weight in ("bold", "bolder") or (weight.isdigit() and len(weight) < 5 and int(weight) >= 600)
        look = replace(look, bold=is_heavy)
    if slant := style.get("font-style"):
        look = replace(look, italic=slant in ("italic", "oblique"))
    if "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", ""):
        look = replace(look, struck=True)
    if name == "a" and _TO_THE_WEB.fullmatch(address := str(element.get("href") or "").strip()):
        look = replace(look, href=address)
    return look


def is_raised(element: etree._Element) -> bool:
    """Whether its words stand above the line."""
    return name_of(element) == "sup" or style_of(element).get("vertical-align") == "super"


def is_hidden(element: etree._Element) -> bool:
    """Whether its words are not shown; what Word only marks as its own is shown."""
    style = style_of(element)
    return style.get("display") == "none" or style.get("mso-hide") == "all" or style.get("visibility") == "hidden"


def heading_level(element: etree._Element) -> int:
    """How deep a heading stands, 0 for none: h1 to h6, a paragraph that says it is one, Word's own title."""
    if match := _HEADING.fullmatch(name_of(element)):
        return int(match[1])
    if str(element.get("role") or "") == "heading":
        level = str(element.get("aria-level") or "1")
        return min(max(int(level), 1), 6) if level.isascii() and level.isdigit() and len(level) < 3 else 1
    match = _HEADING_CLASS.match(str(element.get("class") or ""))
    return min(int(match[2] or 1), 6) if match else 0
