"""Objections to corrections on the office's side: on its list of tasks, recorded on behalf, answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.approvals import answer_objection, object_to_correction
from workflow.dates import clock_time, local_day
from workflow.forms.objections import AnswerObjectionForm, ObjectionOnBehalfForm
from workflow.models import ApprovalRequest, Objection, Office, Process
from workflow.queries.objections import objection_of_office, objections_waiting
from workflow.queries.processes import stage_spec
from workflow.rules.asked import is_reached
from workflow.rules.objections import objection_words
from workflow.stage_kinds.pages import Duty
from workflow.views.access import Visit
from workflow.views.approvals.body_pages import body_page, frame_of, url_of
from workflow.views.consequences import STAND_IN_WORDS, Consequences, afresh, consequences_of, with_more
from workflow.views.decisions.correction import correction_seen, objections_shown
from workflow.views.deeds import form_page, press_of
from workflow.views.forecasts import done_words
from workflow.views.pages import Ids, frame, page_in_process, trail_to


# ── On the list of tasks ──────────────────────────────────────────────────────────────────────────────────────
def objection_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """The objections that wait for the officers of these offices."""
    return [_duty(objection) for objection in objections_waiting(offices)]


def _duty(objection: Objection) -> Duty:
    stage = objection.request.stage
    held = _("Answer it, or put forward a changed version: until then nothing comes into force and nothing is sent.")
    why = f"{objection_words(objection)} {held}"
    return Duty.in_stage(
        stage, url=url_of_objection(objection, stage.process), why=why, badge=_("Objection"), tone="error"
    )


def url_of_objection(objection: Objection, process: Process) -> str:
    """Where an officer answers it."""
    return reverse("objection", args=[process.public_id, objection.public_id])


# ── Recorded on behalf ────────────────────────────────────────────────────────────────────────────────────────
@body_page("secretariat", "GET", "POST", takes_files=True)
def objection_on_behalf(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Record an objection that came by mail, on paper or by telephone."""
    process, correction = asked.stage.process, correction_seen(asked)
    zone = process.time_zone
    initial = {
        "bundle": correction.after.sha256 if correction else "",
        "received_on": local_day(request.now, zone),
        "received_clock": clock_time(request.now, zone),
    }
    form = ObjectionOnBehalfForm(request.POST or None, request.FILES or None, initial=initial, matter=asked)
    heading = _("Record an objection")
    return form_page(
        request,
        frame_of(request, asked, heading),
        form,
        partial(object_to_correction, asked),
        facts=lambda: {
            "text": form.cleaned_data["text"],
            "bundle_sha256": form.cleaned_data["bundle"],
            "received_at": form.received_at(zone),
            "source": form.cleaned_data["source"],
        },
        press=press_of(request, request.actor.acting_for(asked.body.name)),
        heading=f"{heading}: {asked.body.name}",
        lead=_("The body does not agree that a correction is editorial. A decision it has made stands as it is."),
        consequences=lambda: [_objecting_of(request, asked, form.initial["bundle"])],
        submit=heading,
        done=_("The objection is recorded, and stands on the list of tasks."),
        to=url_of(asked),
    )


def _objecting_of(request: Visit, asked: ApprovalRequest, sha256: str) -> Consequences:
    row = afresh(asked, "stage__process__office", "body", "bundle", "link")
    deed = partial(object_to_correction, row, text=STAND_IN_WORDS, bundle_sha256=sha256)
    undo = _("No. It is settled by an answer, or by a version changed in its substance.")
    actor = request.actor.acting_for(asked.body.name)
    told = consequences_of(request, asked.stage.process, deed, undo=undo, actor=actor)
    held = _("Until it is settled nothing comes into force and nothing is sent to an authority on this text.")
    return told if told.is_refused else with_more(told, happens=[held])


# ── Answered ──────────────────────────────────────────────────────────────────────────────────────────────────
def _objection_in(process: Process, ids: Ids) -> Objection:
    try:
        objection = objection_of_office(ids.pop("objection_id"), process)
    except Objection.DoesNotExist as error:
        raise Http404 from error
    objection.request.stage.process = process
    objection.request.body = objection.body
    return objection


@page_in_process(_objection_in, "secretariat", "GET", "POST")
def objection(request: Visit, objection: Objection) -> HttpResponse:
    """Read an objection and answer it: the correction then stands."""
    asked = objection.request
    process = asked.stage.process
    form = AnswerObjectionForm(request.POST or None)
    heading = _("Answer the objection")
    steps = (
        (str(stage_spec(asked.stage).title), reverse("approvals", args=[process.public_id, asked.stage.public_id])),
        (asked.body.name, url_of(asked)),
        (heading, ""),
    )
    shown = objections_shown([objection], process)[0]
    shown["source_url"] = (
        reverse("approval_file", args=[process.public_id, asked.public_id, objection.source.public_id])
        if objection.source and objection.source.erased_at is None
        else ""
    )
    return form_page(
        request,
        {**trail_to(frame(request, process, "process"), *steps), "shown": shown, "body_name": asked.body.name},
        form,
        partial(answer_objection, objection),
        heading=f"{heading}: {asked.body.name}",
        submit=_("Let the correction stand, and answer"),
        consequences=lambda: _answering_of(request, objection),
        done=lambda _objection: done_words(_("The objection is answered."), process, request.now),
        to=url_of(asked),
        template="workflow/objection.html",
    )


def _answering_of(request: Visit, objection: Objection) -> list[Consequences]:
    process = objection.request.stage.process
    row = afresh(objection, "request__stage__process__office", "body")
    undo = _("No. If the body is right after all, put forward a version changed in its substance.")
    told = consequences_of(request, process, partial(answer_objection, row, answer=STAND_IN_WORDS), undo=undo)
    if told.is_refused:
        return [told]
    words = [_("The correction stands, and so do the decisions. The objection no longer holds anything back.")]
    if not is_reached(objection.request):
        words.append(_("No mail reaches the body. Tell it yourself."))
    return [with_more(told, happens=words)]
