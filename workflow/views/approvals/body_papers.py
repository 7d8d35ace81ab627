"""Papers about one body: the letter with which it is asked, and what it decided."""

from __future__ import annotations

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse

from workflow.models import ApprovalRequest, Decision
from workflow.reports.papers.decisions import DECISION
from workflow.reports.papers.letters import TRANSMITTAL
from workflow.views.access import Visit
from workflow.views.approvals.body_pages import body_page
from workflow.views.decisions.access import DecisionAccess, by_link_and_account
from workflow.views.decisions.recorded import decisions_of
from workflow.views.papers import Ways, send_paper, ways_to_fetch


@body_page("auditor", "GET")
def transmittal(request: Visit, asked: ApprovalRequest, ending: str) -> HttpResponseBase:
    """Fetch the letter with which the text is sent to a body."""
    return send_paper(request, TRANSMITTAL, asked, ending)


@body_page("auditor", "GET")
def decision_paper(request: Visit, asked: ApprovalRequest, ending: str) -> HttpResponseBase:
    """Fetch the latest decision of a body."""
    return send_paper(request, DECISION, _latest(asked), ending)


def ways_to_letter(asked: ApprovalRequest) -> Ways:
    """What the body's page offers of the letter."""
    ids = [asked.stage.process.public_id, asked.public_id]
    return ways_to_fetch(TRANSMITTAL, lambda ending: reverse("transmittal", args=[*ids, ending]), is_named=True)


def ways_to_decision(asked: ApprovalRequest) -> Ways | None:
    """What the body's page offers of its decision; None before one is recorded."""
    if not decisions_of(asked):
        return None
    ids = [asked.stage.process.public_id, asked.public_id]
    return ways_to_fetch(DECISION, lambda ending: reverse("decision_paper", args=[*ids, ending]), is_named=True)


def _receipt(request: Visit, access: DecisionAccess, ending: str) -> HttpResponseBase:
    """Fetch the own decision as it is recorded."""
    return send_paper(request, DECISION, _latest(access.asked), ending)


def _latest(asked: ApprovalRequest) -> Decision:
    decisions = decisions_of(asked)
    if not decisions:
        raise Http404
    # The same question, so that its process is not read anew.
    decisions[0].request = asked
    return decisions[0]


decision_own_link, decision_own_member = by_link_and_account(_receipt, "GET")
