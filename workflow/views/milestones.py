"""Dated facts: the agreement is in force, each council has published it. Officers record them, auditors read along."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.actions.milestones import record_milestone
from workflow.dates import short_date, weekday_date
from workflow.forms.submissions import MilestoneForm
from workflow.models import Stage
from workflow.queries.documents import bundle_of, waits_to_be_put_forward
from workflow.queries.milestones import MilestoneRow, milestones_of
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.rules import Refused
from workflow.states import StageKindName, StageState
from workflow.views.access import Visit, by_whom, officer_of
from workflow.views.deeds import key_of, new_key
from workflow.views.forecasts_outside import milestone_recordings_of
from workflow.views.pages import frame, stage_page, trail_to
from workflow.views.processes import gates_of

milestone_page = partial(stage_page, kinds=(StageKindName.MILESTONE,))
"""Declares a page of a stage that waits for dated facts: `stage_page`, and 404 for any other kind of stage."""


@milestone_page("auditor", "GET")
def milestones(request: Visit, stage: Stage) -> HttpResponse:
    """Who has recorded the day and who is missing."""
    return _show(request, stage, _form(stage, milestones_of(stage)))


@milestone_page("secretariat", "POST", takes_files=True)
def milestone_record(request: Visit, stage: Stage) -> HttpResponse:
    """Record the day for every body ticked, or for the whole agreement."""
    form = _form(stage, milestones_of(stage), request)
    if form.is_valid() and (number := _recorded(request, stage, form)) is not None:
        day = short_date(form.cleaned_data["happened_on"], stage.process.time_zone)
        done = ngettext("%(day)s is recorded for %(number)d.", "%(day)s is recorded for %(number)d bodies.", number)
        messages.success(request, done % {"day": day, "number": number} if form.each else _("The day is recorded."))
        return redirect("milestones", stage.process.public_id, stage.public_id)
    return _show(request, stage, form, status=422)


def _recorded(request: Visit, stage: Stage, form: MilestoneForm) -> int | None:
    """How many were recorded; None when it was refused, with the reason standing in the form."""
    chosen, key = form.chosen(), key_of(request)
    try:
        for body in chosen:
            record_milestone(
                stage,
                happened_on=form.cleaned_data["happened_on"],
                body=body,
                note=form.cleaned_data["note"],
                file=form.cleaned_data["file"],
                key=f"{key[:40]}:{body.pk if body else ''}" if key else "",
                **by_whom(request, request.actor.acting_for(body.name) if body else None),
            )
    except Refused as refused:
        form.add_error(None, str(refused.refusal.text))
        return None
    return len(chosen)


def _show(request: Visit, stage: Stage, form: MilestoneForm, *, status: int = 200) -> HttpResponse:
    spec = stage_spec(stage)
    rows = milestones_of(stage)
    done = sum(row.record is not None for row in rows)
    may_record = stage.state == StageState.OPEN and done < len(rows) and officer_of(request, stage.process.office)
    context = {
        **trail_to(frame(request, stage.process, "process"), (str(spec.title), "")),
        "stage": stage,
        "spec": spec,
        "fact": spec.milestone.fact.text if spec.milestone else "",
        "deadline": stage_deadline(stage),
        "bundle": bundle_of(stage),
        "waiting": waits_to_be_put_forward(stage.line_id) if stage.state == StageState.OPEN else None,
        "done": done,
        "total": len(rows),
        "is_each": any(row.body is not None for row in rows),
        "board": _board(rows, stage.process.time_zone),
        "gates": gates_of(stage, request) if stage.state == StageState.OPEN else [],
        "form": form,
        "consequences": milestone_recordings_of(request, stage, [row.body for row in rows if row.record is None])
        if may_record
        else [],
        "may_record": may_record,
        "stands_at": reverse("milestones", args=[stage.process.public_id, stage.public_id]),
        "record_url": reverse("milestone_record", args=[stage.process.public_id, stage.public_id]),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/milestones.html", context, status=status)


def _board(rows: list[MilestoneRow], zone: str) -> dict[str, Any]:
    return {
        "columns": [{"label": _("Body")}, {"label": _("Day")}, {"label": _("Note")}, {"label": _("Recorded by")}],
        "rows": [
            {
                "cells": [
                    {"text": row.body.name if row.body else _("The whole agreement")},
                    {"text": weekday_date(row.record.happened_on, zone)}
                    if row.record
                    else {"badge": _("Missing"), "tone": "warning"},
                    {"text": row.record.note if row.record else ""},
                    {"text": row.record.by_label if row.record else ""},
                ]
            }
            for row in rows
        ],
    }


def _form(stage: Stage, rows: list[MilestoneRow], request: Visit | None = None) -> MilestoneForm:
    each = [row.body for row in rows if row.body is not None]
    missing = [row.body for row in rows if row.body is not None and row.record is None]
    if request is None:
        return MilestoneForm(each=each, missing=missing, matter=stage)
    return MilestoneForm(request.POST, request.FILES, each=each, missing=missing, matter=stage)
