"""Decisions that lose their force: they are counted no more, and the deed that ended them names them in the record."""

from __future__ import annotations

from datetime import datetime

import pytest

from notifications.models import OutgoingMail
from tests.workflow.agreements import (
    a_locked_bundle,
    an_agreement,
    ask_all,
    asked,
    decide,
    in_approval,
    in_force_everywhere,
    in_submission,
    officer_of,
    sent,
)
from workflow.actions.gates import override_gate
from workflow.actions.stages import complete_stage, return_stage
from workflow.gates import gate_statuses
from workflow.models import AuditEntry, Decision
from workflow.queries.approvals import approvals_fallen
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, DecisionState, Outcome, StageState

pytestmark = pytest.mark.django_db


def test_return_stage_after_a_material_change_names_the_decision_that_falls(now: datetime) -> None:
    process = in_approval(now)
    a_locked_bundle(process, now, text="Helt nyt.", change="material")

    return_stage(live_stage(process, "approval"), to="review", reason="Igen", actor=officer_of(process), now=now)

    fallen = Decision.objects.get(state=DecisionState.FALLEN)
    entry = AuditEntry.objects.filter(verb="list_bodies").latest("id")
    assert (fallen.request.stage.key, entry.codes["fallen"]) == ("review", [str(fallen.public_id)])


def test_record_decision_after_a_postponement_names_what_it_supersedes(now: datetime) -> None:
    process = in_approval(now)
    postponed = decide(process, "region", now, Outcome.POSTPONED)

    decide(process, "region", now)

    assert AuditEntry.objects.filter(verb="record_decision").latest("id").codes["supersedes"] == [
        str(postponed.public_id)
    ]


def test_decide_by_the_last_party_leaves_out_decisions_on_a_text_that_no_longer_stands(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now)
    a_locked_bundle(process, now, text="Helt nyt.", change="material")
    Decision.objects.filter(request__stage__key="approval").update(state=DecisionState.VALID)  # whatever the road

    decide(process, "council-2", now)

    (status,) = gate_statuses(live_stage(process, "approval"), now)
    assert not status.is_open
    assert "Byråd 1, Regionsrådet" in status.missing[0]


def test_decide_in_a_stage_that_is_over_still_tells_of_the_decisions_it_was_completed_by(now: datetime) -> None:
    process = in_approval(now)
    a_locked_bundle(process, now, text="Helt nyt.", change="material")

    (status,) = gate_statuses(live_stage(process, "review"), now)

    assert status.is_open


def test_lock_the_first_bundle_makes_decisions_given_without_a_text_fall(now: datetime) -> None:
    process = an_agreement(now)
    officer = officer_of(process)
    override_gate(live_stage(process, "drafting"), "bundle_locked", reason="Teksten følger", actor=officer, now=now)
    complete_stage(live_stage(process, "drafting"), actor=officer, now=now)
    decide(process, "committee", now, stage="review")
    on_nothing = decide(process, "region", now)

    a_locked_bundle(process, now)

    on_nothing.refresh_from_db()
    assert on_nothing.state == DecisionState.FALLEN
    assert "region" in {request.body.key for request in asked(process, "approval")}


def test_put_forward_material_change_of_what_the_parties_approved_opens_the_approval_anew(now: datetime) -> None:
    process = in_submission(now)

    second = a_locked_bundle(process, now, text="Helt nyt.", change=ChangeKind.MATERIAL)

    approval, submission = live_stage(process, "approval"), live_stage(process, "submission")
    assert (approval.attempt, approval.state, submission.state) == (2, StageState.OPEN, StageState.WAITING)
    assert live_stage(process, "review").attempt == 1
    ask_all(process, now)
    assert approvals_fallen(process) == 3
    assert {request.bundle for request in asked(process, "approval")} == {second}
    assert OutgoingMail.objects.filter(kind="decision_asked_again").count() == 3
    entry = AuditEntry.objects.get(verb="put_forward", subject_id=second.public_id)
    assert set(entry.codes["reopened"]) >= {"approval", "submission"}


def test_lock_editorial_change_of_what_the_parties_approved_lets_the_approvals_stand(now: datetime) -> None:
    process = in_submission(now)

    a_locked_bundle(process, now, text="Sammenhæng for borgeren.", change=ChangeKind.EDITORIAL)

    assert Decision.objects.filter(request__stage__key="approval", state=DecisionState.VALID).count() == 3


def test_lock_material_change_after_the_package_was_sent_is_a_new_matter(now: datetime) -> None:
    process = in_submission(now)
    sent(process, now)

    a_locked_bundle(process, now, text="Midtvejsstatus.", change=ChangeKind.MATERIAL)

    assert live_stage(process, "approval").attempt == 1
    assert approvals_fallen(process) == 0


def test_lock_material_change_after_the_agreement_is_in_force_is_a_new_matter(now: datetime) -> None:
    process = in_submission(now)
    in_force_everywhere(process, now)

    a_locked_bundle(process, now, text="Midtvejsstatus.", change=ChangeKind.MATERIAL)

    assert live_stage(process, "approval").attempt == 1
    assert approvals_fallen(process) == 0
