"""What a body decided or told by another road than its link, recorded by an officer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflow.actions.approvals import record_decision
from workflow.dates import clock_time, local_day
from workflow.forms.approvals import (
    AddendumForm,
    BaseMinorityFormSet,
    DecisionOnBehalfForm,
    MeetingForm,
    MinorityFormSet,
    MinutesForm,
)
from workflow.models import ApprovalRequest, Decision
from workflow.policies import policy
from workflow.rules import Refused
from workflow.views.access import Visit
from workflow.views.approvals.reading import asked_of, frame_of, show_deed_for, url_of
from workflow.views.decisions.recorded import digest_of, valid_decision
from workflow.views.decisions.recording import MINORITY, add_to, both_valid, one_more_row, take_minutes, tell_meeting
from workflow.views.deeds import key_of, new_key
from workflow.views.forecasts import done_words
from workflow.views.forecasts_decisions import minutes_of, recordings_of


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def decision_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Record what a body decided when it came by mail, on paper or by telephone."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    zone = asked.stage.process.time_zone
    if request.method != "POST":
        initial = {
            "bundle": digest_of(asked),
            "received_on": local_day(request.now, zone),
            "received_clock": clock_time(request.now, zone),
        }
        form = DecisionOnBehalfForm(asked=asked, initial=initial)
        return _show_on_behalf(request, asked, form, MinorityFormSet(prefix=MINORITY))
    form = DecisionOnBehalfForm(request.POST, request.FILES, asked=asked)
    if "one_more" in request.POST:
        return _show_on_behalf(request, asked, form.unjudged(), one_more_row(request.POST))
    rows = MinorityFormSet(request.POST, prefix=MINORITY)
    if not both_valid(form, rows):
        return _show_on_behalf(request, asked, form, rows, status=422)
    if _recorded_on_behalf(request, asked, form, rows) is None:
        return _show_on_behalf(request, asked, form, rows, status=409)
    messages.success(request, done_words(_("The decision is recorded."), asked.stage.process, request.now))
    return redirect("approval", process_id, request_id)


def _recorded_on_behalf(
    request: Visit, asked: ApprovalRequest, form: DecisionOnBehalfForm, rows: BaseMinorityFormSet
) -> Decision | None:
    try:
        return record_decision(
            asked,
            form.facts(rows.facts()),
            bundle_sha256=form.cleaned_data["bundle"],
            actor=request.actor.acting_for(asked.body.name),
            now=request.now,
            key=key_of(request),
            received_at=form.received_at(asked.stage.process.time_zone),
            source=form.cleaned_data["source"],
        )
    except Refused as refused:
        form.add_error(None, str(refused.refusal.text))
        return None


def _show_on_behalf(
    request: Visit, asked: ApprovalRequest, form: DecisionOnBehalfForm, rows: BaseMinorityFormSet, *, status: int = 200
) -> HttpResponse:
    context = {
        **frame_of(request, asked, _("Record the decision")),
        "asked": asked,
        "consequences": recordings_of(request, asked),
        "form": form,
        "rows": rows,
        "submit": _("Record the decision"),
        "cancel_url": reverse("approval", args=[asked.stage.process.public_id, asked.public_id]),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/decision_on_behalf.html", context, status=status)


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def request_meeting(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Note the day on which a body has said it takes the matter up."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    form = MeetingForm(request.POST or None, initial={"meeting_on": asked.meeting_on})
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := tell_meeting(request, asked, form, actor, to=url_of(asked))):
        return done
    return show_deed_for(request, asked, form, _("The body's meeting"), _("Note the day"))


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def addendum_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Correct or complete a recorded decision beside it."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    form = AddendumForm(request.POST or None, request.FILES or None, matter=asked)
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := add_to(request, asked, form, actor, to=url_of(asked))):
        return done
    return show_deed_for(request, asked, form, _("Add to the decision"), _("Record the addition"))


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Put the extract of the minutes to a decision that came without it."""
    asked = asked_of(request, process_id, request_id, officers_only=True)
    form = MinutesForm(request.POST or None, request.FILES or None, matter=asked)
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := take_minutes(request, asked, form, actor, to=url_of(asked))):
        return done
    told = [minutes_of(request, asked, valid_decision(asked))]
    return show_deed_for(request, asked, form, _("Extract of the minutes"), _("Record the minutes"), consequences=told)
