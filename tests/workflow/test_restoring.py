"""A backup restored elsewhere: under another name, on another installation, with the anchor and the key, or without."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection

from tests.servers import postgres_client
from tests.workflow.record_factories import sealed_record
from workflow.audit.anchor import anchor_path

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = "8b1d3f0e-0000-4000-8000-00000000beef"
RESTORED = "samraad_restored"


@pytest.fixture
def restored(now: datetime, tmp_path: Path) -> Iterator[str]:
    """The address of a copy of this database, made as an administrator makes one."""
    sealed_record(now, 3, 2)
    if connection.vendor == "sqlite":
        copy = tmp_path / "restored.sqlite3"
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
        yield f"sqlite:///{copy}"
        return
    values = connection.settings_dict
    name = f"{RESTORED}_{os.getpid()}"
    way = ["-h", values["HOST"], "-U", values["USER"]]
    backup = tmp_path / "backup"
    for program, *arguments in (
        ("pg_dump", "-Fc", "-f", str(backup), values["NAME"]),
        ("createdb", name),
        ("pg_restore", "-d", name, str(backup)),
    ):
        subprocess.run([postgres_client(program), *way, *arguments], check=True)
    yield f"postgres://{values['USER']}@/{name}?host={quote(values['HOST'], safe='/')}"
    subprocess.run([postgres_client("dropdb"), *way, name], check=True)


def verified(database: str, var: Path, **environment: str) -> dict[str, Any]:
    """What `verify_audit` says there, in an installation of its own."""
    given = {"DATABASE_URL": database, "VAR_DIR": str(var), "INSTALLATION_ID": ELSEWHERE, "PATH": os.environ["PATH"]}
    said = subprocess.run(
        [sys.executable, "manage.py", "verify_audit", "--json"],
        cwd=ROOT,
        env=given | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode in (0, 1), said.stderr
    told: dict[str, Any] = json.loads(said.stdout)
    assert said.returncode == (0 if told["ok"] else 1)
    return told


@pytest.mark.slow
def test_verify_audit_of_a_restored_database_passes_with_anchor_and_key_and_with_neither_says_what_is_missing(
    restored: str, tmp_path: Path
) -> None:
    with_anchor, without = tmp_path / "with", tmp_path / "without"
    for folder in (with_anchor, without):
        folder.mkdir(mode=0o700)
    shutil.copy(anchor_path(), with_anchor)
    key = django_settings.AUDIT_KEY

    without_anchor = verified(restored, without, AUDIT_KEY=key)
    under_another_key = verified(restored, with_anchor, AUDIT_KEY="another-0123456789abcdefghijklmnopq")
    proven = verified(restored, with_anchor, AUDIT_KEY=key)

    assert without_anchor["fault"]["code"] == "anchor_missing"
    assert under_another_key["fault"]["code"] == "anchor_missing", "one that is not signed is none of ours"
    assert (proven["ok"], proven["entries"], proven["seals"]) == (True, 5, 2)
    assert proven["installation"] == django_settings.INSTALLATION_ID != ELSEWHERE
