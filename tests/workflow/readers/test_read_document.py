"""A file is read in an interpreter of its own: what comes back, and what is refused in one sentence."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.workflow.readers.word_files import a_docx, a_paragraph, a_run, inserted
from workflow.readers import Unreadable, read_document

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.sqlite

AGREEMENT = a_docx(a_paragraph("Vision", style="Overskrift1") + a_paragraph("Borgeren i centrum"))


def test_read_document_in_its_own_interpreter_finds_headings_and_paragraphs() -> None:
    content = io.BytesIO(AGREEMENT)

    found = read_document("aftale.docx", content)

    assert [(s.level, s.heading, s.text) for s in found.sections] == [(1, "Vision", "Borgeren i centrum")]
    assert (found.title, content.tell()) == ("Vision", 0)


def test_read_document_by_command_prints_all_keys_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "aftale.docx"
    path.write_bytes(AGREEMENT)

    call_command("read_document", str(path), "--json")

    assert json.loads(capsys.readouterr().out) == {
        "title": "Vision",
        "sections": [
            {"number": "", "level": 1, "heading": "Vision", "text": "Borgeren i centrum", "proposed": False},
        ],
        "comments": [],
        "changes": [],
        "lost": [],
    }


def test_read_document_by_command_of_what_is_none_says_one_sentence_and_exits_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aftale.docx"
    path.write_bytes(b"ikke en Word-fil")

    with pytest.raises(SystemExit) as refused:
        call_command("read_document", str(path), "--json")

    assert refused.value.code == 2
    said = capsys.readouterr()
    assert said.err.startswith("»aftale.docx« er ikke en fil, hvis tekst kan læses her: gem den som Word")
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_read_document_by_command_of_no_file_says_so_and_exits_with_two(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("read_document", str(tmp_path / "aftale.docx"))

    assert refused.value.returncode == 2


def test_read_document_by_command_lists_what_was_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "aftale.docx"
    hidden = a_paragraph(a_run("Internt.", "<w:vanish/>"))
    path.write_bytes(
        a_docx(a_paragraph("1 Vision", style="Overskrift1") + a_paragraph("Vi ", inserted("vil")) + hidden)
    )

    call_command("read_document", str(path))

    assert capsys.readouterr().out.splitlines() == [
        "Vision",
        "  1 Vision: 6 tegn",
        "± Kirsten: '' → 'vil'",
        "Udeladt: 1 stykke skjult tekst",
    ]


def test_import_readers_own_program_knows_no_django() -> None:
    asked = (
        "import sys; from workflow.readers import docx, odt, pdf, reading; "
        "assert not [m for m in sys.modules if 'django' in m]"
    )

    subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True)


def test_read_document_of_an_unknown_kind_keeps_the_name_for_the_words() -> None:
    with pytest.raises(Unreadable) as gave_up:
        read_document("notat.pages", io.BytesIO(b"\x01\x02notat"))

    assert (gave_up.value.code, gave_up.value.name) == ("kind", "notat.pages")
