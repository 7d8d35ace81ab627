"""What goes to an authority and comes back, and dated facts."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _
from pydantic import Field

from consultations.player.asked import stage_of_turn, submission_of_turn
from consultations.player.cast import Impossible, Play
from consultations.player.deeds.base import EithersDeed, OfficersDeed, OfficersDeedForSome, at_its_time, on_its_day
from consultations.player.times import Day, Moment
from consultations.player.values import File, Flag, Short, StageName, Text
from workflow.actions.milestones import record_milestone
from workflow.actions.submissions import acknowledge, make_package, record_ruling, send_submission
from workflow.actors import Actor
from workflow.models import Package, Stage
from workflow.queries.submissions import packages_at_authority
from workflow.rules import Refused
from workflow.states import Ruling


class Submit(OfficersDeed, do="submit"):
    """Makes the package and sends the authority its link. One that lacks papers alone, such as minutes, goes as
    provisional by itself."""

    stage: StageName
    is_provisional: Flag = Field(False, alias="provisional", description="when something is missing")
    reason: Text = Field("", description="what, and why it is sent all the same, also too early or once more")

    def play(self, play: Play) -> object:
        stage = stage_of_turn(play, self.stage)
        return play.call(partial(send_submission, stage, self._package(play, stage)), self)

    def _package(self, play: Play, stage: Stage) -> Package:
        """Scenarios were written when nobody asked for minutes, and mean the same as ever."""
        make = partial(play.call, partial(make_package, stage), self)
        try:
            return make()
        except Refused as refused:
            if refused.refusal.code != "papers_missing":
                raise
        return make(is_provisional=True, reason=self.reason or _("The scenario sends the package as it is."))


class Supplement(OfficersDeed, do="supplement", since=2):
    """Makes a package with what has come since the last one was sent, and sends it under the same link."""

    stage: StageName
    is_provisional: Flag = Field(False, alias="provisional", description="when something is still missing")
    reason: Text = Field("", description="what, and why it is sent all the same")

    def play(self, play: Play) -> object:
        stage = stage_of_turn(play, self.stage)
        before = packages_at_authority(stage)
        if not before:
            raise Impossible(_("No package has been sent that a supplement could add to; submit one first."))
        package = play.call(partial(make_package, stage), self, supplements=before[-1])
        return play.call(partial(send_submission, stage, package), self)


class Acknowledge(EithersDeed, do="acknowledge", action=acknowledge, about=submission_of_turn):
    """Tells that the authority has received it."""

    number: Short = Field("", description="the authority's case number")
    received_at: Moment = at_its_time("received")
    file: File | None = None


class Rule(EithersDeed, do="rule", action=record_ruling, about=submission_of_turn):
    """Tells what the authority has ruled."""

    outcome: Ruling
    ruled_on: Day = on_its_day("on")
    text: Text = ""
    file: File | None = None


class Milestone(OfficersDeedForSome, do="milestone", action=record_milestone, about=stage_of_turn):
    """Records a dated fact; `for` each party where each has one of its own."""

    stage: StageName
    happened_on: Day = on_its_day("on")
    note: Text = ""
    file: File | None = None

    def subject(self, play: Play) -> tuple[Stage, Actor]:
        return stage_of_turn(play, self.stage), play.officer(play.body.name if play.party else "")
