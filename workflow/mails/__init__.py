"""Who is told what by the workflow floor: bodies asked for decisions, authorities sent a package, parties told of both.

Actions come in for letters; the mail floor asks each kind, when a batch is claimed, whether it is still wanted and with
which facts. Links and codes are filled in while the mail is written and kept nowhere.
"""

from notifications.kinds import OnEvent
from workflow.mails import authorities, bodies
from workflow.mails.authorities import (
    RECEIPT_NOTICE,
    RULING_NOTICE,
    SUBMISSION,
    external_facts,
    notice_letters,
    question_receipt,
    submission_letter,
)
from workflow.mails.bodies import (
    ASKED_AGAIN,
    ASKING,
    DECISION_RECEIPT,
    NEW_DEADLINE,
    QUESTION_CLOSED,
    REMINDER,
    REQUEST,
    deadline_letters,
    decision_receipts,
    reminder_still_wanted,
    request_letters,
)
from workflow.mails.letters import Address, address_of

__all__ = [
    "ASKED_AGAIN",
    "ASKING",
    "DECISION_RECEIPT",
    "NEW_DEADLINE",
    "QUESTION_CLOSED",
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
    "notice_letters",
    "question_receipt",
    "register_kinds",
    "reminder_still_wanted",
    "request_letters",
    "submission_letter",
]


def register_kinds(*, on_request_event: OnEvent, on_external_event: OnEvent) -> None:
    """Called once by the app, with the deeds that take in bounces."""
    bodies.register_kinds(on_request_event)
    authorities.register_kinds(on_external_event)
