"""A party's own page, and what the public sees of the parties heard."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Prefetch, Q

from consultations.models import Answer, AnswerFile, Forward, HearingRound, Invitation, SectionComment
from consultations.queries.provisional import still_in_time
from consultations.queries.rounds import COUNTING
from consultations.rules.answers import may_write
from consultations.rules.rounds import has_run_out
from consultations.states import ANSWER_STANDING, AnswerKind, AnswerState, Publication, RoundState
from workflow.actors import Actor
from workflow.models import BundleItem, PersonalLink, Section
from workflow.rules import Refusal
from workflow.states import ProcessState


def forwards_in_force(invitations: Collection[int]) -> dict[int, list[Forward]]:
    """By invitation, how its task has been passed on under the link it has now, in order. One query."""
    forwards_by_invitation: dict[int, list[Forward]] = {}
    if not invitations:
        return forwards_by_invitation
    rows = Forward.objects.filter(
        invitation__in=invitations, ended_at=None, link_version=F("invitation__link__version")
    )
    for forward in rows.order_by("at", "id"):
        forwards_by_invitation.setdefault(forward.invitation_id, []).append(forward)
    return forwards_by_invitation


@dataclass(frozen=True, slots=True)
class HeardDocument:
    """A document that is heard, with its sections in order."""

    item: BundleItem
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Everything a party's page shows. `shown` is the draft, else the answer that stands, else None.

    comments: text by the section's lineage. versions: every answer given, the latest first. locked: why nothing can be
    written now, else None. is_in_time: whether an answer sent at `now` would be; also one that replaces a provisional
    answer.
    """

    invitation: Invitation
    round: HearingRound
    documents: Sequence[HeardDocument]
    draft: Answer | None
    standing: Answer | None
    versions: Sequence[Answer]
    comments: Mapping[UUID, str]
    files: Sequence[AnswerFile]
    forwards: Sequence[Forward]
    locked: Refusal | None
    is_in_time: bool

    @property
    def shown(self) -> Answer | None:
        """What the form begins with."""
        return self.draft or self.standing

    @property
    def in_force(self) -> list[Forward]:
        """How the task has been passed on under the link the party has now, in order."""
        version = self.invitation.link.version
        return [row for row in self.forwards if row.ended_at is None and row.link_version == version]

    @property
    def draft_version(self) -> int:
        """To be sent back with the form: 0 where there is no draft yet."""
        return self.draft.version if self.draft else 0


def invitation_of(link: PersonalLink) -> Invitation | None:
    """The invitation a personal link opens, with its round, process and office; None for a link of another purpose."""
    related = "link", "body", "round__stage__process__office"
    return Invitation.objects.select_related(*related).filter(link_id=link.pk).first()


def invitation_page(invitation: Invitation, *, actor: Actor, now: datetime) -> InvitationPage:
    """What a party sees, in a number of queries that does not grow with documents, sections or files."""
    hearing_round = HearingRound.objects.select_related("stage__process__office", "bundle__line").get(
        pk=invitation.round_id
    )
    process = hearing_round.stage.process
    answers = list(
        invitation.answers.order_by("-number").prefetch_related(
            Prefetch("comments", SectionComment.objects.order_by("id")),
            Prefetch("files", AnswerFile.objects.select_related("file")),
        )
    )
    draft = next((answer for answer in answers if answer.state == AnswerState.DRAFT), None)
    standing_answer = next((answer for answer in answers if answer.state in ANSWER_STANDING), None)
    shown_answer = draft or standing_answer
    invitation.round = hearing_round
    in_time = still_in_time(invitation, standing_answer, now)
    locked = may_write(
        hearing_round,
        invitation,
        UUID(str(invitation.link.public_id)),
        standing_answer,
        process.state,
        actor=actor,
        in_time=in_time,
    )
    return InvitationPage(
        invitation=invitation,
        round=hearing_round,
        documents=_documents(hearing_round),
        draft=draft,
        standing=standing_answer,
        versions=[answer for answer in answers if answer.state != AnswerState.DRAFT],
        comments={row.lineage_id: row.text for row in shown_answer.comments.all()} if shown_answer else {},
        files=list(shown_answer.files.all()) if shown_answer else [],
        forwards=list(invitation.forwards.all()),
        locked=locked,
        is_in_time=in_time,
    )


def _documents(hearing_round: HearingRound) -> list[HeardDocument]:
    if hearing_round.bundle_id is None:
        return []
    items = BundleItem.objects.filter(bundle=hearing_round.bundle_id).select_related(
        "version__document", "version__file"
    )
    return [
        HeardDocument(item, list(item.version.sections.all()))
        for item in items.prefetch_related(Prefetch("version__sections", Section.objects.order_by("position")))
    ]


@dataclass(frozen=True, slots=True)
class PublicParty:
    """A party as the public sees it: its name, and once the policy allows whether it answered, and whether it has yet
    to make its answer final. No personal data."""

    name: str
    has_answered: bool | None
    has_no_remarks: bool | None
    is_provisional: bool | None


def public_parties(hearing_round: HearingRound, now: datetime) -> list[PublicParty]:
    """The parties of a round as everyone sees them once it is public, in Danish alphabetical order; None where the
    policy withholds. An empty list for a round that was never sent."""
    if hearing_round.opened_at is None:
        return []
    let_go = Q(released_at__isnull=False, answered_at=None)
    only_informed = Q(for_information=True, answered_at=None)
    heard = hearing_round.invitations.exclude(invited_at=None).exclude(let_go | only_informed)
    # Names alone: what is not read cannot be shown.
    parties = heard.order_by("sort_key", "id").values_list("id", "name")
    if not publishes_answers(hearing_round, now):
        return [PublicParty(name, None, None, None) for _id, name in parties]
    rows = Answer.objects.filter(invitation__round=hearing_round, state__in=COUNTING)
    answers = {row.invitation_id: row for row in rows.only("invitation_id", "kind", "provisional_on", "confirmed_at")}
    return [
        PublicParty(
            name,
            pk in answers,
            pk in answers and answers[pk].kind == AnswerKind.NO_REMARKS,
            pk in answers and answers[pk].is_provisional,
        )
        for pk, name in parties
    ]


def publishes_answers(hearing_round: HearingRound, now: datetime) -> bool:
    """Whether the round's policy lets the public see by now who has answered; the deadline of a cancelled round never
    comes."""
    if hearing_round.publication == Publication.CONTINUOUSLY:
        return True
    if hearing_round.publication == Publication.AFTER_DEADLINE:
        return hearing_round.state != RoundState.CANCELLED and has_run_out(hearing_round, now)
    if hearing_round.publication == Publication.AT_ISSUE:
        return hearing_round.stage.process.state == ProcessState.COMPLETED
    return False
