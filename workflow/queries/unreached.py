"""Questions that wait for an answer and that no mail has brought to those asked: somebody has to find another way."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from workflow.models import ApprovalRequest, ExternalRequest, Office
from workflow.states import Channel, ExternalState, ProcessState, RequestState

_UNREACHED = Q(channel=Channel.EMAIL) & (Q(email="") | Q(bounced_at__isnull=False))


def unreached_requests(offices: Sequence[Office]) -> list[ApprovalRequest]:
    """Bodies asked for a decision without an address, or whose mail came back. One query."""
    rows = ApprovalRequest.objects.filter(
        _UNREACHED,
        state=RequestState.ASKED,
        stage__process__office__in=offices,
        stage__process__state=ProcessState.RUNNING,
    )
    return list(rows.select_related("body", "stage__process__definition").order_by("body__sort_key", "id"))


def unreached_submissions(offices: Sequence[Office]) -> list[ExternalRequest]:
    """Submissions that wait for a receipt or a ruling and did not reach the authority. One query."""
    rows = ExternalRequest.objects.filter(
        _UNREACHED,
        state__in=(ExternalState.SENT, ExternalState.ACKNOWLEDGED),
        closed_at=None,
        stage__process__office__in=offices,
        stage__process__state=ProcessState.RUNNING,
    )
    return list(rows.select_related("body", "stage__process__definition").order_by("id"))
