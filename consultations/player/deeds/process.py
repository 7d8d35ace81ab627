"""Deeds on the process as a whole, its stages, gates and deadlines."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field, StrictInt

from consultations.player.cast import Impossible, Play
from consultations.player.deeds.base import OfficersDeed
from consultations.player.known import Known
from consultations.player.written import (
    Clock,
    Day,
    DeadlineName,
    DueName,
    ParameterName,
    Reason,
    StageName,
    Text,
    Words,
    look,
)
from consultations.queries.rounds import live_round, reply_deadline
from workflow.actions.deadlines import extend_deadline, move_statutory_deadline, pause_clock, resume_clock
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.processes import abandon_process, resume_process, set_parameter, suspend_process
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.definitions import GateName
from workflow.definitions.reading import Path
from workflow.gates import gate_keys
from workflow.gates.registry import MILESTONE
from workflow.models import Deadline
from workflow.queries.processes import definition_of, named_deadline


class CompleteStage(OfficersDeed):
    """Completes a stage whose gates are open."""

    do: Literal["complete_stage"]
    stage: StageName

    def play(self, play: Play) -> object:
        return complete_stage(play.stage(self.stage), **play.once)


class SkipStage(OfficersDeed):
    """Leaves a stage out."""

    do: Literal["skip_stage"]
    stage: StageName
    reason: Reason

    def play(self, play: Play) -> object:
        return skip_stage(play.stage(self.stage), reason=play.words(self.reason), **play.once)


class ReturnStage(OfficersDeed):
    """Sends the matter back to an earlier stage."""

    do: Literal["return_stage"]
    stage: StageName
    to: StageName | None = Field(None, description="a stage before; the definition's when left out")
    reason: Reason

    def play(self, play: Play) -> object:
        return return_stage(play.stage(self.stage), to=self.to, reason=play.words(self.reason), **play.once)


class GateDeed(OfficersDeed):
    """A deed on a gate of a stage."""

    stage: StageName
    gate: Words
    reason: Reason

    def check(self, known: Known, path: Path) -> None:
        super().check(known, path)
        spec = known.definition.by_key.get(self.stage)
        if spec is None or self.refused:
            return
        keys = [key for key, _gate in gate_keys(spec.gates)]
        if spec.milestone and not spec.milestone.each:
            keys.append(MILESTONE)
        if self.gate not in keys:
            known.unknown((*path, "gate"), "unknown_gate", _("The stage has no gate “%(name)s”."), self.gate, keys)


class ConfirmGate(GateDeed):
    """Confirms what a gate that is opened by hand asks for."""

    do: Literal["confirm_gate"]
    gate: Words = Field(str(GateName.MANUAL_WITH_REASON), description="its key in the stage")

    def play(self, play: Play) -> object:
        return confirm_gate(play.stage(self.stage), self.gate, reason=play.words(self.reason), **play.once)


class OverrideGate(GateDeed):
    """Goes on although a gate is shut."""

    do: Literal["override_gate"]
    gate: Words = Field(description="its key in the stage")

    def play(self, play: Play) -> object:
        return override_gate(play.stage(self.stage), self.gate, reason=play.words(self.reason), **play.once)


class SetParameter(OfficersDeed):
    """Gives a parameter that was not known when the process started."""

    do: Literal["set_parameter"]
    parameter: ParameterName
    value: StrictInt | Day = Field(description="text, number or day, as the definition asks")

    def check(self, known: Known, path: Path) -> None:
        look(self.parameter, known, (*path, "parameter"))
        parameter = known.definition.parameters.get(self.parameter)
        if parameter is not None and parameter.type == "date" and not isinstance(self.value, int):
            known.day(self.value, (*path, "value"))

    def play(self, play: Play) -> object:
        value: object = self.value
        if definition_of(play.process).parameters[self.parameter].type == "date" and not isinstance(self.value, int):
            value = play.day(self.value)
        return set_parameter(play.process_now(), self.parameter, value, actor=play.officer(), now=play.now)


class Suspend(OfficersDeed):
    """Suspends the process."""

    do: Literal["suspend"]
    reason: Reason

    def play(self, play: Play) -> object:
        return suspend_process(play.process_now(), reason=play.words(self.reason), **play.once)


class Resume(OfficersDeed):
    """Takes a suspended process up again."""

    do: Literal["resume"]
    reason: Reason | None = None
    new_days: dict[DueName, Day] = Field(
        {},
        description="deadline → day; in version 2 also a consultation stage → the day its round is to be answered by",
    )

    def check(self, known: Known, path: Path) -> None:
        super().check(known, path)
        for name in self.new_days.keys() & known.rounds:
            known.since(2, (*path, "new_days", name), name)

    def play(self, play: Play) -> object:
        new_days = {_deadline_or_round(play, name).public_id: play.day(day) for name, day in self.new_days.items()}
        return resume_process(
            play.process_now(), new_days=new_days or None, reason=play.words(self.reason), **play.once
        )


class Abandon(OfficersDeed):
    """Gives the process up."""

    do: Literal["abandon"]
    reason: Reason

    def play(self, play: Play) -> object:
        return abandon_process(play.process_now(), reason=play.words(self.reason), **play.once)


class DeadlineDeed(OfficersDeed):
    """A deed that gives a deadline another day."""

    deadline: DeadlineName = Field(description="the definition's name: a stage or one of its own")
    to: Day
    clock: Clock | None = None
    reason: Reason


class ExtendDeadline(DeadlineDeed):
    """Gives a deadline a later day."""

    do: Literal["extend_deadline"]

    def check(self, known: Known, path: Path) -> None:
        super().check(known, path)
        if not self.refused:
            known.must_be_ahead(self.to, self.clock, (*path, "to"))

    def play(self, play: Play) -> object:
        return extend_deadline(
            _deadline(play, self.deadline),
            new_on=play.day(self.to),
            new_clock=self.clock,
            reason=play.words(self.reason),
            **play.once,
        )


class MoveDeadline(DeadlineDeed):
    """Records that the authority has moved a deadline set by law."""

    do: Literal["move_deadline"]
    source: Text = Field(description="where the authority says so")

    def play(self, play: Play) -> object:
        return move_statutory_deadline(
            _deadline(play, self.deadline),
            new_on=play.day(self.to),
            new_clock=self.clock,
            reason=play.words(self.reason),
            source=play.words(self.source),
            **play.once,
        )


class PauseClock(OfficersDeed):
    """Stops an authority's clock for a question."""

    do: Literal["pause_clock"]
    deadline: DeadlineName
    reason: Reason

    def play(self, play: Play) -> object:
        reason = play.words(self.reason)
        return pause_clock(_deadline(play, self.deadline), reason=reason, actor=play.officer(), now=play.now)


class ResumeClock(OfficersDeed):
    """Lets an authority's clock run on."""

    do: Literal["resume_clock"]
    deadline: DeadlineName
    reason: Reason

    def play(self, play: Play) -> object:
        reason = play.words(self.reason)
        return resume_clock(_deadline(play, self.deadline), reason=reason, actor=play.officer(), now=play.now)


ProcessDeed = (
    CompleteStage | SkipStage | ReturnStage | ConfirmGate | OverrideGate | SetParameter | Suspend | Resume
    | Abandon | ExtendDeadline | MoveDeadline | PauseClock | ResumeClock
)  # fmt: skip


def _deadline_or_round(play: Play, name: str) -> Deadline:
    """A deadline of the definition, or the day by which the round of a consultation stage is to be answered."""
    hearing_round = live_round(play.process_now(), name)
    return (hearing_round and reply_deadline(hearing_round)) or _deadline(play, name)


def _deadline(play: Play, name: str) -> Deadline:
    found = named_deadline(play.process_now(), name)
    if found is None:
        raise Impossible(_("The deadline “%(name)s” is not known yet.") % {"name": name})
    return found
