"""Parties among the questions at an address that has been corrected elsewhere."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from consultations.actions.invitation_list import correct_party
from consultations.actions.own_mailbox import correct_own_mailbox
from consultations.actions.parties import correct_address
from consultations.models import Forward, Invitation
from consultations.queries.parties import forwards_in_force
from consultations.rules.parties import own_mailbox
from consultations.states import InvitationState, RoundState
from notifications.rules import folded_address
from workflow.actions.asked_at_address import UNDER_WAY
from workflow.actors import Actor
from workflow.asked_kinds import AskedKind, AskedRow, register
from workflow.models import Office

ASKED = (InvitationState.LISTED, InvitationState.INVITED, InvitationState.ANSWERED)


def _parties_at(office: Office, address: str) -> list[AskedRow]:
    """On a list that is prepared, or part of a round under way: those who have answered hear of it there as well. Also
    those whose own mailbox it is while their task is with somebody else."""
    passed_on = Forward.objects.filter(from_email__iexact=address, ended_at=None).values("invitation")
    rows = Invitation.objects.filter(
        Q(email__iexact=address) | Q(pk__in=passed_on),
        state__in=ASKED,
        round__state__in=(RoundState.DRAFT, RoundState.OPEN),
        round__stage__process__office=office,
        round__stage__process__state__in=UNDER_WAY,
    ).select_related("round__stage__process")
    parties = list(rows.order_by("id"))
    with_others = [row.pk for row in parties if folded_address(row.email) != folded_address(address)]
    forwards = forwards_in_force(with_others)
    return [
        AskedRow(f"invitation:{row.public_id}", row.name, f"{row.round.stage.process.case_number} {row.round.title}")
        for row in parties
        if row.pk not in with_others
        or folded_address(own_mailbox(row, forwards.get(row.pk, []))) == folded_address(address)
    ]


def _correct_party(public_id: UUID, old: str, email: str, actor: Actor, now: datetime) -> object:
    party = Invitation.objects.select_related("link", "round__stage").get(public_id=public_id)
    own = own_mailbox(party, forwards_in_force([party.pk]).get(party.pk, []))
    # Read without a lock, only to choose the deed; that asks again under its own.
    if folded_address(party.email) != folded_address(old) == folded_address(own):
        return correct_own_mailbox(party, old=old, email=email, actor=actor, now=now)
    if party.state != InvitationState.LISTED:
        return correct_address(party, email=email, for_later=False, shown_address=old, actor=actor, now=now)
    return correct_party(
        party,
        name=party.name,
        contact_name=party.contact_name,
        email=email,
        channel=party.channel,
        for_later=False,
        shown_address=old,
        actor=actor,
        now=now,
    )


def register_kinds() -> None:
    """Called once by the app."""
    register(AskedKind("invitation", _parties_at, _correct_party))
