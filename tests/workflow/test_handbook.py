"""The handbook of definitions says what the models read, and its whole definition can be used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from django.core.management import call_command

from workflow.definitions import check
from workflow.definitions.stage_checks import CORE_GATES
from workflow.reports.handbook import CHAPTERS, tables

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


def test_read_handbook_what_it_says_is_left_out_is_what_the_models_leave_out() -> None:
    text = HANDBOOK.read_text(encoding="utf-8")
    said = {row[0]: row[1:] for row in re.findall(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| (.*?) \|", text, re.MULTILINE)}

    stages = {str(get_args(model.model_fields["kind"].annotation)[0]): model for model in dict(CHAPTERS)["Stages"]}
    assert said.keys() == stages.keys()
    for kind, model in stages.items():
        completes, bundle, gates = said[kind]
        assert completes == model.model_fields["completes"].default, kind
        assert bundle == model.model_fields["bundle"].default, kind
        assert f"`{CORE_GATES[kind]}`" in gates if kind in CORE_GATES else True, kind
