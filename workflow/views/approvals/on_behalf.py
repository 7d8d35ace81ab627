"""What a body decided or told by another road than its link, recorded by an officer."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from workflow.actions.approvals import record_decision
from workflow.dates import clock_time, local_day
from workflow.forms.approvals import AddendumForm, DecisionOnBehalfForm, MeetingForm, MinutesForm
from workflow.forms.minority import BaseMinorityFormSet, MinorityFormSet
from workflow.models import ApprovalRequest
from workflow.queries.mandates import usable_mandate
from workflow.views.access import Visit
from workflow.views.approvals.body_pages import body_page, frame_of, show_form_for, url_of
from workflow.views.decisions.recorded import bundle_digest_of, valid_decision
from workflow.views.decisions.recording import (
    MINORITY,
    both_valid,
    one_more_row,
    press_addendum,
    press_meeting,
    press_minutes,
)
from workflow.views.deeds import key_of, new_key, press_form, press_of
from workflow.views.forecasts import done_words
from workflow.views.forecasts_decisions import minutes_of, recordings_of


@body_page("secretariat", "GET", "POST", takes_files=True)
def decision_on_behalf(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Record what a body decided when it came by mail, on paper or by telephone."""
    zone = asked.stage.process.time_zone
    mandate = usable_mandate(asked)
    if request.method != "POST":
        initial = {
            "bundle": bundle_digest_of(asked),
            "received_on": local_day(request.now, zone),
            "received_clock": clock_time(request.now, zone),
        }
        form = DecisionOnBehalfForm(asked=asked, mandate=mandate, initial=initial)
        return _show_on_behalf(request, asked, form, MinorityFormSet(prefix=MINORITY))
    form = DecisionOnBehalfForm(request.POST, request.FILES, asked=asked, mandate=mandate)
    if "one_more" in request.POST:
        return _show_on_behalf(request, asked, form.unjudged(), one_more_row(request.POST))
    rows = MinorityFormSet(request.POST, prefix=MINORITY)
    if not both_valid(form, rows):
        return _show_on_behalf(request, asked, form, rows, status=422)
    answer = press_form(
        request,
        form,
        partial(
            record_decision,
            asked,
            bundle_sha256=form.cleaned_data["bundle"],
            received_at=form.received_at(zone),
            source=form.cleaned_data["source"],
        ),
        facts=lambda: {"facts": form.facts(rows.facts())},
        press=press_of(request, request.actor.acting_for(asked.body.name)),
        done=lambda _decision: done_words(_("The decision is recorded."), asked.stage.process, request.now),
        to=url_of(asked),
    )
    return answer or _show_on_behalf(request, asked, form, rows, status=409)


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
        "cancel_url": url_of(asked),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/decision_on_behalf.html", context, status=status)


@body_page("secretariat", "GET", "POST")
def request_meeting(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Note the day on which a body has said it takes the matter up."""
    form = MeetingForm(request.POST or None, initial={"meeting_on": asked.meeting_on})
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := press_meeting(request, asked, form, actor, to=url_of(asked))):
        return done
    return show_form_for(request, asked, form, _("The body's meeting"), _("Note the day"))


@body_page("secretariat", "GET", "POST", takes_files=True)
def addendum_on_behalf(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Correct or complete a recorded decision beside it."""
    form = AddendumForm(request.POST or None, request.FILES or None, matter=asked)
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := press_addendum(request, asked, form, actor, to=url_of(asked))):
        return done
    return show_form_for(request, asked, form, _("Add to the decision"), _("Record the addition"))


@body_page("secretariat", "GET", "POST", takes_files=True)
def minutes_on_behalf(request: Visit, asked: ApprovalRequest) -> HttpResponse:
    """Put the extract of the minutes to a decision that came without it."""
    form = MinutesForm(request.POST or None, request.FILES or None, matter=asked)
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := press_minutes(request, asked, form, actor, to=url_of(asked))):
        return done
    told = [minutes_of(request, asked, valid_decision(asked))]
    return show_form_for(request, asked, form, _("Extract of the minutes"), _("Record the minutes"), consequences=told)
