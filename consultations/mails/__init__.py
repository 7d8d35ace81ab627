"""The mails of a round: who is told what, under which key, and when it is no longer wanted.

Actions come in for letters; `apps.py` for the kinds. Facts are read for a whole batch at the moment of sending.
"""

from consultations.mails.facts import as_it_will_read, message_words
from consultations.mails.kinds import mail_kinds
from consultations.mails.letters import (
    ANSWER_IS_HERE,
    EXTENDED,
    EXTENSION_REFUSED,
    FORWARD_MAILS,
    FORWARDED,
    INPUT_INVITATION,
    INVITATION,
    LATE_DECIDED,
    MESSAGE,
    PASSED_ON,
    RECEIPT,
    RELEASED,
    REMINDER,
    TAKEN_BACK,
    WITHDRAWN,
    at_key,
    deadline_fact,
    invitation_kind,
    letter,
    letters,
)

__all__ = [
    "ANSWER_IS_HERE",
    "EXTENDED",
    "EXTENSION_REFUSED",
    "FORWARDED",
    "FORWARD_MAILS",
    "INPUT_INVITATION",
    "INVITATION",
    "LATE_DECIDED",
    "MESSAGE",
    "PASSED_ON",
    "RECEIPT",
    "RELEASED",
    "REMINDER",
    "TAKEN_BACK",
    "WITHDRAWN",
    "as_it_will_read",
    "at_key",
    "deadline_fact",
    "invitation_kind",
    "letter",
    "letters",
    "mail_kinds",
    "message_words",
]
