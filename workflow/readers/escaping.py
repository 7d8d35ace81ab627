"""Which signs of a text Markdown would take for markup, so that they are written with a "\\" before them."""

from __future__ import annotations

import re
from typing import Final

_ANYWHERE: Final = re.compile(
    r"[\\`*~]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # not within a word
    r"|\[(?=\^)"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w+;)"
)
_AT_LINE_START: Final = re.compile(
    r"^ *(?:\d{1,9}(?=[.)](?:\s|$))|(?=#{1,6}(?:\s|$)|>|[-+](?:\s|$)|(?:=+|-+) *$|\|?[ :|-]*-[ :|-]*$))", re.MULTILINE
)


def signs_to_escape(text: str, *, in_cell: bool) -> list[int]:
    """The places of a paragraph's signs that want a "\\" before them, in their order.

    text: its words; "\\n" where a line was broken by hand. in_cell: a cell of a table, whose lines begin nothing and in
    which "|" would end it.
    """
    places = {match.start() for match in _ANYWHERE.finditer(text)}
    # Of a bracket that a link may end with, every one before may be the beginning.
    last = max(text.rfind(end) for end in ("](", "][", "]:"))
    places |= {place for place, sign in enumerate(text[: max(last, 0)]) if sign == "["}
    if in_cell:
        places |= {place for place, sign in enumerate(text) if sign == "|"}
    else:
        places |= {match.end() for match in _AT_LINE_START.finditer(text)}
    return sorted(places)
