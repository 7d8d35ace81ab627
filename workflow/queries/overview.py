"""Processes as an officer looks over them: where each stands, what is due, who is waited for.

A constant number of queries, however many processes there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from workflow.definitions import Completes, Definition, StageSpec
from workflow.models import ApprovalRequest, Bundle, Deadline, ExternalRequest, Office, Process, Stage
from workflow.queries.processes import stage_spec
from workflow.states import STAGE_BEHIND_US, ExternalState, ProcessState, RequestState, StageState


@dataclass(frozen=True)
class ProcessRow:
    """A process with its live stages in the definition's order, and the next deadline not yet met (or None)."""

    process: Process
    stages: list[Stage]
    next_deadline: Deadline | None

    @property
    def current(self) -> list[Stage]:
        """The stages under way."""
        return [stage for stage in self.stages if stage.state == StageState.OPEN]

    @property
    def done(self) -> int:
        """How many stages are completed or left out."""
        return sum(stage.state in STAGE_BEHIND_US for stage in self.stages)


@dataclass(frozen=True)
class OpenStage:
    """A stage under way: its definition, its deadline (or None), how many bodies have not decided yet, to how many of
    those asked no mail arrives, whether a package is still to be sent to an authority, and whether there is no locked
    set yet to make it of."""

    stage: Stage
    spec: StageSpec
    deadline: Deadline | None
    awaited: int
    bounced: int
    is_unsent: bool
    lacks_set: bool

    @property
    def is_by_hand(self) -> bool:
        """Whether an officer completes it."""
        return self.spec.completes is Completes.MANUAL


def processes_of(offices: Sequence[Office]) -> QuerySet[Process]:
    """The processes these offices own, the newest first."""
    return (
        Process.objects.filter(office__in=offices)
        .select_related("office", "definition")
        .defer("definition__source")
        .order_by("-started_at", "-id")
    )


def process_rows(processes: Sequence[Process]) -> list[ProcessRow]:
    """The processes with their stages and next deadline; two queries."""
    stages: defaultdict[int, list[Stage]] = defaultdict(list)
    rows = Stage.objects.filter(process__in=processes).exclude(state=StageState.RETURNED).order_by("position")
    by_id = {process.pk: process for process in processes}
    for stage in rows:
        stage.process = by_id[stage.process_id]
        stages[stage.process_id].append(stage)
    deadlines: dict[int, Deadline] = {}
    ahead = Deadline.objects.filter(process__in=processes).filter(
        Q(stage__isnull=True) | Q(stage__state__in=[StageState.OPEN, StageState.WAITING])
    )
    for deadline in ahead.filter(passed_at__isnull=True).order_by("at"):
        deadlines.setdefault(deadline.process_id, deadline)
    return [ProcessRow(process, stages[process.pk], deadlines.get(process.pk)) for process in processes]


def open_stages_of(offices: Sequence[Office]) -> list[OpenStage]:
    """Every stage under way in running processes of these offices; four queries to six."""
    stages = list(
        Stage.objects.filter(process__office__in=offices, process__state=ProcessState.RUNNING, state=StageState.OPEN)
        .select_related("process__office", "process__definition")
        .defer("process__definition__source")
        .order_by("process_id", "position")
    )
    ids = [stage.public_id for stage in stages]
    deadlines = {row.subject_id: row for row in Deadline.objects.filter(subject_id__in=ids).exclude(name="")}
    awaited, bounced = Counter[int](), Counter[int]()
    requests = ApprovalRequest.objects.filter(stage__in=stages, state=RequestState.ASKED)
    for stage_id, number, lost in requests.values_list("stage_id").annotate(Count("id"), Count("bounced_at")):
        awaited[stage_id], bounced[stage_id] = number, lost
    submissions = ExternalRequest.objects.filter(stage__in=stages, bounced_at__isnull=False)
    bounced.update(submissions.filter(state__in=_AWAITED).values_list("stage_id", flat=True))
    unsent = _unsent(stages)
    lacking = _without_set([stage for stage in stages if stage.pk in unsent])
    return [
        OpenStage(
            stage,
            stage_spec(stage),
            deadlines.get(stage.public_id),
            awaited[stage.pk],
            bounced[stage.pk],
            stage.pk in unsent,
            stage.pk in lacking,
        )
        for stage in stages
    ]


_AWAITED: Final = (ExternalState.SENT, ExternalState.ACKNOWLEDGED)


def _unsent(stages: Sequence[Stage]) -> set[int]:
    """The stages that wait for a receipt of something not sent yet; one query where there is any such stage."""
    stage_ids = {stage.pk for stage in stages if (terms := stage_spec(stage).external) and terms.awaits == "receipt"}
    if not stage_ids:
        return set()
    submissions = ExternalRequest.objects.filter(stage__in=stage_ids).exclude(state=ExternalState.WITHDRAWN)
    return stage_ids - set(submissions.values_list("stage_id", flat=True))


def _without_set(stages: Sequence[Stage]) -> set[int]:
    """Of these stages, those of whose text nothing has been put forward yet; one query where there are any."""
    if not stages:
        return set()
    lines_asked = {stage.line_id for stage in stages}
    put_forward = Bundle.objects.filter(line_id__in=lines_asked, put_forward_at__isnull=False)
    lines = set(put_forward.values_list("line_id", flat=True))
    return {stage.pk for stage in stages if stage.line_id not in lines}


def path_rows(definition: Definition) -> list[list[StageSpec]]:
    """The definition's stages in rows: those that wait for the same number of steps run side by side."""
    depth: dict[str, int] = {}
    for spec in _in_order(definition):
        depth[spec.key] = 1 + max((depth[key] for key in spec.after), default=-1)
    rows: defaultdict[int, list[StageSpec]] = defaultdict(list)
    for spec in definition.stages:
        rows[depth[spec.key]].append(spec)
    return [rows[number] for number in sorted(rows)]


def _in_order(definition: Definition) -> list[StageSpec]:
    """The stages so that each comes after all it waits for; the checker has refused cycles."""
    placed: dict[str, StageSpec] = {}
    specs_left = list(definition.stages)
    while specs_left:
        for spec in [spec for spec in specs_left if all(key in placed for key in spec.after)]:
            placed[spec.key] = spec
            specs_left.remove(spec)
    return list(placed.values())


def returned_stages(process: Process) -> list[Stage]:
    """The attempts that were sent back, oldest first."""
    return list(process.stages.filter(state=StageState.RETURNED).order_by("closed_at", "position"))
