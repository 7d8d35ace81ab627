"""On which mandate a body's decision may rest: the deed that records it and its form come in."""

from __future__ import annotations

from django.db.models import QuerySet

from workflow.models import ApprovalRequest, Decision, Process
from workflow.rules.decisions import may_use_mandate
from workflow.states import DecisionState


def latest_own_decision(request: ApprovalRequest, process: Process) -> Decision | None:
    """What the body has last decided itself in this stage of the definition: no step, and not by a mandate."""
    return _own_decisions(request, process).order_by("-id").first()


def _own_decisions(request: ApprovalRequest, process: Process) -> QuerySet[Decision]:
    rows = Decision.objects.filter(
        body=request.body_id, request__stage__process=process, request__stage__key=request.stage.key, by_mandate=None
    )
    return rows.exclude(state=DecisionState.STEP)


def usable_mandate(request: ApprovalRequest) -> Decision | None:
    """The decision on whose mandate the body's decision on this question may rest, if there is one."""
    own = latest_own_decision(request, request.stage.process)
    return own if own is not None and may_use_mandate(request, own, own) is None else None
