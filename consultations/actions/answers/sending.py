"""Sending an answer, by the party or on its behalf: it locks its invitation only and is judged by its own instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from consultations.actions.answers.versions import (
    AnswerContent,
    Versions,
    attach,
    comments_said,
    held_versions,
    insist_open,
    new_draft,
    next_number,
    write,
    write_comments,
)
from consultations.actions.locking import HeldInvitation, hold_invitation
from consultations.actions.reminders import stop_reminding
from consultations.audit import answer_codes, answer_words
from consultations.mails import letters as mails
from consultations.models import Answer, AnswerFile, Invitation
from consultations.queries.provisional import still_in_time, summing_up_of
from consultations.queries.rounds import came_in_time
from consultations.rules.answers import may_record_on_behalf, must_be_complete, must_be_current
from consultations.rules.provisional import asked_to_confirm_at, may_be_provisional, must_be_known_to_come_late
from consultations.states import AnswerKind, Road, RoundVerb
from notifications import outbox
from notifications.states import Priority
from workflow.actions.files import take_in
from workflow.actions.once import EarlierDeed, Once
from workflow.actors import Actor
from workflow.audit import record
from workflow.audit.rows import salt_words
from workflow.deadlines import local_day
from workflow.mails.letters import letter_to
from workflow.models import by
from workflow.rules import insist
from workflow.rules.asked import has_address

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


@transaction.atomic
def submit_answer(
    invitation: Invitation,
    *,
    content: AnswerContent | None = None,
    version: int | None = None,
    files: Sequence[GivenFile] = (),
    received_at: datetime,
    knows_of_summing_up: bool = False,
    key: str = "",
    actor: Actor,
    now: datetime,
) -> Answer:
    """Send the answer: the content given, or the draft as it was saved. Returns the answer with its receipt number.

    files: attached along with the words, to those the draft has.
    received_at: the instant at which the request arrived, by which alone it is in time or late; waiting for a lock
    costs nobody the deadline. A late answer waits for the office's decision. An answer in time replaces the one before
    until the deadline, and a provisional one until the day by which it is made final; each version is kept. The party
    gets a receipt by mail, and reminders stop.
    knows_of_summing_up: the party has said that it knows that the day it names may be too late.

    Refuses an empty answer, "no remarks" with remarks, an answer that is locked, a draft a colleague has changed, and
    of a provisional answer a day that is past, or lies after the summing up without the party knowing.
    The same key with the same content returns the answer it made; with other content (Back, a second tab) it is a
    correction, and replaces that answer like any other.
    """
    hold = hold_invitation(invitation, actor, now)
    once = Once(_sent_under(hold.invitation), key, _content_of_key(content, files))
    earlier = once.earlier
    # Not `once.made`: other content under the key is no mistake here but a correction.
    if earlier is not None and earlier.is_same:
        return Answer.objects.get(public_id=earlier.result)
    versions = held_versions(hold)
    insist_open(hold, versions, actor, received_at)
    if not _corrects(earlier, versions):
        insist(must_be_current(versions.draft.version if versions.draft else None, version))
    draft = _written(hold, versions, content, files, actor=actor, now=now)
    comments = dict(draft.comments.values_list("lineage_id", "text"))
    digests = list(draft.files.values_list("file__sha256", flat=True))
    insist(must_be_complete(draft.kind, draft.text, list(comments.values()), len(digests)))
    if draft.provisional_on is not None:
        summed_up_on = summing_up_of(hold.round).on
        insist(must_be_known_to_come_late(draft.provisional_on, summed_up_on, is_known=knows_of_summing_up))
    given = _Given(comments, digests, received_at)
    _give_answer(hold, draft, versions.standing_answer, given, actor=actor, now=now)
    once.keep(draft.public_id, now)
    return draft


def _written(
    hold: HeldInvitation,
    versions: Versions,
    content: AnswerContent | None,
    files: Sequence[GivenFile],
    *,
    actor: Actor,
    now: datetime,
) -> Answer:
    """The draft as it is to be sent, with the words and files that come along, by whoever sends it."""
    draft = versions.draft or new_draft(hold, versions.standing_answer, actor, now)
    if content is not None:
        write(hold, draft, content, now)
    for file in files:
        attach(hold, draft, file, actor, now)
    # Who sends, which need not be who began the draft.
    for name, value in by(actor).items():
        setattr(draft, name, value)
    return draft


def answer_by_key(
    invitation: Invitation, key: str, content: AnswerContent, files: Sequence[GivenFile]
) -> Answer | None:
    """The answer that a form with this key has already sent with the same content; its button was pressed twice."""
    earlier = Once(_sent_under(invitation), key, _content_of_key(content, files)).earlier
    return Answer.objects.get(public_id=earlier.result) if earlier is not None and earlier.is_same else None


def _sent_under(invitation: Invitation) -> str:
    return f"submit_answer:{invitation.public_id}"


def _content_of_key(content: AnswerContent | None, files: Sequence[GivenFile]) -> tuple[object, ...]:
    """What makes a sending another one. A comment without words says as much as none."""
    if content is None:
        return (None, files)
    comments = comments_said(content.comments)
    words = (content.kind, content.text, comments, content.signed_by.strip(), content.confidential_note)
    # As it was before answers could be provisional: the keys of answers sent then stand in the database.
    if content.provisional_on is not None:
        return (words, files, content.provisional_on)
    return (words, files)


def _corrects(earlier: EarlierDeed | None, versions: Versions) -> bool:
    """The form's own earlier answer is the one that stands, and no colleague has begun another since."""
    if earlier is None or versions.draft is not None or versions.standing_answer is None:
        return False
    return versions.standing_answer.public_id == earlier.result


@transaction.atomic
def record_answer_on_behalf(
    invitation: Invitation,
    content: AnswerContent,
    *,
    road: str,
    received_at: datetime,
    source: GivenFile | None = None,
    files: Sequence[GivenFile] = (),
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Answer:
    """Enter an answer that came by mail, letter, telephone or at a meeting, with the instant at which it reached us.

    source: the mail or letter it was entered from. files: its attachments. It is judged by `received_at` like any other
    and gets a receipt; a draft the party has begun stays as it is. Refuses everybody but the office, a time before the
    invitation or in the future, one before the answer that stands, and after all that a file that is not taken in.
    """
    hold = hold_invitation(invitation, actor, now)
    deed = f"record_answer_on_behalf:{hold.invitation.public_id}"
    once = Once(deed, key, (content, road, received_at, source, files))
    if earlier := once.made:
        return Answer.objects.get(public_id=earlier)
    versions = held_versions(hold)
    insist(may_record_on_behalf(hold.invitation, versions.standing_answer, received_at, actor=actor, now=now))
    insist_open(hold, versions, actor, received_at)
    insist(must_be_complete(content.kind, content.text, list(content.comments.values()), len(files) + bool(source)))
    office, actor = hold.process.office, actor.acting_for(hold.invitation.name)
    source, attached = take_in(office, source, now=now), [take_in(office, file, now=now) for file in files]
    answer = Answer(
        invitation=hold.invitation,
        number=next_number(hold.invitation),
        kind=AnswerKind(content.kind),
        road=Road(road),
        text=content.text,
        signed_by=content.signed_by.strip()[:200],
        confidential_note=content.confidential_note,
        provisional_on=content.provisional_on,
        source=source,
        created_at=now,
        changed_at=now,
        **by(actor),
    )
    given = _Given(comments_said(content.comments), [file.sha256 for file in attached], received_at)
    _give_answer(hold, answer, versions.standing_answer, given, actor=actor, now=now)
    write_comments(hold, answer, content.comments)
    rows = enumerate(attached, start=1)
    AnswerFile.objects.bulk_create(AnswerFile(answer=answer, file=file, position=place) for place, file in rows)
    once.keep(answer.public_id, now)
    return answer


@dataclass(frozen=True, slots=True)
class _Given:
    """What an answer was given with: comments by section, digests of its files, and when."""

    comments: Mapping[UUID, str]
    files: Sequence[str]
    received_at: datetime


def _give_answer(
    hold: HeldInvitation,
    answer: Answer,
    standing_answer: Answer | None,
    given: _Given,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The answer becomes the one that stands: in time or late, numbered, receipted, and nobody is reminded any more."""
    invitation = hold.invitation
    is_in_time = still_in_time(invitation, standing_answer, given.received_at)
    received_on = local_day(given.received_at, hold.zone)
    by_deadline = is_in_time and came_in_time(invitation, given.received_at)
    insist(may_be_provisional(answer.provisional_on, standing_answer, received_on, in_time=by_deadline))
    if standing_answer is not None:
        # Before the new one is saved: only one answer of a party may stand.
        standing_answer.replace()
        standing_answer.replaced_at, standing_answer.next_check_at = now, None
        standing_answer.save(update_fields=["state", "replaced_at", "next_check_at"])
    if is_in_time:
        answer.submit()
    else:
        answer.submit_late()
    answer.received_at, answer.recorded_at = given.received_at, now
    answer.next_check_at = asked_to_confirm_at(answer.provisional_on, given.received_at, hold.zone)
    answer.receipt_number = receipt_number(hold, answer)
    words = salt_words(answer, answer_words(answer, given.comments))
    answer.save()
    invitation.answer()
    invitation.answered_at = given.received_at
    invitation.next_check_at = None
    invitation.save(update_fields=["state", "answered_at", "next_check_at"])
    stop_reminding([invitation.public_id], reason="answered", now=now)
    if has_address(invitation):
        about, facts, first = str(answer.public_id), {"answer": str(answer.public_id)}, Priority.WAITED_FOR
        letter = letter_to(mails.RECEIPT, invitation, hold.process, about=about, facts=facts, priority=first)
        outbox.enqueue([letter], now)
    codes = {
        **answer_codes(answer, given.files),
        "words": words,
        "replaces": standing_answer.public_id if standing_answer else "",
    }
    record(RoundVerb.SUBMIT_ANSWER, answer, actor=actor, now=now, process=hold.process, codes=codes)


def receipt_number(hold: HeldInvitation, answer: Answer) -> str:
    """Case number, round and party, version: "RS-2018-0001-H017-2"."""
    return f"{hold.process.case_number}-{hold.round.receipt_prefix}{hold.invitation.number:03d}-{answer.number}"
