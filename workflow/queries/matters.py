"""What waits for an officer because of what somebody did or left undone. Duties and the deed that settles come in.

Each floor adds its own source in `apps.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from workflow.dates import local_day
from workflow.models import (
    ApprovalRequest,
    Decision,
    ExternalQuestion,
    ExternalRuling,
    Process,
    PublicModel,
    Stage,
)
from workflow.queries.approvals import ASKING_KINDS, lets_on, with_settlements
from workflow.queries.processes import stage_spec
from workflow.states import (
    Basis,
    DecisionState,
    Matter,
    Outcome,
    RequestState,
    Ruling,
    Settlement,
    StageState,
)

NOT_A_PLAIN_YES = (
    Outcome.REJECTED,
    Outcome.APPROVED_WITH_RESERVATION,
    Outcome.NOTED,
    Outcome.REFERRED_BACK,
    Outcome.ACCESSION_DECLINED,
)
"""What an officer must look at whatever the gates make of it."""

IN_A_MEETING = (Basis.COUNCIL_MEETING, Basis.EXTRAORDINARY_MEETING)
"""Decisions that leave minutes."""


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """Something to look at. subject: the row it is about. who: the body or party. outcome: of a decision, else "".

    occasion: the local day (ISO) that went by, where it may happen again; else "". has_own_deed: it leaves the desk by
    a deed of its own alone.
    """

    matter: Matter
    stage: Stage
    subject: PublicModel
    who: str
    outcome: str = ""
    occasion: str = ""
    has_own_deed: bool = False

    @property
    def subject_id(self) -> UUID:
        """The public id of what it is about."""
        return UUID(str(self.subject.public_id))


def matters_of_bodies(processes: Collection[Process], now: datetime) -> list[OpenMatter]:
    """Decisions that are no plain yes, minutes that are missing, meetings nobody knows of, objections,
    questions of an authority. Four queries.

    What was decided in an attempt that has been sent back waits no more, nor what a body has been asked anew.
    """
    by_id = {process.pk: process for process in processes}
    matters = []
    for decision in _decisions(processes):
        stage = _in(by_id, decision.request.stage)
        is_asked_anew = decision.request.state == RequestState.ASKED
        if decision.outcome == Outcome.APPROVED_WITH_RESERVATION and not is_asked_anew:
            matters += _reservation(stage, decision)
        elif decision.outcome in NOT_A_PLAIN_YES and not is_asked_anew:
            matters.append(OpenMatter(Matter.DECISION, stage, decision, decision.body.name, decision.outcome))
        if lets_on(decision, stage_spec(stage)) and decision.minutes_id is None and decision.basis in IN_A_MEETING:
            matters.append(OpenMatter(Matter.MINUTES, stage, decision, decision.body.name, decision.outcome))
    for request in _asked_requests(processes):
        stage = _in(by_id, request.stage)
        if request.meeting_on is None and _is_postponed(request):
            matters.append(OpenMatter(Matter.MEETING, stage, request, request.body.name, Outcome.POSTPONED))
        elif request.meeting_on is not None and request.meeting_on < local_day(now, stage.process.time_zone):
            day = request.meeting_on.isoformat()
            matters.append(OpenMatter(Matter.MEETING, stage, request, request.body.name, occasion=day))
    for ruling in _objections(processes):
        stage = _in(by_id, ruling.request.stage)
        matters.append(OpenMatter(Matter.RULING, stage, ruling, ruling.request.body.name))
    for question in _questions(processes):
        stage = _in(by_id, question.request.stage)
        matters.append(OpenMatter(Matter.QUESTION, stage, question, question.request.body.name))
    return matters


def _reservation(stage: Stage, decision: Decision) -> list[OpenMatter]:
    """A reservation waits until it is settled as one that does not stand in the way, or has lapsed."""
    if decision.settled_as not in (None, Settlement.TO_CLARIFY):
        return []
    matter = Matter.RESERVATION if decision.settled_as is None else Matter.CLARIFICATION
    return [OpenMatter(matter, stage, decision, decision.body.name, decision.outcome, has_own_deed=True)]


def _in(by_id: dict[int, Process], stage: Stage) -> Stage:
    stage.process = by_id[stage.process_id]
    return stage


def _decisions(processes: Collection[Process]) -> list[Decision]:
    look_at = Q(outcome__in=NOT_A_PLAIN_YES) | Q(minutes__isnull=True)
    rows = Decision.objects.filter(look_at, request__stage__process__in=processes, state=DecisionState.VALID)
    rows = rows.filter(request__stage__kind__in=ASKING_KINDS).exclude(request__stage__state=StageState.RETURNED)
    return list(with_settlements(rows).select_related("request__stage", "body").order_by("recorded_at", "id"))


def _asked_requests(processes: Collection[Process]) -> list[ApprovalRequest]:
    rows = ApprovalRequest.objects.filter(stage__process__in=processes, state=RequestState.ASKED)
    rows = rows.filter(stage__state=StageState.OPEN).select_related("stage", "body")
    return list(rows.prefetch_related("decisions").order_by("id"))


def _is_postponed(request: ApprovalRequest) -> bool:
    return any(
        decision.state == DecisionState.VALID and decision.outcome == Outcome.POSTPONED
        for decision in request.decisions.all()
    )


def _questions(processes: Collection[Process]) -> list[ExternalQuestion]:
    rows = ExternalQuestion.objects.filter(request__stage__process__in=processes)
    rows = rows.exclude(request__stage__state=StageState.RETURNED)
    return list(rows.select_related("request__stage", "request__body"))


def _objections(processes: Collection[Process]) -> list[ExternalRuling]:
    rows = ExternalRuling.objects.filter(request__stage__process__in=processes, outcome=Ruling.OBJECTED)
    rows = rows.filter(request__stage__state=StageState.OPEN)
    return list(rows.select_related("request__stage", "request__body").order_by("recorded_at", "id"))
