"""The words of docs/words.md in what people read: one for each idea."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from config.messages import catalogues

OTHER_WORDS = {"påmindelse": r"\brykke", "supplement": r"\btillæg"}
"""The word that is used → how another word for the same thing begins, which is not."""


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_read_catalogues_uses_one_word_for_the_idea(word: str) -> None:
    others = re.compile(OTHER_WORDS[word], re.IGNORECASE)
    found = []
    for path in catalogues():
        with path.open("rb") as file:
            found += [message.string for message in read_po(file) if others.search(str(message.string))]

    assert found == []
