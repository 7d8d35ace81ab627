"""The handbook of definitions says what the models read, and its whole definition can be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from workflow.definitions import check
from workflow.reports.handbook import tables

HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "definitions.md"


def test_read_handbook_its_tables_are_those_of_the_models() -> None:
    text = HANDBOOK.read_text(encoding="utf-8")

    assert text.partition("<!-- tables -->\n")[2] == tables(), "manage.py check_definition --handbook"


def test_check_the_definition_of_the_handbook_finds_nothing_wrong() -> None:
    definition = re.search(r"```yaml\n(.*?)```", HANDBOOK.read_text(encoding="utf-8"), re.DOTALL)

    assert definition is not None
    assert check(definition.group(1), "handbook.yaml") == []


def test_print_handbook_gives_every_key_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_definition", "--handbook")

    printed = capsys.readouterr().out
    assert printed == tables()
    assert not [line for line in tables().splitlines() if line.startswith("| `") and line.endswith("|  |")]
