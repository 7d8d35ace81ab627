"""The migrations lay all that the models say, from nothing; the other tests make their tables from the models."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def empty_installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation without any table, on the database under test."""
    environment = os.environ | {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    if connection.vendor == "sqlite":
        yield environment | {"DATABASE_URL": ""}
        return
    name = f"migrated_{uuid4().hex[:12]}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        yield environment | {"DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()}
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _python(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_migrate_from_nothing_lays_tables_and_triggers_and_leaves_nothing_unwritten(
    empty_installation: dict[str, str],
) -> None:
    migrated = _python(empty_installation, "manage.py", "migrate", "--verbosity", "0")
    checked = _python(empty_installation, "manage.py", "check", "--database", "default", "--fail-level", "WARNING")
    unwritten = _python(empty_installation, "manage.py", "makemigrations", "--check", "--dry-run")

    assert migrated.returncode == 0, migrated.stderr
    assert checked.returncode == 0, checked.stderr  # it names every missing trigger
    assert unwritten.returncode == 0, unwritten.stdout


OLDER = """
import django; django.setup()
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
MigrationRecorder(connection).record_applied("workflow", "0001_initial")
"""


def test_start_or_migrate_on_a_database_of_an_earlier_version_is_refused_with_a_sentence(
    empty_installation: dict[str, str],
) -> None:
    _python(empty_installation, "-c", OLDER)

    migrated = _python(empty_installation, "manage.py", "migrate", "--verbosity", "0")
    started = _python(empty_installation | {"DEMO": "1"}, "-m", "config.run", "--prepare")

    assert "was laid by an earlier version of Samråd" in migrated.stderr
    assert migrated.returncode == 1
    assert started.returncode == 1
    assert started.stderr.strip().endswith("another DATABASE_URL, or another VAR_DIR.")
    assert "Traceback" not in started.stderr
