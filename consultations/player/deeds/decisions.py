"""What bodies decide, by their links or through an officer, and what is added to it afterwards."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from consultations.player.asked import decision_of_turn, request_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.base import EithersDeed, OfficersDeedFor, PartysDeed
from consultations.player.mailbox import acting_on
from consultations.player.written import (
    Day,
    File,
    Flag,
    Long,
    Moment,
    OneOrMany,
    Reason,
    Shape,
    Short,
    StageName,
    Text,
    Words,
    many,
)
from workflow.actions.approvals import add_addendum, announce_meeting, ask_again, receive_minutes, record_decision
from workflow.actors import Actor
from workflow.models import ApprovalRequest
from workflow.queries.approvals import request_of_link
from workflow.rules.approvals import DecisionFacts, MinorityFacts
from workflow.states import Basis, Outcome


class MinorityText(Shape):
    """What a minority says, and who it is."""

    members: Long
    text: Words


def by_link_or_officer(play: Play, deed: PartysDeed) -> tuple[ApprovalRequest, Actor]:
    """The body opens the link in its mail and presses start; or an officer records what has been decided."""
    return acting_on(play, deed.via, request_of_turn(play, deed.stage), request_of_link)


class PlanMeeting(EithersDeed):
    """Tells when the body takes the matter up."""

    do: Literal["plan_meeting"]
    on: Day

    def play(self, play: Play) -> object:
        request, actor = by_link_or_officer(play, self)
        return announce_meeting(request, meeting_on=play.day(self.on), **play.once_by(actor))


class Decide(EithersDeed):
    """Tells what the body has decided."""

    newer: ClassVar = {"closed_item": 2}

    do: Literal["decide"]
    outcome: Outcome
    basis: Basis = Basis.COUNCIL_MEETING
    meeting_on: Day | None = Field(None, description="the day of the deed when left out")
    next_meeting_on: Day | None = None
    agenda_item: Short = ""
    case_number: Short = ""
    text: Text = ""
    remarks: Text = ""
    minutes: File | None = None
    source: File | None = None
    minority: OneOrMany[MinorityText] = Field((), description="[{members, text}]")
    received: Moment | None = None
    closed_item: Flag = Field(False, description="taken up behind closed doors; never made public; version 2")

    def play(self, play: Play) -> object:
        request, actor = by_link_or_officer(play, self)
        facts = DecisionFacts(
            is_closed_item=self.closed_item,
            outcome=self.outcome,
            basis=self.basis,
            meeting_on=play.day(self.meeting_on) or play.today,
            agenda_item=play.words(self.agenda_item),
            body_case_number=play.words(self.case_number),
            text=play.words(self.text),
            remarks=play.words(self.remarks),
            minutes=play.file(self.minutes),
            minority_statements=tuple(MinorityFacts(members=one.members, text=one.text) for one in many(self.minority)),
            next_meeting_on=play.day(self.next_meeting_on),
        )
        return record_decision(
            request,
            facts,
            bundle_sha256=request.bundle.sha256 if request.bundle else "",
            received_at=play.moment(self.received),
            source=play.file(self.source),
            **play.once_by(actor),
        )


class ReceiveMinutes(OfficersDeedFor):
    """Files the minutes of a decision."""

    do: Literal["receive_minutes"]
    stage: StageName | None = None
    minutes: File

    def play(self, play: Play) -> object:
        return receive_minutes(decision_of_turn(play, self.stage), play.made(self.minutes), **play.once)


class AskAgain(OfficersDeedFor):
    """Asks a body once more."""

    do: Literal["ask_again"]
    stage: StageName | None = None
    reason: Reason

    def play(self, play: Play) -> object:
        return ask_again(request_of_turn(play, self.stage), reason=play.words(self.reason), **play.once)


class AddAddendum(OfficersDeedFor):
    """Adds something to a decision."""

    do: Literal["add_addendum"]
    stage: StageName | None = None
    text: Text
    file: File | None = None

    def play(self, play: Play) -> object:
        return add_addendum(
            decision_of_turn(play, self.stage), text=play.words(self.text), file=play.file(self.file), **play.once
        )


DecisionsDeed = PlanMeeting | Decide | ReceiveMinutes | AskAgain | AddAddendum
