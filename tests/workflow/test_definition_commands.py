"""The commands that whoever writes a definition looks things up with."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.workflow.test_definition_messages import OTHER

APPROVED_BY_TWO = """\
  - key: approval
    kind: approval
    title: {da: Godkendelse, en: Approval}
    after: [hearing]
    actor: parties
    approval: {list: parties, rule: k_of_n, k: 2, must_approve: [municipal_council]}
    gates: [{gate: parties, list: parties}]
    end: true
    deadline: {rule: working_days_after, event: hearing.completed, days: 15, source: Planen}
"""


def printed(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_draw_definition_shows_terms_and_the_deadlines_of_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(OTHER.replace("form: full, list: parties", "form: full, list: parties, length_days: 28"))
    path.write_text(path.read_text() + APPROVED_BY_TWO)

    english, danish = printed("draw_definition", str(path), "--language", "en"), printed("draw_definition", str(path))

    assert "`form: full`, `list: parties`, `length_days: 28`" in english
    assert "`list: parties`, `rule: k_of_n`, `k: 2`, `must_approve: municipal_council`" in english
    assert "working_days_after: 15 working days after `hearing.completed` (Planen)" in english
    assert "| `review` | Review | days_after: 30 days after `in_force.occurred` (Planen) |" in english
    assert "15 arbejdsdage efter `hearing.completed`" in danish


def test_check_definition_in_english_says_what_is_wrong_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(OTHER.replace("after: [hearing]", "after: [heering]"))

    said = {}
    for language in ("da", "en"):
        with pytest.raises(SystemExit):
            call_command("check_definition", str(path), "--language", language)
        said[language] = capsys.readouterr().err

    assert "There is no stage “heering”." in said["en"]
    assert "heering" in said["da"]
    assert "There is no stage" not in said["da"]


def test_list_bodies_of_a_region_prints_their_keys_and_loads_nothing() -> None:
    of_the_region = printed("load_bodies", "--list", "--region", "sjaelland")

    assert of_the_region.startswith("# sjaelland\n")
    assert "sku-sjaelland" in of_the_region
    assert "(–2022-06-30 → ssu-sjaelland)" in of_the_region
    assert "aarhus" not in of_the_region
    assert "aarhus" in printed("load_bodies", "--list")


def test_list_bodies_of_an_unknown_region_names_those_there_are() -> None:
    with pytest.raises(CommandError, match="midtjylland, nordjylland"):
        printed("load_bodies", "--list", "--region", "sjælland")
