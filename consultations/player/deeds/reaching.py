"""Where somebody who is asked is reached: at another address, once more, or otherwise than by mail."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from pydantic import Field

from consultations.actions.invitation_list import correct_party
from consultations.actions.parties import correct_address
from consultations.actions.unreached import contact_otherwise
from consultations.models import Invitation
from consultations.player.asked import asked_now, invitation_of_turn, round_of_turn, stage_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.base import OfficersDeedFor, OfficersDeedForSome
from consultations.player.values import StageName, Title, Verbatim
from consultations.states import InvitationState
from workflow.actions.approvals import contact_bodies_otherwise, readdress_request
from workflow.actions.submissions import readdress_submission
from workflow.models import ApprovalRequest, ExternalRequest
from workflow.states import StageKindName

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
