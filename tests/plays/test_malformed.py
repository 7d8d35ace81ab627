"""A scenario that cannot be is refused with its line and what to do about it, exit status 2, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation

from consultations.player import ScenarioRefused, own_database, read_scenario
from consultations.player.cast import set_up
from workflow.definitions.reading import read

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "malformed"
LAID_ON = date(2026, 11, 22)

GOOD = """\
scenario: nights
schema_version: 1
title: Nætter
definition: national-hearing
office: {key: sst, name: Styrelsen, case_prefix: DS, reply_to: plan@styrelsen.example, postal_address: Vej 1}
bodies:
  venner: {kind: organisation, name: Vennerne, name_en: The friends}
addresses:
  venner: {email: post@venner.example, name: Bo}
actors:
  officers: {ida: {name: Ida Munk, email: ida@styrelsen.example}}
  people: {chef: {name: Bo Holm, body: sundhedsstyrelsen}}
lists: {others: [foa, hk]}
texts: {remark: Vi støtter.}
process:
  title: Vejledning
  parameters: {issue_on: 2024-06-01}
  lists: {hearing_parties: [kl, others, venner]}
  case_number: "12"
documents:
  v: {title: Vejledning, role: text, sections: [{number: "1", heading: Formål, text: Teksten.}]}
starts: {at: "2024-02-01 09:00", by: ida}
deeds:
  - {at: "2024-02-20 10:00", by: ida, do: new_bundle, note: Udkast}
  - {at: "+5m", by: ida, do: complete_stage, stage: drafting}
  - {at: "2024-03-01 10:00", by: chef, do: decide, outcome: approved, basis: delegation, agenda_item: "4"}
  - {at: "2024-03-04 10:00", by: ida, do: launch_round, stage: hearing, closes_on: 2024-04-08, reason: Påske}
  - {at: "2024-03-30 10:00", by: kl, do: answer, text: {from: remark}, signed_by: Bo, comments: {"1": Godt.}}
  - {at: "2024-03-31 12:00", by: ida, do: extend, to: 2024-04-15, reason: Mere tid}
  - {at: "2024-04-01 10:00", by: ida, do: override_gate, stage: hearing, gate: round_closed, reason: Det haster meget}
  - {at: "2024-04-01 11:00", by: ida, do: extend_deadline, deadline: finalisation, to: 2024-06-15, reason: Mere tid}
  - {at: "2024-04-02 10:00", by: ida, do: suspend, reason: Pause, refused: process_suspended}
expect:
  state: running
"""


@pytest.fixture(autouse=True)
def database(django_db_blocker: Any) -> Iterator[None]:
    """Plays make their own; what was configured is neither read nor written, and no connection to it stays open."""
    with django_db_blocker.unblock():
        yield
        connection.close()


def said_by_play(path: Path) -> list[str]:
    """What the command says in Danish of a file it refuses with status 2."""
    said = StringIO()
    with translation.override("da"), pytest.raises(SystemExit) as stopped:
        call_command("play", str(path), "--on", LAID_ON.isoformat(), stderr=said, stdout=StringIO())
    assert stopped.value.code == 2
    return said.getvalue().splitlines()


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("deadline-before-start", 18, "Fristen »2024-03-01« er allerede udløbet"),
        ("tabs", 9, "tabulator"),
        ("year-0", 13, "Skriv en dag fra 1900 til 2199."),
        ("name-list", 7, "Skriv en tekst."),
        ("two-in-role", 16, "den har kun ét organ"),
        ("region", 5, "Regionen »nordjyland« findes ikke. Mente du »nordjylland«?"),
        ("prefix", 5, "case_prefix"),
        ("same-email", 7, "»bo« har samme mailadresse som »ida«."),
    ],
)
def test_play_malformed_file_says_line_and_remedy_and_exits_with_two(name: str, line: int, words: str) -> None:
    said = said_by_play(HERE / f"{name}.yaml")

    assert len(said) == 1
    assert said[0].startswith(f"{name}.yaml:{line}: ")
    assert words in said[0]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('"2024-03-30 10:00"', '"2024-03-31 02:30"', "bad_date", "Uret stilles frem den nat"),
        ('"2024-03-30 10:00"', '"+27d 02:30"', "bad_date", "Uret stilles frem den nat"),
        ('"2024-03-30 10:00"', '"1899-12-31 10:00"', "bad_date", "1900 til 2199"),
        ('"2024-03-30 10:00"', '"2201-01-01 10:00"', "bad_date", "1900 til 2199"),
        ('"2024-03-30 10:00"', '"+999999999999d"', "bad_date", "1900 til 2199"),
        ('"2024-03-30 10:00"', '"+999999999999h"', "bad_date", "1900 til 2199"),
        ('"2024-03-30 10:00"', "{working_day: 999999999}", "bad_date", "1900 til 2199"),
        ("closes_on: 2024-04-08", "closes_on: 2024-03-04, clock: '09:00'", "deadline_in_past", "er allerede udløbet"),
        ("to: 2024-04-15", "to: 2024-03-15", "deadline_in_past", "er allerede udløbet"),
        ("to: 2024-06-15", "to: 2024-03-31", "deadline_in_past", "er allerede udløbet"),
        ("issue_on: 2024-06-01", "issue_on: 1776-07-04", "bad_date", "1900 til 2199"),
        ("refused: process_suspended", "refused: proces_suspended", "unknown_refusal", "»process_suspended«"),
        ("gate: round_closed", "gate: round_close", "unknown_gate", "»round_closed«"),
        ("hearing_parties: [kl", "hearing_parties: [sku-sjaelland", "body_not_valid", "trådt i stedet"),
        ("[kl, others, venner]", "[kl, others, venner], authority: [kl, foa]", "unknown_list", ""),
        ("name_en: The friends", "region: sjeland", "unknown_region", "»sjaelland«"),
        ("key: sst", "key: s s t", "key_wrong", "bindestreger"),
        ("email: post@venner.example", "email: post venner", "bad_address", "navn@"),
        ("post@venner.example, name: Bo", "post@venner.example, channel: paper, language: fr", "unknown_value", "da"),
        ("  venner: {kind", f"  {'v' * 61}: {{kind", "too_large", "højst 60"),
        ("venner: {kind", "kl: {kind", "name_taken", "allerede brugt"),
        ("reply_to: plan@styrelsen.example", "reply_to: [plan@styrelsen.example]", "wrong_type", "Skriv en tekst"),
    ],
)
def test_play_file_with_one_mistake_says_line_and_remedy_and_exits_with_two(
    tmp_path: Path, old: str, new: str, code: str, words: str
) -> None:
    assert GOOD.count(old) == 1, "the mistake must be made once"
    path = tmp_path / "nights.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    line = GOOD[: GOOD.index(old)].count("\n") + 1

    said = said_by_play(path)

    assert any(text.startswith(f"nights.yaml:{line}: ") and words in text for text in said), said


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD.replace("title: Nætter", "title: &nights Nætter"), 3, "Ankre"),
        (GOOD.replace("title: Nætter", "title: !night Nætter"), 3, "!night"),
        (GOOD.replace("title: Nætter", "title: !!python/name:os.system Nætter"), 3, "python/name"),
        (GOOD.replace("  note", "\tnote").replace("  venner: {kind", "\tvenner: {kind"), 7, "tabulator"),
        (f"{GOOD}---\n{GOOD}", 35, "dokument"),
        (f"{GOOD}# {'x' * 5_000_000}\n", 1, "for stor"),
        (GOOD.replace("title: Nætter", "title: Næt\0ter"), 3, ""),
        (GOOD.replace("title: Nætter", 'title: "Næt\\0ter"'), 3, ""),
        ("[" * 5_000, 1, ""),
    ],
    ids=["anchor", "tag", "python", "tabs", "two documents", "5 MB", "NUL", "written NUL", "deep"],
)
def test_play_file_that_is_no_plain_yaml_says_line_and_remedy_and_exits_with_two(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = tmp_path / "nights.yaml"
    path.write_text(text, encoding="utf-8")

    said = said_by_play(path)

    assert said[0].startswith(f"nights.yaml:{line}: "), said
    assert words in said[0]


def test_play_deed_in_the_hour_that_comes_twice_means_the_first_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "nights.yaml"
    path.write_text(GOOD.replace("2024-04-02 10:00", "2024-10-27 02:30"), encoding="utf-8")

    said = StringIO()
    with translation.override("da"):
        scenario = read_scenario(path, LAID_ON)
    with translation.override("da"), pytest.raises(SystemExit):
        call_command("play", str(path), "--on", LAID_ON.isoformat(), stderr=said, stdout=StringIO())

    assert scenario.turns[-1].at.isoformat() == "2024-10-27T00:30:00+00:00"
    [notice] = scenario.notices
    assert notice.line == 32
    assert "»2024-10-27 02:30« kommer to gange" in str(notice)
    assert str(notice) in said.getvalue()


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of every plain value in the data of a file."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))
    else:
        yield path


def with_value(data: Any, path: tuple[str | int, ...], value: Any) -> str:
    """The file with another value at a place."""
    changed = deepcopy(data)
    here = changed
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return yaml.safe_dump(changed, allow_unicode=True, sort_keys=False)


DATA = read(GOOD, "nights.yaml").data


@pytest.mark.parametrize(
    "odd", [["a", "b"], {"a": "b"}, [], {}, [["a"]], "x" * 201, "x" * 301, "\0", "\ud800", "", None, True, 7]
)
def test_put_anything_anywhere_in_a_file_it_is_refused_with_its_line_or_sets_up(tmp_path: Path, odd: Any) -> None:
    path = tmp_path / "odd.yaml"
    stumbled, refused = [], 0
    with own_database():
        path.write_text(yaml.safe_dump(DATA, allow_unicode=True), encoding="utf-8")
        with transaction.atomic():
            set_up(read_scenario(path, LAID_ON))  # nothing else is wrong with it
            transaction.set_rollback(True)
        for place in leaves(DATA):
            text = with_value(DATA, place, odd)
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
            try:
                scenario = read_scenario(path, LAID_ON)
                with transaction.atomic():
                    set_up(scenario)
                    transaction.set_rollback(True)
            except ScenarioRefused as found:
                refused += 1
                if not all(problem.line >= 1 and problem.message and problem.remedy for problem in found.problems):
                    stumbled.append((place, found.problems))
            except Exception as error:
                stumbled.append((place, repr(error)))

    assert stumbled == []
    assert refused


def test_play_process_with_two_bodies_for_one_part_says_where_to_choose(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    other = "  styrelse: {kind: national_authority, name: En anden styrelse}\n"
    path.write_text(GOOD.replace("bodies:\n", f"bodies:\n{other}", 1), encoding="utf-8")

    with own_database(), translation.override("en"), pytest.raises(ScenarioRefused) as refused:
        set_up(read_scenario(path, LAID_ON))

    (problem,) = refused.value.problems
    assert problem.code == "several_bodies"
    assert problem.remedy == "Say who it is under process, lists: {name: body}."
