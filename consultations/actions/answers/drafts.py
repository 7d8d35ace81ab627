"""Writing an answer: kept as a draft that everybody with the link shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from consultations.actions.answers.versions import (
    AnswerContent,
    Versions,
    attach,
    held_versions,
    insist_open,
    new_draft,
    write,
)
from consultations.actions.locking import HeldInvitation, hold_invitation
from consultations.models import Answer, Invitation
from consultations.rules.answers import must_be_current
from consultations.states import RoundVerb
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import StoredFile
from workflow.rules import insist

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


@transaction.atomic
def save_draft(
    invitation: Invitation,
    content: AnswerContent,
    *,
    version: int | None = None,
    files: Sequence[GivenFile] = (),
    is_automatic: bool = False,
    actor: Actor,
    now: datetime,
) -> Answer:
    """Keep what has been written so far, shared by everybody who holds the link. Returns the draft.

    version: that of the draft on the screen (0 when there was none); a colleague's later save is then not overwritten
    but refused. files: attached along with the words. is_automatic: saved by the page while somebody writes, which
    stands in the record once, when the draft begins. After an answer has been given the draft begins as a copy of it.
    Refuses an answer that is locked, and a comment on a section that is not in the heard documents.
    """
    hold, versions = _begin(invitation, actor, now)
    insist(must_be_current(versions.draft.version if versions.draft else None, version))
    draft = versions.draft or new_draft(hold, versions.standing_answer, actor, now)
    write(hold, draft, content, now)
    for file in files:
        attach(hold, draft, file, actor, now)
    # Once only: a page saves by itself every few seconds, and would fill the record.
    if versions.draft is None or not is_automatic:
        record(
            RoundVerb.SAVE_DRAFT, draft, actor=actor, now=now, process=hold.process, codes={"version": draft.version}
        )
    return draft


@transaction.atomic
def remove_file(invitation: Invitation, file: StoredFile, *, actor: Actor, now: datetime) -> Answer:
    """Take a file off the draft; the answer given before keeps it. Refuses an answer that is locked."""
    hold, versions = _begin(invitation, actor, now)
    draft = versions.draft or new_draft(hold, versions.standing_answer, actor, now)
    # The place in the draft alone: the answer given before may hold the same file.
    removed, _rows = draft.files.filter(file=file).delete()
    if removed:
        _touch(draft, now)
        codes = {"file": file.public_id}
        record(RoundVerb.REMOVE_FILE, draft, actor=actor, now=now, process=hold.process, codes=codes)
    return draft


def _begin(invitation: Invitation, actor: Actor, now: datetime) -> tuple[HeldInvitation, Versions]:
    hold = hold_invitation(invitation, actor, now)
    versions = held_versions(hold)
    insist_open(hold, versions, actor, now)
    return hold, versions


def _touch(draft: Answer, now: datetime) -> None:
    draft.version += 1
    draft.changed_at = now
    draft.save(update_fields=["version", "changed_at"])
