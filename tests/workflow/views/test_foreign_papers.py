"""A body's link before there is a text: it opens no paper at all, least of all another office's draft."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import AGREEMENT, an_agreement, officer_of, request_to
from tests.workflow.factories import a_process, an_office, an_unnamed_officer
from workflow.actions.documents import add_version, create_document
from workflow.actions.gates import override_gate
from workflow.actions.stages import complete_stage
from workflow.links import link_path
from workflow.models import ApprovalRequest, DocumentVersion
from workflow.queries.processes import live_stage

pytestmark = pytest.mark.django_db

REVIEW_OF_A_PLAN = AGREEMENT.replace("    bundle: judges\n    review:", "    review:")


def _asked_without_text(now: datetime) -> ApprovalRequest:
    process = an_agreement(now, text=REVIEW_OF_A_PLAN)
    officer = officer_of(process)
    drafting = live_stage(process, "drafting")
    override_gate(drafting, "bundle_locked", reason="Udvalget ser planen først", actor=officer, now=now)
    complete_stage(drafting, actor=officer, now=now)
    return request_to(process, "committee", "review")


def _draft_elsewhere(now: datetime) -> DocumentVersion:
    process = a_process(an_office("midtjylland"), now)
    document = create_document(process, title="Udkast", actor=an_unnamed_officer(), now=now)
    return add_version(document, markdown="Hemmeligt.", actor=an_unnamed_officer(), now=now)


def test_read_document_by_a_link_without_bundle_finds_no_draft_of_another_office(now: datetime) -> None:
    request, draft = _asked_without_text(now), _draft_elsewhere(now)
    client = Client()
    client.post(link_path(request.link))

    page = client.get(reverse("decision_document_link", args=[request.link.public_id, draft.public_id]))

    assert request.bundle is None
    assert page.status_code == 404
    assert "Hemmeligt" not in page.content.decode()
