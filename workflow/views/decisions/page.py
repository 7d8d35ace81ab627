"""A body's own page for its decision: the form, the receipt, and what may follow."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from workflow.actions.approvals import record_decision
from workflow.forms.approvals import (
    AddendumForm,
    BaseMinorityFormSet,
    ConfirmedDecisionForm,
    DecisionForm,
    MeetingForm,
    MinorityFormSet,
    MinutesForm,
)
from workflow.models import ApprovalRequest, PersonalLink
from workflow.queries.approvals import live_request, request_of_link
from workflow.queries.processes import stage_spec
from workflow.rules.approvals import may_decide
from workflow.rules.bodies import own_name
from workflow.rules.processes import clock_of
from workflow.stage_kinds.pages import LinkTopic
from workflow.states import DecisionState, RequestState
from workflow.views.access import Visit
from workflow.views.decisions.access import Desk, doors
from workflow.views.decisions.papers import papers_of
from workflow.views.decisions.recorded import decisions_of, digest_of, record_of, valid_decision
from workflow.views.decisions.recording import MINORITY, add_to, both_valid, one_more_row, take_minutes, tell_meeting
from workflow.views.deeds import key_of, new_key, press_form, press_of
from workflow.views.forecasts_decisions import deciding_of


def _decision(visit: Visit, desk: Desk) -> HttpResponse:
    """The papers, the deadline, and the form; once decided, what is recorded."""
    if visit.method != "POST":
        return _show(visit, desk, *_empty(desk))
    form = ConfirmedDecisionForm(visit.POST, visit.FILES, asked=desk.request, is_named=desk.is_named)
    if "one_more" in visit.POST:
        return _show(visit, desk, form.unjudged(), one_more_row(visit.POST))
    rows = MinorityFormSet(visit.POST, prefix=MINORITY)
    if not both_valid(form, rows):
        return _show(visit, desk, form, rows, status=422)
    answer = press_form(
        visit,
        form,
        partial(record_decision, desk.request, bundle_sha256=form.cleaned_data["bundle"]),
        facts=lambda: {"facts": form.facts(rows.facts())},
        press=press_of(visit, form.sign(desk.actor)),
        done="",
        to=desk.url("decision_receipt"),
    )
    return answer or _show(visit, desk, form, rows, status=409)


def _show(
    visit: Visit,
    desk: Desk,
    form: DecisionForm,
    rows: BaseMinorityFormSet,
    *,
    addendum: AddendumForm | None = None,
    minutes: MinutesForm | None = None,
    meeting: MeetingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    request, process = desk.request, desk.process
    spec = stage_spec(request.stage)
    current = live_request(request.stage.key, request.body, process) if not _is_live(request) else None
    refusal = may_decide(request, desk.actor, visit.now, current=current)
    valid = valid_decision(request)
    context = {
        "desk": desk,
        "asked": request,
        "process": process,
        "office_name": process.office.name,
        "stage_title": spec.title,
        "recommendation": spec.review.recommendation.text if spec.review else "",
        "papers": papers_of(request.bundle, desk.url),
        "papers_url": desk.url("decision_papers") if request.bundle else "",
        "is_past": request.reply_by_at is not None and request.reply_by_at <= clock_of(process, visit.now),
        "may_decide": refusal is None,
        "is_superseded": not _is_live(request),
        "why_not": refusal.text if refusal is not None and not _is_live(request) else "",
        "records": [
            record_of(row, lambda file: desk.url("decision_file", file.public_id)) for row in decisions_of(request)
        ],
        "valid": valid,
        "form": form,
        "rows": rows,
        "addendum_form": addendum or AddendumForm(auto_id="addendum_%s", matter=request),
        "minutes_form": minutes or MinutesForm(auto_id="late_%s", matter=request),
        "meeting_form": meeting or MeetingForm(auto_id="meeting_%s", initial={"meeting_on": request.meeting_on}),
        "wants_minutes": valid is not None and valid.minutes_id is None and request.state == RequestState.DECIDED,
        "consequences": [deciding_of(request)] if refusal is None else [],
        "decision_url": desk.url("decision"),
        "stands_at": desk.url("decision"),
        "addendum_url": desk.url("decision_addendum"),
        "minutes_url": desk.url("decision_minutes"),
        "meeting_url": desk.url("decision_meeting"),
        "key": key_of(visit) or new_key(),
    }
    return render(visit, "workflow/decision.html", context, status=status)


def _receipt(visit: Visit, desk: Desk) -> HttpResponse:
    """What was recorded, under which number, and what happens now."""
    decisions = decisions_of(desk.request)
    if not decisions:
        raise Http404
    context = {
        "process": desk.process,
        "asked": desk.request,
        "office_name": desk.process.office.name,
        "record": record_of(decisions[0], lambda file: desk.url("decision_file", file.public_id)),
        "replaces": next((row for row in decisions[1:] if row.state == DecisionState.SUPERSEDED), None),
        "has_minutes": decisions[0].minutes_id is not None,
        "is_postponed": desk.request.state == RequestState.ASKED,
        "own_name": own_name(desk.request.body),
        "decision_url": desk.url("decision"),
    }
    return render(visit, "workflow/decision_receipt.html", context)


def _addendum(visit: Visit, desk: Desk) -> HttpResponse:
    """Correct or complete the recorded decision beside it."""
    form = AddendumForm(visit.POST, visit.FILES, auto_id="addendum_%s", matter=desk.request)
    done = add_to(visit, desk.request, form, desk.actor, to=desk.url("decision"))
    return done or _show(visit, desk, *_empty(desk), addendum=form, status=422)


def _minutes(visit: Visit, desk: Desk) -> HttpResponse:
    """Send the extract of the minutes after the decision."""
    form = MinutesForm(visit.POST, visit.FILES, auto_id="late_%s", matter=desk.request)
    done = take_minutes(visit, desk.request, form, desk.actor, to=desk.url("decision"))
    return done or _show(visit, desk, *_empty(desk), minutes=form, status=422)


def _meeting(visit: Visit, desk: Desk) -> HttpResponse:
    """Tell on which day the body takes the matter up."""
    form = MeetingForm(visit.POST, auto_id="meeting_%s")
    done = tell_meeting(visit, desk.request, form, desk.actor, to=desk.url("decision"))
    return done or _show(visit, desk, *_empty(desk), meeting=form, status=422)


def _is_live(request: ApprovalRequest) -> bool:
    return request.state in (RequestState.ASKED, RequestState.DECIDED)


def _empty(desk: Desk) -> tuple[DecisionForm, BaseMinorityFormSet]:
    initial = {"bundle": digest_of(desk.request)}
    form = ConfirmedDecisionForm(asked=desk.request, is_named=desk.is_named, initial=initial)
    return form, MinorityFormSet(prefix=MINORITY)


def topic(link: PersonalLink) -> LinkTopic:
    """What a decision link is about, for its start page."""
    request = request_of_link(link)
    process = request.stage.process
    return LinkTopic(
        title=_("Decision: %(stage)s") % {"stage": stage_spec(request.stage).title},
        party=request.body.name,
        process_title=process.title,
        case_number=process.case_number,
        reply_by_at=request.reply_by_at,
        zone=process.time_zone,
        label=request.body.name,
        language=process.language,
        process=process,
        who="body",
        over="" if _is_live(request) else _("This question is no longer asked. The page says why."),
    )


decision_link, decision_member = doors(_decision, "GET", "POST", takes_files=True)
decision_receipt_link, decision_receipt_member = doors(_receipt, "GET")
decision_addendum_link, decision_addendum_member = doors(_addendum, "POST", takes_files=True)
decision_minutes_link, decision_minutes_member = doors(_minutes, "POST", takes_files=True)
decision_meeting_link, decision_meeting_member = doors(_meeting, "POST")
