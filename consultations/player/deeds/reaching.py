"""Where somebody who is asked is reached: at another address, once more, or otherwise than by mail."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from consultations.actions.invitation_list import correct_party
from consultations.actions.parties import correct_address
from consultations.actions.unreached import contact_otherwise
from consultations.models import Invitation
from consultations.player.asked import Asked, asked_now, invitation_of_turn, round_of_turn
from consultations.player.cast import Play
from consultations.player.deeds.base import OfficersDeedFor, OfficersDeedForSome
from consultations.player.written import StageName, Title, Words
from consultations.states import InvitationState
from workflow.actions.approvals import contact_bodies_otherwise, readdress_request
from workflow.actions.submissions import readdress_submission
from workflow.models import ApprovalRequest, ExternalRequest
from workflow.states import StageKindName


def _send(play: Play, asked: Asked, email: str, name: str, **more: Any) -> object:
    by: dict[str, Any] = {**play.once, **more}
    if isinstance(asked, ExternalRequest):
        return readdress_submission(asked, email=email, name=name, **by)
    if isinstance(asked, ApprovalRequest):
        return readdress_request(asked, email=email, name=name, **by)
    return correct_address(asked, email=email, **by)


class CorrectAddress(OfficersDeedFor):
    """Corrects where a party in a round or on its list, a body or an authority is reached, in the register too."""

    do: Literal["correct_address"]
    stage: StageName | None = None
    email: Words
    name: Title = ""

    def play(self, play: Play) -> object:
        asked, name = asked_now(play, self.stage), play.words(self.name)
        if isinstance(asked, Invitation) and asked.state == InvitationState.LISTED:
            actor = play.officer()
            return correct_party(asked, name=asked.name, contact_name=name, email=self.email, actor=actor, now=play.now)
        return _send(play, asked, self.email, name)


class Resend(OfficersDeedFor):
    """Sends the link or question once more to the address it has; a question and a submission get a new link."""

    since = 2
    do: Literal["resend"]
    stage: StageName | None = None

    def play(self, play: Play) -> object:
        asked = asked_now(play, self.stage)
        return _send(play, asked, asked.email, asked.contact_name, for_later=False)


class ContactOtherwise(OfficersDeedForSome):
    """Settles that some get no mail from then on: those under `for`, else all in the stage that no mail can reach."""

    since = 2
    do: Literal["contact_otherwise"]
    stage: StageName = Field(description="a round, prepared or under way, or a stage of decisions")

    def play(self, play: Play) -> object:
        by: dict[str, Any] = {"actor": play.officer(), "now": play.now}
        if not play.party:
            stage = play.stage(self.stage)
            if stage.kind in (StageKindName.APPROVAL, StageKindName.REVIEW):
                return contact_bodies_otherwise(stage, **by)
            return contact_otherwise(round_of_turn(play, self.stage), **by)
        asked = asked_now(play, self.stage)
        if isinstance(asked, ApprovalRequest):
            return contact_bodies_otherwise(asked.stage, [asked], **by)
        invitation = invitation_of_turn(play, self.stage)
        return contact_otherwise(invitation.round, [invitation], **by)


ReachingDeed = CorrectAddress | Resend | ContactOtherwise
