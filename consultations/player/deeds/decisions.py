"""What bodies decide, by their links or through an officer, and what is added to it afterwards."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from pydantic import Field, field_validator

from consultations.player.asked import decision_of_turn, objection_of_turn, request_of_turn
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
)
from workflow.queries.documents import newest_of_text
from workflow.rules.approvals import DecisionFacts, MinorityFacts
from workflow.states import Basis, Outcome


class MinorityText(Shape):
    """What a minority says, and who it is."""

    members: Long
    text: Words


class PlanMeeting(EithersDeed, do="plan_meeting", action=announce_meeting, about=request_of_turn):
    """Tells when the body takes the matter up."""

    meeting_on: Day = Field(alias="on")


class Decide(EithersDeed, do="decide", about=request_of_turn):
    """Tells what the body has decided."""

    newer: ClassVar = {"closed_item": 2}

    outcome: Outcome
    basis: Basis = Basis.COUNCIL_MEETING
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

    _key_is_known = field_validator("closed_item", mode="before")(known_by_then)

    def play(self, play: Play) -> object:
        request, actor = self.subject(play)
        minority = tuple(MinorityFacts(**dict(statement)) for statement in self.minority)
        facts = play.call(DecisionFacts, self, minority_statements=minority, is_closed_item=self.closed_item)
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
