"""The shipped definitions, the typed shape they become, their hash, and the path as a graph."""

import json
import re
from datetime import date, time
from io import StringIO
from pathlib import Path
from typing import Annotated

import pytest
from django.core.management import call_command
from django.utils.translation import override
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from tests.workflow.small_definition import MISTAKES, changed
from workflow import definitions
from workflow.definitions import (
    ApprovalTerms,
    BundleUse,
    Completes,
    Definition,
    DefinitionRefused,
    RuleKind,
    Standing,
)
from workflow.definitions.fields import Heading
from workflow.definitions.reading import read
from workflow.definitions.shape import ApprovalStage
from workflow.states import BodyKind, Outcome, StageKindName, StageState

AGREEMENT = definitions.shipped("sundhedsaftale")
DONE = StageState.COMPLETED


@pytest.mark.parametrize("path", definitions.shipped_paths(), ids=lambda path: path.stem)
def test_check_of_a_shipped_definition_finds_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert definitions.check(text, path.name) == []
    assert definitions.parse(text, path.name).key == path.stem


def test_shipped_definitions_hold_the_stages_of_their_processes() -> None:
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
        "hoering": ["drafting", "hearing", "report", "published"],
        "horisontal-samarbejdsaftale": [
            "drafting", "recommendation", "regional_decision", "municipal_approval", "concluded", "notice",
        ],
        "national-hearing": ["drafting", "clearance", "hearing", "finalisation", "issue", "published"],
        "samarbejdsaftale": ["drafting", "steering_group", "committee_approval", "accession", "in_force", "revision"],
    }  # fmt: skip


PINNED = {
    "hoering": "feb58e2a25c9a5bbc6add935ac401fb2dd8f7ac7febd5c54936ede760ce3783e",
    "horisontal-samarbejdsaftale": "f56acd0c7ca40f577dc117d4119c485321f821d778e22093a4701d13edb68769",
    "national-hearing": "2aa52437bf94d5d5662e4f293239de4af2ed57eb81b2fa3af3149b9315b4399d",
    "samarbejdsaftale": "b87bb3774f2854a966bc91214b722f9b7da49562c2c7de7c40f87391324473b2",
    "sundhedsaftale": "94c804a1d9022a6ded9d8743cc6211761206fbbb566e7a6c9e55e01856e8172e",
}


def test_read_shipped_definition_gives_the_sha256_that_running_processes_are_pinned_to() -> None:
    assert {path.stem: definitions.shipped(path.stem).sha256 for path in definitions.shipped_paths()} == PINNED


def test_schema_is_closed_everywhere_and_tells_every_key() -> None:
    schema = definitions.json_schema()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            assert node.get("type") != "null", node
            if "properties" in node:
                assert node["additionalProperties"] is False, node
                for name, value in node["properties"].items():
                    assert "description" in value or name in ("kind", "gate", "rule", "type"), (node["title"], name)
                for name in node["required"]:
                    value = node["properties"][name]
                    stands_in = value.keys() & {"examples", "$ref", "const", "enum", "items", "discriminator"}
                    assert stands_in, (node["title"], name)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(schema)
    Draft202012Validator.check_schema(schema)
    stages = schema["properties"]["stages"]["items"]
    assert set(stages["discriminator"]["mapping"]) == set(StageKindName.values)
    assert set(schema["$defs"]["Outcome"]["enum"]) == set(Outcome.values)


@pytest.mark.parametrize("path", definitions.shipped_paths(), ids=lambda path: path.stem)
def test_schema_takes_the_shipped_definitions(path: Path) -> None:
    data = read(path.read_text(encoding="utf-8"), path.name).data

    Draft202012Validator(definitions.json_schema()).validate(data)


@pytest.mark.parametrize(("old", "new"), [row[:2] for row in MISTAKES])
def test_schema_refuses_what_the_models_refuse(old: str, new: str) -> None:
    data = read(changed(old, new), "x").data
    try:
        Definition.read(definitions.canonical_json(data))
        is_sound = True
    except ValidationError:
        is_sound = False

    assert Draft202012Validator(definitions.json_schema()).is_valid(data) is is_sound


def test_print_schema_by_command_needs_no_file() -> None:
    out = StringIO()

    call_command("check_definition", "--schema", stdout=out)

    assert json.loads(out.getvalue()) == definitions.json_schema()


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
    assert AGREEMENT.title_of_role("parties") == Heading(da="Aftaleparter", en="Parties to the agreement")


def test_definition_cannot_be_changed_in_a_running_process() -> None:
    with pytest.raises(ValidationError, match="frozen"):
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
    assert definitions.ancestors(AGREEMENT, "committee_review") == ["mandate", "drafting"]
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


def approval(**keys: object) -> ApprovalTerms:
    """The terms of an approval as they stand in a definition."""
    adapter: TypeAdapter[ApprovalTerms] = TypeAdapter(
        Annotated[ApprovalStage.model_fields["approval"].annotation, ApprovalStage.model_fields["approval"]]
    )
    return adapter.validate_json(json.dumps({"list": "p", **keys}))


YES, NOTED, NO = Outcome.APPROVED, Outcome.NOTED, Outcome.REJECTED


@pytest.mark.parametrize(
    ("terms", "votes", "met"),
    [
        (approval(rule="all"), standings(YES, Outcome.APPROVED_WITH_REMARKS), True),
        (approval(rule="all"), standings(YES, NOTED), False),
        (approval(rule="all"), standings(YES, Outcome.APPROVED_WITH_RESERVATION), False),
        (approval(rule="all"), standings(YES, None), False),
        (approval(rule="all"), [], False),
        (approval(rule="k_of_n", k=2), standings(YES, YES, NO), True),
        (approval(rule="k_of_n", k=2), standings(YES, NOTED, None), False),
        (approval(rule="k_of_n", k=1, vetoes=["municipal_council"]), standings(YES, NO), False),
        (approval(rule="k_of_n", k=1, vetoes=["municipal_council"]), standings(YES, NOTED, None), True),
        (approval(rule="k_of_n", k=1, vetoes=["regional_council"]), standings(YES, NO), True),
        (approval(rule="k_of_n", k=1, must_approve=["municipal_council"]), standings(YES, None), False),
        (approval(rule="k_of_n", k=1, must_approve=["municipal_council"]), standings(YES, YES), True),
        (approval(rule="k_of_n", k=1, must_approve=["regional_council"]), standings(YES, YES), False),
        (approval(rule="all", accession=True, must_approve=["municipal_council"]),
         standings(YES, Outcome.ACCESSION_DECLINED), False),
        (approval(rule="weighted", weights={"regional_council": 3, "municipal_council": 1}, threshold=4),
         [*standings(YES, NO), Standing("regional_council", YES)], True),
        (approval(rule="weighted", weights={"regional_council": 3}, threshold=4),
         [*standings(YES, YES), Standing("regional_council", YES)], False),
        (approval(rule="all", accession=True), standings(YES, Outcome.ACCESSION_DECLINED), True),
        (approval(rule="all", accession=True), standings(Outcome.ACCESSION_DECLINED), False),
        (approval(rule="all"), standings(YES, Outcome.ACCESSION_DECLINED), False),
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
