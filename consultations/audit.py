"""What the record proves of hearings: answers, with their comments and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consultations.models import Answer, SectionComment
from consultations.states import AnswerState, RoundVerb
from workflow.audit.proven import digest_of_file
from workflow.audit.rows import Part, ProvenKind, register, utc


def answer_codes(answer: Answer, files: Iterable[str] | None = None) -> dict[str, Any]:
    """What the record says of an answer in the open. files: digests of its files, where they are not yet rows."""
    if files is None:
        files = [row.file.sha256 for row in answer.files.all()]
    codes = {
        "invitation": answer.invitation.public_id,
        "number": answer.number,
        "kind": answer.kind,
        "road": answer.road,
        "receipt": answer.receipt_number,
        "source": digest_of_file(answer.source),
        "files": sorted(files),
        "provisional_on": answer.provisional_on,
    }
    if answer.confirmed_at is not None:
        codes |= {"confirmed_at": utc(answer.confirmed_at), "is_confirmed_late": answer.is_confirmed_late}
    if answer.received_at is not None:
        codes["received_at"] = utc(answer.received_at)
    # A later answer that took its place says so itself.
    if answer.state != AnswerState.REPLACED:
        codes["state"] = answer.state
    return codes


def answer_words(answer: Answer, comments: Mapping[UUID, str] | None = None) -> dict[str, Any]:
    """The words of an answer. comments: text by the section's lineage, where they are not yet rows."""
    if comments is None:
        comments = {row.lineage_id: row.text for row in answer.comments.all()}
    return {
        "text": answer.text,
        "signed_by": answer.signed_by,
        "confidential_note": answer.confidential_note,
        "comments": {str(lineage): text for lineage, text in comments.items()},
    }


def register_kinds() -> None:
    """Make this floor's rows known; called from `apps.py`."""
    register(
        ProvenKind(
            RoundVerb.SUBMIT_ANSWER,
            Answer,
            _("answer"),
            rows=lambda: (
                Answer.objects.exclude(state=AnswerState.DRAFT)
                .select_related("invitation", "source")
                .prefetch_related("comments", "files__file")
            ),
            codes=answer_codes,
            words=answer_words,
            ends="replaces",
            ended=AnswerState.REPLACED,
            parts=(Part(SectionComment, "answer", "comments"),),
        )
    )
