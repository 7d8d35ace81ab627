"""Deeds of the secretariat on a round: preparing, sending, extending, noting, judging late answers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from consultations.actions.answers import decide_late, dispose_answer
from consultations.actions.extensions import extend_for_all, extend_for_one, refuse_extension
from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.notes import add_note, record_summary
from consultations.actions.rounds import close_round, launch_round, prepare_round
from consultations.player.asked import answer_of_turn, invitation_of_turn, round_in_stage, round_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.base import OfficersDeed, OfficersDeedFor, OfficersDeedForSome
from consultations.player.known import Known
from consultations.player.written import Clock, Day, Flag, Long, Reason, StageName, Text, Title
from consultations.states import Publication
from workflow.definitions.reading import Path


class SetRound(OfficersDeed):
    """Prepares a round."""

    do: Literal["set_round"]
    stage: StageName
    title: Title | None = None
    letter: Text | None = None
    publication: Publication | None = None

    def play(self, play: Play) -> object:
        return prepare_round(
            round_of_turn(play, self.stage),
            title=self.title,
            letter=None if self.letter is None else play.words(self.letter),
            publication=self.publication,
            actor=play.officer(),
            now=play.now,
        )


class AddParty(OfficersDeedFor):
    """Puts a party on the list of a round."""

    do: Literal["add_party"]
    stage: StageName

    def play(self, play: Play) -> object:
        return add_party(round_in_stage(play, self.stage), body=play.body, **play.once)


class RemoveParty(OfficersDeedFor):
    """Takes a party off the list of a round."""

    do: Literal["remove_party"]
    stage: StageName

    def play(self, play: Play) -> object:
        return remove_party(invitation_of_turn(play, self.stage), actor=play.officer(), now=play.now)


class LaunchRound(OfficersDeed):
    """Sends a round to everybody on its list."""

    do: Literal["launch_round"]
    stage: StageName
    closes_on: Day | None = None
    clock: Clock | None = None
    reason: Text = Field("", description="needed where a warning is given")
    source: Text = Field("", description="where the deadline comes from")

    def check(self, known: Known, path: Path) -> None:
        super().check(known, path)
        if self.closes_on is not None and not self.refused:
            known.must_be_ahead(self.closes_on, self.clock, (*path, "closes_on"))

    def play(self, play: Play) -> object:
        return launch_round(
            round_in_stage(play, self.stage),
            closes_on=play.day(self.closes_on),
            clock=self.clock,
            reason=play.words(self.reason),
            source=play.words(self.source),
            **play.once,
        )


class CloseRound(OfficersDeed):
    """Closes a light round."""

    do: Literal["close_round"]
    stage: StageName

    def play(self, play: Play) -> object:
        return close_round(round_in_stage(play, self.stage), **play.once)


class Extend(OfficersDeedForSome):
    """Gives more time: to those under `for`, else to all."""

    do: Literal["extend"]
    stage: StageName | None = None
    to: Day
    clock: Clock | None = None
    reason: Reason

    def check(self, known: Known, path: Path) -> None:
        super().check(known, path)
        if not self.refused:
            known.must_be_ahead(self.to, self.clock, (*path, "to"))

    def play(self, play: Play) -> object:
        until: dict[str, Any] = {"new_on": play.day(self.to), "new_clock": self.clock}
        until |= {"reason": play.words(self.reason), **play.once}
        if play.party:
            return extend_for_one(invitation_of_turn(play, self.stage), **until)
        return extend_for_all(round_of_turn(play, self.stage), **until)


class RefuseExtension(OfficersDeedFor):
    """Does not grant a party's later day."""

    since = 2
    do: Literal["refuse_extension"]
    stage: StageName | None = None
    reason: Reason

    def play(self, play: Play) -> object:
        return refuse_extension(invitation_of_turn(play, self.stage), reason=play.words(self.reason), **play.once)


class DecideLate(OfficersDeedFor):
    """Says whether an answer that came too late counts."""

    do: Literal["decide_late"]
    stage: StageName | None = None
    accept: Flag
    reason: Reason

    def play(self, play: Play) -> object:
        return decide_late(
            answer_of_turn(play, self.stage), accept=self.accept, reason=play.words(self.reason), **play.once
        )


class Dispose(OfficersDeedFor):
    """Writes what was done with a party's remarks."""

    do: Literal["dispose"]
    stage: StageName | None = None
    note: Text = Field(description="what was done with them")

    def play(self, play: Play) -> object:
        answer, note = answer_of_turn(play, self.stage), play.words(self.note)
        return dispose_answer(answer, note=note, actor=play.officer(), now=play.now)


class NoteInput(OfficersDeedForSome):
    """Notes what was said at a meeting, in a light round; `for` the party that spoke."""

    do: Literal["note_input"]
    stage: StageName
    held_on: Day | None = Field(None, description="the day of the deed when left out")
    occasion: Title
    participants: Long = ""
    text: Text

    def play(self, play: Play) -> object:
        return add_note(
            round_in_stage(play, self.stage),
            held_on=play.day(self.held_on) or play.today,
            occasion=play.words(self.occasion),
            participants=play.words(self.participants),
            text=play.words(self.text),
            invitation=invitation_of_turn(play, self.stage) if play.party else None,
            **play.once,
        )


class Summarise(OfficersDeed):
    """Sums up what a light round gave."""

    do: Literal["summarise"]
    stage: StageName
    text: Text

    def play(self, play: Play) -> object:
        hearing_round, summary = round_in_stage(play, self.stage), play.words(self.text)
        return record_summary(hearing_round, summary=summary, actor=play.officer(), now=play.now)


RoundDeed = (
    SetRound | AddParty | RemoveParty | LaunchRound | CloseRound | Extend | RefuseExtension | DecideLate
    | Dispose | NoteInput | Summarise
)  # fmt: skip
