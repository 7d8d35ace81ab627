"""Who within a body decides, in which ways, and what a committee recommends on the way."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils.translation import override

from notifications.models import OutgoingMail
from tests.refusals import code_in, code_of
from tests.workflow.agreements import (
    FOURTEEN,
    a_locked_bundle,
    decide,
    in_approval,
    in_review,
    missing,
    officer_of,
    request_to,
)
from tests.workflow.factories import a_body
from workflow.actions.approvals import ask_again, remind_bodies
from workflow.actions.sealing import verify_audit
from workflow.models import ApprovalRequest, AuditEntry, Decision, DeedKey, Process
from workflow.queries.boards import board
from workflow.queries.processes import live_stage
from workflow.queries.publication import decision_candidates
from workflow.rules import Refused
from workflow.rules.bodies import bases_of, level_name, levels_of
from workflow.rules.steps import RECOMMENDED, step_words
from workflow.states import (
    Basis,
    BodyKind,
    ChangeKind,
    DecisionState,
    Ground,
    Level,
    Outcome,
    RequestState,
    StageState,
)

pytestmark = pytest.mark.django_db


def recommended(process: Process, now: datetime, outcome: Outcome = Outcome.APPROVED, **changes: object) -> Decision:
    """The standing committee of council 1 recommends."""
    return decide(process, "council-1", now, outcome, level=Level.STANDING_COMMITTEE, **changes)


# ── Steps on the way ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.ACCESSION_DECLINED])
def test_record_decision_of_a_committee_is_a_step_that_never_counts(outcome: Outcome, now: datetime) -> None:
    process = in_approval(now)
    for body in ("council-2", "region"):
        decide(process, body, now)

    step = recommended(process, now, outcome, remarks="Hvis penge følger med.")

    assert step.state == DecisionState.STEP
    request = request_to(process, "council-1")
    assert (request.state, request.closed_at) == (RequestState.ASKED, None)
    assert live_stage(process, "approval").state == StageState.OPEN
    with override("en"):
        assert "No decision yet from: Byråd 1." in missing(process, "approval", now)
    entry = AuditEntry.objects.get(verb="record_step")
    assert (entry.subject_id, entry.codes["level"]) == (step.public_id, "standing_committee")
    [receipt] = OutgoingMail.objects.filter(kind="decision_receipt", subject_id=request.public_id)
    assert receipt.facts["step"].startswith("Fagudvalget ")
    [row] = [row for row in board(live_stage(process, "approval")) if row.body.key == "council-1"]
    assert (row.decision, [one.pk for one in row.steps]) == (None, [step.pk])
    assert verify_audit(now=now).ok


def test_record_decision_of_the_council_after_its_committees_counts_and_keeps_the_steps(now: datetime) -> None:
    process = in_approval(now)
    recommended(process, now)
    decide(process, "council-1", now, Outcome.REJECTED, level=Level.FINANCE_COMMITTEE)

    decision = decide(process, "council-1", now, level=Level.COUNCIL)

    assert (decision.state, decision.level) == (DecisionState.VALID, Level.COUNCIL)
    steps = Decision.objects.filter(state=DecisionState.STEP).order_by("id")
    with override("en"):
        day = "1 March 2019"
        assert [step_words(step) for step in steps] == [
            f"The standing committee recommended approval on {day}",
            f"The finance committee did not recommend approval on {day}",
        ]


def test_record_step_at_a_body_without_committees_is_refused(now: datetime) -> None:
    process = in_review(now)

    code = code_of(lambda: decide(process, "committee", now, stage="review", level=Level.STANDING_COMMITTEE))

    assert code == "level_unfit"


def test_record_step_pressed_twice_is_one_step(now: datetime) -> None:
    process = in_approval(now)

    first, again = (recommended(process, now, key="k") for _press in range(2))

    assert first == again
    assert Decision.objects.filter(state=DecisionState.STEP).count() == 1
    assert DeedKey.objects.filter(key="k").count() == 1


def test_remind_bodies_after_a_step_goes_on(now: datetime) -> None:
    process = in_approval(now)
    recommended(process, now)

    remind_bodies(FOURTEEN)

    reminded = OutgoingMail.objects.filter(
        kind="decision_reminder", subject_id=request_to(process, "council-1").public_id
    )
    assert reminded.count() == 1


def test_decide_at_the_partys_own_level_counts_and_below_it_does_not(now: datetime) -> None:
    process = in_approval(now)
    ApprovalRequest.objects.filter(body__key="council-1").update(level=Level.FINANCE_COMMITTEE)
    assert recommended(process, now).state == DecisionState.STEP

    decision = decide(process, "council-1", now)

    assert (decision.level, decision.state) == (Level.FINANCE_COMMITTEE, DecisionState.VALID)


def test_publish_step_is_offered_nowhere(now: datetime) -> None:
    process = in_approval(now)
    step = recommended(process, now)

    assert step.public_id not in {one.subject_id for one in decision_candidates(process)}


def test_say_step_every_outcome_has_its_sentence_in_both_languages(now: datetime) -> None:
    assert set(RECOMMENDED) == set(Outcome)
    process = in_approval(now)
    step = recommended(process, now)
    with override("da"):
        assert step_words(step) == "Fagudvalget anbefalede godkendelse den 1. marts 2019"


# ── Which levels and ways there are ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", BodyKind.values)
def test_offer_levels_and_bases_of_each_kind_of_body_names_each_and_has_a_first(kind: str) -> None:
    body = a_body(BodyKind(kind), "Et organ")
    is_council = kind in ("municipal_council", "regional_council")

    levels = levels_of(body, Level.COUNCIL)

    assert (Level.STANDING_COMMITTEE in levels) == (Level.FINANCE_COMMITTEE in levels) == is_council
    for level in Level:
        assert level_name(level, body)
        assert bases_of(body, level)
    assert (Basis.WRITTEN_PROCEDURE in bases_of(body, Level.COUNCIL)) == (not is_council)
    assert bases_of(body, Level.ADMINISTRATIVE) == (Basis.DELEGATION,)


def test_name_levels_of_a_region_says_executive_committee() -> None:
    with override("da"):
        region = a_body(BodyKind.REGIONAL_COUNCIL, "Regionsrådet", own_name="regionsrådet")
        assert [level_name(level, region) for level in levels_of(region, Level.COUNCIL)] == [
            "fagudvalget",
            "forretningsudvalget",
            "regionsrådet",
        ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"basis": Basis.WRITTEN_PROCEDURE}, "basis_unfit"),
        ({"basis": Basis.CHAIR_DECISION, "level": Level.FINANCE_COMMITTEE}, "basis_unfit"),
        ({"basis": Basis.CHAIR_DECISION}, "ground_missing"),
        ({"ground": Ground.URGENT}, "ground_needless"),
        ({"level": Level.ADMINISTRATIVE}, "level_unfit"),
    ],
)
def test_record_decision_in_a_way_the_council_has_not_is_refused(
    changes: dict[str, object], code: str, now: datetime
) -> None:
    process = in_approval(now)

    assert code_of(lambda: decide(process, "council-1", now, **changes)) == code  # type: ignore[arg-type]

    assert not Decision.objects.filter(body__key="council-1").exists()


def test_record_decision_of_the_mayor_says_on_which_ground(now: datetime) -> None:
    process = in_approval(now)

    decision = decide(process, "council-1", now, basis=Basis.CHAIR_DECISION, ground=Ground.URGENT)

    entry = AuditEntry.objects.get(verb="record_decision", subject_id=decision.public_id)
    assert (entry.codes["basis"], entry.codes["ground"]) == ("chair_decision", "urgent")


# ── Mandates ──────────────────────────────────────────────────────────────────────────────────────────────────
MANDATE = {"mandate_holder": "Borgmesteren", "mandate_scope": "Sproglige ændringer"}


def changed(now: datetime) -> tuple[Process, Decision]:
    """Council 1 has approved with a mandate, and the text has changed in its substance since."""
    process = in_approval(now)
    mandate = decide(process, "council-1", now, **MANDATE)
    a_locked_bundle(process, now, text="Nyt.", change=ChangeKind.MATERIAL)
    return process, mandate


def test_put_forward_a_changed_text_leaves_no_approval_standing_by_its_mandate(now: datetime) -> None:
    process, mandate = changed(now)

    mandate.refresh_from_db()
    assert mandate.state == DecisionState.FALLEN
    assert request_to(process, "council-1").state == RequestState.ASKED


def test_record_decision_by_mandate_is_a_new_decision_on_the_new_text(now: datetime) -> None:
    process, mandate = changed(now)

    decision = decide(process, "council-1", now, basis=Basis.DELEGATION, by_mandate=mandate)

    assert (decision.by_mandate, decision.state) == (mandate, DecisionState.VALID)
    assert decision.bundle != mandate.bundle
    entry = AuditEntry.objects.get(verb="record_decision", subject_id=decision.public_id)
    assert entry.codes["by_mandate"] == str(mandate.public_id)
    a_locked_bundle(process, now, text="Nyere.", change=ChangeKind.MATERIAL)
    once_more = decide(process, "council-1", now, basis=Basis.DELEGATION, by_mandate=mandate)
    assert once_more.by_mandate == mandate, "what rests on a mandate does not use it up"
    assert verify_audit(now=now).ok


def test_record_decision_by_a_mandate_that_does_not_hold_is_refused(now: datetime) -> None:
    process = in_approval(now)
    mandate = decide(process, "council-1", now, **MANDATE)
    other = decide(process, "council-2", now, **MANDATE)
    plain = decide(process, "region", now)
    a_locked_bundle(process, now, text="Nyt.", change=ChangeKind.MATERIAL)

    def refused(by_mandate: Decision, body: str = "council-1", basis: Basis = Basis.DELEGATION) -> str:
        return code_of(lambda: decide(process, body, now, basis=basis, by_mandate=by_mandate))

    assert refused(plain, "region") == "mandate_missing"
    assert refused(other) == "mandate_over"
    assert refused(mandate, basis=Basis.COUNCIL_MEETING) == "mandate_basis"
    decide(process, "council-1", now, Outcome.REJECTED)
    a_locked_bundle(process, now, text="Nyere.", change=ChangeKind.MATERIAL)
    assert refused(mandate) == "mandate_over", "the council has said no since"


def test_record_decision_by_mandate_on_the_text_it_was_given_with_is_refused(now: datetime) -> None:
    process = in_approval(now)
    mandate = decide(process, "council-1", now, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge.", **MANDATE)
    ask_again(request_to(process, "council-1"), reason="Kan I undvære det?", actor=officer_of(process), now=now)

    code = code_of(lambda: decide(process, "council-1", now, basis=Basis.DELEGATION, by_mandate=mandate))

    assert code == "mandate_for_changes"


@pytest.mark.parametrize(
    ("outcome", "changes", "code"),
    [
        (Outcome.APPROVED, {"mandate_scope": ""}, "mandate_incomplete"),
        (Outcome.APPROVED, {"mandate_holder": " "}, "mandate_incomplete"),
        (Outcome.REJECTED, {}, "mandate_without_approval"),
        (Outcome.APPROVED, {"level": Level.STANDING_COMMITTEE}, "mandate_without_approval"),
    ],
)
def test_record_decision_with_a_mandate_that_says_nothing_is_refused(
    outcome: Outcome, changes: dict[str, object], code: str, now: datetime
) -> None:
    process = in_approval(now)

    assert code_of(lambda: decide(process, "council-1", now, outcome, **{**MANDATE, **changes})) == code  # type: ignore[arg-type]


# ── A body whose successor has taken over ─────────────────────────────────────────────────────────────────────
def test_decide_for_a_body_whose_successor_has_taken_over_is_refused_and_names_it(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "region")
    successor = a_body(BodyKind.REGIONAL_COUNCIL, "Region Østdanmark")
    request.body.successor, request.body.valid_to = successor, date(2019, 2, 28)
    request.body.save()

    with override("en"), pytest.raises(Refused) as refused:
        decide(process, "region", now)

    assert code_in(refused) == "body_succeeded"
    with override("da"):
        assert "Region Østdanmark" in str(refused.value)
    assert not Decision.objects.filter(body__key="region").exists()
