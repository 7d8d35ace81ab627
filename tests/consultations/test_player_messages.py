"""What is said of a wrong scenario helps, and one fault in it is said once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from consultations.player import ScenarioRefused, read_scenario
from tests.consultations.test_player_checking import LAID_ON, SMALL
from workflow.definitions import Problem


def problems_in(folder: Path, *changes: tuple[str, str]) -> list[Problem]:
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with translation.override("en"), pytest.raises(ScenarioRefused) as refused:
        read_scenario(path, LAID_ON)
    return list(refused.value.problems)


@pytest.mark.parametrize(
    "changes",
    [
        [("by: [foa, hk]", "by: [foaa]")],
        [("for: hk", "for: hkk")],
        [("for: hk", "for: {list: heardd, from: 1, to: 2}")],
        [("for: hk", "for: {list: heard, except: [hkk], from: 1, to: 3}")],
        [("heard: [kl, foa, hk]", "heard: [kll]"), ("by: [foa, hk]", "by: heard"), ("for: hk", "for: hearing_parties")],
        [("heard: [kl, foa, hk]", "heard: [kl, foaa]"), ("for: hk", "for: {list: heard, from: 2, to: 3}")],
    ],
)
def test_read_scenario_with_one_wrong_party_says_it_once(tmp_path: Path, changes: list[tuple[str, str]]) -> None:
    problems = problems_in(tmp_path, *changes)

    assert [problem.code for problem in problems] == ["unknown_party"], [str(problem) for problem in problems]


REWRITTEN_TWICE = """\
  - {at: "2018-01-11 10:00", by: karen, do: new_bundle, replace: [{document: guide, find: hjælper, with: støtter}]}
  - {at: "2018-01-12 10:00", by: karen, do: new_bundle, replace: [{document: guide, find: støtter, with: bistår}]}
"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("find: hjælper", "fond: hjælper", "unknown_key"),
        ("2018-01-11", "2018-02-31", "bad_date"),
        ("find: hjælper", "find: hjelper", "text_not_found"),
    ],
)
def test_read_replacement_that_leans_on_a_wrong_one_is_not_said_to_miss_its_text(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    launch = '  - {at: "2018-02-23 10:00", by: karen, do: launch_round'
    assert old in REWRITTEN_TWICE

    problems = problems_in(tmp_path, (launch, REWRITTEN_TWICE.replace(old, new) + launch))

    assert {problem.line for problem in problems} == {27}, [str(problem) for problem in problems]
    assert code in [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("by: karen, do: launch_round", "by: kl, do: launch_round", "Name an officer."),
        ("by: karen, do: answer_on_behalf", "by: heard, do: answer_on_behalf", "under `for`"),
        ("by: karen, do: answer_on_behalf", "by: kl_lise, do: answer_on_behalf", "under `for`"),
    ],
)
def test_read_officers_deed_done_by_a_party_says_where_the_party_goes(
    tmp_path: Path, old: str, new: str, remedy: str
) -> None:
    problems = problems_in(tmp_path, (old, new))

    assert [problem.code for problem in problems] == ["not_a_partys"]
    assert remedy in problems[0].remedy


@pytest.mark.parametrize("wrong", ["do: none_such", "note: nobody says what is done"])
def test_read_wrong_keys_below_a_deed_that_cannot_be_read_names_those_there_are(tmp_path: Path, wrong: str) -> None:
    launch = '  - {at: "2018-02-23 10:00", by: karen, do: launch_round'
    deeds = f"  - {{{wrong}}}\n"
    answer = "  - {by: kl_lise, do: answer, files: {nam: a.pdf}, text: Hej, confidentiel: Nej}\n"

    problems = problems_in(tmp_path, (launch, deeds + answer + launch))

    remedies = {problem.message.split("”")[0].split("“")[-1]: problem.remedy for problem in problems}
    assert remedies["nam"] == "Did you mean “name”?"
    assert remedies["confidentiel"] == "Did you mean “confidential”?"
    assert "unknown_deed" in [problem.code for problem in problems]
