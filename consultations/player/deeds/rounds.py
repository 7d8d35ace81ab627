"""Deeds of the secretariat on a round: preparing, sending, extending, noting, judging late answers."""

from __future__ import annotations

from functools import partial

from pydantic import Field

from consultations.actions.answers import decide_late, dispose_answer
from consultations.actions.extensions import extend_for_all, extend_for_one, refuse_extension
from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.notes import add_note, record_summary
from consultations.actions.rounds import close_round, launch_round, prepare_round
from consultations.player.asked import answer_of_turn, invitation_of_turn, round_in_stage, round_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.base import DayAhead, OfficersDeed, OfficersDeedFor, OfficersDeedForSome, on_its_day
from consultations.player.times import Clock, Day
from consultations.player.values import Flag, Long, Reason, StageName, Text, Title
from consultations.states import Publication


class SetRound(OfficersDeed, do="set_round", action=prepare_round, about=round_of_turn):
    """Prepares a round."""

    stage: StageName
    title: Title | None = None
    letter: Text | None = None
    publication: Publication | None = None


class AddParty(OfficersDeedFor, do="add_party", action=add_party, about=round_in_stage):
    """Puts a party on the list of a round."""

    stage: StageName


class RemoveParty(OfficersDeedFor, do="remove_party", action=remove_party, about=invitation_of_turn):
    """Takes a party off the list of a round."""

    stage: StageName


class LaunchRound(OfficersDeed, do="launch_round", action=launch_round, about=round_in_stage):
    """Sends a round to everybody on its list."""

    stage: StageName
    clock: Clock | None = None
    closes_on: DayAhead | None = None
    reason: Text = Field("", description="needed where a warning is given")
    source: Text = Field("", description="where the deadline comes from")


class CloseRound(OfficersDeed, do="close_round", action=close_round, about=round_in_stage):
    """Closes a light round."""

    stage: StageName


class Extend(OfficersDeedForSome, do="extend"):
    """Gives more time: to those under `for`, else to all."""

    new_clock: Clock | None = Field(None, alias="clock")
    new_on: DayAhead = Field(alias="to")
    reason: Reason

    def play(self, play: Play) -> object:
        if play.party:
            return play.call(partial(extend_for_one, invitation_of_turn(play, self.stage)), self)
        return play.call(partial(extend_for_all, round_of_turn(play, self.stage)), self)


class RefuseExtension(
    OfficersDeedFor, do="refuse_extension", since=2, action=refuse_extension, about=invitation_of_turn
):
    """Does not grant a party's later day."""

    reason: Reason


class DecideLate(OfficersDeedFor, do="decide_late", action=decide_late, about=answer_of_turn):
    """Says whether an answer that came too late counts."""

    accept: Flag
    reason: Reason


class Dispose(OfficersDeedFor, do="dispose", action=dispose_answer, about=answer_of_turn):
    """Writes what was done with a party's remarks."""

    note: Text = Field(description="what was done with them")


class NoteInput(OfficersDeedForSome, do="note_input"):
    """Notes what was said at a meeting, in a light round; `for` the party that spoke."""

    stage: StageName
    held_on: Day = on_its_day()
    occasion: Title
    participants: Long = ""
    text: Text

    def play(self, play: Play) -> object:
        invitation = invitation_of_turn(play, self.stage) if play.party else None
        return play.call(partial(add_note, round_in_stage(play, self.stage)), self, invitation=invitation)


class Summarise(OfficersDeed, do="summarise", action=record_summary, about=round_in_stage):
    """Sums up what a light round gave."""

    stage: StageName
    summary: Text = Field(alias="text")
