"""A body's own page for its decision: the papers, the form, the receipt, and what is recorded.

Whoever holds the body's personal link comes in, and accounts that are members of the body; both see the same pages.
"""

from workflow.views.decisions.page import (
    decision_addendum_link,
    decision_addendum_member,
    decision_link,
    decision_meeting_link,
    decision_meeting_member,
    decision_member,
    decision_minutes_link,
    decision_minutes_member,
    decision_receipt_link,
    decision_receipt_member,
    topic,
)
from workflow.views.decisions.papers import (
    decision_document_link,
    decision_document_member,
    decision_file_link,
    decision_file_member,
    decision_papers_link,
    decision_papers_member,
)

__all__ = [
    "decision_addendum_link",
    "decision_addendum_member",
    "decision_document_link",
    "decision_document_member",
    "decision_file_link",
    "decision_file_member",
    "decision_link",
    "decision_meeting_link",
    "decision_meeting_member",
    "decision_member",
    "decision_minutes_link",
    "decision_minutes_member",
    "decision_papers_link",
    "decision_papers_member",
    "decision_receipt_link",
    "decision_receipt_member",
    "topic",
]
