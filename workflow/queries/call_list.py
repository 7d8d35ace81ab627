"""Who is to be telephoned: bodies that have not decided and get no further mail. The desk comes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from workflow.models import ApprovalRequest, Decision, Office, Stage
from workflow.states import OUTCOMES_STILL_OPEN, DecisionState, ProcessState, RequestState, StageState


def bodies_to_call(offices: Sequence[Office], now: datetime) -> dict[Stage, list[ApprovalRequest]]:
    """By stage, the questions whose reply day has passed and of which no reminder is to come: of stages under way, and
    of those asked to join a sub-agreement since its stage was done. One query.

    A body that has told of its meeting, or postponed the matter, is a matter of its own (`open_matters`).
    """
    postponed = Decision.objects.filter(
        request=OuterRef("pk"), state=DecisionState.VALID, outcome__in=OUTCOMES_STILL_OPEN
    )
    rows = (
        ApprovalRequest.objects.filter(
            ~Exists(postponed),
            Q(stage__state=StageState.OPEN) | Q(stage__state=StageState.COMPLETED, asked_at__gt=F("stage__closed_at")),
            state=RequestState.ASKED,
            next_check_at=None,
            meeting_on=None,
            reply_by_at__lte=now,
            stage__process__state=ProcessState.RUNNING,
            stage__process__office__in=offices,
        )
        .select_related("stage__process__definition", "body")
        .order_by("stage_id", "body__sort_key", "id")
    )
    requests: dict[Stage, list[ApprovalRequest]] = {}
    for row in rows:
        requests.setdefault(row.stage, []).append(row)
    return requests
