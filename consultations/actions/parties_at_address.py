"""Parties among the questions at an address that has been corrected elsewhere."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from consultations.actions.invitation_list import correct_party
from consultations.actions.own_mailbox import correct_own_mailbox
from consultations.actions.parties import correct_address
from consultations.mails import letters as mails
from consultations.models import Forward, Invitation
from consultations.queries.parties import forwards_in_force
from consultations.rules.parties import own_mailbox
from consultations.states import MAY_STILL_ANSWER, InvitationState, RoundState, RoundVerb
from notifications.rules import folded_address
from workflow.actors import Actor
from workflow.asked_kinds import AskedKind


def _passed_on_from(address: str) -> list[int]:
    """The parties whose own mailbox it is while their task is with somebody else."""
    passed_on = Forward.objects.filter(from_email__iexact=address, ended_at=None).values_list("invitation", flat=True)
    forwards = forwards_in_force(list(passed_on)).items()
    return [pk for pk, rows in forwards if folded_address(rows[0].from_email) == folded_address(address)]


def _correct_party(party: Invitation, *, email: str, shown_address: str, actor: Actor, now: datetime) -> object:
    own = own_mailbox(party, forwards_in_force([party.pk]).get(party.pk, []))
    # Read without a lock, only to choose the deed; that asks again under its own.
    if folded_address(party.email) != folded_address(shown_address) == folded_address(own):
        return correct_own_mailbox(party, old=shown_address, email=email, actor=actor, now=now)
    if party.state != InvitationState.LISTED:
        return correct_address(party, email=email, for_later=False, shown_address=shown_address, actor=actor, now=now)
    return correct_party(
        party,
        name=party.name,
        contact_name=party.contact_name,
        email=email,
        channel=party.channel,
        for_later=False,
        shown_address=shown_address,
        actor=actor,
        now=now,
    )


# Those who have answered hear of another address as well.
PARTIES = AskedKind(
    "invitation",
    Invitation,
    Q(
        state__in=(InvitationState.LISTED, *MAY_STILL_ANSWER, InvitationState.ANSWERED),
        round__state__in=(RoundState.DRAFT, RoundState.OPEN),
    ),
    lambda party: f"{party.process.case_number} {party.round.title}",
    _correct_party,
    RoundVerb.RECORD_BOUNCE,
    reminders=(mails.REMINDER, mails.CONFIRM),
    also_at=_passed_on_from,
    asked_at="invited_at",
    owes=Q(state=InvitationState.INVITED, round__state=RoundState.OPEN),
)
