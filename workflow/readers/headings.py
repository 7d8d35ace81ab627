"""Lines that are headings by their look only. Every reader of a format asks here."""

from __future__ import annotations

import re
from typing import Final

from workflow.readers.assembling import number_and_words

LONGEST_HEADING: Final = 120
"""Characters of a line that may be a heading by its look."""


def may_be_heading(words: str) -> bool:
    """Whether a line is short enough, and does not end as a sentence does."""
    return 0 < len(words) <= LONGEST_HEADING and not words.endswith((".", ",", ";", ":"))


def level_of_look(printed: str, words: str) -> int:
    """How deep a heading known by its look stands: by its number, where it has one.

    printed: the number the program reckoned; "" to go by the one that was typed.
    """
    number = printed.strip(".:) ") or number_and_words(words)[0]
    return number.count(".") + 1 if re.fullmatch(r"[\d.]+", number) else 1
