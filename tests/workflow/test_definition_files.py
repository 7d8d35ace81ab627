"""Files that are no definition, or one that can never be used: refused with file, line and remedy, exit status 2."""

from __future__ import annotations

import re
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from tests.workflow.factories import an_office
from tests.workflow.small_definition import SMALL, changed, line_of
from workflow.models import AuditEntry, ProcessDefinition

pytestmark = pytest.mark.django_db

LONG = "a" * 201
TITLE = "title: {da: Udkast, en: Draft}"
FIXED = "{rule: days_before, deadline: sending, days: 6, source: Planen}"
K_OF_N = "{list: parties, rule: k_of_n, k: 2}"

BAD: dict[str, tuple[str, str, str]] = {
    "five megabytes": (SMALL + "# " + "x" * 5_000_000, "", "Filen er for stor"),
    "an anchor": (changed("after: [drafting]", "after: &before [drafting]"), "&before", "Ankre og aliaser (&before)"),
    "an alias": (changed("after: [hearing]", "after: *before"), "*before", ""),
    "a tag on a text": (changed("actor: committee", "actor: !!str committee"), "!!str", "Mærket !!str bruges ikke"),
    "a tag on a list": (changed("after: [drafting]", "after: !!set [drafting]"), "!!set", "Mærket !!set bruges ikke"),
    "a tag on a mapping": (changed("external: {body", "external: !own {body"), "!own", "Mærket !own bruges ikke"),
    "a tag that runs code": (changed("actor: committee", "actor: !!python/name:os.system x"), "!!python", "Mærket"),
    "a tab before a key": (changed("    after: [drafting]", "\tafter: [drafting]"), "\tafter", "Der er en tabulator"),
    "a tab after blanks": (changed("actor: committee", "actor: committee\n      \ta: b"), "\ta: b", "en tabulator"),
    "a tab after a dash": (changed("  - key: review", "  -\tkey: review"), "-\tkey", "Der er en tabulator"),
    "two documents": (SMALL + "---\nkey: b\n", "---", "mere end ét dokument"),
    "a list where a text belongs": (changed(TITLE, "title: {da: [a, b], en: Draft}"), "da: [a", "Skriv en tekst."),
    "a mapping where a text belongs": (changed(TITLE, "title: {da: {a: b}, en: Draft}"), "da: {a", "Skriv en tekst."),
    "a list where a name belongs": (changed("actor: committee", "actor: [committee]"), "actor: [", "Skriv en tekst."),
    "a number where a text belongs": (changed("source: Vejledningen", "source: 205"), "source: 205", "en tekst"),
    "a day before 1900": (changed(FIXED, "{rule: fixed, date: 1899-12-31, source: P}"), "1899", "1900 til 2199"),
    "a day after 2200": (changed(FIXED, "{rule: fixed, date: 2201-01-01, source: P}"), "2201", "1900 til 2199"),
    "a default in the year 1": (changed("type: date", "type: date\n    default: 0001-01-01"), "0001", "i årene 1900"),
    "a title of 201 characters": (changed(TITLE, f"title: {{da: {LONG}, en: Draft}}"), LONG, "er længere end 200"),
    "a key of 201 characters": (changed("key: small", f"key: {LONG}"), LONG, "højst 60 tegn"),
    "a long unknown key": (changed("    on_return: d", f"    {LONG}: 1\n    on_return: d"), LONG, "nøgle"),
    "NUL": (changed(TITLE, "title: {da: Ud\0kast, en: Draft}"), "Ud\0kast", "et tegn, som YAML ikke tillader"),
    "NUL as an escape": (changed(TITLE, 'title: {da: "Ud\\0kast", en: Draft}'), "Ud\\0", "Der er et kontroltegn"),
    "half a character": (changed(TITLE, 'title: {da: "Ud\\uD800", en: Draft}'), "Ud\\u", ""),
    "NUL in a key": (changed("actor: committee", 'actor: committee\n    "a\\0": 1'), "a\\0", "Der er et kontroltegn"),
    "k above the list": (changed(K_OF_N, "{list: parties, rule: k_of_n, k: 400}"), "k: 400", "af en liste på 2"),
    "a weight of a kind not on the list": (
        changed(K_OF_N, "{list: parties, rule: weighted, weights: {hospital: 3}, threshold: 5}"), "hospital",
        "»hospital«",
    ),
    "a veto of a kind not on the list": (
        changed(K_OF_N, "{list: parties, rule: all, vetoes: [hospital]}"), "hospital", "»hospital«",
    ),
    "a number of 5,000 figures": (changed("days: 6", f"days: {'9' * 5000}"), "days: 99", ""),
    "a file that ends in the middle": (SMALL[:-40], "", ""),
    "nothing": ("", "", "Filen er tom"),
}  # fmt: skip


@pytest.fixture(params=BAD, ids=lambda name: name.replace(" ", "-"))
def bad(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int | None, str]:
    """A bad file, the line that is wrong (None where it has none of its own), and words of the refusal."""
    text, passage, words = BAD[request.param]
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path, line_of(text, passage) if passage else None, words


def assert_said(said: str, path: str, line: int | None, words: str) -> None:
    lines = said.splitlines()
    assert lines, "nothing was said"
    for row in lines:
        assert re.match(rf"{re.escape(path)}:\d+: .+\. .+\.?$", row), row
        assert len(row) < 1000
    assert "Traceback" not in said
    assert any(words in row for row in lines if line is None or row.startswith(f"{path}:{line}: ")), said


def test_check_bad_file_by_command_says_where_and_what_to_do_and_exits_with_two(
    bad: tuple[Path, int | None, str],
) -> None:
    path, line, words = bad
    said = StringIO()

    with override("da"), pytest.raises(SystemExit) as stopped:
        call_command("check_definition", str(path), stderr=said)

    assert stopped.value.code == 2
    assert_said(said.getvalue(), str(path), line, words)


def test_load_bad_file_by_command_keeps_nothing_and_exits_with_two(
    bad: tuple[Path, int | None, str], now: datetime
) -> None:
    path, line, words = bad
    office = an_office()
    said = StringIO()

    with override("da"), pytest.raises(SystemExit) as stopped:
        call_command("load_definition", "--office", office.key, str(path), stderr=said)

    assert stopped.value.code == 2
    assert_said(said.getvalue(), path.name, line, words)
    assert not ProcessDefinition.objects.exists()
    assert not AuditEntry.objects.filter(verb="load_definition").exists()


def test_load_names_as_long_as_they_may_be_keeps_them_whole(tmp_path: Path) -> None:
    title = "å" * 200
    path = tmp_path / "long.yaml"
    text = changed("title: {da: Lille, en: Small}", f"title: {{da: {title}, en: {title}}}")
    path.write_text(text.replace("key: small", f"key: {'a' * 60}"), encoding="utf-8")

    call_command("load_definition", "--office", an_office().key, str(path), stdout=StringIO())

    row = ProcessDefinition.objects.get()
    assert (row.title, row.title_en, row.key) == (title, title, "a" * 60)


@pytest.mark.parametrize("content", [b"\xff\xfek\x00e\x00y\x00", b"title: H\xf8ring\n"])
def test_check_file_that_is_no_utf8_says_so_and_exits_with_two(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(content)

    with override("da"), pytest.raises(CommandError, match="ikke UTF-8") as stopped:
        call_command("check_definition", str(path))

    assert stopped.value.returncode == 2
