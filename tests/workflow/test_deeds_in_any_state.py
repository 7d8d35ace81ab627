"""Every deed to a stage or a process, in every state: allowed, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from tests.workflow.deeds import deeds_to
from tests.workflow.factories import REASON, a_lone_process, an_actor, an_unnamed_officer
from workflow.actions.arranging import arrange_documents
from workflow.actions.bundles import create_bundle
from workflow.actions.documents import create_document
from workflow.actions.erasure.days import set_erasure_day
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.journal import make_journal_parcel
from workflow.actions.matters import settle_matter
from workflow.actions.processes import abandon_process, resume_process, set_parameter, suspend_process
from workflow.actions.publication import publish
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.actors import Actor
from workflow.models import AuditEntry, Process, Stage
from workflow.rules import Refused
from workflow.states import ProcessState, PublicThing, StageState

pytestmark = pytest.mark.django_db

STAGE_VERBS: dict[str, Callable[[Stage, Actor, datetime], object]] = {
    "complete_stage": lambda stage, actor, now: complete_stage(stage, actor=actor, now=now),
    "skip_stage": lambda stage, actor, now: skip_stage(stage, reason=REASON, actor=actor, now=now),
    "return_stage": lambda stage, actor, now: return_stage(stage, to="first", reason=REASON, actor=actor, now=now),
    "override_gate": lambda stage, actor, now: override_gate(
        stage, "date_reached", reason=REASON, actor=actor, now=now
    ),
    "confirm_gate": lambda stage, actor, now: confirm_gate(
        stage, "manual_with_reason", reason=REASON, actor=actor, now=now
    ),
}
PROCESS_VERBS: dict[str, Callable[[Process, Actor, datetime], object]] = {
    "suspend_process": lambda process, actor, now: suspend_process(process, reason=REASON, actor=actor, now=now),
    "resume_process": lambda process, actor, now: resume_process(process, actor=actor, now=now),
    "abandon_process": lambda process, actor, now: abandon_process(process, reason=REASON, actor=actor, now=now),
    "set_parameter": lambda process, actor, now: set_parameter(
        process, "begins_on", date(2019, 6, 1), actor=actor, now=now
    ),
    "create_document": lambda process, actor, now: create_document(process, title="Udkast", actor=actor, now=now),
    "arrange_documents": lambda process, actor, now: arrange_documents(process, [], actor=actor, now=now),
    "create_bundle": lambda process, actor, now: create_bundle(process, [], actor=actor, now=now),
    "settle_matter": lambda process, actor, now: settle_matter(
        process, matter="rejected", subject_id=process.public_id, reason=REASON, actor=actor, now=now
    ),
    "publish": lambda process, actor, now: publish(
        process, PublicThing.PATH, [process.public_id], actor=actor, now=now
    ),
    "set_erasure_day": lambda process, actor, now: set_erasure_day(process, date(2099, 1, 1), actor=actor, now=now),
    "make_journal_parcel": lambda process, actor, now: make_journal_parcel(process, actor=actor, now=now),
}
OF_A_KIND = {
    "make_package",
    "send_submission",
    "record_milestone",
    "contact_bodies_otherwise",
    "add_party",
    "write_presentation",
}
"""Deeds to a stage of one kind alone."""
ALLOWED = {
    (ProcessState.RUNNING, StageState.WAITING, "skip_stage"),
    (ProcessState.RUNNING, StageState.OPEN, "skip_stage"),
    (ProcessState.RUNNING, StageState.OPEN, "return_stage"),
    (ProcessState.RUNNING, StageState.OPEN, "override_gate"),
}
"""Of the stage "second", which is optional, with a shut gate on its date. All else is refused with a reason."""
ALLOWED_IN: dict[str, tuple[str, ...]] = {
    "suspend_process": ("running",),
    "resume_process": ("suspended",),
    "abandon_process": ("running", "suspended"),
    "set_parameter": ("running",),
    "create_document": ("running",),
    "arrange_documents": ("running",),
    "set_erasure_day": tuple(ProcessState.values),
    "publish": tuple(ProcessState.values),
}
"""Of a process. In all other states, and at all times without documents or a matter, refused with a reason."""


def test_read_deeds_each_to_a_stage_or_a_process_has_its_line_here() -> None:
    assert deeds_to("Stage") - STAGE_VERBS.keys() == OF_A_KIND, "add it to STAGE_VERBS"
    assert deeds_to("Process") - PROCESS_VERBS.keys() == set(), "add it to PROCESS_VERBS"


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
    if state in ALLOWED_IN.get(verb, ()):
        PROCESS_VERBS[verb](process, an_unnamed_officer(), now)
        return
    with pytest.raises(Refused) as refused:
        PROCESS_VERBS[verb](process, an_unnamed_officer(), now)
    assert str(refused.value.refusal.text).strip()
    process.refresh_from_db()
    assert process.state == state
