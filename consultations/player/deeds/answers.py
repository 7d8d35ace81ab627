"""What a hearing party does with its link, or an officer enters on its behalf."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _
from pydantic import Field

from consultations.actions.answers import AnswerContent, record_answer_on_behalf, save_draft, submit_answer
from consultations.actions.parties import claim, decline, forward, open_invitation, promise_answer
from consultations.models import Invitation
from consultations.player.asked import invitation_of_turn
from consultations.player.cast import Impossible, Play
from consultations.player.deeds.base import EithersDeed, OfficersDeedFor, PartysDeed
from consultations.player.mailbox import actor_by_link, link_in_mail
from consultations.player.written import (
    Day,
    File,
    Flag,
    Moment,
    OneOrMany,
    SectionName,
    Shape,
    StageName,
    Text,
    Title,
    Words,
    many,
)
from consultations.queries.parties import invitation_of
from consultations.states import AnswerKind, Road
from workflow.actors import Actor
from workflow.models import Section, StoredFile


def by_link(play: Play, deed: PartysDeed) -> tuple[Invitation, Actor]:
    """The party follows the link in its mail and presses the start button, as everybody must."""
    link = link_in_mail(play, deed.via, invitation_of_turn(play, deed.stage).public_id)
    opened = invitation_of(link)
    if opened is None:
        raise Impossible(_("The link in the mail opens no consultation."))
    actor = actor_by_link(play, link)
    if link.opened_at is None:
        opened = open_invitation(opened, actor=actor, now=play.now)
    return opened, actor


def by_link_or_officer(play: Play, deed: EithersDeed) -> tuple[Invitation, Actor]:
    """The same, or an officer for whom the party has told."""
    if not play.is_officers:
        return by_link(play, deed)
    invitation = invitation_of_turn(play, deed.stage)
    return invitation, play.officer(invitation.name)


class WrittenAnswer(Shape):
    """What an answer holds."""

    text: Text = ""
    comments: dict[SectionName, Text] = Field(
        {}, description='{"2": text} on a section\'s number, {"aftale 2": text} where several documents have one'
    )
    files: OneOrMany[File] = ()
    signed_by: Title = ""
    confidential: Text = Field("", description="what is, and why")

    def content(self, play: Play, invitation: Invitation) -> AnswerContent:
        """The words, with the remarks by the sections they are on."""
        return AnswerContent(
            text=play.words(self.text),
            comments={_section(invitation, name).lineage_id: play.words(text) for name, text in self.comments.items()},
            signed_by=play.words(self.signed_by),
            confidential_note=play.words(self.confidential),
        )

    def made_files(self, play: Play) -> list[StoredFile]:
        """The files, made and stored."""
        return [play.made(file) for file in many(self.files)]


class Draft(PartysDeed, WrittenAnswer):
    """Saves a draft of an answer."""

    do: Literal["draft"]

    def play(self, play: Play) -> object:
        invitation, actor = by_link(play, self)
        content = self.content(play, invitation)
        return save_draft(invitation, content, files=self.made_files(play), actor=actor, now=play.now)


class SubmitAnswer(PartysDeed, WrittenAnswer):
    """Sends an answer: what is written in the deed, or without text, comments and files the draft as it was saved."""

    do: Literal["answer"]

    def play(self, play: Play) -> object:
        invitation, actor = by_link(play, self)
        is_written = self.model_fields_set & {"text", "comments", "files"}
        return submit_answer(
            invitation,
            content=self.content(play, invitation) if is_written else None,
            files=self.made_files(play),
            received_at=play.now,
            key=play.key,
            actor=actor,
            now=play.now,
        )


class NoRemarks(PartysDeed):
    """Answers that there are no remarks."""

    do: Literal["no_remarks"]
    signed_by: Title = ""

    def play(self, play: Play) -> object:
        invitation, actor = by_link(play, self)
        content = AnswerContent(kind=AnswerKind.NO_REMARKS, signed_by=play.words(self.signed_by))
        return submit_answer(invitation, content=content, received_at=play.now, key=play.key, actor=actor, now=play.now)


class AnswerOnBehalf(OfficersDeedFor, WrittenAnswer):
    """Enters an answer that came otherwise than by the link."""

    do: Literal["answer_on_behalf"]
    stage: StageName | None = None
    road: Literal["email", "paper", "telephone", "meeting"]
    received: Moment | None = Field(None, description="when it came")
    no_remarks: Flag = False
    source: File | None = None

    def play(self, play: Play) -> object:
        invitation = invitation_of_turn(play, self.stage)
        content = self.content(play, invitation)
        if self.no_remarks:
            content = AnswerContent(kind=AnswerKind.NO_REMARKS, signed_by=content.signed_by)
        return record_answer_on_behalf(
            invitation,
            content,
            road=Road(self.road),
            received_at=play.moment(self.received) or play.now,
            source=play.file(self.source),
            files=self.made_files(play),
            **play.once,
        )


class Promise(EithersDeed):
    """Tells when the party will answer."""

    do: Literal["promise"]
    on: Day

    def play(self, play: Play) -> object:
        invitation, actor = by_link_or_officer(play, self)
        return promise_answer(invitation, promised_on=play.day(self.on), actor=actor, now=play.now)


class Decline(EithersDeed):
    """Tells that the party will not answer."""

    do: Literal["decline"]
    reason: Text = ""

    def play(self, play: Play) -> object:
        invitation, actor = by_link_or_officer(play, self)
        return decline(invitation, reason=play.words(self.reason), actor=actor, now=play.now)


class Forward(EithersDeed):
    """Passes the task on to somebody else."""

    do: Literal["forward"]
    to: Words = Field(description="an address")
    name: Title = ""
    note: Text = ""

    def play(self, play: Play) -> object:
        invitation, actor = by_link_or_officer(play, self)
        return forward(
            invitation,
            to_email=self.to,
            to_name=play.words(self.name),
            note=play.words(self.note),
            **play.once_by(actor),
        )


class Claim(PartysDeed):
    """Takes the task on by name."""

    do: Literal["claim"]
    email: Words
    name: Title = ""

    def play(self, play: Play) -> object:
        invitation, actor = by_link(play, self)
        return claim(invitation, email=self.email, name=play.words(self.name), **play.once_by(actor))


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


AnswersDeed = Draft | SubmitAnswer | NoRemarks | AnswerOnBehalf | Promise | Decline | Forward | Claim
