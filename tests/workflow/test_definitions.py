"""The shipped definitions, the typed shape they become, their hash, and the path as a graph."""

import json
import re
from dataclasses import FrozenInstanceError
from datetime import date, time
from pathlib import Path

import pytest
from django.utils.translation import override
from jsonschema import Draft202012Validator

from workflow import definitions
from workflow.definitions import (
    ApprovalTerms,
    BundleUse,
    Completes,
    DefinitionRefused,
    RuleKind,
    Standing,
    Text,
)
from workflow.definitions.shape import GateName
from workflow.definitions.structure import schema
from workflow.states import BodyKind, Outcome, StageKindName, StageState

AGREEMENT = definitions.shipped("sundhedsaftale")
DONE = StageState.COMPLETED


@pytest.mark.parametrize("path", definitions.shipped_paths(), ids=lambda path: path.stem)
def test_check_of_a_shipped_definition_finds_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert definitions.check(text, path.name) == []
    assert definitions.parse(text, path.name).key == path.stem


def test_shipped_definitions_hold_the_stages_of_the_three_processes() -> None:
    keys = {
        path.stem: [stage.key for stage in definitions.shipped(path.stem).stages]
        for path in definitions.shipped_paths()
    }
    assert keys == {
        "sundhedsaftale": [
            "mandate", "drafting", "input", "committee_review", "hearing", "consolidation", "committee_endorsement",
            "party_approval", "final_endorsement", "submission", "national_review", "in_force", "midterm_status",
            "final_status",
        ],
        "national-hearing": ["drafting", "clearance", "hearing", "finalisation", "issue", "published"],
        "samarbejdsaftale": ["drafting", "steering_group", "committee_approval", "accession", "in_force", "revision"],
    }  # fmt: skip


def test_schema_is_valid_closed_everywhere_and_agrees_with_the_states() -> None:
    Draft202012Validator.check_schema(schema())

    def closed(node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert "additionalProperties" in node, node
                assert node["additionalProperties"] is not True
            for child in node.values():
                closed(child)
        elif isinstance(node, list):
            for child in node:
                closed(child)

    closed(schema())
    defs = schema()["$defs"]
    assert defs["body_kind"]["enum"] == BodyKind.values
    assert defs["outcome"]["enum"] == Outcome.values
    assert defs["stage"]["properties"]["kind"]["enum"] == StageKindName.values
    assert defs["gate"]["properties"]["gate"]["enum"] == list(GateName)
    assert set(defs["deadline"]["properties"]["rule"]["enum"]) == set(RuleKind)


def test_shape_of_the_agreement_says_what_the_file_says() -> None:
    hearing, approval = AGREEMENT.stage("hearing"), AGREEMENT.stage("party_approval")
    assert hearing.consultation is not None
    assert (hearing.consultation.length_days, hearing.consultation.clock) == (28, time(12))
    assert hearing.reminders == (14, 7, 1)
    assert hearing.completes is Completes.AUTOMATIC
    assert AGREEMENT.stage("drafting").completes is Completes.MANUAL
    assert AGREEMENT.stage("drafting").bundle is BundleUse.LOCKS
    assert approval.approval is not None
    assert approval.approval.counts == (Outcome.APPROVED, Outcome.APPROVED_WITH_REMARKS)
    assert AGREEMENT.lists["parties"].kinds == (BodyKind.REGIONAL_COUNCIL, BodyKind.MUNICIPAL_COUNCIL)
    assert AGREEMENT.stage("final_endorsement").optional
    assert AGREEMENT.stage("committee_review").on_outcome["referred_back"] == "drafting"
    review = AGREEMENT.stage("national_review").effective_deadline_rule
    assert review is not None
    assert (review.rule, review.event, review.weeks) == (RuleKind.STATUTORY, "submission.receipt", 8)
    assert AGREEMENT.title_of_role("parties") == Text("Aftaleparter", "Parties to the agreement")


def test_definition_cannot_be_changed_in_a_running_process() -> None:
    with pytest.raises(FrozenInstanceError):
        AGREEMENT.stage("hearing").key = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        AGREEMENT.lists["x"] = AGREEMENT.lists["parties"]  # type: ignore[index]


def test_title_follows_the_active_language_and_falls_back_on_danish() -> None:
    title = AGREEMENT.stage("hearing").title
    with override("en"):
        assert str(title) == "Consultation"
    with override("da"):
        assert str(title) == "Høring"
    assert title.in_language("fo") == "Høring"


def test_sha256_ignores_comments_layout_and_key_order_but_no_content() -> None:
    text = next(path for path in definitions.shipped_paths() if path.stem == "samarbejdsaftale").read_text("utf-8")
    bare = re.sub(r"(?m)(^|\s)#.*$", "", text)
    assert bare != text
    turned = bare.replace("schema_version: 1\nkey: samarbejdsaftale\n", "key: samarbejdsaftale\nschema_version: 1\n")
    assert turned != bare
    original = definitions.parse(text, "a")
    assert definitions.parse(turned, "b").sha256 == original.sha256
    assert definitions.parse(text.replace("days: 180", "days: 181"), "c").sha256 != original.sha256
    assert re.fullmatch(r"[0-9a-f]{64}", original.sha256)


def test_from_canonical_gives_the_definition_it_was_pinned_as() -> None:
    pinned = definitions.from_canonical(AGREEMENT.canonical)
    assert pinned == AGREEMENT
    assert pinned.sha256 == AGREEMENT.sha256
    assert json.loads(AGREEMENT.canonical)["key"] == "sundhedsaftale"


def test_shipped_of_an_unknown_key_is_refused() -> None:
    with pytest.raises(KeyError):
        definitions.shipped("../sundhedsaftale")


def test_graph_of_the_agreement_keeps_in_force_and_national_review_apart() -> None:
    assert definitions.entry_stages(AGREEMENT) == ["mandate"]
    assert definitions.end_stages(AGREEMENT) == ["national_review", "final_status"]
    assert definitions.successors(AGREEMENT, "final_endorsement") == ["submission", "in_force"]
    assert definitions.predecessors(AGREEMENT, "hearing") == ["committee_review", "input"]
    assert "national_review" not in definitions.ancestors(AGREEMENT, "in_force")
    assert "submission" not in definitions.ancestors(AGREEMENT, "in_force")
    assert "in_force" not in definitions.ancestors(AGREEMENT, "national_review")


def test_return_opens_the_target_and_all_behind_it_but_not_what_runs_beside() -> None:
    reopened = definitions.reopened_by_return(AGREEMENT, "drafting")
    assert reopened[:4] == ["drafting", "committee_review", "hearing", "consolidation"]
    assert "input" not in reopened
    assert "mandate" not in reopened
    assert definitions.descendants(AGREEMENT, "submission") == ["national_review"]


def test_ready_opens_a_stage_when_all_before_it_are_behind_us() -> None:
    assert definitions.ready(AGREEMENT, {}) == ["mandate"]
    assert definitions.ready(AGREEMENT, {"mandate": DONE}) == ["drafting", "input"]
    behind = {"mandate": DONE, "drafting": DONE, "committee_review": DONE}
    assert definitions.ready(AGREEMENT, {**behind, "input": StageState.OPEN}) == []
    assert definitions.ready(AGREEMENT, {**behind, "input": StageState.SKIPPED}) == ["hearing"]
    assert definitions.ready(AGREEMENT, {**behind, "input": DONE, "hearing": StageState.WAITING}) == ["hearing"]


def test_ready_walked_to_the_end_passes_every_stage_once_and_finishes() -> None:
    for path in definitions.shipped_paths():
        definition = definitions.shipped(path.stem)
        states: dict[str, str] = {}
        while opened := definitions.ready(definition, states):
            assert not definitions.is_finished(definition, states)
            states |= dict.fromkeys(opened, DONE)
        assert definitions.is_finished(definition, states)


def standings(*outcomes: str | None, kind: str = BodyKind.MUNICIPAL_COUNCIL) -> list[Standing]:
    return [Standing(kind, outcome) for outcome in outcomes]


YES, NOTED, NO = Outcome.APPROVED, Outcome.NOTED, Outcome.REJECTED


@pytest.mark.parametrize(
    ("terms", "votes", "met"),
    [
        (ApprovalTerms("p", "all"), standings(YES, Outcome.APPROVED_WITH_REMARKS), True),
        (ApprovalTerms("p", "all"), standings(YES, NOTED), False),
        (ApprovalTerms("p", "all"), standings(YES, Outcome.APPROVED_WITH_RESERVATION), False),
        (ApprovalTerms("p", "all"), standings(YES, None), False),
        (ApprovalTerms("p", "all"), [], False),
        (ApprovalTerms("p", "k_of_n", k=2), standings(YES, YES, NO), True),
        (ApprovalTerms("p", "k_of_n", k=2), standings(YES, NOTED, None), False),
        (ApprovalTerms("p", "k_of_n", k=1, vetoes=(BodyKind.MUNICIPAL_COUNCIL,)), standings(YES, NO), False),
        (ApprovalTerms("p", "weighted", weights={"regional_council": 3, "municipal_council": 1}, threshold=4),
         [*standings(YES, NO), Standing("regional_council", YES)], True),
        (ApprovalTerms("p", "weighted", weights={"regional_council": 3}, threshold=4),
         [*standings(YES, YES), Standing("regional_council", YES)], False),
        (ApprovalTerms("p", "all", accession=True), standings(YES, Outcome.ACCESSION_DECLINED), True),
        (ApprovalTerms("p", "all", accession=True), standings(Outcome.ACCESSION_DECLINED), False),
        (ApprovalTerms("p", "all"), standings(YES, Outcome.ACCESSION_DECLINED), False),
    ],
)  # fmt: skip
def test_approval_terms_open_the_gate_only_when_the_rule_is_met(
    terms: ApprovalTerms, votes: list[Standing], met: bool
) -> None:
    assert terms.is_met(votes) is met


def test_parse_of_a_fourth_definition_needs_no_code() -> None:
    text = """\
schema_version: 1
key: hearing-only
title: {da: Kun høring, en: Hearing only}
description: {da: En enkelt høring., en: A single hearing.}
lists:
  heard: {title: {da: Hørte, en: Heard}, description: {da: Valgt., en: Picked.}}
parameters:
  decided_on: {type: date, title: {da: Afgøres, en: Decided}, default: 2028-02-29}
deadlines:
  decision: {title: {da: Afgørelse, en: Decision}, deadline: {rule: fixed, parameter: decided_on, source: Planen}}
stages:
  - {key: hearing, kind: consultation, title: {da: Høring, en: Hearing}, after: [], actor: secretariat, end: true,
     consultation: {form: full, list: heard}, gates: [{gate: round_closed}, {gate: date_reached, deadline: decision}]}
"""
    fourth = definitions.parse(text, "fourth.yaml")
    assert fourth.parameters["decided_on"].default == date(2028, 2, 29)
    assert fourth.lists["heard"].kinds == ()
    assert set(fourth.deadline_rules) == {"decision"}
    with pytest.raises(DefinitionRefused):
        definitions.parse(text.replace("default: 2028-02-29", "default: 2027-02-29"), "fourth.yaml")
