"""Packages for an authority, what it acknowledges and what it rules. Officers come in; the authority by its link."""

from workflow.actions.submissions.answers import acknowledge, ask_question, record_ruling
from workflow.actions.submissions.lacking import prospect_of
from workflow.actions.submissions.packages import make_package
from workflow.actions.submissions.preparing import pack_or_prepare, package_made
from workflow.actions.submissions.sending import (
    await_ruling,
    readdress_submission,
    send_submission,
    withdraw_submission,
)

__all__ = [
    "acknowledge",
    "ask_question",
    "await_ruling",
    "make_package",
    "pack_or_prepare",
    "package_made",
    "prospect_of",
    "readdress_submission",
    "record_ruling",
    "send_submission",
    "withdraw_submission",
]
