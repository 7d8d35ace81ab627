"""Writing, sending and judging answers. An answer locks its own invitation only and is judged by its own instant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from consultations import mails
from consultations.actions.locking import HeldInvitation, hold_invitation, lock_party, lock_round
from consultations.actions.reminders import stop_reminding
from consultations.models import Answer, AnswerFile, Invitation, SectionComment
from consultations.rules.answers import (
    is_complete,
    is_current,
    is_in_time,
    may_decide_late,
    may_dispose,
    may_record_on_behalf,
    may_write,
)
from consultations.rules.parties import has_address
from consultations.states import ANSWER_STANDING, AnswerKind, AnswerState, Road
from notifications import outbox
from notifications.states import Priority
from workflow.actions.keys import EarlierDeed, earlier_deed, earlier_result, keep_result
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Section, StoredFile, by
from workflow.rules import Refusal, Refused, insist
from workflow.rules.files import may_use

MOST_FILES = 20
"""Files on one answer; a party with more sends them as one archive by mail."""


@dataclass(frozen=True, slots=True)
class AnswerContent:
    """What a party has to say.

    comments: text by the section's `lineage_id`; an empty text takes a comment away. confidential_note: what of it is
    confidential and why.
    """

    kind: str = AnswerKind.REMARKS
    text: str = ""
    comments: Mapping[UUID, str] = field(default_factory=dict)
    signed_by: str = ""
    confidential_note: str = ""


@dataclass(frozen=True, slots=True)
class _Versions:
    draft: Answer | None
    standing: Answer | None


# ── Drafts ────────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def save_draft(
    invitation: Invitation,
    content: AnswerContent,
    *,
    version: int | None = None,
    files: Sequence[StoredFile] = (),
    actor: Actor,
    now: datetime,
) -> Answer:
    """Keep what has been written so far, shared by everybody who holds the link. Returns the draft.

    version: that of the draft on the screen (0 when there was none); a colleague's later save is then not overwritten
    but refused. files: attached along with the words. After an answer has been given the draft begins as a copy of it.
    Refuses an answer that is locked, and a comment on a section that is not in the heard documents.
    """
    held, versions = _begin(invitation, actor, now)
    insist(is_current(versions.draft.version if versions.draft else None, version))
    draft = versions.draft or _new_draft(held, versions.standing, actor, now)
    _write(held, draft, content, now)
    for file in files:
        _attach(held, draft, file, actor, now)
    record("save_draft", draft, actor=actor, now=now, process=held.process, codes={"version": draft.version})
    return draft


@transaction.atomic
def attach_file(invitation: Invitation, file: StoredFile, *, actor: Actor, now: datetime) -> Answer:
    """Add a stored file to the draft, which is begun if need be. The same bytes twice are one attachment.

    Refuses an answer that is locked and more than 20 files.
    """
    held, versions = _begin(invitation, actor, now)
    draft = versions.draft or _new_draft(held, versions.standing, actor, now)
    if _attach(held, draft, file, actor, now):
        _touch(draft, now)
    return draft


def _attach(held: HeldInvitation, draft: Answer, file: StoredFile, actor: Actor, now: datetime) -> bool:
    insist(may_use(held.process.office_id, file))
    attached = list(draft.files.select_related("file"))
    if any(entry.file.sha256 == file.sha256 and entry.file.name == file.name for entry in attached):
        return False
    if len(attached) >= MOST_FILES:
        raise Refused(Refusal("too_many_files", _("An answer takes 20 files at most. Put several into one archive.")))
    position = max((entry.position for entry in attached), default=0) + 1
    AnswerFile.objects.create(answer=draft, file=file, position=position)
    codes = {"file": file.public_id, "sha256": file.sha256}
    record("attach_file", draft, actor=actor, now=now, process=held.process, codes=codes)
    return True


@transaction.atomic
def remove_file(invitation: Invitation, file: StoredFile, *, actor: Actor, now: datetime) -> Answer:
    """Take a file off the draft; the answer given before keeps it. Refuses an answer that is locked."""
    held, versions = _begin(invitation, actor, now)
    draft = versions.draft or _new_draft(held, versions.standing, actor, now)
    removed, _rows = draft.files.filter(file=file).delete()
    if removed:
        _touch(draft, now)
        codes = {"file": file.public_id}
        record("remove_file", draft, actor=actor, now=now, process=held.process, codes=codes)
    return draft


def _begin(invitation: Invitation, actor: Actor, now: datetime) -> tuple[HeldInvitation, _Versions]:
    held = hold_invitation(invitation, actor, now)
    versions = _versions(held)
    _insist_open(held, versions, actor, now)
    return held, versions


def _insist_open(held: HeldInvitation, versions: _Versions, actor: Actor, received_at: datetime) -> None:
    insist(
        may_write(
            held.round,
            held.invitation,
            held.link_id,
            versions.standing,
            held.process.state,
            actor=actor,
            received_at=received_at,
        )
    )


def _versions(held: HeldInvitation) -> _Versions:
    rows = {
        answer.state == AnswerState.DRAFT: answer
        for answer in held.invitation.answers.filter(Q(state=AnswerState.DRAFT) | Q(state__in=ANSWER_STANDING))
    }
    for answer in rows.values():
        answer.invitation = held.invitation
    return _Versions(rows.get(True), rows.get(False))


def _next_number(invitation: Invitation) -> int:
    return (invitation.answers.aggregate(highest=Max("number"))["highest"] or 0) + 1


def _new_draft(held: HeldInvitation, standing: Answer | None, actor: Actor, now: datetime) -> Answer:
    """The next version, beginning as a copy of the one that stands, with its comments and files."""
    draft = Answer(
        invitation=held.invitation, number=_next_number(held.invitation), created_at=now, changed_at=now, **by(actor)
    )
    if standing is None:
        draft.save(force_insert=True)
        return draft
    draft.kind, draft.text = standing.kind, standing.text
    draft.signed_by, draft.confidential_note = standing.signed_by, standing.confidential_note
    draft.save(force_insert=True)
    SectionComment.objects.bulk_create(
        SectionComment(answer=draft, section_id=row.section_id, lineage_id=row.lineage_id, text=row.text)
        for row in standing.comments.all()
    )
    AnswerFile.objects.bulk_create(
        AnswerFile(answer=draft, file_id=row.file_id, position=row.position) for row in standing.files.all()
    )
    return draft


def _write(held: HeldInvitation, draft: Answer, content: AnswerContent, now: datetime) -> None:
    draft.kind = AnswerKind(content.kind)
    draft.text = content.text
    draft.signed_by = content.signed_by.strip()[:200]
    draft.confidential_note = content.confidential_note
    draft.version += 1
    draft.changed_at = now
    draft.save(update_fields=["kind", "text", "signed_by", "confidential_note", "version", "changed_at"])
    _write_comments(held, draft, content.comments)


def _write_comments(held: HeldInvitation, draft: Answer, comments: Mapping[UUID, str]) -> None:
    if not comments:
        return
    sections = _sections(held, comments)
    if set(comments) - set(sections):
        raise Refused(
            Refusal("section_unknown", _("One of the comments is on a section that is not in the heard documents."))
        )
    kept = {lineage: text.strip() for lineage, text in comments.items() if text.strip()}
    draft.comments.filter(lineage_id__in=set(comments) - set(kept)).delete()
    SectionComment.objects.bulk_create(
        [
            SectionComment(answer=draft, section=sections[lineage], lineage_id=lineage, text=text)
            for lineage, text in kept.items()
        ],
        update_conflicts=True,
        unique_fields=["answer", "section"],
        update_fields=["text"],
    )


def _sections(held: HeldInvitation, wanted: Collection[UUID]) -> dict[UUID, Section]:
    if held.round.bundle_id is None:
        return {}
    found = Section.objects.filter(version__bundle_items__bundle=held.round.bundle_id, lineage_id__in=list(wanted))
    return {section.lineage_id: section for section in found}


def _touch(draft: Answer, now: datetime) -> None:
    draft.version += 1
    draft.changed_at = now
    draft.save(update_fields=["version", "changed_at"])


# ── Sending ───────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def submit_answer(
    invitation: Invitation,
    *,
    content: AnswerContent | None = None,
    version: int | None = None,
    files: Sequence[StoredFile] = (),
    received_at: datetime,
    key: str = "",
    actor: Actor,
    now: datetime,
) -> Answer:
    """Send the answer: the content given, or the draft as it was saved. Returns the answer with its receipt number.

    files: attached along with the words, to those the draft has.
    received_at: the instant at which the request arrived, by which alone it is in time or late; waiting for a lock
    costs nobody the deadline. A late answer waits for the office's decision. An answer in time replaces the one before
    until the deadline; each version is kept. The party gets a receipt by mail, and reminders stop.

    Refuses an empty answer, "no remarks" with remarks, an answer that is locked, and a draft a colleague has changed.
    The same key with the same content returns the answer it made; with other content (Back, a second tab) it is a
    correction, and replaces that answer like any other.
    """
    held = hold_invitation(invitation, actor, now)
    scope, given = _sent_under(held.invitation), _as_given(content, files)
    earlier = earlier_deed(scope, key, given)
    if earlier is not None and earlier.is_same:
        return Answer.objects.get(public_id=earlier.result)
    versions = _versions(held)
    _insist_open(held, versions, actor, received_at)
    if not _corrects(earlier, versions):
        insist(is_current(versions.draft.version if versions.draft else None, version))
    draft = versions.draft or _new_draft(held, versions.standing, actor, now)
    if content is not None:
        _write(held, draft, content, now)
    for file in files:
        _attach(held, draft, file, actor, now)
    comments = list(draft.comments.values_list("text", flat=True))
    insist(is_complete(draft.kind, draft.text, comments, draft.files.count()))
    for name, value in by(actor).items():
        setattr(draft, name, value)
    _give(held, draft, versions.standing, received_at=received_at, actor=actor, now=now)
    keep_result(scope, key, draft.public_id, now, given)
    return draft


def answer_by_key(
    invitation: Invitation, key: str, content: AnswerContent, files: Sequence[StoredFile]
) -> Answer | None:
    """The answer that a form with this key has already sent with the same content; its button was pressed twice."""
    earlier = earlier_deed(_sent_under(invitation), key, _as_given(content, files))
    return Answer.objects.get(public_id=earlier.result) if earlier is not None and earlier.is_same else None


def _sent_under(invitation: Invitation) -> str:
    return f"submit_answer:{invitation.public_id}"


def _as_given(content: AnswerContent | None, files: Sequence[StoredFile]) -> tuple[object, ...]:
    """What makes a sending another one. A comment without words says as much as none."""
    if content is None:
        return (None, files)
    comments = {lineage: text.strip() for lineage, text in content.comments.items() if text.strip()}
    words = (content.kind, content.text, comments, content.signed_by.strip(), content.confidential_note)
    return (words, files)


def _corrects(earlier: EarlierDeed | None, versions: _Versions) -> bool:
    """The form's own earlier answer is the one that stands, and no colleague has begun another since."""
    if earlier is None or versions.draft is not None or versions.standing is None:
        return False
    return versions.standing.public_id == earlier.result


@transaction.atomic
def record_answer_on_behalf(
    invitation: Invitation,
    content: AnswerContent,
    *,
    road: str,
    received_at: datetime,
    source: StoredFile | None = None,
    files: Sequence[StoredFile] = (),
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Answer:
    """Enter an answer that came by mail, letter, telephone or at a meeting, with the instant at which it reached us.

    source: the mail or letter it was entered from. files: its attachments. It is judged by `received_at` like any
    other and gets a receipt; a draft the party has begun stays as it is. Refuses everybody but the office, a time
    before the invitation or in the future, and one before the answer that stands.
    """
    held = hold_invitation(invitation, actor, now)
    scope = f"record_answer_on_behalf:{held.invitation.public_id}"
    given = (content, road, received_at, source, files)
    if earlier := earlier_result(scope, key, given):
        return Answer.objects.get(public_id=earlier)
    versions = _versions(held)
    insist(may_use(held.process.office_id, source, *files))
    insist(may_record_on_behalf(held.invitation, versions.standing, received_at, actor=actor, now=now))
    _insist_open(held, versions, actor, received_at)
    insist(is_complete(content.kind, content.text, list(content.comments.values()), len(files) + bool(source)))
    actor = actor.acting_for(held.invitation.name)
    answer = Answer(
        invitation=held.invitation,
        number=_next_number(held.invitation),
        kind=AnswerKind(content.kind),
        road=Road(road),
        text=content.text,
        signed_by=content.signed_by.strip()[:200],
        confidential_note=content.confidential_note,
        source=source,
        created_at=now,
        changed_at=now,
        **by(actor),
    )
    _give(held, answer, versions.standing, received_at=received_at, actor=actor, now=now)
    _write_comments(held, answer, content.comments)
    AnswerFile.objects.bulk_create(
        AnswerFile(answer=answer, file=file, position=position) for position, file in enumerate(files, start=1)
    )
    keep_result(scope, key, answer.public_id, now, given)
    return answer


def _give(
    held: HeldInvitation,
    answer: Answer,
    standing: Answer | None,
    *,
    received_at: datetime,
    actor: Actor,
    now: datetime,
) -> None:
    """The answer becomes the one that stands: in time or late, numbered, receipted, and nobody is reminded any more."""
    invitation = held.invitation
    if standing is not None:
        standing.replace()
        standing.replaced_at = now
        standing.save(update_fields=["state", "replaced_at"])
    if is_in_time(invitation, received_at):
        answer.submit()
    else:
        answer.submit_late()
    answer.received_at, answer.recorded_at = received_at, now
    answer.receipt_number = receipt_number(held, answer)
    answer.save()
    invitation.answer()
    invitation.answered_at = received_at
    invitation.next_check_at = None
    invitation.save(update_fields=["state", "answered_at", "next_check_at"])
    stop_reminding([invitation.public_id], reason="answered", now=now)
    if has_address(invitation):
        outbox.enqueue(
            [
                mails.letter(
                    mails.RECEIPT,
                    invitation,
                    held.process,
                    about=str(answer.public_id),
                    facts={"answer": str(answer.public_id)},
                    priority=Priority.WAITED_FOR,
                )
            ],
            now,
        )
    codes = {
        "invitation": invitation.public_id,
        "number": answer.number,
        "state": answer.state,
        "kind": answer.kind,
        "road": answer.road,
        "received_at": received_at,
        "receipt": answer.receipt_number,
        "replaces": standing.public_id if standing else "",
        "source": answer.source.sha256 if answer.source else "",
    }
    record("submit_answer", answer, actor=actor, now=now, process=held.process, codes=codes)


def receipt_number(held: HeldInvitation, answer: Answer) -> str:
    """Case number, round and party, version: "RS-2018-0001-H017-2"."""
    return f"{held.process.case_number}-{held.round.receipt_prefix}{held.invitation.number:03d}-{answer.number}"


# ── Judging ───────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def decide_late(answer: Answer, *, accept: bool, reason: str, actor: Actor, now: datetime, key: str = "") -> Answer:
    """Accept a late answer, so that it counts, or only file it; with a reason. The party is told.

    May open the gate of the stage. Refuses an answer that is not late or already decided, and a missing reason.
    """
    locked = lock_round(answer.invitation.round)
    invitation = lock_party(locked, answer.invitation)
    answer = Answer.objects.get(pk=answer.pk)
    answer.invitation = invitation
    scope = f"decide_late:{answer.public_id}"
    given = (accept, reason)
    if earlier_result(scope, key, given):
        return answer
    locked.insist_may_act(actor, now)
    insist(may_decide_late(answer, reason, actor=actor))
    if accept:
        answer.accept_late()
    else:
        answer.file_late()
    answer.late_reason = reason.strip()
    answer.late_decided_at = now
    answer.save(update_fields=["state", "late_reason", "late_decided_at"])
    if has_address(invitation) and invitation.bounced_at is None:
        letter = mails.letter(
            mails.LATE_DECIDED,
            invitation,
            locked.process,
            about=str(answer.public_id),
            facts={"answer": str(answer.public_id)},
        )
        outbox.enqueue([letter], now)
    codes = {"invitation": invitation.public_id, "state": answer.state}
    record(
        "decide_late",
        answer,
        actor=actor,
        now=now,
        process=locked.process,
        codes=codes,
        detail={"reason": answer.late_reason},
    )
    advance(locked.process, actor=actor, now=now)
    keep_result(scope, key, answer.public_id, now, given)
    return answer


@transaction.atomic
def dispose_answer(answer: Answer, *, note: str, actor: Actor, now: datetime) -> Answer:
    """Record what was done with the remarks of an answer that counts, and why; a later note is written over it.

    May open the gate of the stage that waits for it. Refuses an answer that does not count and an empty note.
    """
    locked = lock_round(answer.invitation.round)
    lock_party(locked, answer.invitation)
    answer = Answer.objects.get(pk=answer.pk)
    locked.insist_may_act(actor, now)
    insist(may_dispose(answer, note, actor=actor))
    answer.disposition = note.strip()
    answer.disposed_at = now
    answer.save(update_fields=["disposition", "disposed_at"])
    record(
        "dispose_answer",
        answer,
        actor=actor,
        now=now,
        process=locked.process,
        codes={"receipt": answer.receipt_number},
        detail={"note": answer.disposition},
    )
    advance(locked.process, actor=actor, now=now)
    return answer
