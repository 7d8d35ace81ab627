"""Deeds of the secretariat on a round: preparing, sending, extending, noting, judging late answers; and where somebody
who is asked is reached: at another address, once more, or otherwise than by mail."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _
from pydantic import Field, ValidationInfo, field_validator, model_validator

from consultations.actions.answers import decide_late, dispose_answer
from consultations.actions.cancelling import cancel_round
from consultations.actions.extensions import extend_for_all, extend_for_one, refuse_extension
from consultations.actions.invitation_list import add_party, correct_party, remove_party
from consultations.actions.notes import add_note, record_summary
from consultations.actions.parties import correct_address
from consultations.actions.rounds import close_round, launch_round, prepare_round
from consultations.actions.supplementary import open_supplementary
from consultations.actions.unreached import contact_otherwise
from consultations.models import Invitation
from consultations.player.asked import (
    answer_of_turn,
    asked_now,
    invitation_of_turn,
    round_in_stage,
    round_of_turn,
    stage_of_turn,
)
from consultations.player.cast import Impossible, Play
from consultations.player.deeds.base import (
    DayAhead,
    InRound,
    OfficersDeed,
    OfficersDeedFor,
    OfficersDeedForSome,
    on_its_day,
)
from consultations.player.parties import Parties
from consultations.player.shape import known_by_then
from consultations.player.times import Clock, Day
from consultations.player.values import Flag, Long, Reason, StageName, Text, Title, Verbatim
from consultations.queries.supplementary import drafting_behind, parties_to_ask_again, rounds_behind
from consultations.states import InvitationState, Publication
from workflow.actions import approvals
from workflow.actions.approvals import contact_bodies_otherwise, readdress_request
from workflow.actions.submissions import readdress_submission
from workflow.definitions.faults import fault
from workflow.models import ApprovalRequest, Body, ExternalRequest, Stage
from workflow.states import Level, StageKindName


class SetRound(OfficersDeed, do="set_round", action=prepare_round, about=round_of_turn):
    """Prepares a round."""

    stage: StageName
    title: Title | None = None
    letter: Text | None = None
    publication: Publication | None = None


class AddParty(OfficersDeedFor, do="add_party"):
    """Puts a party on the list of a round; in a sub-agreement takes a body in and asks it to join (version 2)."""

    newer: ClassVar = {"reply_by": 2, "level": 2, "for_information": 2}

    stage: StageName
    reply_by: DayAhead | None = Field(None, description="by when the body is asked to answer, in a sub-agreement")
    level: Level | None = Field(None, description="at which it decides there")
    reason: Text = Field("", description="needed there where the day is unfortunate")
    for_information: Flag = Field(False, description="in a round: informed and not asked")

    _keys_are_known = field_validator("reply_by", "level", "for_information", mode="before")(known_by_then)

    @model_validator(mode="after")
    def _names_a_day_where_it_must(self, info: ValidationInfo) -> AddParty:
        spec = info.context.definition.by_key.get(self.stage) if info.context else None
        joins = spec is not None and spec.kind == StageKindName.APPROVAL
        if joins and self.reply_by is None:
            message = _("“%(key)s” is missing.") % {"key": "reply_by"}
            raise fault("missing_key", message, _("Say by which day the body is asked to answer."))
        return self

    def play(self, play: Play) -> object:
        stage = stage_of_turn(play, self.stage)
        if stage.kind != StageKindName.APPROVAL:
            return play.call(partial(add_party, round_in_stage(play, self.stage)), self)
        more = {"level": self.level or Level.COUNCIL}
        return play.call(partial(approvals.add_party, stage), self, **more)


class RemoveParty(OfficersDeedFor, do="remove_party", action=remove_party, about=invitation_of_turn):
    """Takes a party off the list of a round."""

    stage: StageName


class LaunchRound(OfficersDeed, do="launch_round"):
    """Sends a round to everybody on its list; or prepares and sends a supplementary one, on the newest locked set, from
    the drafting stage behind."""

    newer: ClassVar = dict.fromkeys(("supplementary", "parties", "informs_others"), 2)

    stage: StageName
    clock: Clock | None = None
    closes_on: DayAhead | None = None
    reason: Text = Field("", description="needed where a warning is given")
    source: Text = Field("", description="where the deadline comes from")
    supplementary: Flag = Field(False, description="of a stage whose round has closed; version 2")
    parties: Parties | None = Field(
        None, description="of a supplementary round: who is asked again, and others that were not before; version 2"
    )
    informs_others: Flag = Field(
        True, description="of a supplementary round: the other parties get the text for information; version 2"
    )
    title: Title | None = Field(None, description="of a supplementary round")
    letter: Text = Field("", description="of a supplementary round")

    _key_is_known = field_validator(*newer, mode="before")(known_by_then)

    @model_validator(mode="after")
    def _is_supplementary(self, info: ValidationInfo) -> LaunchRound:
        given = self.model_fields_set & {"parties", "informs_others", "title", "letter"}
        if info.context and given and not self.supplementary:
            message = _("Only a supplementary round is prepared and sent in one.")
            remedy = _("Write supplementary: true, or prepare the round with set_round and add_party.")
            raise fault("not_here", message, remedy, min(given))
        return self

    def play(self, play: Play) -> object:
        if not self.supplementary:
            return play.call(partial(launch_round, round_in_stage(play, self.stage)), self)
        drafting = drafting_behind(play.process_now(), self.stage)
        if drafting is None:
            raise Impossible(_("No drafting stage comes after “%(stage)s”.") % {"stage": self.stage})
        wanted = self.parties or ()
        listed = {row.body.key: row for row in _to_ask_again(drafting) if row.body}
        chosen = [listed[key] for key in wanted if key in listed]
        title = self.title or str(play.process_now().title)
        opened = play.call(
            partial(open_supplementary, drafting), self, parties=chosen, title=title, key=f"{play.key}.open"
        )
        for body in Body.objects.filter(key__in=set(wanted) - set(listed)).order_by("sort_key"):
            play.call(partial(add_party, opened), self, body=body, key=f"{play.key}.{body.key}")
        return play.call(partial(launch_round, opened), self)


def _to_ask_again(drafting: Stage) -> list[Invitation]:
    rounds = rounds_behind(drafting)
    return parties_to_ask_again(rounds[0]) if rounds else []


class CancelRound(OfficersDeed, do="cancel_round", since=2, action=cancel_round, about=round_in_stage):
    """Calls a supplementary round off, prepared or under way."""

    stage: StageName
    reason: Reason


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


class DecideLate(OfficersDeedFor, InRound, do="decide_late", action=decide_late, about=answer_of_turn):
    """Says whether an answer that came too late counts."""

    accept: Flag
    reason: Reason


class Dispose(OfficersDeedFor, InRound, do="dispose", action=dispose_answer, about=answer_of_turn):
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


_READDRESS: Final[dict[type, Callable[..., Any]]] = {
    ExternalRequest: readdress_submission,
    ApprovalRequest: readdress_request,
    Invitation: correct_address,
}
"""Sends what somebody is asked to another address, or once more."""


class CorrectAddress(OfficersDeedFor, do="correct_address"):
    """Corrects where a party in a round or on its list, a body or an authority is reached, in the register too."""

    email: Verbatim
    contact_name: Title = Field("", alias="name")

    def play(self, play: Play) -> object:
        asked = asked_now(play, self.stage)
        if isinstance(asked, Invitation) and asked.state == InvitationState.LISTED:
            return play.call(partial(correct_party, asked), self, name=asked.name)
        return play.call(partial(_READDRESS[type(asked)], asked), self, name=self.contact_name)


class Resend(OfficersDeedFor, do="resend", since=2):
    """Sends the link or question once more to the address it has; a question and a submission get a new link."""

    def play(self, play: Play) -> object:
        asked = asked_now(play, self.stage)
        address = {"email": asked.email, "name": asked.contact_name, "for_later": False}
        return play.call(partial(_READDRESS[type(asked)], asked), self, **address)


class ContactOtherwise(OfficersDeedForSome, do="contact_otherwise", since=2):
    """Settles that some get no mail from then on: those under `for`, else all in the stage that no mail can reach."""

    stage: StageName = Field(description="a round, prepared or under way, or a stage of decisions")

    def play(self, play: Play) -> object:
        asked = asked_now(play, self.stage) if play.party else None
        stage = stage_of_turn(play, self.stage)
        if isinstance(asked, ApprovalRequest):
            action: Callable[..., object] = partial(contact_bodies_otherwise, asked.stage, [asked])
        elif asked:
            invitation = invitation_of_turn(play, self.stage)
            action = partial(contact_otherwise, invitation.round, [invitation])
        elif stage.kind in (StageKindName.APPROVAL, StageKindName.REVIEW):
            action = partial(contact_bodies_otherwise, stage)
        else:
            action = partial(contact_otherwise, round_of_turn(play, self.stage))
        return play.call(action, self)
