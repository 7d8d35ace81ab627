"""Deeds on the process as a whole, its stages, gates and deadlines."""

from __future__ import annotations

from django.utils.translation import gettext as _

from consultations.player.cast import Play
from consultations.player.deeds.registry import Impossible, does, key_of, stage_of, words
from consultations.player.scenario import Deed
from consultations.queries.rounds import live_round, reply_deadline
from workflow.actions.deadlines import extend_deadline, move_statutory_deadline, pause_clock, resume_clock
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.processes import abandon_process, resume_process, set_parameter, suspend_process
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.definitions import GateName
from workflow.models import Deadline
from workflow.queries.processes import named_deadline


@does("complete_stage")
def _complete(stage: Play, deed: Deed) -> object:
    return complete_stage(stage_of(stage, deed), actor=stage.officer(deed), now=deed.at, key=key_of(deed))


@does("skip_stage")
def _skip(stage: Play, deed: Deed) -> object:
    return skip_stage(
        stage_of(stage, deed),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("return_stage")
def _return(stage: Play, deed: Deed) -> object:
    return return_stage(
        stage_of(stage, deed),
        to=deed.values.get("to"),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("confirm_gate")
def _confirm(stage: Play, deed: Deed) -> object:
    return confirm_gate(
        stage_of(stage, deed),
        words(stage, deed, "gate", str(GateName.MANUAL_WITH_REASON)),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("override_gate")
def _override(stage: Play, deed: Deed) -> object:
    return override_gate(
        stage_of(stage, deed),
        words(stage, deed, "gate"),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("set_parameter")
def _parameter(stage: Play, deed: Deed) -> object:
    return set_parameter(
        stage.process_now(), deed.values["parameter"], deed.values["value"], actor=stage.officer(deed), now=deed.at
    )


@does("suspend")
def _suspend(stage: Play, deed: Deed) -> object:
    return suspend_process(
        stage.process_now(),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("resume")
def _resume(stage: Play, deed: Deed) -> object:
    new_days = {_deadline_or_round(stage, name).public_id: day for name, day in deed.values.get("new_days", {}).items()}
    return resume_process(
        stage.process_now(),
        new_days=new_days or None,
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("abandon")
def _abandon(stage: Play, deed: Deed) -> object:
    return abandon_process(
        stage.process_now(),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("extend_deadline")
def _extend(stage: Play, deed: Deed) -> object:
    return extend_deadline(
        _deadline(stage, deed.values["deadline"]),
        new_on=deed.values["to"],
        new_clock=deed.values.get("clock"),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("move_deadline")
def _move(stage: Play, deed: Deed) -> object:
    return move_statutory_deadline(
        _deadline(stage, deed.values["deadline"]),
        new_on=deed.values["to"],
        new_clock=deed.values.get("clock"),
        reason=words(stage, deed, "reason"),
        source=words(stage, deed, "source"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("pause_clock")
def _pause(stage: Play, deed: Deed) -> object:
    deadline = _deadline(stage, deed.values["deadline"])
    return pause_clock(deadline, reason=words(stage, deed, "reason"), actor=stage.officer(deed), now=deed.at)


@does("resume_clock")
def _unpause(stage: Play, deed: Deed) -> object:
    deadline = _deadline(stage, deed.values["deadline"])
    return resume_clock(deadline, reason=words(stage, deed, "reason"), actor=stage.officer(deed), now=deed.at)


def _deadline_or_round(stage: Play, name: str) -> Deadline:
    """A deadline of the definition, or the day by which the round of a consultation stage is to be answered."""
    hearing_round = live_round(stage.process_now(), name)
    return (hearing_round and reply_deadline(hearing_round)) or _deadline(stage, name)


def _deadline(stage: Play, name: str) -> Deadline:
    found = named_deadline(stage.process_now(), name)
    if found is None:
        raise Impossible(_("The deadline “%(name)s” is not known yet.") % {"name": name})
    return found
