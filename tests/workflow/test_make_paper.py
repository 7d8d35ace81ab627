"""`manage.py make_paper`: what it makes, what it refuses, and that the same facts give the same bytes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.architecture.estate import an_estate
from tests.consultations.paper_rows import ROWS
from tests.workflow.document_factories import a_locked_bundle
from tests.workflow.factories import a_lone_process
from tests.workflow.papers import RICH, bookmarks, opened
from workflow.reports.papers.registry import paper_kinds

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def made(kind: str, id: object, tmp_path: Path, *more: str) -> Path:  # noqa: A002 - as the command has it
    path = tmp_path / f"{kind}-{uuid4()}"
    call_command("make_paper", kind, str(id), "--output", str(path), *more, stdout=StringIO())
    return path


@pytest.mark.django_db
def test_make_text_of_a_document_of_a_locked_set_says_which_set_it_is(tmp_path: Path) -> None:
    bundle = a_locked_bundle(a_lone_process(NOW), NOW)
    item = bundle.items.get()

    content = made("text", item.public_id, tmp_path).read_bytes()

    pdf = opened(content)
    headings = [str(section) for section in item.version.sections.all() if section.heading]
    assert bookmarks(pdf) == [item.version.title, *headings]
    assert str(pdf.docinfo["/Title"]) == item.version.title
    assert content == made("text", item.version.public_id, tmp_path).read_bytes()


@pytest.mark.django_db
def test_make_text_without_output_is_named_in_danish_with_its_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    item = a_locked_bundle(a_lone_process(NOW), NOW).items.get()

    call_command("make_paper", "text", str(item.public_id), "--format", "docx", stdout=StringIO())

    assert [path.name for path in tmp_path.iterdir()] == ["2026-03-03 Politisk aftale - version 1.docx"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("text", "ikke-et-id"), "er ikke et id"),
        (("text", str(uuid4())), "Der er intet med id"),
        (("text", "{item}", "--format", "xlsx"), "findes som pdf, docx"),
    ],
)
def test_make_paper_of_nothing_is_refused_in_words_with_status_2(
    words: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    item = a_locked_bundle(a_lone_process(NOW), NOW).items.get()

    with pytest.raises(CommandError, match=says) as refused:
        call_command("make_paper", *(word.format(item=item.public_id) for word in words), stdout=StringIO())

    assert refused.value.returncode == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_make_paper_over_a_file_that_is_there_is_refused(tmp_path: Path) -> None:
    item = a_locked_bundle(a_lone_process(NOW), NOW).items.get()
    path = tmp_path / "min.pdf"
    path.write_bytes(b"min")

    with pytest.raises(CommandError, match="findes allerede") as refused:
        call_command("make_paper", "text", str(item.public_id), "--output", str(path), stdout=StringIO())

    assert refused.value.returncode == 2
    assert path.read_bytes() == b"min"


def test_ask_for_help_every_kind_is_listed_with_what_its_id_names() -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", "make_paper", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    for kind in paper_kinds():
        assert kind.key in said
        assert kind.about in said


# ── Same facts, same bytes ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_make_papers_under_other_path_zone_locale_and_hash_seed_gives_the_same_bytes(
    tmp_path: Path, settings: Any
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the facts are handed to the other processes as a file")
    settings.MEDIA_ROOT = tmp_path / "media"
    process = an_estate("sjaelland").process
    ids = {key: row(process).public_id for key, row in ROWS.items()}
    rich = a_locked_bundle(process, NOW, f"# 1 Mål\n\n{RICH}\n\n# 2 Økonomi\n\nHver part betaler sit.").items.get()
    ids["text"] = rich.public_id
    for place in ("et sted", "another-place"):
        (tmp_path / place).mkdir()
    with sqlite3.connect(tmp_path / "et sted" / "samraad.sqlite3") as target:
        connection.connection.backup(target)
    shutil.copy(tmp_path / "et sted" / "samraad.sqlite3", tmp_path / "another-place" / "samraad.sqlite3")

    first = _papers_made(tmp_path / "et sted", ids, TZ="Pacific/Auckland", LC_ALL="C", PYTHONHASHSEED="1")
    second = _papers_made(tmp_path / "another-place", ids, TZ="America/New_York", LC_ALL="C.UTF-8", PYTHONHASHSEED="77")

    assert len(first) == sum(len(kind.formats) for kind in paper_kinds())
    assert [name for name in first if first[name] != second[name]] == []


_MAKE = """
import django, sys; django.setup()
from django.core.management import call_command
from workflow.reports.papers.registry import paper_kind
for word in sys.argv[1:]:
    kind, row = word.split("=")
    for ending in paper_kind(kind).formats:
        call_command("make_paper", kind, row, "--format", ending, "--output", f"made-{kind}.{ending}")
"""


def _papers_made(folder: Path, ids: dict[str, object], **environment: str) -> dict[str, bytes]:
    """Every paper of these, made by a process of its own in that folder, by its file's name."""
    settled = ("DATABASE_URL", "REDIS_URL", "BASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
    inherited = {name: value for name, value in os.environ.items() if name not in settled}
    subprocess.run(
        [sys.executable, "-c", _MAKE, *(f"{kind}={row}" for kind, row in ids.items())],
        cwd=folder,
        env={
            **inherited,
            **environment,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "VAR_DIR": str(folder),
        },
        check=True,
        capture_output=True,
    )
    return {path.name: path.read_bytes() for path in folder.glob("made-*")}
