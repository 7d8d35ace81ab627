"""Deeds on the dispatches by which bodies are asked, in a file that says `dispatches: by_hand`."""

from __future__ import annotations

from pydantic import Field

from consultations.player.asked import dispatch_of_turn
from consultations.player.deeds.base import OfficersDeed
from consultations.player.times import Moment
from consultations.player.values import StageName
from workflow.actions.dispatches import recall_dispatch, schedule_dispatch, send_dispatch


class DispatchDeed(OfficersDeed, about=dispatch_of_turn, since=2):
    """A deed on the dispatch of a stage."""

    stage: StageName | None = Field(None, description="whose dispatch; the latest that is there when left out")


class Send(DispatchDeed, do="send", action=send_dispatch):
    """Sends the dispatch of a stage: whoever stands on it is asked now."""


class SendAt(DispatchDeed, do="send_at", action=schedule_dispatch):
    """Lets the dispatch of a stage leave later; until then it can be recalled."""

    leaves_at: Moment | None = Field(
        None, alias="leaves", description="when; after the office's minutes to take things back when left out"
    )


class Recall(DispatchDeed, do="recall", action=recall_dispatch):
    """Takes back a dispatch that is to leave and has not."""
