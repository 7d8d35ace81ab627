"""Files that a scenario names as lying beside it: read in as a text, or sent along as they are."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import docx
import pytest
from django.utils import translation

from consultations.player import own_database, play, read_scenario
from tests.consultations.test_player_checking import LAID_ON, SMALL, codes, line_of, refused, the_schema
from tests.plays.test_plays import database
from workflow.definitions.reading import read
from workflow.models import DocumentVersion

__all__ = ["database"]

SECTIONS = '    sections:\n      - {number: "1", heading: Formål, text: Vejledningen hjælper.}\n'
FROM_FILE = "    file: texts/vejledning.docx\n"
SECOND = SMALL.replace("schema_version: 1", "schema_version: 2")
NAMING = SECOND.replace(SECTIONS, FROM_FILE)
ANSWER = "{from: remark}, comments: {"
WITH_FILE = "{from: remark}, files: [{name: svar.docx, copy_of: texts/vejledning.docx}], comments: {"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def word_file(tmp_path: Path) -> Path:
    """A short guide in Word, beside where the scenario is written: words of its own at the beginning, one table."""
    document = docx.Document()
    document.add_paragraph("Vejledningen er fælles.")
    document.add_heading("1 Formål", 1)
    document.add_paragraph("Vejledningen hjælper.")
    document.add_heading("1.1 Mål", 2)
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ("Mål", "År", "Færre indlæggelser", "2027"), strict=True):
        cell.text = words
    path = tmp_path / "texts" / "vejledning.docx"
    path.parent.mkdir()
    document.save(path)
    return path


@pytest.mark.slow
def test_play_text_in_a_word_file_is_read_in_and_the_file_kept_beside_it(tmp_path: Path, word_file: Path) -> None:
    path = tmp_path / "small.yaml"
    head = NAMING.partition('  - {at: "2018-02-23')[0]
    deed = "  - {at: +1d, by: karen, do: add_bundle, replace: {document: guide, find: hjælper, with: støtter}}\n"
    path.write_text(head + deed + "expect:\n  state: running\n", encoding="utf-8")

    with own_database():
        outcome = play(read_scenario(path, LAID_ON))

        assert not outcome.failures
        first, second = DocumentVersion.objects.order_by("number")
        rows = [(section.level, section.number, section.heading) for section in first.sections.all()]
        assert rows == [(0, "", ""), (1, "1", "Formål"), (2, "1.1", "Mål")]
        assert "| Færre indlæggelser | 2027 |" in first.sections.all()[2].text
        assert first.file is not None
        assert first.file.sha256 == sha256(word_file.read_bytes()).hexdigest()
        # corrected afterwards, on the page
        assert second.file is None
        assert second.sections.all()[1].text == "Vejledningen støtter."
        assert [s.lineage_id for s in second.sections.all()] == [s.lineage_id for s in first.sections.all()]


def test_check_files_beside_a_scenario_are_known_from_version_two_on(tmp_path: Path) -> None:
    for newer, line in ((NAMING, FROM_FILE), (SECOND.replace(ANSWER, WITH_FILE), WITH_FILE)):
        text = newer.replace("schema_version: 2", "schema_version: 1")

        problems = refused(tmp_path, text)

        assert {(found.code, found.line) for found in problems} == {("newer_version", line_of(text, line.strip()))}
        assert codes(tmp_path, newer) == []
    assert not the_schema().is_valid(read(NAMING.replace("schema_version: 2", "schema_version: 1"), "small.yaml").data)
    assert the_schema().is_valid(read(NAMING, "small.yaml").data)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (NAMING.replace("vejledning.docx", "vejledningen.docx"), "file: texts/", "no_file"),
        (NAMING.replace("vejledning.docx", ("x" * 300) + ".docx"), "file: texts/", "no_file"),
        (NAMING.replace("texts/vejledning.docx", "small.yaml"), "file: small.yaml", "unreadable"),
        (SECOND.replace(SECTIONS, SECTIONS + FROM_FILE), "file: texts/", "two_texts"),
        (SECOND.replace(SECTIONS, ""), "title: Vejledning", "missing_key"),
        (SECOND.replace(ANSWER, WITH_FILE.replace("vejledning", "svaret")), "do: answer,", "no_file"),
        (SECOND.replace(ANSWER, WITH_FILE.replace("copy_of", "text: Ja, copy_of")), "do: answer,", "two_texts"),
    ],
)
def test_check_file_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, text: str, line: str, code: str
) -> None:
    problems = refused(tmp_path, text)

    assert code in {found.code for found in problems}
    found = next(found for found in problems if found.code == code)
    lines = text.splitlines()
    assert line in lines[found.line - 1] or line in lines[found.line], (found.line, found.message)
    assert found.remedy
