"""Who can be listed, reached, forwarded to, asked to wait or left in peace. Actions and pages come in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consultations.states import InvitationState, RoundState
from notifications.rules import may_mail
from workflow.actors import Actor
from workflow.rules import Refusal
from workflow.states import Channel

if TYPE_CHECKING:
    from consultations.models import HearingRound, Invitation


def has_address(party: Invitation) -> bool:
    """Mail is the party's channel and can reach it."""
    return party.channel == Channel.EMAIL and may_mail(party.email) is None


def unreachable(parties: Iterable[Invitation]) -> list[Invitation]:
    """The parties who should get mail and cannot; a party on paper or without a channel is written to by hand."""
    return [party for party in parties if party.channel == Channel.EMAIL and may_mail(party.email) is not None]


def may_list(name: str, email: str, channel: str) -> Refusal | None:
    """A party needs a name; an address that was typed must be possible. A missing one stops the launch only."""
    if not name.strip():
        return Refusal("name_missing", _("Write the party's name."))
    if email and channel == Channel.EMAIL:
        return address_refusal(email)
    return None


def address_refusal(email: str) -> Refusal | None:
    """Why no mail can reach the address, or None."""
    refusal = may_mail(email)
    return Refusal(refusal.code, refusal.text) if refusal else None


def is_theirs(invitation: Invitation, link_id: UUID, actor: Actor) -> Refusal | None:
    """A personal link opens its own invitation and no other."""
    if actor.kind == "link" and actor.public_id != link_id:
        return Refusal("not_yours", _("This link belongs to another party."))
    return None


def is_under_way(round: HearingRound, invitation: Invitation) -> Refusal | None:
    """The party has been asked and may still be heard, in time or late."""
    if invitation.erased_at is not None:
        return Refusal("erased", _("The answer has been erased; the time for keeping it is over."))
    if round.state == RoundState.CANCELLED or invitation.state == InvitationState.WITHDRAWN:
        return Refusal("invitation_withdrawn", _("The consultation has been withdrawn. You need not answer."))
    if invitation.state == InvitationState.LISTED or round.state == RoundState.DRAFT:
        return Refusal("round_not_launched", _("The consultation has not begun yet."))
    return None


def may_open(round: HearingRound, invitation: Invitation, link_id: UUID, actor: Actor) -> Refusal | None:
    """Pressing the start button: while there is something to answer."""
    return is_theirs(invitation, link_id, actor) or is_under_way(round, invitation)


def may_forward(
    round: HearingRound, invitation: Invitation, link_id: UUID, to_email: str, actor: Actor
) -> Refusal | None:
    """To one possible address, while the party may still answer and has not said it will not."""
    if refusal := is_theirs(invitation, link_id, actor) or is_under_way(round, invitation):
        return refusal
    if invitation.state == InvitationState.DECLINED:
        return Refusal("declined", _("You have told us that you will not answer."))
    return address_refusal(to_email)


def may_decline(round: HearingRound, invitation: Invitation, link_id: UUID, actor: Actor) -> Refusal | None:
    """ "We do not answer the consultation": from a party that has not answered."""
    if refusal := is_theirs(invitation, link_id, actor) or is_under_way(round, invitation):
        return refusal
    if invitation.state == InvitationState.ANSWERED:
        return Refusal("answered", _("You have already answered. Replace the answer if it is wrong."))
    if invitation.state == InvitationState.DECLINED:
        return Refusal("declined", _("You have told us that you will not answer."))
    return None


def may_promise(
    round: HearingRound, invitation: Invitation, link_id: UUID, promised_on: date, today: date, actor: Actor
) -> Refusal | None:
    """A day from today on, by a party that has not answered. A day after the deadline asks for an extension."""
    if refusal := may_decline(round, invitation, link_id, actor):
        return refusal
    if promised_on < today:
        return Refusal("day_past", _("The day has already passed. Choose today or a later day."))
    return None


def may_write_to(round: HearingRound, invitation: Invitation, email: str, actor: Actor) -> Refusal | None:
    """An officer sends the link again or to a corrected address, while the party is part of the round."""
    if actor.kind == "link":
        return Refusal("office_only", _("Only the secretariat can do this."))
    return is_under_way(round, invitation) or address_refusal(email)


def asks_for_extension(invitation: Invitation, deadline_on: date | None) -> bool:
    """An unanswered party has said it will answer after its deadline's day."""
    return (
        invitation.state == InvitationState.INVITED
        and invitation.promised_on is not None
        and deadline_on is not None
        and invitation.promised_on > deadline_on
    )


def waits_until(invitation: Invitation, today: date) -> bool:
    """The party has said it will answer on a day that has not gone by."""
    return invitation.promised_on is not None and today <= invitation.promised_on


def unwanted_reminder(
    round: HearingRound, invitation: Invitation, *, is_running: bool, today: date, now: datetime
) -> str | None:
    """Why the party is not to be reminded now, as a code; None when it is. Judged again when the mail is claimed."""
    if invitation.state != InvitationState.INVITED:
        return str(invitation.state)
    if not is_running:
        return "process_not_running"
    if round.state != RoundState.OPEN:
        return "round_not_open"
    if not has_address(invitation):
        return "no_address"
    if invitation.bounced_at is not None:
        return "bounced"
    if waits_until(invitation, today):
        return "promised"
    if invitation.reply_by_at is None or invitation.reply_by_at <= now:
        return "deadline_passed"
    return None
