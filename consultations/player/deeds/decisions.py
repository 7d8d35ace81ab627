"""What bodies decide, by their links or through an officer, and what is added to it afterwards."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from django.utils.translation import gettext as _
from pydantic import Field, ValidationInfo, field_validator, model_validator

from consultations.player.asked import decision_of_turn, mandate_of_turn, objection_of_turn, request_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.base import DayAhead, EithersDeed, OfficersDeedFor, on_its_day
from consultations.player.shape import OneOrMany, Shape, known_by_then
from consultations.player.times import Day, Moment
from consultations.player.values import File, Flag, Long, Reason, Short, Text, Words
from workflow.actions.approvals import (
    add_addendum,
    announce_meeting,
    answer_objection,
    ask_again,
    object_to_correction,
    receive_minutes,
    record_decision,
    settle_reservation,
)
from workflow.definitions.faults import fault
from workflow.queries.documents import newest_of_text
from workflow.rules.bodies import needs_ground
from workflow.rules.decisions import DecisionFacts, MinorityFacts, must_have_fit_basis
from workflow.states import Basis, Ground, Level, Outcome, Settlement


class MinorityText(Shape):
    """What a minority says, and who it is."""

    members: Long
    text: Words


class MandateText(Shape):
    """Who may approve later changes for a body, and which."""

    holder: Long
    scope: Words


class PlanMeeting(EithersDeed, do="plan_meeting", action=announce_meeting, about=request_of_turn):
    """Tells when the body takes the matter up."""

    meeting_on: Day = Field(alias="on")


class Decide(EithersDeed, do="decide", about=request_of_turn):
    """Tells what the body has decided."""

    newer: ClassVar = {"closed_item": 2, "level": 2, "ground": 2, "mandate": 2, "by_mandate": 2}

    outcome: Outcome
    level: Level | None = Field(
        None,
        description="who within the body has decided, whoever decides for good when left out; what a committee below "
        "that decides is a step on the way and never counts; version 2",
    )
    basis: Basis = Basis.COUNCIL_MEETING
    ground: Ground | None = Field(
        None, description="why a council's chair decided on its behalf; `urgent` when left out; version 2"
    )
    meeting_on: Day = on_its_day()
    next_meeting_on: Day | None = None
    agenda_item: Short = ""
    body_case_number: Short = Field("", alias="case_number")
    text: Text = ""
    remarks: Text = ""
    minutes: File | None = None
    source: File | None = None
    minority: OneOrMany[MinorityText] = Field((), description="[{members, text}]")
    received_at: Moment | None = Field(None, alias="received")
    closed_item: Flag = Field(False, description="taken up behind closed doors; never made public; version 2")

    mandate: MandateText | None = Field(
        None, description="{holder, scope}: who may approve later changes for the body, and which; version 2"
    )
    by_mandate: Flag = Field(
        False, description="decided on the mandate that the body has given, with basis `delegation`; version 2"
    )

    _key_is_known = field_validator(*newer, mode="before")(known_by_then)

    @model_validator(mode="after")
    def _is_decided_as_it_may(self, info: ValidationInfo) -> Decide:
        """Each body decides in a way that is open to it; a deed that is to be refused may try another."""
        check = info.context
        if check is None or self.refused:
            return self
        for body in [check.directory.bodies[party] for _by, party in self.doers() if party in check.directory.bodies]:
            level = self.level or check.levels.get(body.key, Level.COUNCIL)
            if refusal := must_have_fit_basis(body, level, self.basis):
                raise fault("basis_unfit", str(refusal.text), _("Write another basis, or another level."), "basis")
        return self

    def play(self, play: Play) -> object:
        request, actor = self.subject(play)
        is_councils_chair = needs_ground(self.basis, request.body)
        facts = play.call(
            DecisionFacts,
            self,
            minority_statements=tuple(MinorityFacts(**dict(statement)) for statement in self.minority),
            is_closed_item=self.closed_item,
            level=self.level or "",
            ground=self.ground or (Ground.URGENT if is_councils_chair else ""),
            mandate_holder=self.mandate.holder if self.mandate else "",
            mandate_scope=self.mandate.scope if self.mandate else "",
            by_mandate=mandate_of_turn(play, request) if self.by_mandate else None,
        )
        seen = request.bundle.sha256 if request.bundle else ""
        return play.call(partial(record_decision, request, facts), self, bundle_sha256=seen, actor=actor)


class ReceiveMinutes(OfficersDeedFor, do="receive_minutes", action=receive_minutes, about=decision_of_turn):
    """Files the minutes of a decision."""

    minutes: File


class AskAgain(OfficersDeedFor, do="ask_again", action=ask_again, about=request_of_turn):
    """Asks a body once more."""

    newer: ClassVar = {"reply_by": 2}

    reason: Reason
    reply_by: DayAhead | None = Field(None, description="by when, in a sub-agreement whose stage is done")

    _key_is_known = field_validator("reply_by", mode="before")(known_by_then)


class SettleReservation(
    OfficersDeedFor, do="settle_reservation", action=settle_reservation, about=decision_of_turn, since=2
):
    """Says what a body's reservation means."""

    settlement: Settlement = Field(description="without significance, or in need of clarification")
    reason: Reason
    lapses_on: Day | None = Field(None, description="from that day on it no longer stands in the way")


class AddAddendum(OfficersDeedFor, do="add_addendum", action=add_addendum, about=decision_of_turn):
    """Adds something to a decision."""

    text: Text
    file: File | None = None


class ObjectToCorrection(EithersDeed, do="object", since=2, about=request_of_turn):
    """Objects to the correction of the text that counts now."""

    text: Words
    source: File | None = None
    received_at: Moment | None = Field(None, alias="received")

    def play(self, play: Play) -> object:
        request, actor = self.subject(play)
        counts = newest_of_text(request.bundle).sha256 if request.bundle else ""
        return play.call(partial(object_to_correction, request), self, bundle_sha256=counts, actor=actor)


class AnswerObjection(
    OfficersDeedFor, do="answer_objection", since=2, action=answer_objection, about=objection_of_turn
):
    """Answers a body's objection: the correction stands."""

    answer: Reason
