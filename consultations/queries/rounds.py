"""Rounds and what is due in them. Actions, gates, mails, sweeps and pages come in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from consultations.models import Answer, HearingRound, Invitation
from consultations.rules.answers import is_in_time
from consultations.states import (
    ASKING_MAILS,
    MAY_STILL_ANSWER,
    ROUND_GOING_ON,
    AnswerKind,
    AnswerState,
    InvitationState,
    RoundForm,
    RoundState,
)
from notifications.queries import least
from workflow.dates import in_language, local_day
from workflow.models import Bundle, Deadline, DeadlinePause, Process, Stage
from workflow.queries.documents import bundle_of
from workflow.queries.matters import OpenMatter
from workflow.queries.processes import stage_spec
from workflow.queries.publication import is_public
from workflow.rules.publication import Candidate
from workflow.states import DeadlineKind, Matter, ProcessState, PublicThing, StageState

COUNTING = (AnswerState.SUBMITTED, AnswerState.LATE_ACCEPTED)
"""The answers the white book deals with."""


def round_of(stage: Stage) -> HearingRound | None:
    """The round that one attempt at a stage opened with, by which the stage is completed; None where it has none yet.
    All of them: `rounds_of`."""
    return HearingRound.objects.filter(stage=stage, number=1).select_related("bundle__line").first()


def rounds_of(stage: Stage) -> list[HearingRound]:
    """Every round of one attempt at a stage, in the order of their numbers: the first, and the supplementary ones."""
    rounds = list(HearingRound.objects.filter(stage=stage).select_related("bundle__line").order_by("number"))
    for hearing_round in rounds:
        hearing_round.stage = stage
    return rounds


def round_going_on(stage: Stage) -> HearingRound | None:
    """The round of a stage that is prepared or under way, the first or a later one; None where all are over."""
    live = HearingRound.objects.filter(stage=stage, state__in=ROUND_GOING_ON)
    return live.select_related("bundle__line").first()


def text_to_send(hearing_round: HearingRound) -> Bundle | None:
    """The set a round in preparation will be about when it is sent: a supplementary one its own, the first the one that
    counts for its stage then."""
    return hearing_round.bundle if hearing_round.is_supplementary else bundle_of(hearing_round.stage)


def round_before(stage: Stage) -> HearingRound | None:
    """The round that the latest attempt before this one at the same stage opened with; None in the first."""
    rounds = HearingRound.objects.filter(stage__process=stage.process, stage__key=stage.key, number=1)
    return rounds.filter(stage__attempt__lt=stage.attempt).order_by("-stage__attempt").first()


def live_round(process: Process, stage_key: str) -> HearingRound | None:
    """The latest round of the attempt that counts of a stage; None when there is none."""
    return (
        HearingRound.objects.filter(stage__process=process, stage__key=stage_key)
        .exclude(stage__state=StageState.RETURNED)
        .select_related("stage", "bundle")
        .order_by("-number")
        .first()
    )


def live_rounds(process: Process, stage_key: str) -> QuerySet[HearingRound]:
    """All rounds of the attempt that counts of a stage, but for those that were cancelled."""
    rounds = HearingRound.objects.filter(stage__process=process, stage__key=stage_key)
    return rounds.exclude(stage__state=StageState.RETURNED).exclude(state=RoundState.CANCELLED)


def reply_deadline(subject: HearingRound | Invitation) -> Deadline | None:
    """The deadline row of a round, or of a party that was given its own; None when there is none."""
    return Deadline.objects.filter(subject_id=subject.public_id, kind=DeadlineKind.REPLY).first()


def reply_deadlines_of(stage: Stage) -> dict[UUID, datetime]:
    """The instants (UTC) of a stage's rounds and of parties with their own, by the public id of whom they bind."""
    rows = Deadline.objects.filter(stage=stage, kind=DeadlineKind.REPLY)
    return dict(rows.values_list("subject_id", "at"))


def pauses_of(invitation: Invitation) -> list[tuple[datetime, datetime | None]]:
    """The pauses (UTC, None while it lasts) of the very deadline that a party answers by: its own where that is the
    later, else the round's."""
    if invitation.reply_by_at is None:
        return []
    subjects = (invitation.public_id, invitation.round.public_id)
    rows = DeadlinePause.objects.filter(
        deadline__subject_id__in=subjects, deadline__kind=DeadlineKind.REPLY, deadline__at=invitation.reply_by_at
    )
    return list(rows.values_list("from_at", "until_at"))


def came_in_time(invitation: Invitation, received_at: datetime) -> bool:
    """Whether what reached us at that instant is in time for the party. No query before its deadline; one after it."""
    return is_in_time(invitation, received_at) or is_in_time(invitation, received_at, pauses_of(invitation))


def due_rounds(now: datetime) -> QuerySet[HearingRound]:
    """Open rounds of running processes whose time to close has come, the longest due first."""
    return (
        HearingRound.objects.filter(
            state=RoundState.OPEN, next_check_at__lte=now, stage__process__state=ProcessState.RUNNING
        )
        .select_related("stage__process")
        .order_by("next_check_at", "id")
    )


def next_closing_due() -> datetime | None:
    """When the next round closes; in the past when one waits already."""
    at: datetime | None = least(
        HearingRound.objects.filter(state=RoundState.OPEN, stage__process__state=ProcessState.RUNNING), "next_check_at"
    )
    return at


def watched_invitations() -> QuerySet[Invitation]:
    """Unanswered invitations the reminder sweep looks at: their round is open and their process is running."""
    return Invitation.objects.filter(
        state=InvitationState.INVITED,
        round__state=RoundState.OPEN,
        round__stage__process__state=ProcessState.RUNNING,
    )


def undecided_late(rounds: Collection[HearingRound] | QuerySet[HearingRound]) -> int:
    """How many late answers in these rounds nobody has decided on."""
    return Answer.objects.filter(invitation__round__in=rounds, state=AnswerState.LATE).count()


def remarks_left(rounds: Collection[HearingRound] | QuerySet[HearingRound]) -> int:
    """How many answers that count in these rounds hold remarks nobody has disposed of."""
    return Answer.objects.filter(
        invitation__round__in=rounds, state__in=COUNTING, kind=AnswerKind.REMARKS, disposed_at__isnull=True
    ).count()


def reminder_days(stage: Stage) -> list[int]:
    """How many calendar days before the deadline the definition reminds; an empty list when it never does."""
    return list(stage_spec(stage).reminders)


def broken_promises(processes: Collection[Process], now: datetime) -> list[OpenMatter]:
    """The parties of rounds under way whose day of answer has gone by without one. One query."""
    by_id = {process.pk: process for process in processes}
    rows = Invitation.objects.filter(
        round__stage__process__in=by_id,
        round__state=RoundState.OPEN,
        state=InvitationState.INVITED,
        promised_on__isnull=False,
    )
    matters = []
    for row in rows.select_related("round__stage").order_by("promised_on", "sort_key", "id"):
        stage = row.round.stage
        stage.process = by_id[stage.process_id]
        if row.promised_on is not None and row.promised_on < local_day(now, stage.process.time_zone):
            matters.append(OpenMatter(Matter.PROMISE, stage, row, row.name, occasion=row.promised_on.isoformat()))
    return matters


def mails_of_closed_rounds() -> Q:
    """Mails that asked a party for its answer, once the round has closed or the party is asked no more."""
    over = Q(round__state__in=(RoundState.CLOSED, RoundState.CANCELLED)) | Q(state=InvitationState.WITHDRAWN)
    return Q(kind__in=ASKING_MAILS, subject_id__in=Invitation.objects.filter(over).values("public_id"))


def later_parties(hearing_round: HearingRound) -> int:
    """How many parties have a deadline of their own after the round's."""
    parties = hearing_round.invitations.exclude(state=InvitationState.WITHDRAWN)
    return parties.filter(reply_by_at__gt=hearing_round.closes_at).count() if hearing_round.closes_at else 0


def rounds_with_documents(process: Process, ids: Collection[UUID]) -> list[HearingRound]:
    """Rounds of a process that have been sent, the newest first, with the documents they hear; also those cancelled
    since."""
    rounds = list(
        HearingRound.objects.filter(stage__process=process, opened_at__isnull=False, public_id__in=ids)
        .select_related("stage", "bundle")
        .prefetch_related("bundle__items__version")
        .order_by("-opened_at", "-id")
    )
    for hearing_round in rounds:
        hearing_round.stage.process = process
    return rounds


def sets_heard(process: Process) -> set[int]:
    """The sets that rounds of a process have been sent with, by their row ids. One query."""
    rows = HearingRound.objects.filter(stage__process=process, opened_at__isnull=False, bundle__isnull=False)
    return {pk for pk in rows.values_list("bundle_id", flat=True) if pk is not None}


def round_candidates(process: Process) -> list[Candidate]:
    """The rounds that have been sent: what everyone may see of them is their period and parties."""
    return [
        Candidate(hearing_round.public_id, f"{title_with_number(hearing_round)}: {hearing_round.title}", key)
        for hearing_round, key in _sent(process)
    ]


def title_with_number(hearing_round: HearingRound) -> str:
    """What the stage of a round is called, and from its second round on which it is."""
    title = str(stage_spec(hearing_round.stage).title)
    if not hearing_round.is_supplementary:
        return title
    return _("%(stage)s, round %(number)d (supplementary)") % {"stage": title, "number": hearing_round.number}


def letter_candidates(process: Process) -> list[Candidate]:
    """The letters with which hearings were sent; what early input was asked for with is not published."""
    with in_language(process.language):
        text = _("Consultation letter: %(title)s")
        return [
            Candidate(hearing_round.public_id, text % {"title": hearing_round.title}, "letter")
            for hearing_round, _key in _sent(process)
            if hearing_round.form == RoundForm.FULL and hearing_round.letter.strip()
        ]


def _sent(process: Process) -> list[tuple[HearingRound, str]]:
    """The rounds that have been sent, the newest first, each with the key of its stage."""
    rows = HearingRound.objects.filter(stage__process=process, opened_at__isnull=False).select_related("stage")
    rounds = list(rows.order_by("-opened_at", "-id"))
    for hearing_round in rounds:
        hearing_round.stage.process = process
    return [(hearing_round, hearing_round.stage.key) for hearing_round in rounds]


def is_round_public(hearing_round: HearingRound) -> bool:
    """Whether everyone sees the period and the parties of a round. One query, none without a public page."""
    return is_public(hearing_round.stage.process, PublicThing.ROUND, hearing_round.public_id)


def rounds_in_preparation(process: Process) -> list[str]:
    """The keys of the stages under way whose round has not been sent."""
    rows = HearingRound.objects.filter(stage__process=process, stage__state=StageState.OPEN, state=RoundState.DRAFT)
    return list(rows.values_list("stage__key", flat=True))


def asked_parties(hearing_round: HearingRound) -> list[Invitation]:
    """The parties a round that ends early concerns: those asked or informed, whether they have answered or not; never
    one that declined or was let go."""
    return list(hearing_round.invitations.filter(state__in=(*MAY_STILL_ANSWER, InvitationState.ANSWERED)))
