"""Every deed to a stage or a process, in every state: allowed, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.workflow.factories import REASON, a_lone_process, an_actor, an_unnamed_officer
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.processes import abandon_process, resume_process, suspend_process
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.actors import Actor
from workflow.models import AuditEntry, Process, Stage
from workflow.rules import Refused
from workflow.states import ProcessState, StageState

pytestmark = pytest.mark.django_db

STAGE_VERBS: dict[str, Callable[[Stage, Actor, datetime], object]] = {
    "complete": lambda stage, actor, now: complete_stage(stage, actor=actor, now=now),
    "skip": lambda stage, actor, now: skip_stage(stage, reason=REASON, actor=actor, now=now),
    "return": lambda stage, actor, now: return_stage(stage, to="first", reason=REASON, actor=actor, now=now),
    "override": lambda stage, actor, now: override_gate(stage, "date_reached", reason=REASON, actor=actor, now=now),
    "confirm": lambda stage, actor, now: confirm_gate(stage, "manual_with_reason", reason=REASON, actor=actor, now=now),
}
PROCESS_VERBS: dict[str, Callable[[Process, Actor, datetime], object]] = {
    "suspend": lambda process, actor, now: suspend_process(process, reason=REASON, actor=actor, now=now),
    "resume": lambda process, actor, now: resume_process(process, actor=actor, now=now),
    "abandon": lambda process, actor, now: abandon_process(process, reason=REASON, actor=actor, now=now),
}
ALLOWED = {
    (ProcessState.RUNNING, StageState.WAITING, "skip"),
    (ProcessState.RUNNING, StageState.OPEN, "skip"),
    (ProcessState.RUNNING, StageState.OPEN, "return"),
    (ProcessState.RUNNING, StageState.OPEN, "override"),
}
"""Of the stage "second", which is optional, with a shut gate on its date. All else is refused with a reason."""


@pytest.mark.parametrize("verb", STAGE_VERBS)
@pytest.mark.parametrize("stage_state", StageState.values)
@pytest.mark.parametrize("process_state", ProcessState.values)
def test_do_any_deed_in_any_state_is_allowed_or_refused_with_a_reason(
    now: datetime, process_state: str, stage_state: str, verb: str
) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-06-01"})
    actor = an_actor(process.office)
    Stage.objects.filter(process=process, key="first").update(state=StageState.COMPLETED)
    Stage.objects.filter(process=process, key="second").update(state=stage_state)
    Process.objects.filter(pk=process.pk).update(state=process_state)
    stage = Stage.objects.get(process=process, key="second")
    entries = AuditEntry.objects.count()

    if (process_state, stage_state, verb) in ALLOWED:
        STAGE_VERBS[verb](stage, actor, now)
        assert AuditEntry.objects.count() > entries
        return
    with pytest.raises(Refused) as refused:
        STAGE_VERBS[verb](stage, actor, now)
    assert str(refused.value.refusal.text).strip()
    assert AuditEntry.objects.count() == entries
    stage.refresh_from_db()
    assert stage.state == stage_state


@pytest.mark.parametrize("verb", PROCESS_VERBS)
@pytest.mark.parametrize("state", ProcessState.values)
def test_do_any_deed_to_a_process_in_any_state_is_allowed_or_refused_with_a_reason(
    now: datetime, state: str, verb: str
) -> None:
    process = a_lone_process(now)
    Process.objects.filter(pk=process.pk).update(state=state, suspended_at=now if state == "suspended" else None)
    allowed = {("running", "suspend"), ("running", "abandon"), ("suspended", "resume"), ("suspended", "abandon")}

    if (state, verb) in allowed:
        PROCESS_VERBS[verb](process, an_unnamed_officer(), now)
        return
    with pytest.raises(Refused) as refused:
        PROCESS_VERBS[verb](process, an_unnamed_officer(), now)
    assert str(refused.value.refusal.text).strip()
    process.refresh_from_db()
    assert process.state == state
