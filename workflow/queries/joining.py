"""Who stands outside a sub-agreement, what it would join, and who has joined after the stage was done.

Actions, boards, the request page and supplements come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from workflow.models import ApprovalRequest, Body, Deadline, Decision, Process, ProcessDefinition, Stage
from workflow.queries.approvals import asked_name, counting_outcomes, lets_on, valid_decisions
from workflow.queries.candidates import bodies_of_kinds
from workflow.queries.documents import newest_of_text
from workflow.queries.processes import bodies_of, definition_of, live_stage, read_definition, stage_spec
from workflow.rules.approvals import outcomes_for
from workflow.rules.joining import is_outside
from workflow.states import (
    DeadlineKind,
    DecisionState,
    Outcome,
    ProcessState,
    RequestPurpose,
    RequestState,
    StageKindName,
    StageState,
)


def is_joined(stage: Stage) -> bool:
    """Whether bodies join a sub-agreement in a stage, each at its own date."""
    terms = stage_spec(stage).approval
    return terms is not None and terms.accession


def stands_outside(request: ApprovalRequest) -> bool:
    """Whether a body was asked to join, has decided otherwise, and may still join. No query unless it has decided."""
    if request.purpose != RequestPurpose.ACCESSION or request.state != RequestState.DECIDED:
        return False
    # All of them: pages have read them along.
    decision = next((row for row in request.decisions.all() if row.state == DecisionState.VALID), None)
    return is_outside(request, decision.outcome if decision else None, counting_outcomes(stage_spec(request.stage)))


def outcomes_open_to(request: ApprovalRequest) -> tuple[Outcome, ...]:
    """The outcomes a body can choose from: where it stands outside, those by which it joins."""
    outcomes = outcomes_for(request.purpose)
    if not stands_outside(request):
        return outcomes
    counts = counting_outcomes(stage_spec(request.stage))
    return tuple(outcome for outcome in outcomes if outcome in counts)


def show_text_in_force(request: ApprovalRequest) -> None:
    """Let a question name the text as it is in force: what it was about, or the newest set that differs from it only
    editorially; and the attempt at its stage that counts. A set of another substance that was put forward since is
    another matter. Nothing is stored."""
    if request.bundle is not None:
        request.bundle = newest_of_text(request.bundle)
    request.stage = attempt_that_counts(request.stage)


def attempt_that_counts(stage: Stage) -> Stage:
    """The attempt at a stage in which bodies join now: of one that was sent back the later one, once that has begun.
    Whoever declined on the same text before is not asked anew in it. No query unless it was sent back."""
    if stage.state != StageState.RETURNED:
        return stage
    live = live_stage(stage.process, stage.key)
    return live if live.state in (StageState.OPEN, StageState.COMPLETED) else stage


def replaced_by(stage: Stage) -> Process | None:
    """The revised agreement that has taken the place of the one that is joined in a stage: a process of the same
    definition that names this one as the one before it, and in which a dated fact has come about. None where there is
    none, and no query where nobody joins."""
    if not is_joined(stage):
        return None
    process = stage.process
    facts = Stage.objects.filter(
        process__linked_to=process,
        process__definition__key=process.definition.key,
        kind=StageKindName.MILESTONE,
        state=StageState.COMPLETED,
    ).exclude(process__state=ProcessState.ABANDONED)
    fact = facts.select_related("process").order_by("-closed_at", "-id").first()
    return fact.process if fact else None


def agreements_to_revise(definition: ProcessDefinition) -> QuerySet[Process]:
    """The office's earlier agreements of this definition, the newest first: a new process may be the revision of one.
    None, and no query, of a definition in which nobody joins."""
    stages = read_definition(definition).stages
    if not any(spec.approval is not None and spec.approval.accession for spec in stages):
        return Process.objects.none()
    earlier = Process.objects.filter(office=definition.office_id, definition__key=definition.key)
    return earlier.exclude(state=ProcessState.ABANDONED).order_by("-id")


def bodies_to_add(stage: Stage, day: date) -> list[Body]:
    """The bodies that could be taken in as parties on the local day, in Danish order."""
    asked_bodies = bodies_of(stage.process, asked_name(stage_spec(stage)))
    ids = {body.pk for body in asked_bodies}
    return [body for body in bodies_of_kinds(kinds_of_parties(stage, asked_bodies), day) if body.pk not in ids]


def kinds_of_parties(stage: Stage, asked_bodies: Sequence[Body]) -> set[str]:
    """The kinds of body that may join: those of the definition's list, else those that are on it already."""
    body_list = definition_of(stage.process).lists.get(asked_name(stage_spec(stage)))
    kinds = {str(kind) for kind in body_list.kinds} if body_list else set()
    return kinds or {body.kind for body in asked_bodies}


def days_of_their_own(stage: Stage) -> dict[UUID, Deadline]:
    """The reply days given to single bodies in a stage, by the public id of the question. No query where nobody joins,
    else one."""
    if not is_joined(stage):
        return {}
    return {row.subject_id: row for row in Deadline.objects.filter(stage=stage, kind=DeadlineKind.REPLY)}


def joined_late(stage: Stage) -> list[Decision]:
    """The decisions by which bodies have joined since a stage was completed, in the order in which they came: a package
    made before does not hold them. One query."""
    spec = stage_spec(stage)
    decisions = valid_decisions(stage.process, stage.key).filter(recorded_at__gt=stage.closed_at)
    rows = decisions.select_related("body").order_by("recorded_at", "id")
    return [decision for decision in rows if lets_on(decision, spec)]
