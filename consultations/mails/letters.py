"""The letters a deed has written to hearing parties: to whom, under which key, with which facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from consultations.models import HearingRound, Invitation
from consultations.rules.parties import has_address
from consultations.states import RoundForm
from notifications.outbox import Letter
from notifications.states import Priority
from workflow.models import Process

# Kinds and keys stand in the outbox: spelt otherwise, mails that were sent would be sent once more.
INVITATION = "hearing_invitation"
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

FORWARD_MAILS = (FORWARDED, PASSED_ON, TAKEN_BACK)
"""The kinds that tell of the task's way from one to another: pointless once the office gives the party an address."""


def letter(
    kind: str,
    invitation: Invitation,
    process: Process,
    *,
    about: str,
    facts: Mapping[str, object] | None = None,
    priority: Priority = Priority.NORMAL,
    to: str = "",
    to_name: str = "",
) -> Letter:
    """One letter to a party at its present address, or to another that may have its link (`to`). `about` tells it from
    the party's other letters of the kind."""
    return Letter(
        kind=kind,
        key=f"{kind}:{invitation.public_id}:{about}",
        to=to or invitation.email,
        to_name=(to_name if to else invitation.contact_name) or invitation.name,
        language=invitation.language,
        subject_id=_uuid(invitation.public_id),
        process_id=_uuid(process.public_id),
        office_id=_uuid(process.office.public_id),
        case_number=process.case_number,
        reply_to=process.office.reply_to,
        from_name=process.office.name,
        facts=dict(facts or {}),
        priority=priority,
    )


def letters(
    kind: str, invitations: Iterable[Invitation], process: Process, *, about: str, facts: Mapping[str, object]
) -> list[Letter]:
    """The same letter to each party that can be reached by mail."""
    return [
        letter(kind, invitation, process, about=about, facts=facts)
        for invitation in invitations
        if has_address(invitation)
    ]


def invitation_kind(hearing_round: HearingRound) -> str:
    """Which mail asks the parties of a round."""
    return INVITATION if hearing_round.form == RoundForm.FULL else INPUT_INVITATION


def at_key(moment: datetime) -> str:
    """A moment as part of a mail's key."""
    # To the microsecond: two deeds may fall within one second, and each tells of itself.
    return moment.strftime("%Y%m%dT%H%M%S.%f")


def deadline_fact(invitation: Invitation) -> dict[str, object]:
    """The fact by which a mail about a deadline knows that it has been overtaken."""
    return {"reply_by": invitation.reply_by_at.isoformat() if invitation.reply_by_at else ""}


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
