"""What decisions do to the gates of their stage, and what minutes do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils.translation import override

from tests.refusals import code_in
from tests.workflow.agreements import (
    AGREEMENT,
    a_file,
    decide,
    in_approval,
    in_review,
    in_submission,
    missing,
    officer_of,
    request_to,
)
from workflow.actions.approvals import receive_minutes
from workflow.actions.gates import override_gate
from workflow.actions.stages import complete_stage
from workflow.gates import gate_statuses
from workflow.models import AuditEntry, Decision
from workflow.queries.approvals import decision_counts
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.states import Outcome, RequestPurpose, StageState

pytestmark = pytest.mark.django_db


DAY = timedelta(days=1)


ACCESSION = AGREEMENT.replace("      rule: all\n", "      rule: all\n      accession: true\n")


WITH_MINUTES = AGREEMENT.replace(
    "      - gate: parties\n        list: parties\n    deadline",
    "      - gate: parties\n        list: parties\n      - gate: minutes_received\n    deadline",
)


# ── The gates ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_decide_by_the_last_party_opens_the_gate_and_the_stages_behind_it(now: datetime) -> None:
    process = in_submission(now)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert live_stage(process, "submission").state == StageState.OPEN
    assert decision_counts(process) == {"approved": 3}
    assert AuditEntry.objects.filter(verb="complete_stage", codes__stage="approval").count() == 1


def test_complete_stage_whose_rule_can_no_longer_be_met_is_refused_saying_so(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now, Outcome.REJECTED)

    with override("en"), pytest.raises(Refused) as refused:
        complete_stage(live_stage(process, "approval"), actor=officer_of(process), now=now)

    assert code_in(refused) == "gates_shut"
    assert "This can no longer be met." in str(refused.value.refusal.text)


def test_decide_after_a_decision_is_refused_saying_how_to_ask_anew(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now, Outcome.NOTED)

    with override("en"):
        with pytest.raises(Refused) as refused:
            decide(process, "council-1", now)

        assert code_in(refused) == "already_decided"
        assert "the secretariat can ask the body once more" in str(refused.value.refusal.text)


def test_decide_by_all_but_one_keeps_the_gate_shut_and_names_who_is_missing(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.NOTED)

    (status,) = gate_statuses(live_stage(process, "approval"), now)
    assert not status.is_open
    assert any("Byråd 2" in text and "Byråd 1" not in text for text in status.missing)
    assert any("Byråd 1" in text and "Byråd 2" not in text for text in status.missing)
    assert live_stage(process, "approval").state == StageState.OPEN


@pytest.mark.parametrize(
    "outcome", [Outcome.REJECTED, Outcome.NOTED, Outcome.APPROVED_WITH_RESERVATION, Outcome.REFERRED_BACK]
)
def test_decide_otherwise_than_yes_keeps_the_gate_shut(now: datetime, outcome: Outcome) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)

    decide(process, "council-1", now, outcome)

    assert live_stage(process, "approval").state == StageState.OPEN


def test_decline_to_join_stands_outside_and_the_others_carry_the_agreement(now: datetime) -> None:
    process = in_approval(now, text=ACCESSION)
    assert request_to(process, "region").purpose == RequestPurpose.ACCESSION
    decide(process, "region", now)
    decide(process, "council-1", now + 9 * DAY)
    assert live_stage(process, "approval").state == StageState.OPEN

    decide(process, "council-2", now + 20 * DAY, Outcome.ACCESSION_DECLINED)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    dates = Decision.objects.filter(outcome=Outcome.APPROVED, request__stage__key="approval")
    assert len({d.meeting_on for d in dates}) == 2


def test_decide_without_minutes_waits_at_the_minutes_gate(now: datetime) -> None:
    process = in_approval(now, councils=1, text=WITH_MINUTES)
    minutes = a_file(process.office, now)
    decide(process, "region", now, minutes=minutes)
    decision = decide(process, "council-1", now)

    assert live_stage(process, "approval").state == StageState.OPEN
    assert "Byråd 1" in missing(process, "approval", now)
    receive_minutes(decision, minutes, actor=officer_of(process), now=now)

    assert live_stage(process, "approval").state == StageState.COMPLETED


def test_receive_minutes_twice_is_refused(now: datetime) -> None:
    process = in_approval(now)
    minutes = a_file(process.office, now)
    decision = decide(process, "council-1", now, minutes=minutes)

    with pytest.raises(Refused) as refused:
        receive_minutes(decision, minutes, actor=officer_of(process), now=now)

    assert code_in(refused) == "minutes_present"


def test_refer_back_in_review_sends_the_matter_back_by_itself(now: datetime) -> None:
    process = in_review(now)

    decide(process, "committee", now, Outcome.REFERRED_BACK, stage="review")

    drafting = live_stage(process, "drafting")
    assert (drafting.attempt, drafting.state) == (2, StageState.OPEN)
    assert live_stage(process, "review").state == StageState.WAITING


def test_reject_in_review_keeps_the_gate_shut_and_sends_nothing_back(now: datetime) -> None:
    process = in_review(now)

    decide(process, "committee", now, Outcome.REJECTED, stage="review")

    assert live_stage(process, "review").state == StageState.OPEN
    assert live_stage(process, "drafting").attempt == 1


def test_decide_after_the_gate_was_opened_by_hand_is_still_recorded(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now)
    override_gate(
        live_stage(process, "approval"), "parties", reason="Ét byråd mangler.", actor=officer_of(process), now=now
    )
    assert live_stage(process, "approval").state == StageState.COMPLETED

    decide(process, "council-2", now + DAY)

    assert decision_counts(process) == {"approved": 3}
