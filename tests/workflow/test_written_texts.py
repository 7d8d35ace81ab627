"""What is written in the field of a version: shown, saved, read in and back in the field it is one and the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st

from workflow.forms.documents import VersionForm
from workflow.rules.cleaning import cleaned_text
from workflow.rules.documents import SectionText, as_markdown, sections_as_kept

FILES = Path(__file__).parent / "readers" / "files"

LINES = st.sampled_from(
    [
        *("", "Ord.", "  Ord  med   blanke ", "- et", "    - to", "1. Først", "| a | b |", "| --- | --- |"),
        *("# 1. Vision", "## 2.1 Mål ##", "### Bilag A: Ordliste", "# #", "#hashtag", "    # indrykket", "   # Tæt"),
        *(
            "```",
            "~~~",
            "# \\3 mål",
            "# 3 mål",
            "# \\\\3 mål",
            "# §",
            "# IV. Slut #",
            "> citat",
            "\t# tab",
            "# " + "x" * 320,
        ),
        *(
            "# I.1 Mål",
            "# § 3 Formål",
            "# § 3 a Formål",
            "# a)\tLed",
            "# 1.)\tLed",
            "# To ord\tflere\tord",
            "# Led 1.\tMål",
        ),
        *("# Kapitel 123456789012345 Lang", "# 1.2.3.4.5.6.7.8.9.10.11 Dyb", "#\u00a0Hård", "\u2028# Linje"),
    ]
)


def as_field_gives(text: str) -> str:
    return str(VersionForm.base_fields["text"].to_python(text))


@settings(max_examples=400)
@any_of(st.lists(LINES, max_size=9).map("\n".join))
def test_write_any_text_what_is_kept_comes_back_into_the_field_as_the_same(text: str) -> None:
    kept = sections_as_kept(as_field_gives(text))

    again = sections_as_kept(as_field_gives(as_markdown(kept)))

    assert again == kept


@pytest.mark.parametrize("read", sorted(FILES.glob("*.json")), ids=lambda path: path.stem)
def test_write_a_text_that_was_read_in_it_comes_back_into_the_field_as_the_same(read: Path) -> None:
    found = json.loads(read.read_text(encoding="utf-8"))["sections"]
    kept = [
        SectionText(one["number"], one["heading"], cleaned_text(one["text"], lines=True), level=one["level"])
        for one in found
    ]

    again = sections_as_kept(as_field_gives(as_markdown(kept)))

    assert [(one.number, one.heading, one.text, one.level) for one in again] == [
        (one.number, one.heading, one.text, one.level) for one in kept
    ]
