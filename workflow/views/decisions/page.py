"""A body's own page for its decision: the form, the receipt, and what may follow."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from workflow.actions.approvals import record_decision
from workflow.forms.approvals import AddendumForm, ConfirmedDecisionForm, DecisionForm, MeetingForm, MinutesForm
from workflow.forms.minority import BaseMinorityFormSet, MinorityFormSet
from workflow.forms.objections import ObjectionForm
from workflow.models import ApprovalRequest, PersonalLink
from workflow.queries.approvals import live_request, request_of_link
from workflow.queries.corrections import asked_about_before
from workflow.queries.joining import replaced_by, stands_outside
from workflow.queries.objections import objections_of
from workflow.queries.processes import stage_spec
from workflow.reports.papers.decisions import DECISION
from workflow.reports.papers.registry import PDF
from workflow.rules import Refusal
from workflow.rules.approvals import ALREADY_DECIDED, may_decide
from workflow.rules.bodies import own_name
from workflow.rules.processes import must_not_have_ended, now_or_suspended_at
from workflow.stage_kinds.pages import LinkTopic
from workflow.states import DecisionState, RequestState, StageState
from workflow.views.access import Visit
from workflow.views.decisions.access import DecisionAccess, by_link_and_account
from workflow.views.decisions.correction import (
    correction_seen,
    correction_shown,
    may_object_to,
    objections_shown,
    sets_seen,
)
from workflow.views.decisions.papers import papers_of
from workflow.views.decisions.recorded import bundle_digest_of, decisions_of, record_of, valid_decision
from workflow.views.decisions.recording import (
    MINORITY,
    both_valid,
    one_more_row,
    press_addendum,
    press_meeting,
    press_minutes,
    press_objection,
)
from workflow.views.deeds import key_of, new_key, press_form, press_of
from workflow.views.forecasts_decisions import deciding_of
from workflow.views.papers import ways_to_fetch


def _decision(request: Visit, access: DecisionAccess) -> HttpResponse:
    """The papers, the deadline, and the form; once decided, what is recorded."""
    if request.method != "POST":
        return _show(request, access, *_empty(access))
    form = ConfirmedDecisionForm(request.POST, request.FILES, asked=access.asked, is_named=access.is_named)
    if "one_more" in request.POST:
        return _show(request, access, form.unjudged(), one_more_row(request.POST))
    rows = MinorityFormSet(request.POST, prefix=MINORITY)
    if not both_valid(form, rows):
        return _show(request, access, form, rows, status=422)
    answer = press_form(
        request,
        form,
        partial(record_decision, access.asked, bundle_sha256=form.cleaned_data["bundle"]),
        facts=lambda: {"facts": form.facts(rows.facts())},
        press=press_of(request, form.sign(access.actor)),
        done="",
        to=access.url("decision_receipt"),
    )
    return answer or _show(request, access, form, rows, status=409)


def _show(
    request: Visit,
    access: DecisionAccess,
    form: DecisionForm,
    rows: BaseMinorityFormSet,
    *,
    addendum: AddendumForm | None = None,
    minutes: MinutesForm | None = None,
    meeting: MeetingForm | None = None,
    objection: ObjectionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    asked, process = access.asked, access.process
    spec = stage_spec(asked.stage)
    valid = valid_decision(asked)
    outside = stands_outside(asked)
    refusal = _why_not(request, access, outside=outside)
    context = {
        "asked": asked,
        "process": process,
        "office_name": process.office.name,
        "stage_title": spec.title,
        "recommendation": spec.review.recommendation.text if spec.review else "",
        **_papers(access),
        **_objecting(request, access, objection),
        "is_past": asked.reply_by_at is not None and asked.reply_by_at <= now_or_suspended_at(process, request.now),
        "may_decide": refusal is None,
        "may_tell": refusal is None and not outside,
        "stands_outside": outside,
        "why_not": refusal.text if refusal not in (None, ALREADY_DECIDED) else "",
        "records": [
            record_of(row, lambda file: access.url("decision_file", file.public_id)) for row in decisions_of(asked)
        ],
        "valid": valid,
        "form": form,
        "rows": rows,
        "addendum_form": addendum or AddendumForm(auto_id="addendum_%s", matter=asked),
        "minutes_form": minutes or MinutesForm(auto_id="late_%s", matter=asked),
        "meeting_form": meeting or MeetingForm(auto_id="meeting_%s", initial={"meeting_on": asked.meeting_on}),
        "wants_minutes": valid is not None and valid.minutes_id is None and asked.state == RequestState.DECIDED,
        "consequences": [deciding_of(asked, joins=outside)] if refusal is None else [],
        "decision_url": access.url("decision"),
        "stands_at": access.url("decision"),
        "addendum_url": access.url("decision_addendum"),
        "minutes_url": access.url("decision_minutes"),
        "meeting_url": access.url("decision_meeting"),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/decision.html", context, status=status)


def _why_not(request: Visit, access: DecisionAccess, *, outside: bool) -> Refusal | None:
    asked, is_live = access.asked, _is_live(access.asked)
    current = None if is_live else live_request(asked.stage.key, asked.body, access.process)
    refusal = may_decide(
        asked, access.actor, request.now, current=current, outside=outside, replaced_by=replaced_by(asked.stage)
    )
    # In an ended process it is no help to say that the body will be asked again.
    if refusal is None or not is_live:
        return must_not_have_ended(access.process) or refusal
    return refusal


def _papers(access: DecisionAccess) -> dict[str, object]:
    """The documents in question; of a text that was corrected since, both versions and what differs."""
    asked = access.asked
    correction = correction_seen(asked)
    sets = [{"bundle": row, "papers": papers_of(row, access.url)} for row in sets_seen(asked, correction)]
    return {
        "has_other_text": correction is None and asked_about_before(asked) is not None,
        "correction": correction_shown(correction, access.process.language),
        "compared_url": access.url("decision_compared"),
        "sets": sets,
        "papers_url": access.url("decision_papers") if asked.bundle else "",
        "kit_url": access.url("decision_kit"),
    }


def _objecting(request: Visit, access: DecisionAccess, form: ObjectionForm | None) -> dict[str, object]:
    """What the body has objected to, and the form to object to what was corrected since, where it may."""
    asked, correction = access.asked, correction_seen(access.asked)
    objections = objections_of(asked)
    may = correction is not None and may_object_to(asked, correction, objections, access.actor) is None
    initial = {"bundle": correction.after.sha256 if correction else ""}
    return {
        "objections": objections_shown(objections, access.process),
        "may_object": may,
        "objection_form": form or ObjectionForm(auto_id="objection_%s", initial=initial, is_named=access.is_named),
        "objection_url": access.url("decision_objection"),
    }


def _objection(request: Visit, access: DecisionAccess) -> HttpResponse:
    """Object to what was corrected since the body was asked or decided."""
    form = ObjectionForm(request.POST, auto_id="objection_%s", is_named=access.is_named)
    done = press_objection(request, access.asked, form, access.actor, to=access.url("decision"))
    return done or _show(request, access, *_empty(access), objection=form, status=422)


def _receipt(request: Visit, access: DecisionAccess) -> HttpResponse:
    """What was recorded, under which number, and what happens now."""
    decisions = decisions_of(access.asked)
    if not decisions:
        raise Http404
    context = {
        "process": access.process,
        "asked": access.asked,
        "office_name": access.process.office.name,
        "record": record_of(decisions[0], lambda file: access.url("decision_file", file.public_id)),
        "replaces": next((row for row in decisions[1:] if row.state == DecisionState.SUPERSEDED), None),
        "has_minutes": decisions[0].minutes_id is not None,
        "is_postponed": access.asked.state == RequestState.ASKED,
        "stands_outside": stands_outside(access.asked),
        "is_done": access.asked.stage.state == StageState.COMPLETED,
        "own_name": own_name(access.asked.body),
        "decision_url": access.url("decision"),
        "ways": ways_to_fetch(DECISION, lambda ending: access.url("decision_own", ending), PDF),
    }
    return render(request, "workflow/decision_receipt.html", context)


def _addendum(request: Visit, access: DecisionAccess) -> HttpResponse:
    """Correct or complete the recorded decision beside it."""
    form = AddendumForm(request.POST, request.FILES, auto_id="addendum_%s", matter=access.asked)
    done = press_addendum(request, access.asked, form, access.actor, to=access.url("decision"))
    return done or _show(request, access, *_empty(access), addendum=form, status=422)


def _minutes(request: Visit, access: DecisionAccess) -> HttpResponse:
    """Send the extract of the minutes after the decision."""
    form = MinutesForm(request.POST, request.FILES, auto_id="late_%s", matter=access.asked)
    done = press_minutes(request, access.asked, form, access.actor, to=access.url("decision"))
    return done or _show(request, access, *_empty(access), minutes=form, status=422)


def _meeting(request: Visit, access: DecisionAccess) -> HttpResponse:
    """Tell on which day the body takes the matter up."""
    form = MeetingForm(request.POST, auto_id="meeting_%s")
    done = press_meeting(request, access.asked, form, access.actor, to=access.url("decision"))
    return done or _show(request, access, *_empty(access), meeting=form, status=422)


def _is_live(asked: ApprovalRequest) -> bool:
    return asked.state in (RequestState.ASKED, RequestState.DECIDED)


def _is_over(asked: ApprovalRequest) -> bool:
    is_ended = asked.state == RequestState.ASKED and must_not_have_ended(asked.stage.process) is not None
    return is_ended or not _is_live(asked)


def _empty(access: DecisionAccess) -> tuple[DecisionForm, BaseMinorityFormSet]:
    initial = {"bundle": bundle_digest_of(access.asked)}
    form = ConfirmedDecisionForm(asked=access.asked, is_named=access.is_named, initial=initial)
    return form, MinorityFormSet(prefix=MINORITY)


def topic(link: PersonalLink) -> LinkTopic:
    """What a decision link is about, for its start page."""
    asked = request_of_link(link)
    process = asked.stage.process
    return LinkTopic(
        title=_("Decision: %(stage)s") % {"stage": stage_spec(asked.stage).title},
        party=asked.body.name,
        process_title=process.title,
        case_number=process.case_number,
        reply_by_at=asked.reply_by_at,
        zone=process.time_zone,
        label=asked.body.name,
        language=process.language,
        process=process,
        who="body",
        over=_("This question is no longer asked. The page says why.") if _is_over(asked) else "",
    )


decision_link, decision_member = by_link_and_account(_decision, "GET", "POST", takes_files=True)
decision_receipt_link, decision_receipt_member = by_link_and_account(_receipt, "GET")
decision_addendum_link, decision_addendum_member = by_link_and_account(_addendum, "POST", takes_files=True)
decision_minutes_link, decision_minutes_member = by_link_and_account(_minutes, "POST", takes_files=True)
decision_objection_link, decision_objection_member = by_link_and_account(_objection, "POST")
decision_meeting_link, decision_meeting_member = by_link_and_account(_meeting, "POST")
