"""What goes to an authority and comes back, and dated facts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from consultations.player.asked import submission_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.base import EithersDeed, OfficersDeed, OfficersDeedForSome
from consultations.player.mailbox import acting_on
from consultations.player.written import Day, File, Flag, Moment, Short, StageName, Text
from workflow.actions.milestones import record_milestone
from workflow.actions.submissions import acknowledge, make_package, record_ruling, send_submission
from workflow.actors import Actor
from workflow.models import ExternalRequest
from workflow.queries.submissions import external_request_of_link
from workflow.states import Ruling


class Submit(OfficersDeed):
    """Makes the package and sends the authority its link."""

    do: Literal["submit"]
    stage: StageName
    provisional: Flag = Field(False, description="when something is missing")
    reason: Text = Field("", description="what, and why it is sent all the same, also too early or once more")

    def play(self, play: Play) -> object:
        external, actor = play.stage(self.stage), play.officer()
        package = make_package(
            external, is_provisional=self.provisional, reason=play.words(self.reason), **play.once_by(actor)
        )
        return send_submission(external, package, reason=play.words(self.reason), **play.once_by(actor))


class Acknowledge(EithersDeed):
    """Tells that the authority has received it."""

    do: Literal["acknowledge"]
    number: Short = Field("", description="the authority's case number")
    received: Moment | None = None
    file: File | None = None

    def play(self, play: Play) -> object:
        request, actor = _by_link_or_officer(play, self)
        return acknowledge(
            request,
            received_at=play.moment(self.received) or play.now,
            number=play.words(self.number),
            file=play.file(self.file),
            **play.once_by(actor),
        )


class Rule(EithersDeed):
    """Tells what the authority has ruled."""

    do: Literal["rule"]
    outcome: Ruling
    on: Day | None = Field(None, description="the day of the deed when left out")
    text: Text = ""
    file: File | None = None

    def play(self, play: Play) -> object:
        request, actor = _by_link_or_officer(play, self)
        return record_ruling(
            request,
            outcome=self.outcome,
            ruled_on=play.day(self.on) or play.today,
            text=play.words(self.text),
            file=play.file(self.file),
            **play.once_by(actor),
        )


class Milestone(OfficersDeedForSome):
    """Records a dated fact; `for` each party where each has one of its own."""

    do: Literal["milestone"]
    stage: StageName
    on: Day | None = Field(None, description="the day of the deed when left out")
    note: Text = ""
    file: File | None = None

    def play(self, play: Play) -> object:
        body = play.body if play.party else None
        return record_milestone(
            play.stage(self.stage),
            happened_on=play.day(self.on) or play.today,
            body=body,
            note=play.words(self.note),
            file=play.file(self.file),
            actor=play.officer(body.name if body else ""),
            now=play.now,
            key=play.key,
        )


OutsideDeed = Submit | Acknowledge | Rule | Milestone


def _by_link_or_officer(play: Play, deed: EithersDeed) -> tuple[ExternalRequest, Actor]:
    return acting_on(play, deed.via, submission_of_turn(play, deed.stage), external_request_of_link)
