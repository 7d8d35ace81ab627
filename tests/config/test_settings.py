"""Settings fail loud: an installation that others can reach starts with its secrets, or not at all."""

import json
import stat
from pathlib import Path

import pytest

from config.secrets import secret_from_file
from tests.config.starting import start

SECRETS = {
    "SECRET_KEY": "s" * 8 + "0123456789abcdefghijklmnopqrstuv",
    "LINK_KEYS": "new-0123456789abcdefghijklmnopqrstuv, old-0123456789abcdefghijklmnopqrstuv",
    "CODE_KEY": "c" * 8 + "0123456789abcdefghijklmnopqrstuv",
    "AUDIT_KEY": "a" * 8 + "0123456789abcdefghijklmnopqrstuv",
    "INSTALLATION_ID": "0c7c8a0e-5f0a-4e55-9b9c-6d4c8c0b7a10",
}


def test_start_without_environment_makes_secrets_that_only_the_owner_reads(tmp_path: Path) -> None:
    first = start(tmp_path)
    again = start(tmp_path)

    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == json.loads(again.stdout)
    files = sorted((tmp_path / "secrets").iterdir())
    assert [file.name for file in files] == ["audit_key", "code_key", "installation_id", "link_key", "secret_key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_start_in_production_without_a_secret_refuses_and_names_it(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in SECRETS.items() if name != missing}

    refused = start(tmp_path, BASE_URL="https://samraad.example.dk", **given)

    assert refused.returncode != 0
    assert f"{missing} is not set" in refused.stderr
    assert not (tmp_path / "secrets").exists()


def test_start_in_production_with_all_secrets_is_strict(tmp_path: Path) -> None:
    started = start(tmp_path, BASE_URL="https://samraad.example.dk", **SECRETS)

    assert started.returncode == 0, started.stderr
    settings = json.loads(started.stdout)
    assert settings["ALLOWED_HOSTS"] == ["samraad.example.dk"]
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SECURE_HSTS_SECONDS"] > 0
    assert [key[:3] for key in settings["LINK_KEYS"]] == ["new", "old"]


def test_start_with_debug_on_a_public_address_refuses(tmp_path: Path) -> None:
    refused = start(tmp_path, BASE_URL="https://samraad.example.dk", DEBUG="1", **SECRETS)

    assert "DEBUG" in refused.stderr
    assert refused.returncode != 0


def test_start_with_postgres_socket_folder_uses_it_as_host(tmp_path: Path) -> None:
    started = start(tmp_path, DATABASE_URL="postgres://samraad@/samraad?host=/run/postgresql")

    database = json.loads(started.stdout)["DATABASES"]["default"]
    assert (database["HOST"], database["NAME"], database["USER"]) == ("/run/postgresql", "samraad", "samraad")


@pytest.mark.parametrize("url", ["mysql://u@h/db", "oracle://u@h/db"])
def test_start_with_a_foreign_database_refuses(tmp_path: Path, url: str) -> None:
    assert "must name SQLite" in start(tmp_path, DATABASE_URL=url).stderr


def test_check_weak_or_equal_secrets_fails(tmp_path: Path) -> None:
    weak = SECRETS | {"CODE_KEY": "short", "LINK_KEYS": SECRETS["SECRET_KEY"], "INSTALLATION_ID": "one"}
    code = (
        "import sys; from django.core.management import execute_from_command_line as run; run(['manage.py', 'check'])"
    )

    refused = start(tmp_path, code, DJANGO_SETTINGS_MODULE="config.settings", BASE_URL="https://s.example.dk", **weak)

    assert refused.returncode != 0
    for code_of_check in ("config.E002", "config.E003", "config.E004"):
        assert code_of_check in refused.stderr


def test_make_secret_twice_keeps_the_first(tmp_path: Path) -> None:
    first = secret_from_file(tmp_path / "deep" / "key")

    assert secret_from_file(tmp_path / "deep" / "key") == first
    assert len(first) == 64
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["key"]
