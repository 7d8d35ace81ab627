"""Calls to those who are asked: whom to call today, over all processes, and what came of each call."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow.actions.calls import note_call
from workflow.asked_kinds import AskedKind, Call, asked_in, calls_due
from workflow.dates import short_date
from workflow.forms.calls import CallForm
from workflow.models import CallNote, Process
from workflow.policies import policy
from workflow.queries.processes import stage_spec
from workflow.stage_kinds import page_of_stage
from workflow.views.access import Visit
from workflow.views.deeds import form_page
from workflow.views.pages import Ids, frame, page_in_process, trail_to, url_of_stage


@policy("secretariat")
@require_safe
def calls(request: Visit) -> HttpResponse:
    """Whom the officers of my offices said they would call by today."""
    labels = (_("Whom"), _("About what"), _("To be called"), _("Last call"))
    rows = [_row(call) for call in calls_due(request.places.officer_of, request.now)]
    return render(
        request, "workflow/calls.html", {"board": {"columns": [{"label": label} for label in labels], "rows": rows}}
    )


def _row(call: Call) -> dict[str, Any]:
    asked, note = call.asked, call.note
    language = asked.process.language
    said = {"text": short_date(note.at, asked.process.time_zone), "note": note.text, "note_lang": language}
    return {
        "cells": [
            {
                "text": asked.who,
                "url": reverse("asked_calls", args=[asked.process.public_id, asked.public_id]),
                "note": asked.contact_name,
                "lang": language,
            },
            {"text": call.what, "lang": language},
            {"text": short_date(note.next_on) if note.next_on else ""},
            said,
        ]
    }


def _asked_in(process: Process, ids: Ids) -> tuple[AskedKind, Any]:
    found = asked_in(process, ids.pop("asked_id"))
    if found is None:
        raise Http404
    return found


@page_in_process(_asked_in, "secretariat", "GET", "POST")
def asked_calls(request: Visit, found: tuple[AskedKind, Any]) -> HttpResponse:
    """What came of the calls to one who is asked, and the form for one more."""
    _kind, asked = found
    stage = asked.stage
    back = page_of_stage(stage) or url_of_stage(stage)
    trail = trail_to(frame(request, asked.process, "process"), (str(stage_spec(stage).title), back), (_("Calls"), ""))
    return form_page(
        request,
        {**trail, "notes": CallNote.objects.filter(link=asked.link_id).order_by("-id")},
        CallForm(request.POST or None),
        partial(note_call, asked),
        heading=_("Calls to %(name)s") % {"name": asked.who},
        submit=_("Note the call"),
        done=_("The call is noted."),
        to=reverse("asked_calls", args=[asked.process.public_id, asked.public_id]),
        cancel_url=back,
        lead=_("The note is read in the office alone. No mail is sent, and reminders go as before."),
        template="workflow/asked_calls.html",
    )
