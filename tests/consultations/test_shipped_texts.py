"""The Word files and the scan that the demo ships: as they would be made anew, and read in with nothing lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.shipped_texts import FOLDER, SCAN, SCANNED, made_texts, scan
from workflow.readers import FoundDocument, read_document

AGREEMENTS = ("politisk-sundhedsaftale", "administrativ-del")


def found_in(path: Path, *, original: bool = False) -> FoundDocument:
    with path.open("rb") as content:
        return read_document(path.name, content, original=original)


def test_make_word_files_anew_they_are_the_bytes_that_ship() -> None:
    made = made_texts()

    assert {path.name for path in made} == {path.name for path in FOLDER.glob("*.docx")}
    for path, content in made.items():
        assert content == path.read_bytes(), f"{path.name}: python -m tests.shipped_texts"


def test_make_scan_twice_gives_the_same_bytes() -> None:
    assert scan(SCANNED) == scan(SCANNED)


@pytest.mark.parametrize("name", AGREEMENTS)
def test_read_agreement_in_nothing_is_lost_and_every_heading_table_and_list_is_there(name: str) -> None:
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    found = found_in(FOLDER / f"{name}.docx")

    assert (found.lost, found.changes, found.comments) == ([], [], [])
    headings = re.findall(r"^(#+) (.+)$", source, re.MULTILINE)
    assert [(section.level, section.heading) for section in found.sections] == [
        (len(marks), heading) for marks, heading in headings
    ]
    numbers = [section.number for section in found.sections]
    assert len(set(numbers)) == len(numbers)
    assert all(number.count(".") == section.level - 1 for number, section in zip(numbers, found.sections, strict=True))
    text = "\n".join(section.text for section in found.sections)
    rows = [line for line in source.splitlines() if line.startswith("|")]
    assert [row for row in rows if row not in text.splitlines()] == []
    entries = [line for line in source.splitlines() if re.match(r"(-|\d\.) ", line)]
    assert [entry for entry in entries if entry not in text.splitlines()] == []
    words = re.findall(r"\w+", re.sub(r"^(#+ .*|\w+: .*)$", "", source, flags=re.MULTILINE))
    assert re.findall(r"\w+", text) == words


def test_read_answer_in_its_tracked_changes_and_comments_are_found() -> None:
    path = FOLDER / "svar-diabetesforeningen.docx"
    accepted, before = found_in(path), found_in(path, original=True)

    assert [change.kind for change in accepted.changes].count("replaced") == 3
    assert [change.kind for change in accepted.changes].count("inserted") == 2
    assert {change.author for change in accepted.changes} == {"Karen Winther"}
    assert [bool(comment.quote) for comment in accepted.comments] == [True, True]
    assert "et forsigtigt mål" in accepted.sections[0].text
    assert "et beskedent mål" in before.sections[0].text


def test_read_scan_it_says_that_it_is_one() -> None:
    found = found_in(SCAN)

    assert found.sections == []
    assert len(found.lost) == 1
