"""A wrong scenario is refused with file, line and remedy, before anything is played."""

import inspect
import json
from collections.abc import Iterator
from datetime import date, time
from functools import cache
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
from django.core.management import call_command
from django.utils import translation
from jsonschema import Draft202012Validator

from consultations.player import ScenarioRefused, read_scenario
from consultations.player.deeds import DEEDS, ROOMS, Deed
from consultations.player.deeds.base import EithersDeed, InRound
from consultations.player.deeds.rounds import LaunchRound
from consultations.player.scenario import json_schema
from workflow.definitions.reading import read

LAID_ON = date(2026, 11, 22)
ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "consultations" / "scenarios").glob("*.yaml"))
OWN = ROOT / "tests" / "plays" / "guideline-2024.yaml"

SMALL = """\
scenario: small
schema_version: 1
title: Lille
definition: national-hearing
office: {key: styrelsen, name: Styrelsen, case_prefix: ST, reply_to: post@styrelsen.example}
actors:
  officers:
    karen: {name: Karen, email: karen@styrelsen.example}
  people:
    kl_lise: {name: Lise, body: kl}
lists:
  heard: [kl, foa, hk]
texts:
  remark: "{party} svarer."
documents:
  guide:
    title: Vejledning
    sections:
      - {number: "1", heading: Formål, text: Vejledningen hjælper.}
process:
  title: Vejledning
  parameters: {issue_on: 2018-05-30}
  lists: {hearing_parties: heard}
starts: {at: "2018-01-08 09:00", by: karen}
deeds:
  - {at: "2018-01-10 10:00", by: karen, do: new_bundle, documents: guide}
  - {at: "2018-02-23 10:00", by: karen, do: launch_round, stage: hearing, closes_on: 2018-03-23}
  - {at: "2018-03-01 10:00", by: kl_lise, do: answer, text: {from: remark}, comments: {"1": Godt.}}
  - {at: "2018-03-02 10:00", by: [foa, hk], do: no_remarks, every: 1h}
  - {at: "2018-03-02 15:00", by: karen, do: answer_on_behalf, for: hk, road: email, text: Svar}
expect:
  state: running
  stages: {hearing: {state: open, attempt: 1}}
  counts: {invitations: 3, decisions: {approved: 0}}
"""


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def refused(folder: Path, text: str) -> list:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioRefused) as caught:
        read_scenario(path, LAID_ON)
    return caught.value.problems


@cache
def the_schema() -> Draft202012Validator:
    """The schema as editors get it."""
    return Draft202012Validator(json.loads(json.dumps(json_schema())))


def codes(folder: Path, text: str) -> list[str]:
    """The codes of every problem found; none of a file that can be played."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        read_scenario(path, LAID_ON)
    except ScenarioRefused as found:
        return [problem.code for problem in found.problems]
    return []


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_read_small_scenario_gives_its_deeds_in_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")

    scenario = read_scenario(path, LAID_ON)

    assert [(turn.deed.do, turn.by, turn.party) for turn in scenario.turns] == [
        ("new_bundle", "karen", ""),
        ("launch_round", "karen", ""),
        ("answer", "kl_lise", "kl"),
        ("no_remarks", "foa", "foa"),
        ("no_remarks", "hk", "hk"),
        ("answer_on_behalf", "karen", "hk"),
    ]
    assert scenario.turns[4].at.isoformat() == "2018-03-02T10:00:00+00:00"  # an hour after the first, 11.00 in Denmark


@pytest.mark.parametrize(
    ("old", "new", "code", "at", "remedy"),
    [
        ("do: launch_round", "do: lunch_round", "unknown_deed", "lunch_round", "“launch_round”"),
        ("by: karen, do: launch_round", "by: karin, do: launch_round", "unknown_actor", "karin", "“karen”"),
        ("by: kl_lise", "by: kl_lisa", "unknown_actor", "kl_lisa", "“kl_lise”"),
        ("for: hk", "for: hkk", "unknown_party", "for: hkk", "“hk”"),
        ("[kl, foa, hk]", "[kl, foaa, hk]", "unknown_party", "foaa", "“foa”"),
        ("stage: hearing, closes", "stage: hering, closes", "unknown_stage", "hering", "“hearing”"),
        ('"2018-02-23 10:00"', '"2018-02-30 10:00"', "bad_date", "2018-02-30", "2019-06-30"),
        ('"2018-02-23 10:00"', '"23. februar"', "bad_date", "23. februar", "2019-01-18 10:00"),
        ('"2018-02-23 10:00"', '"2018-02-23 25:00"', "bad_date", "25:00", "12:00"),
        ('"2018-01-10 10:00"', '"2018-01-07 10:00"', "before_start", "2018-01-07", "later time"),
        ("closes_on: 2018-03-23", "closes_on: marts", "bad_date", "closes_on: marts", "2019-06-30"),
        ("closes_on:", "closes_om:", "unknown_key", "closes_om", "“closes_on”"),
        ("road: email", "road: mail", "unknown_value", "road: mail", "“email”"),
        ("road: email, ", "", "missing_key", "answer_on_behalf", "road"),
        ("for: hk, ", "", "missing_key", "answer_on_behalf", "“for: …”"),
        ("documents: guide", "documents: guides", "unknown_document", "guides", "“guide”"),
        ("{from: remark}", "{from: remarks}", "unknown_text", "remarks}", "“remark”"),
        ('comments: {"1"', 'comments: {"7"', "unknown_section", '{"7"', "1"),
        ("every: 1h", "every: often", "bad_date", "often", "30m"),
        ("every: 1h", 'every: 1h, spread: "2018-03-01 09:00"', "two_paces", "every: 1h", "one of them"),
        ("every: 1h", 'spread: "2018-03-01 09:00"', "bad_date", "spread", "after the deed"),
        ("by: [foa, hk], do", "by: karen, do", "not_an_officers", "by: karen, do: no_remarks", "person or a body"),
        ("definition: national-hearing", "definition: national-herring", "unknown_definition", "definition:", "path"),
        ("reply_to: post@styrelsen.example", "reply_to: nobody", "bad_address", "office:", "full address"),
        ("issue_on: 2018", "isue_on: 2018", "unknown_parameter", "isue_on", "“issue_on”"),
        ("hearing_parties: heard", "hearing_party: heard", "unknown_list", "hearing_party", "“hearing_parties”"),
        ("by: karen}\ndeeds", "by: nobody}\ndeeds", "unknown_actor", "nobody", "karen"),
        ("state: running", "state: runing", "unknown_value", "runing", "“running”"),
        ("{hearing: {state", "{hearin: {state", "unknown_value", "hearin:", "“hearing”"),
        ("invitations: 3", "invitation: 3", "unknown_value", "invitation: 3", "“invitations”"),
        ("invitations: 3", "invitations: many", "wrong_type", "many", "at_least"),
        ("approved: 0", "aproved: 0", "unknown_value", "aproved", "“approved”"),
        ("schema_version: 1", "schema_version: 3", "schema_version", "schema_version", "schema_version: 2"),
        ("schema_version: 1", "schema_version: true", "schema_version", "schema_version", "schema_version: 2"),
        ("title: Lille\n", "", "missing_key", "scenario: small", "title"),
        ("texts:", "textes:", "unknown_key", "textes", "“texts”"),
        ("body: kl}", "body: kls}", "unknown_party", "kls}", "“kl”"),
    ],
)  # fmt: skip
def test_check_of_one_mistake_names_its_line_and_a_remedy(
    tmp_path: Path, old: str, new: str, code: str, at: str, remedy: str
) -> None:
    assert SMALL.count(old) == 1, "the mistake must be made once"
    text = SMALL.replace(old, new)

    problem = next(found for found in refused(tmp_path, text) if found.code == code)

    assert (problem.file, problem.line) == ("small.yaml", line_of(text, at))
    assert problem.message
    assert remedy in problem.remedy


def test_find_deeds_each_stands_in_its_room() -> None:
    in_rooms = {deed for room in ROOMS.values() for deed in get_args(room)}
    named = [deed for deed in _below(Deed) if get_args(deed.model_fields["do"].annotation)]

    assert [deed for deed in named if deed not in in_rooms] == [], (
        "no file can name it: see ROOMS, and its module's foot"
    )


def _below(deed: type[Deed]) -> Iterator[type[Deed]]:
    for kind in deed.__subclasses__():
        yield kind
        yield from _below(kind)


SECOND = SMALL.replace("schema_version: 1", "schema_version: 2").replace(
    "expect:\n",
    """\
  - {at: "2018-03-05 10:00", by: karen, do: suspend, reason: Pause}
  - {at: "2018-03-12 10:00", by: karen, do: resume, reason: Igen, new_days: {hearing: 2018-04-20}}
  - {at: "2018-03-13 10:00", by: karen, do: refuse_extension, for: hk, reason: Der er ikke tid.}
  - {at: "2018-03-14 10:00", by: karen, do: add_bundle, line: agreement}
  - {at: "2018-03-14 10:05", by: karen, do: lock_bundle, working: true}
  - {at: "2018-03-14 10:10", by: karen, do: put_forward, change: editorial, reason: Slåfejl}
  - {at: "2018-03-14 10:15", by: karen, do: take_back, reason: Forkert fil}
expect:
  deadlines: {hearing: "2018-04-20 12:00"}
  parties: {kl: answered}
  decisions: {clearance: {approved: 1}}
""",
)


def test_read_scenario_of_version_two_finds_nothing_wrong(tmp_path: Path) -> None:
    assert codes(tmp_path, SECOND) == []
    assert the_schema().is_valid(read(SECOND, "small.yaml").data)
    assert not the_schema().is_valid(read(SECOND.replace("schema_version: 2", "schema_version: 1"), "small.yaml").data)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("deadlines: {hearing: ", "deadlines: {hering: ", "unknown_value"),
        ('"2018-04-20 12:00"', "snart", "bad_date"),
        ("{kl: answered}", "{kls: answered}", "unknown_value"),
        ("{kl: answered}", "{kl: answerd}", "unknown_value"),
        ("{clearance: {approved", "{clearing: {approved", "unknown_value"),
        ("{clearance: {approved", "{clearance: {aproved", "unknown_value"),
        ("new_days: {hearing", "new_days: {hering", "unknown_deadline"),
        ("line: agreement", "line: agrement", "unknown_line"),
        ("new_days: {hearing: 2018-04-20", "new_days: {hearing: 2018-04-31", "bad_date"),
    ],
)
def test_check_of_a_mistake_in_version_two_is_found(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert SECOND.count(old) == 1

    assert code in codes(tmp_path, SECOND.replace(old, new))


@pytest.mark.parametrize(
    "deed", [deed for deed in DEEDS.values() if hasattr(deed, "action")], ids=lambda deed: deed.called
)
def test_walk_every_deed_with_an_action_its_keys_are_what_the_action_takes(deed: type[Deed]) -> None:
    subject, *takes = inspect.signature(deed.action).parameters.values()
    needed = {parameter.name for parameter in takes if parameter.default is parameter.empty}
    own = deed.model_fields.keys() - EithersDeed.model_fields.keys() - InRound.model_fields.keys() - {"deadline"}

    assert needed - own <= {"actor", "now", "body"}, f"what follows {subject} is not said by the deed"
    assert own <= {parameter.name for parameter in takes}


def test_check_of_a_text_that_is_not_there_says_so(tmp_path: Path) -> None:
    text = SMALL.replace("documents: guide}", "replace: {document: guide, find: hjalp, with: x}}")

    (problem,) = refused(tmp_path, text)

    assert problem.code == "text_not_found"
    assert "hjalp" in problem.message


@pytest.mark.parametrize("text", ["", "- a list\n", "a: [1\n", "scenario: x\n"])
def test_read_no_scenario_at_all_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text)


def test_read_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioRefused, match="no such file"):
        read_scenario(tmp_path / "nowhere.yaml", LAID_ON)


def test_read_definition_with_a_mistake_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("schema_version: 1\n", encoding="utf-8")

    problems = refused(tmp_path, SMALL.replace("definition: national-hearing", "definition: mine.yaml"))

    assert {problem.file for problem in problems} == {"mine.yaml"}


@pytest.mark.parametrize("path", [*SHIPPED, OWN], ids=lambda path: path.stem)
def test_read_shipped_scenario_finds_nothing_wrong(path: Path) -> None:
    assert read_scenario(path, LAID_ON).turns


def test_play_unknown_deed_by_command_says_in_danish_where_and_what_and_exits_with_two(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("do: launch_round", "do: lanch_round"), encoding="utf-8")
    said = StringIO()

    with translation.override("da"), pytest.raises(SystemExit) as stopped:
        call_command("play", str(path), "--on", LAID_ON.isoformat(), stderr=said)

    assert stopped.value.code == 2
    line = line_of(path.read_text(encoding="utf-8"), "lanch_round")
    assert f"small.yaml:{line}: Handlingen »lanch_round« findes ikke." in said.getvalue()
    assert "launch_round" in said.getvalue()


def test_read_clock_at_the_end_of_the_day_is_that_day_and_another_impossible_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    text = SMALL.replace("closes_on: 2018-03-23", 'closes_on: 2018-03-23, clock: "24:00"')
    path.write_text(text, encoding="utf-8")

    [launch] = [turn.deed for turn in read_scenario(path, LAID_ON).turns if isinstance(turn.deed, LaunchRound)]

    assert launch.clock == time(23, 59)
    assert codes(tmp_path, text.replace("24:00", "24:01")) == ["bad_date"]
