"""Parties among the questions at an address that has been corrected elsewhere."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from consultations.actions.listing import correct_party
from consultations.actions.parties import correct_address
from consultations.models import Invitation
from consultations.states import InvitationState, RoundState
from workflow.actions.addresses import UNDER_WAY
from workflow.actors import Actor
from workflow.asked_kinds import AskedKind, OpenQuestion, register
from workflow.models import Office

ASKED = (InvitationState.LISTED, InvitationState.INVITED, InvitationState.ANSWERED)


def _parties_at(office: Office, address: str) -> list[OpenQuestion]:
    """On a list that is prepared, or part of a round under way: those who have answered hear of it there as well."""
    rows = Invitation.objects.filter(
        email__iexact=address,
        state__in=ASKED,
        round__state__in=(RoundState.DRAFT, RoundState.OPEN),
        round__stage__process__office=office,
        round__stage__process__state__in=UNDER_WAY,
    ).select_related("round__stage__process")
    return [
        OpenQuestion(
            f"invitation:{row.public_id}", row.name, f"{row.round.stage.process.case_number} {row.round.title}"
        )
        for row in rows.order_by("id")
    ]


def _correct_party(public_id: UUID, old: str, email: str, actor: Actor, now: datetime) -> object:
    party = Invitation.objects.select_related("link", "round__stage").get(public_id=public_id)
    if party.state != InvitationState.LISTED:
        return correct_address(party, email=email, for_later=False, seen=old, actor=actor, now=now)
    return correct_party(
        party,
        name=party.name,
        contact_name=party.contact_name,
        email=email,
        channel=party.channel,
        for_later=False,
        seen=old,
        actor=actor,
        now=now,
    )


def register_kinds() -> None:
    """Called once by the app."""
    register(AskedKind("invitation", _parties_at, _correct_party))
