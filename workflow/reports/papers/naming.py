"""What a paper's file is called: dated, in words people know again, and fit for every machine it is unpacked on."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

LONGEST: Final = 75
"""Characters; with what a kind adds, and the ending, a name stays below a hundred."""

_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # in the names of files on Windows


def file_name(day: date, *words: str) -> str:
    """ "2026-03-03 Høringsbrev - Sundhedsaftale 2027-2030": the day, and what the paper is, cut at a word. Danish
    letters stay. No name of a device of Windows begins with a year."""
    return plain_name(" ".join((day.isoformat(), " - ".join(part for part in words if part))))


def plain_name(words: str) -> str:
    """Words as a file's name, or a part of one, on every machine: one line, short, with dashes that every keyboard
    has."""
    # A dash between years is none of the keyboard's.
    text = " ".join(_FORBIDDEN.sub(" ", words.replace("–", "-").replace("—", "-")).split())
    if len(text) > LONGEST:
        whole_words, blank, _rest = text[: LONGEST + 1].rpartition(" ")
        text = whole_words if blank and len(whole_words) > LONGEST // 2 else text[:LONGEST]
    return text.rstrip(" .,-")
