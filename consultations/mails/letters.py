"""The letters a deed has written to hearing parties: to whom, under which key, with which facts."""

from __future__ import annotations

from datetime import datetime

from consultations.models import HearingRound, Invitation
from consultations.states import RoundForm

# Kinds and keys stand in the outbox: spelt otherwise, mails that were sent would be sent once more.
INVITATION = "hearing_invitation"
INFORMATION = "hearing_information"
INPUT_INVITATION = "input_invitation"
REMINDER = "hearing_reminder"
RECEIPT = "hearing_receipt"
EXTENDED = "hearing_extended"
EXTENSION_REFUSED = "hearing_extension_refused"
FORWARDED = "hearing_forwarded"
LATE_DECIDED = "hearing_late_decided"
WITHDRAWN = "hearing_withdrawn"
RELEASED = "hearing_released"
MESSAGE = "hearing_message"
PASSED_ON = "hearing_passed_on"
TAKEN_BACK = "hearing_taken_back"
ANSWER_IS_HERE = "hearing_answer_is_here"
CONFIRM = "hearing_confirm"
CONFIRMED = "hearing_confirmed"

FORWARD_MAILS = (FORWARDED, PASSED_ON, TAKEN_BACK)
"""The kinds that tell of the task's way from one to another: pointless once the office gives the party an address."""


def invitation_kind(hearing_round: HearingRound) -> str:
    """Which mail asks the parties of a round."""
    return INVITATION if hearing_round.form == RoundForm.FULL else INPUT_INVITATION


def link_kind(party: Invitation) -> str:
    """Which mail brings a party its link while it has not answered: what it is asked, or what it has for
    information."""
    return INFORMATION if party.for_information else invitation_kind(party.round)


def at_key(moment: datetime) -> str:
    """A moment as part of a mail's key."""
    # To the microsecond: two deeds may fall within one second, and each tells of itself.
    return moment.strftime("%Y%m%dT%H%M%S.%f")


def deadline_fact(invitation: Invitation) -> dict[str, object]:
    """The fact by which a mail about a deadline knows that it has been overtaken."""
    return {"reply_by": invitation.reply_by_at.isoformat() if invitation.reply_by_at else ""}
