"""The board of a stage in which bodies decide, and what an officer does for one body: auditors read along."""

from workflow.views.approvals.asking import (
    approvals_contact_otherwise,
    request_ask_again,
    request_contact_otherwise,
    request_readdress,
    request_resend,
)
from workflow.views.approvals.board import approvals, leaving, page_of
from workflow.views.approvals.body import approval, approval_file
from workflow.views.approvals.on_behalf import (
    addendum_on_behalf,
    decision_on_behalf,
    minutes_on_behalf,
    request_meeting,
)

__all__ = [
    "addendum_on_behalf",
    "approval",
    "approval_file",
    "approvals",
    "approvals_contact_otherwise",
    "decision_on_behalf",
    "leaving",
    "minutes_on_behalf",
    "page_of",
    "request_ask_again",
    "request_contact_otherwise",
    "request_meeting",
    "request_readdress",
    "request_resend",
]
