"""The versions of an answer under a held invitation: the draft, the one that stands, and what is written into them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.actions.locking import HeldInvitation
from consultations.models import Answer, AnswerFile, Invitation, SectionComment
from consultations.queries.provisional import still_in_time
from consultations.rules.answers import may_write
from consultations.states import ANSWER_STANDING, AnswerKind, AnswerState, RoundVerb
from notifications.statements import Given, Read
from workflow.actions.files import take_in
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Section, by
from workflow.rules import Refusal, Refused, insist

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile

MOST_FILES = 20
"""Files on one answer; a party with more sends them as one archive by mail."""


@dataclass(frozen=True, slots=True)
class AnswerContent:
    """What a party has to say.

    comments: text by the section's `lineage_id`; an empty text takes a comment away. confidential_note: what of it is
    confidential and why. provisional_on: local day by which a provisional answer is made final; None for one that is.
    """

    kind: str = AnswerKind.REMARKS
    text: str = ""
    comments: Mapping[UUID, str] = field(default_factory=dict)
    signed_by: str = ""
    confidential_note: str = ""
    provisional_on: date | None = None


@dataclass(frozen=True, slots=True)
class Versions:
    """What a party has under its pen and what it has given; either may be missing."""

    draft: Answer | None
    standing_answer: Answer | None


def insist_open(hold: HeldInvitation, versions: Versions, actor: Actor, received_at: datetime) -> None:
    """Refuse to whoever may not write here, and what came when nothing may be written any more."""
    insist(
        may_write(
            hold.round,
            hold.invitation,
            hold.link_id,
            versions.standing_answer,
            hold.process.state,
            actor=actor,
            in_time=still_in_time(hold.invitation, versions.standing_answer, received_at),
        )
    )


def held_versions(hold: HeldInvitation) -> Versions:
    """The draft and the answer that stands, in one read."""
    # At most one of each, as the constraints of the table see to.
    rows = {answer.state == AnswerState.DRAFT: answer for answer in _VERSIONS(invitation_id=hold.invitation.pk)}
    for answer in rows.values():
        answer.invitation = hold.invitation
    return Versions(rows.get(True), rows.get(False))


_VERSIONS: Final = Read(
    lambda: Answer.objects.filter(
        Q(state=AnswerState.DRAFT) | Q(state__in=ANSWER_STANDING), invitation_id=Given("invitation_id")
    )
)
_HIGHEST: Final = Read(
    lambda: Answer.objects.filter(invitation_id=Given("invitation_id")).order_by("-number").values_list("number")[:1]
)


def next_number(invitation: Invitation) -> int:
    """The number of the invitation's next version."""
    highest = _HIGHEST.first(invitation_id=invitation.pk)
    return highest[0] + 1 if highest else 1


def new_draft(hold: HeldInvitation, standing_answer: Answer | None, actor: Actor, now: datetime) -> Answer:
    """The next version, beginning as a copy of the one that stands, with its comments and files."""
    draft = Answer(
        invitation=hold.invitation, number=next_number(hold.invitation), created_at=now, changed_at=now, **by(actor)
    )
    if standing_answer is None:
        draft.save(force_insert=True)
        return draft
    draft.kind, draft.text = standing_answer.kind, standing_answer.text
    draft.signed_by, draft.confidential_note = standing_answer.signed_by, standing_answer.confidential_note
    draft.save(force_insert=True)
    SectionComment.objects.bulk_create(
        SectionComment(answer=draft, section_id=row.section_id, lineage_id=row.lineage_id, text=row.text)
        for row in standing_answer.comments.all()
    )
    AnswerFile.objects.bulk_create(
        AnswerFile(answer=draft, file_id=row.file_id, position=row.position) for row in standing_answer.files.all()
    )
    return draft


def write(hold: HeldInvitation, draft: Answer, content: AnswerContent, now: datetime) -> None:
    """Put what was typed into the draft; its `version` rises, so that a colleague's old page is noticed."""
    draft.kind = AnswerKind(content.kind)
    draft.text = content.text
    draft.signed_by = content.signed_by.strip()[:200]
    draft.confidential_note, draft.provisional_on = content.confidential_note, content.provisional_on
    # Counting on is safe under the lock of the invitation.
    draft.version += 1
    draft.changed_at = now
    columns = ("kind", "text", "signed_by", "confidential_note", "provisional_on", "version", "changed_at")
    draft.save(update_fields=columns)
    write_comments(hold, draft, content.comments)


def comments_said(comments: Mapping[UUID, str]) -> dict[UUID, str]:
    """The comments that say something, without blanks around them."""
    return {lineage: text.strip() for lineage, text in comments.items() if text.strip()}


def write_comments(hold: HeldInvitation, draft: Answer, comments: Mapping[UUID, str]) -> None:
    """Put comments to their sections; an empty one takes the earlier away. Refuses a section that is not heard."""
    if not comments:
        return
    sections = _sections(hold, comments)
    if set(comments) - set(sections):
        raise Refused(
            Refusal(
                "section_unknown",
                _("One of the comments is on a section that is not in the documents for consultation."),
            )
        )
    texts = comments_said(comments)
    draft.comments.filter(lineage_id__in=set(comments) - set(texts)).delete()
    SectionComment.objects.bulk_create(
        [
            SectionComment(answer=draft, section=sections[lineage], lineage_id=lineage, text=text)
            for lineage, text in texts.items()
        ],
        update_conflicts=True,
        unique_fields=["answer", "section"],
        update_fields=["text"],
    )


def _sections(hold: HeldInvitation, lineage_ids: Collection[UUID]) -> dict[UUID, Section]:
    if hold.round.bundle_id is None:
        return {}
    sections = Section.objects.filter(
        version__bundle_items__bundle=hold.round.bundle_id, lineage_id__in=list(lineage_ids)
    )
    return {section.lineage_id: section for section in sections}


_FILES: Final = Read(
    lambda: AnswerFile.objects.filter(answer_id=Given("answer_id")).select_related("file").order_by("position", "id")
)


def attach(hold: HeldInvitation, draft: Answer, given_file: GivenFile, actor: Actor, now: datetime) -> bool:
    """Put a file to the draft; False when the same bytes under the same name are there already."""
    attached = _FILES(answer_id=draft.pk)
    # A form that comes back tells its files again.
    if any(entry.file.sha256 == given_file.sha256 and entry.file.name == given_file.name for entry in attached):
        return False
    if len(attached) >= MOST_FILES:
        raise Refused(Refusal("too_many_files", _("An answer takes 20 files at most. Put several into one archive.")))
    file = take_in(hold.process.office, given_file, now=now)
    position = max((entry.position for entry in attached), default=0) + 1
    AnswerFile.objects.create(answer=draft, file=file, position=position)
    codes = {"file": file.public_id, "sha256": file.sha256}
    record(RoundVerb.ATTACH_FILE, draft, actor=actor, now=now, process=hold.process, codes=codes)
    return True
