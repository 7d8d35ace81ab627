"""A council that is asked, in the browser of who holds its link."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import in_approval, request_to
from tests.workflow.views.visitors import holder_of
from workflow.models import ApprovalRequest

NOW = datetime(2019, 2, 28, 9, 0, tzinfo=UTC)


def decision_url(request: ApprovalRequest, page: str = "decision", *more: object) -> str:
    """Where the holder of the link finds a page of the question."""
    return reverse(f"{page}_link", args=[request.link.public_id, *more])


def a_council(**changes: Any) -> tuple[ApprovalRequest, Client]:
    """A question to the first of the councils, and the browser of who holds its link."""
    request = request_to(in_approval(NOW, **changes), "council-1")
    return request, holder_of(request.link)
