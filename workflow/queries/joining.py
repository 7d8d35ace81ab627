"""Who stands outside a sub-agreement, what it would join, and who has joined after the stage was done.

Actions, boards, the request page and supplements come in.
"""

from __future__ import annotations

from django.db.models import F, QuerySet

from workflow.models import ApprovalRequest, Decision, MilestoneRecord, Process, Stage
from workflow.queries.approvals import counting_outcomes, valid_decisions
from workflow.queries.documents import newest_of_text
from workflow.queries.processes import stage_spec
from workflow.rules.approvals import outcomes_for
from workflow.rules.joining import is_outside
from workflow.states import DecisionState, Outcome, ProcessState, RequestPurpose, RequestState


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
    editorially. A set of another substance that was put forward since is another matter. Nothing is stored."""
    if request.bundle is not None:
        request.bundle = newest_of_text(request.bundle)


def replaced_by(request: ApprovalRequest) -> Process | None:
    """The revised agreement that has taken the place of the one a body is asked to join: a process of the same
    definition that names this one as the one before it, and in which a dated fact has been recorded. None where there
    is none, and no query where the body is asked anything else."""
    if request.purpose != RequestPurpose.ACCESSION:
        return None
    process = request.stage.process
    facts = MilestoneRecord.objects.filter(
        stage__process__linked_to=process,
        stage__process__definition__key=F("stage__process__linked_to__definition__key"),
    ).exclude(stage__process__state=ProcessState.ABANDONED)
    fact = facts.select_related("stage__process").order_by("-happened_on", "-id").first()
    return fact.stage.process if fact else None


def joined_late(stage: Stage) -> QuerySet[Decision]:
    """The decisions by which bodies have joined since a stage was completed, in the order in which they came: a package
    made before does not hold them."""
    decisions = valid_decisions(stage.process, stage.key).filter(outcome__in=counting_outcomes(stage_spec(stage)))
    return decisions.filter(recorded_at__gt=stage.closed_at).select_related("body").order_by("recorded_at", "id")
