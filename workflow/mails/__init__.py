"""Who is told what by the workflow floor: bodies asked for decisions, authorities sent a package, parties told of both.

Actions come in for letters; the mail floor asks each kind, when a batch is claimed, whether it is still wanted and with
which facts. Links and codes are filled in while the mail is written and kept nowhere.
"""

from notifications.kinds import OnEvent
from workflow.mails import authorities, bodies
from workflow.mails.authorities import (
    QUESTION_RECEIPT,
    RECEIPT_NOTICE,
    RULING_NOTICE,
    SUBMISSION,
    external_facts,
    notice_letters,
)
from workflow.mails.bodies import (
    ASKED_AGAIN,
    ASKING,
    DECISION_RECEIPT,
    NEW_DEADLINE,
    REMINDER,
    REQUEST,
    deadline_letters,
    decision_receipts,
    reminder_still_wanted,
)
from workflow.mails.letters import Address, address_of, letters_to

__all__ = [
    "ASKED_AGAIN",
    "ASKING",
    "DECISION_RECEIPT",
    "NEW_DEADLINE",
    "QUESTION_RECEIPT",
    "RECEIPT_NOTICE",
    "REMINDER",
    "REQUEST",
    "RULING_NOTICE",
    "SUBMISSION",
    "Address",
    "address_of",
    "deadline_letters",
    "decision_receipts",
    "external_facts",
    "letters_to",
    "notice_letters",
    "register_kinds",
    "reminder_still_wanted",
]


def register_kinds(on_event: OnEvent) -> None:
    """Called once by the app, with the deed that takes in bounces."""
    bodies.register_kinds(on_event)
    authorities.register_kinds(on_event)
