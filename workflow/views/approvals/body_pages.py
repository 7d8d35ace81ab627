"""What the pages of one body share: the question behind an address, its way back up, a form for one deed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from workflow.models import ApprovalRequest, Process
from workflow.policies import Policy
from workflow.queries.approvals import requests_of
from workflow.queries.processes import stage_spec
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.decisions.recorded import as_in_force
from workflow.views.deeds import show_form
from workflow.views.pages import Declared, Ids, frame, page_in_process, trail_to


def body_page(who: Policy, *methods: str, takes_files: bool = False) -> Declared[ApprovalRequest]:
    """Declare a page about the question to one body; the view gets the question. 404 for what belongs elsewhere."""
    return page_in_process(_asked_in, who, *methods, takes_files=takes_files)


def _asked_in(process: Process, ids: Ids) -> ApprovalRequest:
    return as_in_force(get_object_or_404(requests_of(process), public_id=ids.pop("request_id")))


def frame_of(request: Visit, asked: ApprovalRequest, deed: str = "") -> dict[str, Any]:
    """The frame of the body's page, or of a deed's page under it."""
    process, stage = asked.stage.process, asked.stage
    url = reverse("approvals", args=[process.public_id, stage.public_id])
    steps = ((str(stage_spec(stage).title), url), (asked.body.name, url_of(asked)))
    return trail_to(frame(request, process, "process"), *steps, *(((deed, ""),) if deed else ()))


def url_of(asked: ApprovalRequest) -> str:
    """The officer's page of the body."""
    return reverse("approval", args=[asked.stage.process.public_id, asked.public_id])


def show_form_for(
    request: Visit,
    asked: ApprovalRequest,
    form: Form,
    heading: str,
    submit: str,
    lead: str = "",
    consequences: Sequence[Consequences] = (),
) -> HttpResponse:
    """A form for one deed, headed by the deed and the body it is done for."""
    return show_form(
        request,
        frame_of(request, asked, heading),
        form,
        heading=f"{heading}: {asked.body.name}",
        submit=submit,
        cancel_url=url_of(asked),
        lead=lead,
        consequences=consequences,
    )
