"""Who can be listed, reached, forwarded to, asked to wait or left in peace. Actions and pages come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consultations.states import InvitationState, RoundState
from notifications.rules import folded_address, may_mail
from workflow.actors import Actor
from workflow.rules import Refusal
from workflow.rules.asked import has_address
from workflow.rules.names import private_in_name
from workflow.rules.overwriting import address_changed_since
from workflow.states import Channel

if TYPE_CHECKING:
    from consultations.models import Forward, HearingRound, Invitation


FORWARDS_A_DAY: Final = 5
"""So often a task is passed on or taken on in one local day; further mails in the office's name would go to anybody."""


def own_mailbox(invitation: Invitation, forwards: Sequence[Forward]) -> str:
    """The address the party itself was asked at, wherever the task has been passed on to since (`forwards`, those in
    force, in order)."""
    return forwards[0].from_email if forwards else invitation.email


def may_list(name: str, email: str, channel: str) -> Refusal | None:
    """A party needs a name; an address that was typed must be possible. A missing one stops the launch only."""
    if not name.strip():
        return Refusal("name_missing", _("Write the party's name."))
    if refusal := private_in_name(name):
        return refusal
    if email and channel == Channel.EMAIL:
        return may_mail(email)
    return None


def must_be_theirs(invitation: Invitation, link_id: UUID, actor: Actor) -> Refusal | None:
    """A personal link opens its own invitation and no other."""
    if actor.kind == "link" and actor.public_id != link_id:
        return Refusal("not_yours", _("This link belongs to another party."))
    return None


def may_be_heard(hearing_round: HearingRound, invitation: Invitation) -> Refusal | None:
    """The party has been asked and may still be heard, in time or late."""
    if invitation.erased_at is not None:
        return Refusal("erased", _("The answer has been erased; the time for keeping it is over."))
    if invitation.released_at is not None:
        text = _(
            "The secretariat no longer asks you to answer this consultation: %(reason)s What you have sent is kept."
        )
        return Refusal("released", text % {"reason": as_sentence(invitation.released_reason)})
    if hearing_round.state == RoundState.CANCELLED or invitation.state == InvitationState.WITHDRAWN:
        return Refusal("invitation_withdrawn", _("The consultation has been cancelled. You need not answer."))
    if invitation.state == InvitationState.LISTED or hearing_round.state == RoundState.DRAFT:
        return Refusal("round_not_launched", _("The consultation has not begun yet."))
    return None


def as_sentence(reason: str) -> str:
    """What somebody wrote, with a full stop at its end, so that a sentence may follow."""
    reason = reason.strip()
    return reason if not reason or reason[-1] in ".!?" else f"{reason}."


def may_open(hearing_round: HearingRound, invitation: Invitation, link_id: UUID, actor: Actor) -> Refusal | None:
    """The start button may be pressed while there is something to answer."""
    return must_be_theirs(invitation, link_id, actor) or may_be_heard(hearing_round, invitation)


def may_forward(
    hearing_round: HearingRound,
    invitation: Invitation,
    link_id: UUID,
    to_email: str,
    actor: Actor,
    *,
    forwarded_today: int,
    telephone: str,
) -> Refusal | None:
    """A task may be passed on to one possible address where it is not already, while the party may still answer and has
    not said it will not, and five times a day. `telephone`: where the office is reached for what is refused."""
    if refusal := must_be_theirs(invitation, link_id, actor) or may_be_heard(hearing_round, invitation):
        return refusal
    if invitation.state == InvitationState.DECLINED:
        return Refusal("declined", _("You have told us that you will not answer."))
    if refusal := may_mail(to_email):
        return refusal
    if folded_address(to_email) == folded_address(invitation.email):
        text = _("The task is with %(address)s already. Mail about it goes there.")
        return Refusal("forwarded_already", text % {"address": invitation.email})
    if forwarded_today >= FORWARDS_A_DAY:
        too_often = _(
            "The task has been passed on %(count)d times today, and cannot be passed on again before tomorrow. "
            "Call us if it has to go on today: %(telephone)s."
        )
        return Refusal("forwarded_too_often", too_often % {"count": forwarded_today, "telephone": telephone})
    return None


def may_take_back(
    hearing_round: HearingRound, invitation: Invitation, link_id: UUID, forward: Forward, actor: Actor
) -> Refusal | None:
    """A task may be taken back while it is still with somebody it was passed on to, by the link it was passed on
    with."""
    if refusal := must_be_theirs(invitation, link_id, actor) or may_be_heard(hearing_round, invitation):
        return refusal
    if forward.ended_at is not None or forward.link_version != invitation.link.version or not forward.from_email:
        return Refusal(
            "not_passed_on", _("The task is not with them any more: it was taken back, or its address was corrected.")
        )
    return None


def may_decline(hearing_round: HearingRound, invitation: Invitation, link_id: UUID, actor: Actor) -> Refusal | None:
    """A party that has not answered may say that it will not."""
    if refusal := must_be_theirs(invitation, link_id, actor) or may_be_heard(hearing_round, invitation):
        return refusal
    if invitation.state == InvitationState.INFORMED:
        return Refusal("only_informed", _("You have this for information and are not asked. You need do nothing."))
    if invitation.state == InvitationState.ANSWERED:
        return Refusal("answered", _("You have already answered. Replace the answer if it is wrong."))
    if invitation.state == InvitationState.DECLINED:
        return Refusal("declined", _("You have told us that you will not answer."))
    return None


def may_promise(
    hearing_round: HearingRound, invitation: Invitation, link_id: UUID, promised_on: date, today: date, actor: Actor
) -> Refusal | None:
    """A party that has not answered may name a day from today on. A day after the deadline asks for an extension."""
    if refusal := may_decline(hearing_round, invitation, link_id, actor):
        return refusal
    if promised_on < today:
        return Refusal("day_past", _("The day has already passed. Choose today or a later day."))
    return None


def may_write_to(
    hearing_round: HearingRound, invitation: Invitation, email: str, actor: Actor, *, shown_address: str | None = None
) -> Refusal | None:
    """An officer sends the link again or to a corrected address, while the party is part of the round. `shown_address`
    is the one the officer had before the eyes; None where nobody looked."""
    if actor.kind == "link":
        return Refusal("office_only", _("Only the secretariat can do this."))
    return (
        may_be_heard(hearing_round, invitation)
        or may_mail(email)
        or address_changed_since(shown_address, invitation.email, email)
    )


def may_correct_own_mailbox(
    hearing_round: HearingRound, invitation: Invitation, own: str, email: str, actor: Actor, *, shown_address: str
) -> Refusal | None:
    """The mailbox a party passed its task on from (`own`) may be corrected as `may_write_to` says."""
    if actor.kind == "link":
        return Refusal("office_only", _("Only the secretariat can do this."))
    return (
        may_be_heard(hearing_round, invitation) or may_mail(email) or address_changed_since(shown_address, own, email)
    )


def may_contact_otherwise(hearing_round: HearingRound, parties: Sequence[Invitation]) -> Refusal | None:
    """Parties may be reached by other means than mail while the round is in preparation or under way."""
    if hearing_round.state not in (RoundState.DRAFT, RoundState.OPEN):
        return Refusal("round_closed", _("The round is over. There is nobody left to reach."))
    if not parties:
        return Refusal("nobody_unreachable", _("Mail can reach every party that is to get it. Nothing is changed."))
    return None


def asks_for_extension(invitation: Invitation, deadline_on: date | None) -> bool:
    """An unanswered party has said it will answer after its deadline's day."""
    return (
        invitation.state == InvitationState.INVITED
        and invitation.promised_on is not None
        and deadline_on is not None
        and invitation.promised_on > deadline_on
    )


def awaits_promised_day(invitation: Invitation, today: date) -> bool:
    """The party has said it will answer on a day that has not gone by."""
    return invitation.promised_on is not None and today <= invitation.promised_on


def unwanted_reminder(
    hearing_round: HearingRound, invitation: Invitation, *, is_running: bool, today: date, now: datetime
) -> str | None:
    """Why the party is not to be reminded now, as a code; None when it is. Judged again when the mail is claimed."""
    if invitation.state != InvitationState.INVITED:
        return str(invitation.state)
    if not is_running:
        return "process_not_running"
    if hearing_round.state != RoundState.OPEN:
        return "round_not_open"
    if not has_address(invitation):
        return "no_address"
    if invitation.bounced_at is not None:
        return "bounced"
    if awaits_promised_day(invitation, today):
        return "promised"
    if invitation.reply_by_at is None or invitation.reply_by_at <= now:
        return "deadline_passed"
    return None
