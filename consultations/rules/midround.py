"""What may be done to the list of a round under way: another party asked, one let go, the parties written to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from consultations.rules.parties import may_list
from consultations.rules.rounds import must_be_open, must_come_from_the_office
from consultations.states import MAY_STILL_ANSWER, InvitationState
from notifications.rules import may_mail
from workflow.actors import Actor
from workflow.deadlines import DeadlineWarning
from workflow.rules import Refusal
from workflow.rules.processes import must_give_reason
from workflow.states import Channel

if TYPE_CHECKING:
    from consultations.models import HearingRound, Invitation

FEW: Final = 2
"""A party that is asked later has few days when it has less than the usual length divided by this."""

LETTABLE: Final = (*MAY_STILL_ANSWER, InvitationState.ANSWERED, InvitationState.DECLINED)


def must_be_running(hearing_round: HearingRound, now: datetime) -> Refusal | None:
    """Whether the round is under way, as `must_be_open` says, in the words of who wants to change the list or write to
    it."""
    refusal = must_be_open(hearing_round, now)
    if refusal is not None and refusal.code == "round_closed":
        text = _(
            "The deadline has passed. Nobody is asked any more, so the list stands as it is and no letter is sent."
        )
        return Refusal(refusal.code, text)
    return refusal


def may_invite(
    hearing_round: HearingRound,
    *,
    name: str,
    email: str,
    channel: str,
    has_bounced: bool,
    is_listed: bool,
    own_at: datetime | None,
    warnings: Sequence[DeadlineWarning],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Refusal | None:
    """Another party may be asked while the round is under way. own_at: its own deadline (UTC), None for the round's; it
    is never earlier than the round's. Refuses a party that is on the list, one no mail can reach or whose last mail
    came back, and warnings without a reason.
    """
    if (
        refusal := must_come_from_the_office(actor)
        or must_be_running(hearing_round, now)
        or may_list(name, email, channel)
    ):
        return refusal
    if is_listed:
        return Refusal("party_listed", _("%(name)s is on the list already.") % {"name": name})
    if channel == Channel.EMAIL and may_mail(email) is not None:
        return Refusal(
            "contact_missing",
            _("Write an e-mail address, or choose paper or none as the way the party is reached."),
        )
    if channel == Channel.EMAIL and has_bounced:
        text = _(
            "The last mail to %(name)s came back. Write another address, or choose paper or none as the way the party "
            "is reached."
        )
        return Refusal("contact_bounced", text % {"name": name})
    if own_at is not None and (hearing_round.closes_at is None or own_at <= hearing_round.closes_at):
        return Refusal(
            "own_not_later",
            _("A deadline of its own must be later than that of the others. Leave it empty for theirs."),
        )
    if warnings and must_give_reason(reason) is not None:
        return Refusal(
            "warnings_need_reason",
            _("Write why the party is asked in spite of this: %(warnings)s")
            % {"warnings": " ".join(warning.text for warning in warnings)},
        )
    return None


def may_release(
    hearing_round: HearingRound, invitation: Invitation, reason: str, *, actor: Actor, now: datetime
) -> Refusal | None:
    """A party that is asked, has answered or will not answer may be let go while the round is under way, with a
    reason."""
    if refusal := must_come_from_the_office(actor) or must_be_running(hearing_round, now):
        return refusal
    if invitation.state not in LETTABLE:
        return Refusal("not_asked", _("The party is not asked any more."))
    return must_give_reason(reason)


def may_write_to_parties(
    hearing_round: HearingRound, reached: Sequence[Invitation], subject: str, text: str, *, actor: Actor, now: datetime
) -> Refusal | None:
    """The parties may be written to while the round is under way, with words, where mail reaches at least one of
    them."""
    if refusal := must_come_from_the_office(actor) or must_be_running(hearing_round, now):
        return refusal
    if not subject.strip() or not text.strip():
        return Refusal("text_missing", _("Write what the mail is about, and what it says."))
    if not reached:
        return Refusal("nobody_reached", _("No mail would reach anybody among those chosen. Choose others."))
    return None
