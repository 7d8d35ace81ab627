"""What is said of a fault helps, and a fault is not said once more in a place that only leans on it."""

import re

import pytest
from django.utils.translation import override

from workflow.definitions import Problem, check

OTHER = """\
schema_version: 1
key: other
title: {da: Anden, en: Other}
description: {da: En proces., en: A process.}
lists:
  parties:
    title: {da: Parter, en: Parties}
    description: {da: Parterne., en: The parties.}
    kinds: [municipal_council]
bodies:
  authority:
    title: {da: Styrelsen, en: The authority}
    kind: national_authority
deadlines:
  review:
    title: {da: Eftersyn, en: Review}
    deadline: {rule: days_after, event: in_force.occurred, days: 30, source: Planen}
stages:
  - key: hearing
    kind: consultation
    title: {da: Høring, en: Hearing}
    after: []
    actor: secretariat
    consultation: {form: full, list: parties}
    gates: [{gate: round_closed}]
  - key: sending
    kind: external
    title: {da: Afsendelse, en: Sending}
    after: [hearing]
    actor: secretariat
    external: {body: authority, awaits: ruling}
    gates: [{gate: external_ruling, body: authority}, {gate: remarks_disposed, stage: hearing}]
    deadline: {rule: days_after, event: hearing.completed, days: 30, source: Planen}
  - key: in_force
    kind: milestone
    title: {da: I kraft, en: In force}
    after: [sending]
    actor: secretariat
    milestone: {fact: {key: in_force, text: {da: I kraft, en: In force}}}
    deadline: {rule: days_after, event: sending.ruling, days: 30, source: Planen}
  - key: notice
    kind: milestone
    title: {da: Meddelt, en: Notified}
    after: [sending]
    actor: secretariat
    milestone: {fact: {key: notified, text: {da: Meddelt, en: Notified}}}
    deadline: {rule: days_before, deadline: in_force, days: 3, source: Planen}
"""


def found(old: str = "", new: str = "") -> list[Problem]:
    assert not old or OTHER.count(old) == 1
    with override("en"):
        return check(OTHER.replace(old, new) if old else OTHER, "other.yaml")


def test_check_definition_as_it_stands_finds_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  - key: in_force\n    kind: milestone", "  - key: in_force\n    kind: milestome", "unknown_kind"),
        ("kind: consultation", "kind: consultatoin", "unknown_kind"),
        ("awaits: ruling", "awaits: rulling", "unknown_value"),
        ("{rule: days_after, event: sending.ruling", "{rule: dayz_after, event: sending.ruling", "unknown_rule"),
    ],
)
def test_check_stage_that_others_lean_on_misspelt_is_said_once(old: str, new: str, code: str) -> None:
    problems = found(old, new)

    assert [problem.code for problem in problems] == [code], [str(problem) for problem in problems]


@pytest.mark.parametrize("section", ["lists", "bodies", "parameters", "deadlines"])
def test_check_section_that_cannot_be_read_is_said_once_and_its_names_are_not(section: str) -> None:
    text = OTHER.replace("stages:\n", "parameters:\n  sent_on: {type: date, title: {da: Sendt, en: Sent}}\nstages:\n")
    text = text.replace("{rule: days_before, deadline: in_force,", "{rule: days_before, deadline: review,")
    text = text.replace("{gate: round_closed}", "{gate: round_closed}, {gate: date_reached, parameter: sent_on}")
    with override("en"):
        assert check(text, "other.yaml") == []
        problems = check(re.sub(rf"(?m)^{section}:\n(  .*\n)+", f"{section}: [a]\n", text), "other.yaml")

    assert [problem.code for problem in problems] == ["wrong_type"], [str(problem) for problem in problems]


def test_check_event_that_never_happens_lists_those_that_do() -> None:
    problems = found("event: sending.ruling", "event: sending.occurred")

    assert [problem.code for problem in problems] == ["unknown_event"]
    assert "sending.completed, sending.opened, sending.receipt, sending.ruling" in problems[0].remedy
