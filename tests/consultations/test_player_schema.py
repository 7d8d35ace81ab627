"""The JSON Schema of scenarios says of a file what reading it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.consultations.test_player_checking import OWN, SHIPPED, SMALL, the_schema
from workflow.definitions.reading import read


@pytest.mark.parametrize("path", [*SHIPPED, OWN], ids=lambda path: path.stem)
def test_hold_shipped_scenario_against_the_schema_nothing_is_wrong(path: Path) -> None:
    the_schema().validate(read(path.read_text(encoding="utf-8"), path.name).data)


def test_hold_wrong_scenario_against_the_schema_is_refused() -> None:
    for wrong in ("scenario: small", "schema_version: 1", "deeds:"):
        assert not the_schema().is_valid(read(SMALL.replace(wrong, f"x{wrong}"), "small.yaml").data)
    assert the_schema().is_valid(read(SMALL, "small.yaml").data)


def test_hold_the_schema_against_its_own_nothing_is_wrong() -> None:
    Draft202012Validator.check_schema(the_schema().schema)
