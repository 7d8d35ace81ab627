"""Where somebody who is asked is reached: at another address, once more, or otherwise than by mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consultations.actions.invitation_list import correct_party
from consultations.actions.parties import correct_address
from consultations.actions.unreached import contact_otherwise
from consultations.models import Invitation
from consultations.player.cast import Play
from consultations.player.deeds.registry import does, key_of, stage_of, words
from consultations.player.deeds.rounds import invitation_of_deed, round_of_deed
from consultations.player.scenario import Deed
from consultations.states import InvitationState
from workflow.actions.approvals import contact_bodies_otherwise, readdress_request
from workflow.actions.submissions import readdress_submission
from workflow.models import ApprovalRequest, ExternalRequest
from workflow.states import ExternalState, RequestState, StageKindName, StageState

Asked = ExternalRequest | ApprovalRequest | Invitation


def asked_of_deed(stage: Play, deed: Deed) -> Asked:
    """What the deed's party is asked: as an authority, for a decision it still owes, else in a round."""
    sent = (
        ExternalRequest.objects.select_related("stage")
        .filter(stage__process=stage.process, body__key=deed.party, stage__state=StageState.OPEN)
        .exclude(state=ExternalState.WITHDRAWN)
        .first()
    )
    if sent is not None and deed.values.get("stage") in (None, sent.stage.key):
        return sent
    request = (
        ApprovalRequest.objects.select_related("stage")
        .filter(stage__process=stage.process, body__key=deed.party, state=RequestState.ASKED)
        .first()
    )
    if request is not None and deed.values.get("stage") in (None, request.stage.key):
        return request
    return invitation_of_deed(stage, deed)


def _send(stage: Play, deed: Deed, asked: Asked, email: str, name: str, more: Mapping[str, Any]) -> object:
    by: dict[str, Any] = {"actor": stage.officer(deed), "now": deed.at, "key": key_of(deed), **more}
    if isinstance(asked, ExternalRequest):
        return readdress_submission(asked, email=email, name=name, **by)
    if isinstance(asked, ApprovalRequest):
        return readdress_request(asked, email=email, name=name, **by)
    return correct_address(asked, email=email, **by)


@does("correct_address")
def _correct(stage: Play, deed: Deed) -> object:
    """Of a party in a round or on its list, of a body that is being asked for a decision, or of an authority."""
    asked = asked_of_deed(stage, deed)
    email, name = deed.values["email"], words(stage, deed, "name")
    if isinstance(asked, Invitation) and asked.state == InvitationState.LISTED:
        actor = stage.officer(deed)
        return correct_party(asked, name=asked.name, contact_name=name, email=email, actor=actor, now=deed.at)
    return _send(stage, deed, asked, email, name, {})


@does("resend")
def _resend(stage: Play, deed: Deed) -> object:
    """To the address it has; the register stays as it is."""
    asked = asked_of_deed(stage, deed)
    return _send(stage, deed, asked, asked.email, asked.contact_name, {"for_later": False})


@does("contact_otherwise")
def _contact_otherwise(stage: Play, deed: Deed) -> object:
    """One party or several; without `for` all in the stage that no mail can reach."""
    by: dict[str, Any] = {"actor": stage.officer(deed), "now": deed.at}
    if not deed.party:
        of_stage = stage_of(stage, deed)
        if of_stage.kind in (StageKindName.APPROVAL, StageKindName.REVIEW):
            return contact_bodies_otherwise(of_stage, **by)
        return contact_otherwise(round_of_deed(stage, deed), **by)
    asked = asked_of_deed(stage, deed)
    if isinstance(asked, ApprovalRequest):
        return contact_bodies_otherwise(asked.stage, [asked], **by)
    invitation = invitation_of_deed(stage, deed)
    return contact_otherwise(invitation.round, [invitation], **by)
