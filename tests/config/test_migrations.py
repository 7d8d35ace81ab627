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


def test_migrate_from_nothing_lays_tables_and_triggers_and_leaves_nothing_unwritten(
    empty_installation: dict[str, str],
) -> None:
    def manage(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=empty_installation,
            capture_output=True,
            text=True,
            check=False,
        )

    migrated = manage("migrate", "--verbosity", "0")
    checked = manage("check", "--database", "default", "--fail-level", "WARNING")
    unwritten = manage("makemigrations", "--check", "--dry-run")

    assert migrated.returncode == 0, migrated.stderr
    assert checked.returncode == 0, checked.stderr  # it names every missing trigger
    assert unwritten.returncode == 0, unwritten.stdout
