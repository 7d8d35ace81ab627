"""What the checker refuses, with file, line and remedy, and that it finds everything in one reading."""

import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.small_definition import MISTAKES, SMALL, changed, found, line_of
from workflow.definitions import DefinitionRefused, check, parse


def test_check_of_a_sound_definition_finds_nothing() -> None:
    assert check(SMALL, "small.yaml") == []


def test_check_with_an_unknown_key_names_file_line_and_the_nearest_known_one() -> None:
    text = changed("    on_return: drafting\n", "    on_retrun: drafting\n")
    problem = found(text, "unknown_key")
    assert problem.file == "small.yaml"
    assert problem.line == line_of(text, "on_retrun")
    assert "on_retrun" in problem.message
    assert "»on_return«" in problem.remedy


def test_check_with_a_cycle_names_the_whole_path() -> None:
    text = changed("    after: []", "    after: [sending]")
    problem = found(text, "cycle")
    assert problem.line == line_of(text, "after: [sending]\n    actor: secretariat\n    gates")
    assert "drafting → review → hearing → approval → sending → drafting" in problem.message


def test_check_with_a_stage_waiting_for_itself_is_a_cycle() -> None:
    assert "review → review" in found(changed("after: [drafting]", "after: [drafting, review]"), "cycle").message


def test_check_behind_a_cycle_says_the_stage_can_never_open() -> None:
    text = changed("after: [drafting]", "after: [drafting, hearing]")
    unreachable = [problem for problem in check(text, "x") if problem.code == "unreachable"]
    assert [problem.line for problem in unreachable] == [
        line_of(text, f"  - key: {key}\n") for key in ("approval", "sending", "done")
    ]


def test_check_behind_an_end_says_the_stage_can_never_open() -> None:
    text = changed("    after: [approval]\n", "    after: [approval]\n    end: true\n")
    assert "»sending«" in found(text, "unreachable").message


def test_check_with_a_dead_end_says_how_to_go_on() -> None:
    text = changed("after: [hearing]", "after: [review]")
    problem = found(text, "dead_end")
    assert problem.line == line_of(text, "  - key: hearing")
    assert "end: true" in problem.remedy


def test_check_of_an_end_that_says_so_is_sound() -> None:
    text = changed("after: [hearing]", "after: [review]")
    text = text.replace("      - gate: remarks_disposed\n        stage: hearing\n", "")
    assert check(text.replace("reminders: [14, 7, 1]", "end: true"), "x") == []


@pytest.mark.parametrize(("old", "new", "code", "at", "remedy"), MISTAKES)
def test_check_of_one_mistake_names_its_line_and_a_remedy(old: str, new: str, code: str, at: str, remedy: str) -> None:
    text = changed(old, new)
    with override("en"):
        problem = found(text, code)
    assert (problem.file, problem.line) == ("small.yaml", line_of(text, at))
    assert problem.message
    assert remedy in problem.remedy


@pytest.mark.parametrize(("old", "new"), [row[:2] for row in MISTAKES])
def test_check_of_any_mistake_hides_none_elsewhere_and_makes_up_none(old: str, new: str) -> None:
    with override("en"):
        alone = [problem.message for problem in check(changed(old, new), "x")]
        text = changed(old, new).replace("awaits: receipt}", "awaits: receipt}\n    on_return: nowhere")
        both = [problem.message for problem in check(text, "x")]

    assert sorted(both) == sorted([*alone, "There is no stage “nowhere”."])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: {da: Behandling, en: Review}", "title: Behandling"),
        ("    after: [drafting]\n    actor: committee", "    after: drafting\n    actor: committee"),
        ("recommendation: {key: go_on, text", "recommendation: {key: Go on, text"),
        ("      recommendation: {key: go_on, text: {da: at gå videre, en: to go on}}\n", ""),
        ("counts: [approved]", "counts: approved"),
        ("counts: [approved]", "counts: [aproved]"),
        ("        body: committee\n", ""),
        ("gate: body_decision", "gate: decision"),
        ("  - key: done\n", "  - key: færdig\n"),
        ("  - key: done\n", "  -\n"),
        ("parameters:\n  sent_on:\n    type: date\n    title: {da: Sendt, en: Sent}\n", "parameters: [sent_on]\n"),
        ("    on_return: drafting", "    optional: perhaps\n    gaets: []"),
    ],
)
def test_check_of_a_stage_wrong_in_shape_and_meaning_finds_both(old: str, new: str) -> None:
    text = changed(old, new).replace("{referred_back: drafting}", "{referred_back: nowhere}")
    with override("en"):
        alone = [problem.message for problem in check(changed(old, new), "x")]
        both = [problem.message for problem in check(text, "x")]

    assert sorted(both) == sorted([*alone, "There is no stage “nowhere”."])
    assert len(alone) <= 2


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("{rule: days_after, event: drafting.opened, days: 3, source: Planen}", None),
        ("{rule: working_days_after, event: process.started, days: 3, source: Planen}", None),
        ("{rule: advisory, event: hearing.completed, months: 1, source: Planen}", None),
        ("{rule: fixed, date: 2028-02-29, source: Planen}", None),
        ("{rule: fixed, date: 2027-02-29, source: Planen}", "bad_date"),
        ("{rule: days_after, event: done.completed, days: 3, source: Planen}", "event_too_late"),
        ("{rule: days_after, event: approval.completed, days: 3, source: Planen}", "event_too_late"),
        ("{rule: days_after, event: approval.opened, days: 3, source: Planen}", None),
        ("{rule: days_after, event: meeting.opened, days: 3, source: Planen}", "unknown_event"),
        ("{rule: days_after, event: hearing.ruling, days: 3, source: Planen}", "unknown_event"),
        ("{rule: days_after, event: process.completed, days: 3, source: Planen}", "unknown_event"),
        ("{rule: days_after, event: drafting.opened, source: Planen}", "missing_key"),
        ("{rule: statutory, source: Loven}", "bad_deadline"),
        ("{rule: statutory, event: drafting.opened, source: Loven}", "bad_deadline"),
        ("{rule: statutory, parameter: sent_on, weeks: 2, source: Loven}", "bad_deadline"),
        ("{rule: fixed, parameter: sent_on, date: 2019-06-24, source: Planen}", "bad_deadline"),
        ("{rule: fixed, parameter: sent_on}", "missing_key"),
        ("{rule: days_before, deadline: approval, days: 1, source: Planen}", "deadline_cycle"),
    ],
)
def test_check_of_a_deadline_wants_a_day_that_can_be_known_in_time(rule: str, code: str | None) -> None:
    text = changed("deadline: {rule: days_before, deadline: sending, days: 6, source: Planen}", f"deadline: {rule}")
    assert [problem.code for problem in check(text, "x")] == ([code] if code else [])


APPROVAL = "    approval: {list: parties, rule: k_of_n, k: 2}\n"
MEMBERS = "    members: [committee, authority]\n"
COUNCILS = "    kinds: [municipal_council, regional_council]\n"


@pytest.mark.parametrize(
    ("listed", "terms", "code", "words"),
    [
        (MEMBERS, "rule: k_of_n, k: 3", "k_larger_than_list", "3 approvals are asked of a list of 2."),
        (COUNCILS, "rule: k_of_n, k: 103", None, ""),
        (COUNCILS, "rule: k_of_n, k: 104", "k_larger_than_list", "104 approvals are asked of a list of 103."),
        ("    kinds: [regional_council]\n", "rule: k_of_n, k: 6", "k_larger_than_list", "6 approvals are asked"),
        ("    kinds: [organisation]\n", "rule: k_of_n, k: 6", None, ""),
        ("", "rule: k_of_n, k: 6", None, ""),
        (COUNCILS, "rule: all, vetoes: [hospital]", "kind_not_on_list", "kind “hospital” on the list “parties”"),
        (COUNCILS, "rule: all, vetoes: [regional_council]", None, ""),
        (COUNCILS, "rule: all, must_approve: [hospital]", "kind_not_on_list", "kind “hospital” on the list “parties”"),
        (MEMBERS, "rule: all, must_approve: [national_authority]", None, ""),
        (COUNCILS, "rule: weighted, weights: {hospital: 3, regional_council: 1}, threshold: 5", "kind_not_on_list",
         "hospital"),
        (COUNCILS, "rule: weighted, weights: {regional_council: 2}, threshold: 10", None, ""),
        (COUNCILS, "rule: weighted, weights: {regional_council: 2}, threshold: 11", "threshold_unreachable",
         "A weight of 11 is asked, but all on the list weigh 10 together."),
        (MEMBERS, "rule: weighted, weights: {national_authority: 2}, threshold: 3", "threshold_unreachable", "weigh 2"),
        ("    kinds: [organisation, regional_council]\n",
         "rule: weighted, weights: {regional_council: 2}, threshold: 11", "threshold_unreachable", "weigh 10"),
        ("    kinds: [organisation]\n", "rule: weighted, weights: {organisation: 1}, threshold: 999", None, ""),
    ],
)  # fmt: skip
def test_check_of_an_approval_refuses_what_could_never_come_about(
    listed: str, terms: str, code: str | None, words: str
) -> None:
    text = SMALL.replace(MEMBERS, listed).replace(APPROVAL, f"    approval: {{list: parties, {terms}}}\n")
    with override("en"):
        problems = check(text, "x")

    assert [problem.code for problem in problems] == ([code] if code else [])
    if code:
        assert problems[0].line == line_of(text, "    approval: {list")
        assert words in problems[0].message
        assert problems[0].remedy


def test_check_with_a_key_twice_names_the_first_line() -> None:
    text = changed("    on_return: drafting\n", "    on_return: drafting\n    on_return: drafting\n")
    problem = found(text, "duplicate_key")
    assert problem.line == line_of(text, "    on_return: drafting\n    on_return") + 1
    assert str(problem.line - 1) in problem.remedy


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", 1),
        ("# only a comment\n", "empty", 1),
        ("~\n", "empty", 1),
        ("key: a\n  title: b\n", "syntax", 2),
        ("key: [a, b\n", "syntax", 2),
        ("key: a\n\tb: c\n", "syntax", 2),
        ("key: a\n---\nkey: b\n", "syntax", 2),
        ("key: a\x00\n", "syntax", 1),
        ("[" * 50_000, "syntax", 1),
        ("a: &x 1\nb: *x\n", "alias", 2),
        ("key: !!python/object:os.system a\n", "wrong_type", 1),
        ("? [a]\n: b\n", "wrong_type", 1),
        ("- a\n- b\n", "wrong_type", 1),
        ("text\n", "wrong_type", 1),
        ("a: " + "b" * 100_000, "too_large", 1),
    ],
)
def test_check_of_something_that_is_no_definition_says_so_at_its_line(text: str, code: str, line: int) -> None:
    problems = check(text, "odd.yaml")
    assert (code, line) in [(problem.code, problem.line) for problem in problems]
    assert all(problem.message and problem.remedy and problem.file == "odd.yaml" for problem in problems)


def test_check_of_aliases_inside_aliases_ends_at_once() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    began = time.thread_time()
    assert {problem.code for problem in check(bomb, "bomb.yaml")} == {"alias"}
    assert time.thread_time() - began < 2


def test_check_of_several_mistakes_finds_all_in_the_order_of_lines() -> None:
    text = changed("kind: drafting", "kind: draughting").replace("after: [sending]", "after: [sent]")
    text = text.replace("on_return: drafting", "on_retrun: drafting")
    problems = check(text, "x")
    assert [problem.code for problem in problems] == ["unknown_kind", "unknown_key", "unknown_stage"]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def test_parse_of_a_bad_definition_refuses_with_every_problem() -> None:
    with pytest.raises(DefinitionRefused, match=r"small.yaml:\d+: .*dratfing") as refused:
        parse(changed("on_return: drafting", "on_return: dratfing").replace("k: 2", "k: 9"), "small.yaml")
    assert [problem.code for problem in refused.value.problems] == ["unknown_stage", "k_larger_than_list"]


def test_check_speaks_the_language_of_the_reader() -> None:
    with override("en"):
        assert found(changed("k: 2", "k: 3"), "k_larger_than_list").message == "3 approvals are asked of a list of 2."


PIECES = st.sampled_from(
    [
        "drafting",
        "review",
        "true",
        "null",
        "[]",
        "{}",
        "0",
        "-1",
        "1e9",
        "12:00",
        "2019-06-30",
        "[[a]]",
        "{a: {b: c}}",
        '""',
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_check_with_any_value_anywhere_never_breaks(data: st.DataObject) -> None:
    lines = SMALL.splitlines()
    for _change in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        head, colon, _rest = lines[at].partition(":")
        lines[at] = f"{head}{colon} {data.draw(PIECES)}" if data.draw(st.booleans()) else ""
    for problem in check("\n".join(lines), "any.yaml"):
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.message
        assert problem.remedy


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=200))
def test_check_of_any_text_never_breaks(text: str) -> None:
    assert check(text, "any.yaml")


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("    on_return: drafting\n", "    on_retrun: drafting\n", "on_retrun", "Ukendt nøgle »on_retrun«"),
        ("    after: []", "    after: [sending]", "after: [sending]\n    actor: secretariat\n    gates",
         "Trinnene venter på hinanden i ring: drafting → review → hearing → approval → sending → drafting."),
        ("after: [hearing]", "after: [review]", "  - key: hearing",
         "Trinnet »hearing« er en blindgyde: intet følger efter, og det afslutter ikke processen."),
        ("body: committee\n    on", "body: comittee\n    on", "body: comittee", "Organet »comittee« findes ikke."),
    ],
)  # fmt: skip
def test_check_by_command_says_in_danish_where_and_what_and_exits_with_two(
    tmp_path: Path, old: str, new: str, at: str, words: str
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(changed(old, new), encoding="utf-8")
    said = StringIO()

    with override("da"), pytest.raises(SystemExit) as stopped:
        call_command("check_definition", str(path), stderr=said)

    assert stopped.value.code == 2
    line = line_of(path.read_text(encoding="utf-8"), at)
    assert any(row.startswith(f"{path}:{line}: {words}") for row in said.getvalue().splitlines()), said.getvalue()
