"""What a hearing party does with its link, or an officer enters on its behalf."""

from __future__ import annotations

from functools import partial
from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from consultations.actions.answers import AnswerContent, record_answer_on_behalf, save_draft, submit_answer
from consultations.actions.parties import claim, decline, forward, promise_answer
from consultations.models import Invitation
from consultations.player.asked import invitation_of_turn
from consultations.player.cast import Impossible, Play
from consultations.player.deeds.base import EithersDeed, InRound, OfficersDeedFor, PartysDeed, at_its_time
from consultations.player.shape import OneOrMany, Shape
from consultations.player.times import Day, Moment
from consultations.player.values import File, Flag, SectionName, Text, Title, Verbatim
from consultations.states import AnswerKind, Road
from workflow.models import Section


class WrittenAnswer(Shape):
    """What an answer holds."""

    text: Text = ""
    comments: dict[SectionName, Text] = Field(
        {}, description='{"2": text} on a section\'s number, {"aftale 2": text} where several documents have one'
    )
    files: OneOrMany[File] = ()
    signed_by: Title = ""
    confidential_note: Text = Field("", alias="confidential", description="what is, and why")

    def content(self, play: Play, invitation: Invitation) -> AnswerContent:
        """The words, with the remarks by the sections they are on."""
        comments = {_section(invitation, name).lineage_id: text for name, text in self.comments.items()}
        return play.call(AnswerContent, self, comments=comments)


class Draft(PartysDeed, WrittenAnswer, do="draft", about=invitation_of_turn):
    """Saves a draft of an answer."""

    def play(self, play: Play) -> object:
        invitation, actor = self.subject(play)
        return play.call(partial(save_draft, invitation, self.content(play, invitation)), self, actor=actor)


class SubmitAnswer(PartysDeed, WrittenAnswer, InRound, do="answer", about=invitation_of_turn):
    """Sends an answer: what is written in the deed, or without text, comments and files the draft as it was saved."""

    def play(self, play: Play) -> object:
        invitation, actor = self.subject(play)
        is_written = self.model_fields_set & {"text", "comments", "files"}
        content = self.content(play, invitation) if is_written else None
        return play.call(partial(submit_answer, invitation), self, content=content, received_at=play.now, actor=actor)


class NoRemarks(PartysDeed, InRound, do="no_remarks", about=invitation_of_turn):
    """Answers that there are no remarks."""

    signed_by: Title = ""

    def play(self, play: Play) -> object:
        invitation, actor = self.subject(play)
        content = AnswerContent(kind=AnswerKind.NO_REMARKS, signed_by=self.signed_by)
        return play.call(partial(submit_answer, invitation), self, content=content, received_at=play.now, actor=actor)


class AnswerOnBehalf(OfficersDeedFor, WrittenAnswer, InRound, do="answer_on_behalf"):
    """Enters an answer that came otherwise than by the link."""

    road: Literal["email", "paper", "telephone", "meeting"]
    received_at: Moment = at_its_time("received", "when it came")
    no_remarks: Flag = False
    source: File | None = None

    def play(self, play: Play) -> object:
        invitation = invitation_of_turn(play, self.stage)
        content = self.content(play, invitation)
        if self.no_remarks:
            content = AnswerContent(kind=AnswerKind.NO_REMARKS, signed_by=content.signed_by)
        return play.call(partial(record_answer_on_behalf, invitation, content), self, road=Road(self.road))


class Promise(EithersDeed, do="promise", action=promise_answer, about=invitation_of_turn):
    """Tells when the party will answer."""

    promised_on: Day = Field(alias="on")


class Decline(EithersDeed, do="decline", action=decline, about=invitation_of_turn):
    """Tells that the party will not answer."""

    reason: Text = ""


class Forward(EithersDeed, do="forward", action=forward, about=invitation_of_turn):
    """Passes the task on to somebody else."""

    to_email: Verbatim = Field(alias="to", description="an address")
    to_name: Title = Field("", alias="name")
    note: Text = ""


class Claim(PartysDeed, do="claim", action=claim, about=invitation_of_turn):
    """Takes the task on by name."""

    email: Verbatim
    name: Title = ""


def _section(invitation: Invitation, name: str) -> Section:
    """The section that is meant: "2", or where several documents have one, "aftale 2"."""
    document, _space, number = name.rpartition(" ")
    sections = Section.objects.filter(version__bundle_items__bundle=invitation.round.bundle_id, number=number)
    if document:
        sections = sections.filter(version__document__key=document)
    section = sections.order_by("version__bundle_items__position").first()
    if section is None:
        raise Impossible(_("The documents for consultation have no section “%(name)s”.") % {"name": name})
    return section
