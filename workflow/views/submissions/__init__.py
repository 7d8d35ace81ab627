"""Packages for an authority and what it answers: the officer's pages, and the authority's own by personal link."""

from workflow.views.submissions.board import page_of, submission, submission_file, submission_readdress
from workflow.views.submissions.by_link import (
    authority,
    authority_file,
    authority_package,
    authority_question,
    authority_receipt,
    authority_ruling,
    topic,
)
from workflow.views.submissions.on_behalf import receipt_on_behalf, ruling_on_behalf
from workflow.views.submissions.packages import package, package_file, package_new, submission_send

__all__ = [
    "authority",
    "authority_file",
    "authority_package",
    "authority_question",
    "authority_receipt",
    "authority_ruling",
    "package",
    "package_file",
    "package_new",
    "page_of",
    "receipt_on_behalf",
    "ruling_on_behalf",
    "submission",
    "submission_file",
    "submission_readdress",
    "submission_send",
    "topic",
]
