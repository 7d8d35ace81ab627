"""Decisions that lose their force are named in the record by the deed that ended them."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.workflow.agreements import a_locked_bundle, decide, in_approval, officer_of
from workflow.actions.stages import return_stage
from workflow.models import AuditEntry, Decision
from workflow.queries.processes import live_stage
from workflow.states import DecisionState, Outcome

pytestmark = pytest.mark.django_db


def test_return_stage_after_a_material_change_names_the_decision_that_falls(now: datetime) -> None:
    process = in_approval(now)
    a_locked_bundle(process, now, text="Helt nyt.", change="material")

    return_stage(live_stage(process, "approval"), to="review", reason="Igen", actor=officer_of(process), now=now)

    fallen = Decision.objects.get(state=DecisionState.FALLEN)
    entry = AuditEntry.objects.filter(verb="ask_bodies").latest("id")
    assert (fallen.request.stage.key, entry.codes["fallen"]) == ("review", [str(fallen.public_id)])


def test_record_decision_after_a_postponement_names_what_it_supersedes(now: datetime) -> None:
    process = in_approval(now)
    postponed = decide(process, "region", now, Outcome.POSTPONED)

    decide(process, "region", now)

    assert AuditEntry.objects.filter(verb="record_decision").latest("id").codes["supersedes"] == [
        str(postponed.public_id)
    ]
