"""Answers as an officer reads them: those that stand in a round, every version of one party's, what waits for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from consultations.models import Answer, AnswerFile, HearingRound, Invitation, SectionComment
from consultations.queries.rounds import COUNTING
from consultations.rules.answers import ENDED
from consultations.rules.parties import asks_for_extension
from consultations.states import (
    ANSWER_STANDING,
    MAY_STILL_ANSWER,
    AnswerFilter,
    AnswerKind,
    AnswerState,
    InvitationState,
    RoundState,
    RoundVerb,
)
from workflow.deadlines import local_day
from workflow.models import AuditEntry, Office
from workflow.rules import danish_sort_key
from workflow.states import Channel, StageState


def standing_answers(hearing_round: HearingRound, which: str = "", words: str = "") -> QuerySet[Answer]:
    """The answer that stands of each party, in Danish alphabetical order, with `comment_count` and `file_count`,
    without its words; narrowed by an `AnswerFilter` and by words of the party's name, address or receipt number."""
    answers = Answer.objects.filter(invitation__round=hearing_round, state__in=ANSWER_STANDING)
    if which in _NARROWED:
        answers = answers.filter(_NARROWED[which])
    if words:
        by_name = Q(invitation__sort_key__contains=danish_sort_key(words)) | Q(invitation__email__icontains=words)
        answers = answers.filter(by_name | Q(receipt_number__icontains=words))
    return (
        answers.select_related("invitation")
        .defer("text", "late_reason", "disposition")
        .annotate(comment_count=_rows_of(SectionComment), file_count=_rows_of(AnswerFile))
        .order_by("invitation__sort_key", "invitation_id")
    )


_NARROWED: Final[dict[str, Q]] = {
    AnswerFilter.REMARKS: Q(kind=AnswerKind.REMARKS),
    AnswerFilter.NO_REMARKS: Q(kind=AnswerKind.NO_REMARKS),
    AnswerFilter.LATE: Q(state__in=(AnswerState.LATE, AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED)),
    AnswerFilter.PROVISIONAL: Q(provisional_on__isnull=False, confirmed_at__isnull=True),
    AnswerFilter.UNDISPOSED: Q(state__in=COUNTING, kind=AnswerKind.REMARKS, disposed_at__isnull=True),
}


def _rows_of(model: type[SectionComment | AnswerFile]) -> Coalesce:
    """How many rows an answer has there; counted for the rows of the page alone."""
    counted = model.objects.filter(answer=OuterRef("pk")).order_by().values("answer").values(number=Count("pk"))
    return Coalesce(Subquery(counted), 0)


def standing_answer_of(invitation: Invitation) -> Answer | None:
    """The answer that stands of a party; None where it has given none."""
    return invitation.answers.filter(state__in=ANSWER_STANDING).first()


def versions_of(invitation: Invitation) -> list[Answer]:
    """Every answer a party has given, the latest first, with comments by section, files and source. Three queries."""
    return list(
        with_words(invitation.answers.exclude(state=AnswerState.DRAFT)).select_related("source").order_by("-number")
    )


def with_words(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """The same answers, with comments in the order of the sections, and files. Two queries more."""
    return answers.prefetch_related(
        Prefetch("comments", SectionComment.objects.select_related("section").order_by("section__position", "id")),
        Prefetch("files", AnswerFile.objects.select_related("file")),
    )


@dataclass(frozen=True, slots=True)
class RoundWork:
    """What a round asks of an officer, in figures.

    bounced, missing: parties whose mail came back, or who are to get mail and have no address, while the round is under
    way; afterwards there is nothing to send. unwritten: parties not reached by mail that have not answered and whose
    letter nobody has printed, while it is under way. remarks: answers that count and are not dealt with.
    """

    round: HearingRound
    late: int
    bounced: int
    missing: int
    unwritten: int
    asking: int
    remarks: int


def rounds_with_work(offices: Sequence[Office]) -> list[RoundWork]:
    """The rounds of these offices' live stages with what waits in each, supplementary ones of stages that are
    completed too. Three queries."""
    live = Q(stage__state__in=(StageState.OPEN, StageState.COMPLETED))
    is_asked = Q(invitations__state__in=MAY_STILL_ANSWER)
    rounds = (
        HearingRound.objects.filter(live, stage__process__office__in=offices)
        .exclude(stage__process__state__in=ENDED)
        .exclude(state=RoundState.CANCELLED)
        .select_related("stage__process__office", "stage__process__definition")
        .defer("stage__process__definition__source", "letter", "summary")
        .annotate(
            late=_answers(Q(invitations__answers__state=AnswerState.LATE)),
            remarks=_answers(
                Q(
                    invitations__answers__state__in=COUNTING,
                    invitations__answers__kind=AnswerKind.REMARKS,
                    invitations__answers__disposed_at__isnull=True,
                )
            ),
            bounced=_parties(is_asked & Q(state=RoundState.OPEN, invitations__bounced_at__isnull=False)),
            missing=_parties(
                is_asked & Q(state=RoundState.OPEN, invitations__channel=Channel.EMAIL, invitations__email="")
            ),
        )
        .order_by("closes_at", "id")
    )
    asking, unwritten = _asking(list(rounds)), _unwritten(list(rounds))
    return [
        RoundWork(row, row.late, row.bounced, row.missing, unwritten[row.pk], asking[row.pk], row.remarks)
        for row in rounds
    ]


def _unwritten(rounds: Sequence[HearingRound]) -> Counter[int]:
    """How many parties of each open round wait for a letter: that one was printed stands in the record."""
    printed = AuditEntry.objects.filter(
        process_id=OuterRef("round__stage__process__public_id"),
        verb=RoundVerb.WRITE_LETTER,
        subject_id=OuterRef("public_id"),
    )
    parties = Invitation.objects.filter(
        ~Exists(printed), round__in=[row.pk for row in rounds if row.state == RoundState.OPEN]
    )
    parties = parties.filter(state__in=MAY_STILL_ANSWER).exclude(channel=Channel.EMAIL)
    return Counter(parties.values_list("round_id", flat=True))


def _asking(rounds: Sequence[HearingRound]) -> Counter[int]:
    """How many parties of each open round have named a day after their deadline."""
    zones = {row.pk: ZoneInfo(row.stage.process.time_zone) for row in rounds if row.state == RoundState.OPEN}
    promising = Invitation.objects.filter(
        round__in=list(zones), state=InvitationState.INVITED, promised_on__isnull=False, reply_by_at__isnull=False
    )
    return Counter(
        row.round_id
        for row in promising
        if row.reply_by_at and asks_for_extension(row, local_day(row.reply_by_at, zones[row.round_id]))
    )


def _answers(which: Q) -> Count:
    # `distinct`, as the joins of several counts multiply each other's rows.
    return Count("invitations__answers", filter=which, distinct=True)


def _parties(which: Q) -> Count:
    return Count("invitations", filter=which, distinct=True)
