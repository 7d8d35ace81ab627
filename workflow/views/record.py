"""The record of a process, for officers and auditors."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from workflow.models import Process
from workflow.queries.record import record_entries
from workflow.views.access import Visit
from workflow.views.history import timeline
from workflow.views.pages import frame, process_page
from workflow.views.papers import RECORD, ways_to_fetch


@process_page("auditor", "GET")
def record(request: Visit, process: Process) -> HttpResponse:
    """Every deed in a process, a hundred to a page, newest first."""
    page = Paginator(record_entries(process), 100).get_page(request.GET.get("page"))
    context = {
        **frame(request, process, "record"),
        "page": page,
        "ways": ways_to_fetch(RECORD, lambda ending: reverse("record_list", args=[process.public_id, ending])),
        "entries": timeline(list(page.object_list), process),
    }
    return render(request, "workflow/record.html", context)
