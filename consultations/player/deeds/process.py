"""Deeds on the process as a whole, its stages, gates and deadlines."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Field, StrictInt, ValidationInfo, field_validator

from consultations.player.asked import deadline_of_turn, process_of_turn, stage_of_turn
from consultations.player.cast import Play
from consultations.player.check import ScenarioCheck
from consultations.player.deeds.base import DayAhead, OfficersDeed
from consultations.player.shape import meaning, unknown
from consultations.player.times import Clock, Day, DayForm, day_meant
from consultations.player.values import DeadlineName, DueName, ParameterName, Reason, StageName, Text, Words
from consultations.queries.rounds import live_round, reply_deadline
from workflow.actions.deadlines import extend_deadline, move_statutory_deadline, pause_clock, resume_clock
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.processes import abandon_process, resume_process, set_parameter, suspend_process
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.definitions import GateName
from workflow.gates import gate_keys
from workflow.gates.registry import MILESTONE


class StageDeed(OfficersDeed, about=stage_of_turn):
    """A deed on a stage."""

    stage: StageName


class CompleteStage(StageDeed, do="complete_stage", action=complete_stage):
    """Completes a stage whose gates are open."""


class SkipStage(StageDeed, do="skip_stage", action=skip_stage):
    """Leaves a stage out."""

    reason: Reason


class ReturnStage(StageDeed, do="return_stage", action=return_stage):
    """Sends the matter back to an earlier stage."""

    to: StageName | None = Field(None, description="a stage before; the definition's when left out")
    reason: Reason


class GateDeed(StageDeed):
    """A deed on a gate of a stage."""

    gate_key: Words = Field(alias="gate", description="its key in the stage")
    reason: Reason

    @field_validator("gate_key")
    @classmethod
    def _is_a_gate(cls, gate: str, info: ValidationInfo) -> str:
        stage = info.data.get("stage")
        if info.context is None or stage is None or info.data.get("refused"):
            return gate
        spec = info.context.definition.by_key[stage]
        keys = [key for key, _gate in gate_keys(spec.gates)]
        if spec.milestone and not spec.milestone.each:
            keys.append(MILESTONE)
        if gate not in keys:
            raise unknown("unknown_gate", _("The stage has no gate “%(name)s”."), gate, keys)
        return gate


class ConfirmGate(GateDeed, do="confirm_gate", action=confirm_gate):
    """Confirms what a gate that is opened by hand asks for."""

    gate_key: Words = Field(
        str(GateName.MANUAL_WITH_REASON), alias="gate", validate_default=True, description="its key in the stage"
    )


class OverrideGate(GateDeed, do="override_gate", action=override_gate):
    """Goes on although a gate is shut."""


class ProcessDeed(OfficersDeed, about=process_of_turn):
    """A deed on the process."""


class SetParameter(ProcessDeed, do="set_parameter", action=set_parameter):
    """Gives a parameter that was not known when the process started."""

    name: ParameterName = Field(alias="parameter")
    value: StrictInt | DayForm = Field(description="text, number or day, as the definition asks")

    @field_validator("value")
    @classmethod
    def _is_what_the_definition_asks(cls, value: Any, info: ValidationInfo) -> Any:
        check, name = info.context, info.data.get("name", "")
        return day_meant(value, check) if check and check.is_day(name, value) else value


class Suspend(ProcessDeed, do="suspend", action=suspend_process):
    """Suspends the process."""

    reason: Reason


def _known_by_then(name: str, check: ScenarioCheck) -> str:
    """A deadline, or in a later version the stage of a round."""
    if name in check.rounds:
        check.since(2, name)
    return name


class Resume(ProcessDeed, do="resume"):
    """Takes a suspended process up again."""

    reason: Reason = ""
    new_days: dict[Annotated[DueName, meaning(_known_by_then)], Day] = Field(
        {},
        description="deadline → day; in version 2 also a consultation stage → the day its round is to be answered by",
    )

    def play(self, play: Play) -> object:
        new_days = {}
        for name, day in self.new_days.items():
            hearing_round = live_round(play.process_now(), name)
            deadline = hearing_round and reply_deadline(hearing_round)
            new_days[(deadline or deadline_of_turn(play, name)).public_id] = day
        return play.call(partial(resume_process, play.process_now()), self, new_days=new_days or None)


class Abandon(ProcessDeed, do="abandon", action=abandon_process):
    """Gives the process up."""

    reason: Reason


class DeadlineDeed(OfficersDeed, about=deadline_of_turn):
    """A deed on a deadline."""

    deadline: DeadlineName = Field(description="the definition's name: a stage or one of its own")


class ExtendDeadline(DeadlineDeed, do="extend_deadline", action=extend_deadline):
    """Gives a deadline a later day."""

    new_clock: Clock | None = Field(None, alias="clock")
    new_on: DayAhead = Field(alias="to")
    reason: Reason


class MoveDeadline(DeadlineDeed, do="move_deadline", action=move_statutory_deadline):
    """Records that the authority has moved a deadline set by law."""

    new_clock: Clock | None = Field(None, alias="clock")
    new_on: Day = Field(alias="to")
    reason: Reason
    source: Text = Field(description="where the authority says so")


class PauseClock(DeadlineDeed, do="pause_clock", action=pause_clock):
    """Stops an authority's clock for a question."""

    reason: Reason


class ResumeClock(DeadlineDeed, do="resume_clock", action=resume_clock):
    """Lets an authority's clock run on."""

    reason: Reason
