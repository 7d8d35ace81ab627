"""What people and files write is cleaned once, here, before it is counted, compared or kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MARKS_ON_ONE_LETTER: Final = 8
"""No living script stacks more accents and points on one letter; what stands above that is no writing."""

JOINERS: Final = "\u200c\u200d"
"""Zero width (non-)joiner: Persian and the scripts of India spell with them, and families among the emoji are built of
them. They stay between two visible signs and nowhere else."""

_LINE_ENDS: Final = frozenset("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_EMPTY_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")  # letters by name, and nothing to see
_BLANKS: Final = re.compile(r"(?<=[^ ])  +")
_JOINED: Final = re.compile(f"[{JOINERS}]+")


def cleaned_text(text: str, *, lines: bool) -> str:
    """The words as they are kept: composed (NFC), without control and format characters and halves of characters.

    lines: whether it may have several. Then every kind of line end becomes one "\\n"; tabs stay, and so do the blanks a
    line begins with, for lists and copied tables are made of them. Otherwise all of it becomes one line. Several blanks
    become one, blanks at the end of a line and empty lines around the text go. A letter keeps at most
    `MARKS_ON_ONE_LETTER` marks, and a mark that stands on no letter goes. Cleaning twice changes nothing. Takes time in
    proportion to the length, whatever is in it.
    """
    if not _is_plain(text):
        text = text.replace("\r\n", "\n").translate({ord(sign): _replacement_of(sign) for sign in set(text)})
        text = _JOINED.sub(_joiner, _without_strays(text))
        # Piles go first: composing takes the square of their height in time. And again, as it can take letters apart.
        text = _without_piles(unicodedata.normalize("NFC", _without_piles(text)))
    if not lines:
        return " ".join(part for part in re.split(r"[ \t\n]+", text) if part)
    cleaned_lines = (_BLANKS.sub(" ", line.rstrip(" \t")) for line in text.split("\n"))
    return "\n".join(cleaned_lines).strip("\n")


def _is_plain(text: str) -> bool:
    return text.isascii() and all(sign.isprintable() or sign in "\n\t" for sign in set(text))


def _replacement_of(sign: str) -> str:
    """What becomes of one character."""
    if sign in _LINE_ENDS:
        return "\n"
    if sign in "\n\t" or sign in JOINERS:
        return sign
    category = unicodedata.category(sign)
    if category == "Zs":
        return " "
    is_nothing = category in ("Cc", "Cf", "Cs") or sign in _EMPTY_LETTERS or _is_no_character(ord(sign))
    return "" if is_nothing else sign


def _is_no_character(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _joiner(match: re.Match[str]) -> str:
    """The first of a run of joiners where it joins something, else nothing."""
    text, start, end = match.string, match.start(), match.end()
    before = unicodedata.category(text[start - 1]) if start else ""
    after = unicodedata.category(text[end]) if end < len(text) else ""
    # Cn: emoji newer than the tables of this Python.
    is_between = before.startswith(("L", "M", "S", "Cn")) and after.startswith(("L", "S", "Cn"))
    return match[0][0] if is_between else ""


def _without_strays(text: str) -> str:
    """Without marks and joiners that stand on no letter."""
    return re.sub(rf"(^|[\n\t ])[{_marks(text)}{JOINERS}]+", r"\1", text)


def _without_piles(text: str) -> str:
    marks = _marks(text)
    return re.sub(rf"([{marks}]{{{MARKS_ON_ONE_LETTER}}})[{marks}]+", r"\1", text) if marks else text


def _marks(text: str) -> str:
    """The marks in a text, as a pattern writes them between its brackets."""
    return "".join(re.escape(sign) for sign in sorted(set(text)) if unicodedata.category(sign).startswith("M"))
