"""The floor plan says what is there: every room of an app stands on it, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAN = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
UPPER, LOWER = PLAN.split("## Rooms of notifications")


def _rooms_on_disk(app: str) -> set[str]:
    found = {path.stem for path in (ROOT / app).glob("*.py")} | {
        path.name for path in (ROOT / app).iterdir() if path.is_dir()
    }
    return found - {"__init__", "__pycache__"}


def _rooms_on_plan(text: str) -> set[str]:
    rows = re.findall(r"^\| (`.*?) \|", text, flags=re.MULTILINE)
    named = {room for row in rows for room in re.findall(r"`([a-z_]+)`", row)}
    beside = re.search(r"Files that are no code: (.*)", PLAN)
    return named | set(re.findall(r"`([a-z_]+)`", beside.group(1) if beside else ""))


@pytest.mark.parametrize("app", ["workflow", "consultations"])
def test_draw_rooms_of_upper_floors_names_each(app: str) -> None:
    assert _rooms_on_disk(app) - _rooms_on_plan(UPPER) == set()


def test_draw_rooms_of_mail_floor_names_each() -> None:
    assert _rooms_on_disk("notifications") - _rooms_on_plan(LOWER) == set()


def test_name_room_that_is_gone_is_noticed() -> None:
    there = _rooms_on_disk("workflow") | _rooms_on_disk("consultations")
    assert _rooms_on_plan(UPPER) - there == set()


def test_read_what_to_add_each_file_and_each_test_is_there() -> None:
    _before, found, adding = PLAN.partition("## Adding")
    paths = re.findall(r"`([a-z_/]+/[\w.]*)`", adding)
    tests = re.findall(r"`([\w/]+\.py)::(\w+)`", adding)

    assert found
    assert paths
    assert tests
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [name for path, name in tests if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")] == []
