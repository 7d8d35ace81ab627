"""What each kind of paper is made of in an estate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from consultations.models import Answer
from consultations.queries.rounds import round_of
from tests.conftest import NOW
from tests.workflow.agreements import officer_of, request_to
from tests.workflow.factories import stage_of
from workflow.actions.documents import add_version
from workflow.models import Decision, DocumentVersion, ExternalReceipt, Process


def next_version(process: Process) -> DocumentVersion:
    """A second version of the process's first document, with words changed."""
    actor = officer_of(process)
    return add_version(process.documents.order_by("id")[0], markdown="# 1 Mål\n\nAndre ord.\n", actor=actor, now=NOW)


ROWS: dict[str, Callable[[Process], Any]] = {
    "text": lambda process: process.bundles.get().items.first(),
    "text_numbered": lambda process: process.bundles.get().items.first(),
    "text_changes": lambda process: next_version(process),
    "hearing_letter": lambda process: round_of(stage_of(process, "hearing")),
    "answer": lambda process: Answer.objects.filter(invitation__round__stage__process=process).first(),
    "party_list": lambda process: round_of(stage_of(process, "hearing")),
    "answer_list": lambda process: round_of(stage_of(process, "hearing")),
    "transmittal": lambda process: request_to(process, "council-1"),
    "case_presentation": lambda process: stage_of(process, "approval"),
    "decision": lambda process: Decision.objects.filter(request__stage__process=process).first(),
    "authority_receipt": lambda process: ExternalReceipt.objects.get(request__stage__process=process),
    "approval_list": lambda process: stage_of(process, "approval"),
    "mail_list": lambda process: process,
    "record": lambda process: process,
    "case_file_list": lambda process: process,
}
"""By its key, a row that each kind makes a paper of."""
