"""A text fetched as Word and read in again is the text it was."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.workflow.papers import a_paper
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import Heading, line
from workflow.reports.papers.word import write_docx

SECTIONS = [
    (
        "1",
        "Fælles mål",
        "Et *afsnit* med **fede ord** og en note[^1].\nNy linje med et [link](https://region.example).\n\n[^1]: Noten.",
    ),
    ("1.1", "Børn og unge", "1. det første\n2. det andet\n   - herunder\n   - og herunder\n\nOg videre."),
    (
        "2",
        "Tal & tegn",
        "| Mål | Antal |\n|---|---|\n| Færre * end <før>[^a] | 12 |\n| Linje<br>under | 1.200 |\n\n[^a]: Den anden.",
    ),
    ("", "Ikrafttræden", "Aftalen gælder fra den\n1. januar 2027.\n\n- et punkt\n- et andet"),
]


@pytest.mark.parametrize("has_line_numbers", [False, True])
def test_read_a_text_in_again_as_it_was_fetched_it_has_the_same_sections(
    tmp_path: Path, *, has_line_numbers: bool
) -> None:
    blocks = []
    for number, heading, text in SECTIONS:
        level = number.count(".") + 1
        blocks += [Heading(level, line(heading), number), *blocks_of(text, below=level)]
    path = tmp_path / "aftale.docx"
    path.write_bytes(write_docx(a_paper(*blocks, subtitle="Version 2", has_line_numbers=has_line_numbers)))
    out = StringIO()

    call_command("read_document", str(path), "--json", stdout=out)

    read = json.loads(out.getvalue())
    assert read["title"] == "Sundhedsaftale 2027–2030"
    assert [(each["number"], each["heading"]) for each in read["sections"]] == [each[:2] for each in SECTIONS]
    for section, (_number, heading, text) in zip(read["sections"], SECTIONS, strict=True):
        assert blocks_of(section["text"]) == blocks_of(text), heading
    assert not read["comments"]
    assert not read["changes"]
