"""Processes: the list, and the page that says where a process is and what it waits for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow.actions.processes import abandon_process, suspend_process
from workflow.dates import deadline_words, short_date
from workflow.definitions import Completes
from workflow.forms.processes import ReasonForm
from workflow.gates import gate_statuses
from workflow.models import Process, Stage
from workflow.policies import policy
from workflow.queries.approvals import ASKING_KINDS, passed_undecided
from workflow.queries.documents import earlier_versions
from workflow.queries.objections import objections_in
from workflow.queries.overview import path_rows, process_rows, processes_of, returned_stages
from workflow.queries.processes import (
    deadline_title,
    definition_of,
    live_deadlines,
    live_stages,
    names_of_roles,
    reply_deadlines,
    ruled_deadlines,
    stage_spec,
)
from workflow.queries.record import suspended_because
from workflow.rules.deadlines import must_be_binding
from workflow.stage_kinds import page_of_stage, path_notes
from workflow.states import DeadlineKind, ProcessState, StageState
from workflow.views.access import Visit, officer_of
from workflow.views.approvals.objections import url_of_objection
from workflow.views.deeds import form_page, new_key
from workflow.views.forecasts import abandonment_of, suspension_of
from workflow.views.history import history_of
from workflow.views.long_work import work_of
from workflow.views.pages import frame, process_page, trail_to, url_of_process, url_of_stage
from workflow.views.process_board import board_of
from workflow.views.taking_back import sets_to_take_back

PATH_STATES = {
    StageState.WAITING: "waiting",
    StageState.OPEN: "current",
    StageState.COMPLETED: "done",
    StageState.SKIPPED: "skipped",
    StageState.RETURNED: "returned",
}


@policy("auditor")
@require_safe
def processes(request: Visit) -> HttpResponse:
    """Every process of my offices, fifty to a page."""
    page = Paginator(processes_of(request.places.reads_of), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "board": board_of(process_rows(list(page.object_list))),
        "may_start": bool(request.places.officer_of),
    }
    return render(request, "workflow/processes.html", context)


@process_page("auditor", "GET")
def process(request: Visit, process: Process) -> HttpResponse:
    """Where we are on the path, what each open stage waits for, what is due, what has happened."""
    stages = live_stages(process)
    deadlines = {row.subject_id: row for row in live_deadlines(process)}
    context = {
        **frame(request, process, "process"),
        "steps": _steps(process, stages, request),
        "open_stages": [
            {
                "stage": stage,
                "title": stage_spec(stage).title,
                "url": page_of_stage(stage) or url_of_stage(stage),
                "gates": gates_of(stage, request),
                "deadline": deadlines.get(stage.public_id),
                "is_ready": is_ready(stage, request),
            }
            for stage in stages
            if stage.state == StageState.OPEN
        ],
        "to_take_back": sets_to_take_back(process, request.now),
        "objections": [
            {"body": row.body.name, "version": row.bundle.number, "url": url_of_objection(row, process)}
            for row in objections_in(process)
        ],
        "earlier_attempts": _earlier_attempts(process),
        "deadlines": _deadline_rows(request, process),
        "missing_facts": _missing_facts(process),
        "suspended_because": suspended_because(process),
        "work": work_of([process.office], request.now, process),
        "history": history_of(process, limit=12),
        "key": new_key(),
    }
    return render(request, "workflow/process.html", context)


@process_page("secretariat", "GET", "POST")
def process_suspend(request: Visit, process: Process) -> HttpResponse:
    """Let the process rest, with a reason."""
    return form_page(
        request,
        trail_to(frame(request, process, "process"), (_("Suspend the process"), "")),
        ReasonForm(request.POST or None),
        partial(suspend_process, process),
        heading=_("Suspend the process"),
        consequences=lambda: [suspension_of(request, process)],
        submit=_("Suspend the process"),
        done=_("The process is suspended. Nobody is reminded until it is resumed."),
        to=url_of_process(process),
    )


@process_page("secretariat", "GET", "POST")
def process_abandon(request: Visit, process: Process) -> HttpResponse:
    """Give the process up for good, with a reason."""
    return form_page(
        request,
        {**frame(request, process, "process"), "variant": "warning"},
        ReasonForm(request.POST or None),
        partial(abandon_process, process),
        heading=_("Give the process up"),
        warning=_("A process that is given up cannot be taken up again. Everything in it is kept."),
        consequences=lambda: [abandonment_of(request, process)],
        submit=_("Give the process up"),
        done=_("The process is given up."),
        to=url_of_process(process),
    )


def is_ready(stage: Stage, request: Visit) -> bool:
    """Whether nothing is missing any more and the stage waits only to be completed by hand."""
    by_hand = stage_spec(stage).completes is Completes.MANUAL and stage.process.state == ProcessState.RUNNING
    return by_hand and all(status.is_open for status in gate_statuses(stage, request.now))


def gates_of(stage: Stage, request: Visit) -> list[dict[str, Any]]:
    """The stage's gates as the gate component shows them; an officer may open a shut one by hand."""
    is_officer = officer_of(request, stage.process.office)
    gates = []
    for status in gate_statuses(stage, request.now):
        # A gate opened anew for a later text stands twice; what counts is the later word.
        overrides = stage.overrides.order_by("-id") if status.overridden else ()
        by_hand = next((row for row in overrides if row.gate == status.key), None)
        url = reverse("gate", args=[stage.process.public_id, stage.public_id, status.key])
        gates.append(
            {
                "key": status.key,
                "title": status.title,
                "is_open": status.is_open,
                "reason": status.hopeless or (status.missing[0] if len(status.missing) == 1 else ""),
                "missing": list(status.missing) if len(status.missing) > 1 or status.hopeless else [],
                "overridden": f"{by_hand.by_label}: {by_hand.reason}" if by_hand else "",
                "actions": [{"label": _("Go on although the condition is not met …"), "url": url}]
                if is_officer and not status.is_open and not status.not_by_hand
                else [],
            }
        )
    return gates


def _steps(process: Process, stages: list[Stage], request: Visit) -> list[list[dict[str, Any]]]:
    by_key = {stage.key: stage for stage in stages}
    overdue = {
        row.subject_id
        for row in live_deadlines(process).filter(at__lte=request.now)
        if row.name and row.kind != DeadlineKind.ADVISORY
    }
    returned = returned_stages(process)
    names = names_of_roles(process)
    overtaken, notes, undecided = earlier_versions(process), path_notes(stages), passed_undecided(stages)
    steps = [
        [
            {**_step(by_key[spec.key], overdue, names, notes, undecided), "note": judged(by_key[spec.key], overtaken)}
            for spec in row
            if spec.key in by_key
        ]
        for row in path_rows(definition_of(process))
    ]
    for step in (step for row in steps for step in row):
        earlier = [stage for stage in returned if stage.key == step["key"]]
        if earlier:
            step["attempt"] = by_key[step["key"]].attempt
    return steps


def _step(
    stage: Stage, overdue: set[UUID], names: Mapping[str, str], notes: Mapping[int, str], undecided: Collection[int]
) -> dict[str, Any]:
    spec = stage_spec(stage)
    zone = stage.process.time_zone
    when = ""
    if stage.closed_at:
        when = short_date(stage.closed_at, zone)
    elif stage.opened_at:
        when = _("since %(day)s") % {"day": short_date(stage.opened_at, zone)}
    role = names.get(spec.actor) or definition_of(stage.process).title_of_role(spec.actor)
    return {
        "key": stage.key,
        "title": str(spec.title),
        "state": PATH_STATES[StageState(stage.state)],
        "state_label": label_of_state(stage, undecided),
        "who": str(role) if role else _("The secretariat"),
        "when": " · ".join(filter(None, (when, notes.get(stage.pk, "")))),
        "url": url_of_stage(stage) if stage.state != StageState.WAITING else "",
        "is_overdue": stage.state == StageState.OPEN and stage.public_id in overdue,
    }


def judged(stage: Stage, overtaken: Mapping[int, str]) -> str:
    """To which version the decisions of a completed stage were given, where another counts now. overtaken: as
    `earlier_versions`."""
    has_decided = stage.kind in ASKING_KINDS and stage.state == StageState.COMPLETED
    return overtaken.get(stage.bundle_id or 0, "") if has_decided else ""


def label_of_state(stage: Stage, undecided: Collection[int]) -> str:
    """What the path says of a stage instead of its state's own word; "" for most. undecided: as `passed_undecided`."""
    if stage.state != StageState.COMPLETED:
        return ""
    if stage.done_on:
        return _("Done outside the system")
    return _("Passed without the decision it asks for") if stage.pk in undecided else ""


def _earlier_attempts(process: Process) -> list[dict[str, str]]:
    """The attempts that were sent back, each with the page of what was done in it."""
    rows = []
    for stage in returned_stages(process):
        begun_at = stage.closed_at if stage.done_on else stage.opened_at
        if begun_at is None:
            continue
        days = (begun_at, stage.closed_at or begun_at)
        first, last = (short_date(day, process.time_zone) for day in days)
        stage.process = process
        rows.append(
            {
                "label": str(stage_spec(stage).title),
                "value": _("attempt %(number)d") % {"number": stage.attempt},
                "note": f"{first} – {last}" if first != last else first,
                "url": page_of_stage(stage) or url_of_stage(stage),
            }
        )
    return rows


def _deadline_rows(request: Visit, process: Process) -> list[dict[str, str]]:
    may_move = officer_of(request, process.office) and process.state == ProcessState.RUNNING
    rows = [
        {
            "label": _("Reply deadline: %(stage)s") % {"stage": stage_spec(stage).title},
            "value": deadline_words(deadline.at, deadline.zone),
            "note": deadline.source,
            "note_lang": process.language,
        }
        for stage, deadline in reply_deadlines(process)
    ]
    for deadline in ruled_deadlines(process):
        deadline.process = process
        url = reverse("deadline_move", args=[process.public_id, deadline.public_id])
        rows.append(
            {
                "label": deadline_title(deadline),
                "value": deadline_words(deadline.at, deadline.zone),
                "note": f"{deadline.get_kind_display()} · {deadline.source}",
                "change_url": url if may_move and must_be_binding(deadline) is None else "",
            }
        )
    return rows


def _missing_facts(process: Process) -> list[dict[str, str]]:
    """What the definition asks for and nobody has given yet, each with the page to give it on."""
    if process.state != ProcessState.RUNNING:
        return []
    return [
        {"title": str(parameter.title), "url": reverse("fact_set", args=[process.public_id, name])}
        for name, parameter in definition_of(process).parameters.items()
        if name not in process.parameters
    ]
