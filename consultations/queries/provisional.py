"""Provisional answers: until when they may be replaced, when the answers are summed up, what has not been confirmed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from consultations.models import Answer, HearingRound, Invitation
from consultations.queries.rounds import COUNTING, broken_promises, came_in_time
from consultations.rules.provisional import is_by_its_day
from consultations.states import AnswerState, RoundState
from notifications.statements import Among, Read
from workflow.dates import local_day
from workflow.definitions import GateName
from workflow.models import Process, Stage
from workflow.queries.matters import OpenMatter
from workflow.queries.processes import definition_of, live_stages, named_deadline
from workflow.states import Matter, ProcessState, StageState

CONFIRMABLE: Final = (*COUNTING, AnswerState.LATE)
"""The answers whose confirmation somebody waits for."""


@dataclass(frozen=True, slots=True)
class SummingUp:
    """When the answers of a round are summed up: the local day planned for it, None where none is; whether it is
    done."""

    on: date | None
    is_done: bool


def summing_up_of(hearing_round: HearingRound) -> SummingUp:
    """By the stages that wait for the remarks of the round to be dealt with. Three queries."""
    process, key = hearing_round.stage.process, hearing_round.stage.key
    keys = [
        spec.key
        for spec in definition_of(process).stages
        for gate in spec.gates
        if gate.gate == GateName.REMARKS_DISPOSED and (gate.stage or spec.key) == key
    ]
    states = {stage.key: stage.state for stage in live_stages(process) if stage.key in keys}
    days = [deadline.on for each in keys if (deadline := named_deadline(process, each))]
    return SummingUp(min(days, default=None), StageState.COMPLETED in states.values())


def still_in_time(invitation: Invitation, standing_answer: Answer | None, received_at: datetime) -> bool:
    """Whether what reaches us at that instant is in time for the party: by its deadline; a replacement of a provisional
    answer also by the day which that named, until the answers have been summed up."""
    if came_in_time(invitation, received_at):
        return True
    if standing_answer is None or standing_answer.state != AnswerState.SUBMITTED or not standing_answer.is_provisional:
        return False
    hearing_round = invitation.round
    return is_by_its_day(hearing_round, standing_answer, received_at) and not summing_up_of(hearing_round).is_done


def answers_to_confirm() -> QuerySet[Answer]:
    """Provisional answers whose party is yet to be asked to confirm, in processes under way."""
    return Answer.objects.filter(
        next_check_at__isnull=False,
        state__in=CONFIRMABLE,
        confirmed_at__isnull=True,
        invitation__round__stage__process__state=ProcessState.RUNNING,
    )


_UNCONFIRMED: Final = Read(
    lambda: Answer.objects.filter(
        Among("public_id", "answers"), state__in=CONFIRMABLE, provisional_on__isnull=False, confirmed_at__isnull=True
    )
)


def unconfirmed_among(answers: Collection[str]) -> dict[str, Answer]:
    """Those of these answers, by public id, that stand and have not been confirmed. One query, none for none."""
    ids = {UUID(answer) for answer in answers if answer}
    return {str(row.public_id): row for row in _UNCONFIRMED(answers=ids)} if ids else {}


def matters_of_parties(processes: Collection[Process], now: datetime) -> list[OpenMatter]:
    """Days that parties named and let go by: of an answer, and of its confirmation. Two queries."""
    return [*broken_promises(processes, now), *unconfirmed_answers(processes, now)]


def last_unconfirmed_round(stage: Stage) -> HearingRound | None:
    """The latest round of a stage with a provisional answer that has not been confirmed."""
    waiting = Answer.objects.filter(
        invitation__round__stage=stage, state__in=CONFIRMABLE, provisional_on__isnull=False, confirmed_at__isnull=True
    )
    rounds = HearingRound.objects.filter(pk__in=waiting.values("invitation__round"))
    return rounds.exclude(state=RoundState.CANCELLED).order_by("-number").first()


def unconfirmed_answers(processes: Collection[Process], now: datetime) -> list[OpenMatter]:
    """The provisional answers whose day has gone by without a confirmation. One query."""
    by_id = {process.pk: process for process in processes}
    rows = Answer.objects.filter(
        invitation__round__stage__process__in=by_id,
        state__in=CONFIRMABLE,
        provisional_on__isnull=False,
        confirmed_at__isnull=True,
        invitation__released_at__isnull=True,
    ).exclude(invitation__round__state=RoundState.CANCELLED)
    rows = rows.select_related("invitation__round__stage").defer("text", "confidential_note", "disposition")
    matters = []
    for row in rows.order_by("provisional_on", "invitation__sort_key", "id"):
        stage = row.invitation.round.stage
        stage.process = by_id[stage.process_id]
        if row.provisional_on is not None and row.provisional_on < local_day(now, stage.process.time_zone):
            day = row.provisional_on.isoformat()
            matters.append(OpenMatter(Matter.PROVISIONAL, stage, row.invitation, row.invitation.name, occasion=day))
    return matters
