"""The public page of a process: for citizens and journalists, without an account."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow.dates import short_date
from workflow.models import Process, Stage
from workflow.policies import policy
from workflow.queries.overview import path_rows
from workflow.queries.processes import definition_of, live_stages, stage_spec
from workflow.queries.public import public_process
from workflow.stage_kinds import public_parts
from workflow.states import ProcessState, StageState
from workflow.views.access import Visit
from workflow.views.processes import PATH_STATES


@policy("anonymous")
@require_safe
def process_public(request: Visit, process_id: UUID) -> HttpResponse:
    """Where the process is, and what each floor publishes of it; of each text the last set that was sent out as public.

    Locking a set publishes nothing.
    """
    try:
        process = public_process(process_id)
    except Process.DoesNotExist as error:
        raise Http404 from error
    parts = public_parts(process, request.now)
    by_key = {stage.key: stage for stage in live_stages(process)}
    not_begun = {key for part in parts for key in part.not_begun}
    published = {text.bundle.line_id: text for part in reversed(parts) for text in part.texts}
    context = {
        "process": process,
        "office_name": process.office.name,
        "definition": definition_of(process),
        "steps": [
            [_step(by_key[spec.key], spec.key in not_begun) for spec in row if spec.key in by_key]
            for row in path_rows(definition_of(process))
        ],
        "texts": sorted(published.values(), key=lambda text: text.bundle.line.position),
        "parts": parts,
    }
    return render(request, "workflow/process_public.html", context)


def _step(stage: Stage, is_not_begun: bool) -> dict[str, object]:
    """A stage as the public sees it: under way only while the process runs and somebody has been asked."""
    zone = stage.process.time_zone
    state, label, when = PATH_STATES[StageState(stage.state)], "", ""
    if stage.state == StageState.OPEN and stage.process.state == ProcessState.ABANDONED:
        return {"title": str(stage_spec(stage).title), "state": "skipped", "state_label": _("Given up"), "when": ""}
    if stage.state == StageState.OPEN and is_not_begun:
        return {"title": str(stage_spec(stage).title), "state": "waiting", "when": ""}
    if stage.state == StageState.OPEN and stage.process.state == ProcessState.SUSPENDED:
        label = str(ProcessState.SUSPENDED.label)
    if label and stage.process.suspended_at:
        when = _("since %(day)s") % {"day": short_date(stage.process.suspended_at, zone)}
    elif stage.closed_at:
        when = short_date(stage.closed_at, zone)
    elif stage.opened_at:
        when = _("since %(day)s") % {"day": short_date(stage.opened_at, zone)}
    return {
        "title": str(stage_spec(stage).title),
        "state": state,
        "state_label": label,
        "when": when,
    }
