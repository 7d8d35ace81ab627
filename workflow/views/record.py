"""The record of a process, for officers and auditors."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow.policies import policy
from workflow.queries.record import entries_of
from workflow.views.access import Visit
from workflow.views.history import timeline
from workflow.views.processes import frame, process_of


@policy("auditor")
@require_safe
def record(request: Visit, process_id: UUID) -> HttpResponse:
    """Every deed in a process, a hundred to a page, newest first."""
    process = process_of(request, process_id)
    page = Paginator(entries_of(process), 100).get_page(request.GET.get("page"))
    context = {
        **frame(request, process, "record"),
        "page": page,
        "entries": timeline(list(page.object_list), process),
    }
    return render(request, "workflow/record.html", context)
