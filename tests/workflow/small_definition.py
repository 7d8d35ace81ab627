"""A small sound definition that tests change in one place, and what is said of it then."""

from workflow.definitions import Problem, check

SMALL = """\
schema_version: 1
key: small
title: {da: Lille, en: Small}
description: {da: En lille proces., en: A small process.}
lists:
  parties:
    title: {da: Parter, en: Parties}
    description: {da: Dem det angår., en: Those concerned.}
    members: [committee, authority]
bodies:
  committee:
    title: {da: Udvalg, en: Committee}
    kind: coordination_committee
  authority:
    title: {da: Styrelse, en: Authority}
    kind: national_authority
parameters:
  sent_on:
    type: date
    title: {da: Sendt, en: Sent}
stages:
  - key: drafting
    kind: drafting
    title: {da: Udkast, en: Draft}
    after: []
    actor: secretariat
    gates:
      - gate: bundle_locked
  - key: review
    kind: review
    title: {da: Behandling, en: Review}
    after: [drafting]
    actor: committee
    review:
      recommendation: {key: go_on, text: {da: at gå videre, en: to go on}}
      counts: [approved]
    gates:
      - gate: body_decision
        body: committee
    on_return: drafting
    on_outcome: {referred_back: drafting}
  - key: hearing
    kind: consultation
    title: {da: Høring, en: Hearing}
    after: [review]
    actor: secretariat
    consultation: {form: full, list: parties, length_days: 28, clock: 12:00}
    gates:
      - gate: round_closed
    reminders: [14, 7, 1]
  - key: approval
    kind: approval
    title: {da: Godkendelse, en: Approval}
    after: [hearing]
    actor: parties
    approval: {list: parties, rule: k_of_n, k: 2}
    gates:
      - gate: parties
        list: parties
      - gate: remarks_disposed
        stage: hearing
    deadline: {rule: days_before, deadline: sending, days: 6, source: Planen}
  - key: sending
    kind: external
    title: {da: Fremsendelse, en: Sending}
    after: [approval]
    actor: secretariat
    external: {body: authority, awaits: receipt}
    gates:
      - gate: external_receipt
        body: authority
    deadline: {rule: statutory, parameter: sent_on, source: Vejledningen}
  - key: done
    kind: milestone
    title: {da: Slut, en: Done}
    after: [sending]
    actor: secretariat
    milestone:
      fact: {key: done, text: {da: Færdig, en: Done}}
"""


def changed(old: str, new: str) -> str:
    """The small definition with one passage changed, which must be there exactly once."""
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def line_of(text: str, passage: str) -> int:
    return text[: text.index(passage)].count("\n") + 1


def found(text: str, code: str) -> Problem:
    """The one problem of that code; every problem of a file is at hand when there is none."""
    problems = check(text, "small.yaml")
    matching = [problem for problem in problems if problem.code == code]
    assert len(matching) == 1, problems
    return matching[0]


MISTAKES = [
    ("body: committee\n    on", "body: comittee\n    on", "unknown_body", "body: comittee", "“committee”"),
    ("list: parties\n      - gate: rem", "list: partys\n      - gate: rem", "unknown_list", "list: partys",
     "“parties”"),
    ("gate: round_closed", "gate: round_close", "unknown_gate", "gate: round_close", "“round_closed”"),
    ("kind: drafting", "kind: draughting", "unknown_kind", "kind: draughting", "“drafting”"),
    ("rule: statutory", "rule: statutary", "unknown_rule", "deadline: {rule: statutary", "“statutory”"),
    ("after: [sending]", "after: [sendings]", "unknown_stage", "after: [sendings]", "“sending”"),
    ("on_return: drafting", "on_return: drafts", "unknown_stage", "on_return: drafts", "“drafting”"),
    ("on_return: drafting", "on_return: hearing", "return_not_before", "on_return: hearing", "drafting"),
    ("on_return: drafting", "on_return: review", "return_not_before", "on_return: review", "drafting"),
    ("{referred_back: drafting}", "{referred_back: done}", "return_not_before", "on_outcome", "drafting"),
    ("{referred_back: drafting}", "{approved: drafting}", "contradiction", "on_outcome", "counts"),
    ("title: {da: Udkast, en: Draft}", "title: {da: Udkast}", "missing_translation", "title: {da: Udkast}", "en"),
    ("title: {da: Udkast, en: Draft}", "title: Udkast", "missing_translation", "title: Udkast", "da"),
    ("k: 2", "k: 3", "k_larger_than_list", "approval: {list", "k"),
    ("k: 2", "k: 0", "not_positive", "approval: {list", "positive"),
    ("length_days: 28", "length_days: 0", "not_positive", "consultation: {", "positive"),
    ("days: 6", "days: -6", "not_positive", "deadline: {rule: days_before", "positive"),
    ("reminders: [14, 7, 1]", "reminders: [14, 0]", "not_positive", "reminders", "positive"),
    ("reminders: [14, 7, 1]", "reminders: [7, 7]", "duplicate_value", "reminders", "once"),
    ("length_days: 28", "length_days: lang", "wrong_type", "consultation: {", "whole number"),
    ("    after: []\n", "    after:\n", "wrong_type", "    after:\n", "a list"),
    ("    after: []\n", "", "missing_key", "  - key: drafting", "after: []"),
    ("key: hearing\n", "key: review\n", "duplicate_stage", "key: review\n    kind: consultation", "another key"),
    ("key: small", "key: Small One", "bad_format", "key: Small One", "small letters"),
    ("clock: 12:00", "clock: 25:00", "bad_format", "consultation: {", "12:00"),
    ("schema_version: 1", "schema_version: 2", "schema_version", "schema_version: 2", "schema_version: 1"),
    ("deadline: sending", "deadline: sendings", "unknown_deadline", "deadline: {rule: days_before", "“sending”"),
    ("parameter: sent_on", "parameter: send_on", "unknown_parameter", "deadline: {rule: stat", "“sent_on”"),
    ("type: date", "type: text", "wrong_type", "deadline: {rule: statutory", "type: date"),
    ("actor: committee", "actor: secretariat", "wrong_actor", "actor: secretariat\n    review", "body"),
    ("actor: committee", "actor: authority", "gate_asks_another", "body: committee", "same"),
    ("counts: [approved]", "counts: [noted]", "never_an_approval", "counts: [noted]", "approved"),
    ("stage: hearing", "stage: review", "no_remarks_there", "stage: review", "consultation"),
    ("gate: round_closed", "gate: bundle_locked", "missing_gate", "  - key: hearing", "round_closed"),
    ("gate: round_closed", "gate: round_closed\n      - {gate: body_decision, body: committee}",
     "gate_not_for_kind", "{gate: body_decision", "review"),
    ("{form: full, list: parties", "{form: full, list: committee", "unknown_list", "consultation: {", "parties"),
    ("rule: k_of_n, k: 2", "rule: k_of_n", "missing_key", "approval: {list", "k"),
    ("rule: k_of_n, k: 2", "rule: all, k: 2", "not_for_this_kind", "approval: {list", "rule"),
]  # fmt: skip
