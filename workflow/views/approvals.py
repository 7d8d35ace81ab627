"""The board of a stage in which bodies decide, and what an officer does for one body: auditors read along."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.actions.approvals import ask_again, readdress_request, record_decision
from workflow.dates import clock_time, local_day, short_date
from workflow.forms.approvals import (
    AddendumForm,
    AddressForm,
    BaseMinorityFormSet,
    DecisionOnBehalfForm,
    MeetingForm,
    MinorityFormSet,
    MinutesForm,
)
from workflow.forms.processes import ReasonForm
from workflow.models import ApprovalRequest, BundleItem, Decision, Process, Stage
from workflow.policies import policy
from workflow.queries.approvals import BoardRow, board, counting_outcomes, fallen_on, request_of_office
from workflow.queries.documents import current_bundle
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.rules import Refused
from workflow.rules.approvals import may_ask_again, may_record_decision
from workflow.states import Outcome, RequestState, StageKindName, StageState
from workflow.views.decisions import (
    MINORITY,
    add_to,
    both_valid,
    decisions_of,
    digest_of,
    file_of,
    one_more_row,
    record_of,
    take_minutes,
    tell_meeting,
    valid_decision,
)
from workflow.views.deeds import do, do_with, key_of, new_key
from workflow.views.documents import send_file
from workflow.views.processes import frame, gates_of, process_of, trail_to
from workflow.views.stages import stage_of
from workflow.views.uploads import kept
from workflow.views.visits import Visit

WITH_WORDS = (Outcome.APPROVED_WITH_REMARKS, Outcome.APPROVED_WITH_RESERVATION)
NOT_YET = (Outcome.POSTPONED, Outcome.REFERRED_BACK)
NO = (Outcome.REJECTED, Outcome.ACCESSION_DECLINED, Outcome.NOTED)


# ── The board ─────────────────────────────────────────────────────────────────────────────────────────────────
def page_of(stage: Stage) -> str | None:
    """The board's address, for the page of the process; none before anybody has been asked."""
    if stage.state == StageState.WAITING:
        return None
    return reverse("approvals", args=[stage.process.public_id, stage.public_id])


@policy("auditor")
@require_safe
def approvals(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Every body asked in a stage: where it stands, whether the mail arrived, what it decided."""
    stage = stage_of(request, process_id, stage_id)
    if stage.kind not in (StageKindName.REVIEW, StageKindName.APPROVAL):
        raise Http404
    spec = stage_spec(stage)
    rows = board(stage)
    bundle = current_bundle(stage.process)
    context = {
        **trail_to(frame(request, stage.process, "process"), (str(spec.title), "")),
        "stage": stage,
        "spec": spec,
        "recommendation": spec.review.recommendation.text if spec.review else "",
        "deadline": stage_deadline(stage),
        "tiles": _tiles(rows, fallen_on(stage)),
        "board": _board(rows, stage.process, request),
        "bundle": bundle,
        "documents": [row.version for row in _items(bundle)],
        "gates": gates_of(stage, request) if stage.state == StageState.OPEN else [],
    }
    return render(request, "workflow/approvals.html", context)


def _items(bundle: Any) -> list[BundleItem]:
    if bundle is None:
        return []
    return list(bundle.items.select_related("version__document").order_by("position"))


def _tiles(rows: list[BoardRow], fallen: int) -> list[dict[str, Any]]:
    outcomes = Counter(row.decision.outcome for row in rows if row.decision)
    awaited = sum(
        row.is_waiting and (row.decision is None or row.decision.outcome != Outcome.POSTPONED) for row in rows
    )
    not_yet = sum(outcomes[outcome] for outcome in NOT_YET)
    no = sum(outcomes[outcome] for outcome in NO)
    return [
        {"value": outcomes[Outcome.APPROVED], "label": _("Approved"), "tone": "success"},
        {
            "value": sum(outcomes[outcome] for outcome in WITH_WORDS),
            "label": _("With remarks or reservation"),
            "tone": "success" if any(outcomes[outcome] for outcome in WITH_WORDS) else "",
        },
        {"value": awaited, "label": _("Not decided yet"), "note": _("of %(all)d") % {"all": len(rows)}},
        {"value": not_yet, "label": _("Postponed or referred back"), "tone": "warning" if not_yet else ""},
        {"value": no, "label": _("Rejected, declined or only noted"), "tone": "error" if no else ""},
        {"value": fallen, "label": _("Given to an earlier version"), "tone": "warning" if fallen else ""},
    ]


def _board(rows: list[BoardRow], process: Process, request: Visit) -> dict[str, Any]:
    return {
        "columns": [
            {"label": _("Body")},
            {"label": _("Decision")},
            {"label": _("Meeting")},
            {"label": _("Minutes")},
            {"label": _("Opened")},
            {"label": _("Mail")},
            {"label": _("Next reminder")},
        ],
        "rows": [_row(row, process, request) for row in rows],
    }


def _row(row: BoardRow, process: Process, request: Visit) -> dict[str, Any]:
    zone, asked = process.time_zone, row.request
    is_overdue = row.is_waiting and asked is not None and bool(asked.reply_by_at and asked.reply_by_at <= request.now)
    has_bounced = asked is not None and asked.bounced_at is not None
    shown = asked or (row.decision.request if row.decision else None)
    url = reverse("approval", args=[process.public_id, shown.public_id]) if shown else ""
    return {
        "cells": [
            {"text": row.body.name, "url": url, "note": _level(row)},
            _decision_cell(row, is_overdue=is_overdue),
            {"text": short_date(row.meeting_on, zone) if row.meeting_on else ""},
            {"text": _("Received") if row.has_minutes else (_("Missing") if row.counts else "")},
            {"text": short_date(row.opened_at, zone) if row.opened_at else ""},
            _mail_cell(row, has_bounced=has_bounced),
            {"text": short_date(asked.next_check_at, zone) if asked and row.is_waiting and asked.next_check_at else ""},
        ],
        "tone": "error" if has_bounced and row.is_waiting else "warning" if is_overdue else "",
    }


def _level(row: BoardRow) -> str:
    return str(row.request.get_level_display()) if row.request else ""


def _decision_cell(row: BoardRow, *, is_overdue: bool) -> dict[str, Any]:
    if row.decision is not None:
        label = row.decision.get_outcome_display()
        note = _("Approved before; the change since is editorial") if row.request is None else ""
        return {"state": row.decision.outcome, "state_label": label, "note": note}
    if row.request is None:
        return {"text": _("Not asked")}
    if is_overdue:
        return {"badge": _("Past the deadline"), "tone": "warning"}
    return {"state": row.request.state, "state_label": row.request.get_state_display()}


def _mail_cell(row: BoardRow, *, has_bounced: bool) -> dict[str, Any]:
    if has_bounced:
        return {"badge": _("Bounced"), "tone": "error"}
    if row.mail is not None:
        return {"text": row.mail.get_state_display()}
    return {"badge": _("No address"), "tone": "warning"} if row.request and not row.request.email else {}


# ── One body ──────────────────────────────────────────────────────────────────────────────────────────────────
@policy("auditor")
@require_safe
def approval(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """What one body was asked, what it decided, and an officer's deeds for it."""
    asked = _asked(request, process_id, request_id)
    valid = valid_decision(asked)
    at = [process_id, request_id]
    deadline = asked.reply_by_at
    context = {
        **_frame(request, asked),
        "asked": asked,
        "stage_title": stage_spec(asked.stage).title,
        "facts_of_request": _facts(asked, request),
        "is_past": deadline is not None and deadline <= request.now and asked.state == RequestState.ASKED,
        "records": [
            record_of(row, lambda file: reverse("approval_file", args=[*at, file.public_id]), with_source=True)
            for row in decisions_of(asked)
        ],
        "may_decide": asked.state == RequestState.ASKED,
        "may_ask_again": may_ask_again(asked, valid, counting_outcomes(stage_spec(asked.stage))) is None,
        "may_add": bool(decisions_of(asked)),
        "wants_minutes": valid is not None and valid.minutes_id is None and asked.state == RequestState.DECIDED,
        "key": new_key(),
    }
    return render(request, "workflow/approval.html", context)


def _facts(asked: ApprovalRequest, request: Visit) -> list[dict[str, Any]]:
    zone = asked.stage.process.time_zone
    address = {"label": _("E-mail"), "value": asked.email or _("No address"), "note": asked.contact_name}
    if asked.bounced_at:
        address["note"] = _("Mail to this address bounced on %(day)s") % {"day": short_date(asked.bounced_at, zone)}
    return [
        {"label": _("State"), "value": asked.get_state_display()},
        {"label": _("Level"), "value": asked.get_level_display()},
        {
            "label": _("Documents"),
            "value": _("Set %(number)d") % {"number": asked.bundle.number} if asked.bundle else _("No text yet"),
            "note": f"SHA-256 {digest_of(asked)[:12]}" if asked.bundle else "",
        },
        {"label": _("Asked"), "value": short_date(asked.asked_at, zone)},
        address,
        {
            "label": _("Opened"),
            "value": short_date(asked.link.opened_at, zone) if asked.link.opened_at else _("Not yet"),
        },
        {"label": _("Its meeting"), "value": short_date(asked.meeting_on, zone) if asked.meeting_on else ""},
        {
            "label": _("Next reminder"),
            "value": short_date(asked.next_check_at, zone) if asked.next_check_at else "",
        },
    ]


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def decision_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Record what a body decided when it came by mail, on paper or by telephone."""
    asked = _asked(request, process_id, request_id, officers_only=True)
    zone = asked.stage.process.time_zone
    if request.method != "POST":
        initial = {
            "bundle": digest_of(asked),
            "received_on": local_day(request.now, zone),
            "received_clock": clock_time(request.now, zone),
        }
        form = DecisionOnBehalfForm(purpose=asked.purpose, initial=initial)
        return _show_on_behalf(request, asked, form, MinorityFormSet(prefix=MINORITY))
    if "one_more" in request.POST:
        form = DecisionOnBehalfForm(purpose=asked.purpose)
        return _show_on_behalf(request, asked, form, one_more_row(request.POST, form))
    form = DecisionOnBehalfForm(request.POST, request.FILES, purpose=asked.purpose)
    rows = MinorityFormSet(request.POST, prefix=MINORITY)
    if not both_valid(form, rows):
        return _show_on_behalf(request, asked, form, rows, status=422)
    if _recorded_on_behalf(request, asked, form, rows) is None:
        return _show_on_behalf(request, asked, form, rows, status=409)
    return redirect("approval", process_id, request_id)


def _recorded_on_behalf(
    request: Visit, asked: ApprovalRequest, form: DecisionOnBehalfForm, rows: BaseMinorityFormSet
) -> Decision | None:
    process = asked.stage.process
    actor = request.actor.acting_for(asked.body.name)
    received_at, seen = form.received_at(process.time_zone), form.cleaned_data["bundle"]
    minority = rows.facts()
    refusal = may_record_decision(
        asked,
        form.facts(None, minority),
        actor,
        request.now,
        bundle_sha256=seen,
        received_at=received_at,
        zone=process.time_zone,
    )
    minutes = kept(form, "minutes", process.office, request.now, refusal=refusal)
    source = kept(form, "source", process.office, request.now, refusal=refusal) if not form.errors else None
    if form.errors:
        return None
    try:
        return record_decision(
            asked,
            form.facts(minutes, minority),
            bundle_sha256=seen,
            actor=actor,
            now=request.now,
            key=key_of(request),
            received_at=received_at,
            source=source,
        )
    except Refused as refused:
        form.add_error(None, str(refused.refusal.text))
        return None


def _show_on_behalf(
    request: Visit, asked: ApprovalRequest, form: DecisionOnBehalfForm, rows: BaseMinorityFormSet, *, status: int = 200
) -> HttpResponse:
    context = {
        **_frame(request, asked, _("Record the decision")),
        "asked": asked,
        "form": form,
        "rows": rows,
        "submit": _("Record the decision"),
        "cancel_url": reverse("approval", args=[asked.stage.process.public_id, asked.public_id]),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/decision_on_behalf.html", context, status=status)


@policy("secretariat")
@require_POST
def request_resend(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Send the question once more to the same address, under a new link; the old one stops working."""
    asked = _asked(request, process_id, request_id, officers_only=True)
    return do(
        request,
        lambda: readdress_request(
            asked,
            email=asked.email,
            name=asked.contact_name,
            actor=request.actor,
            now=request.now,
            key=key_of(request),
        ),
        done=_("A mail with a new link is on its way. The old link no longer works."),
        to=_url(asked),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def request_readdress(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Send the question to another address."""
    asked = _asked(request, process_id, request_id, officers_only=True)
    form = AddressForm(request.POST or None, initial={"email": asked.email, "name": asked.contact_name})
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: readdress_request(
                asked,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            done=_("The question is on its way to the new address. The old link no longer works."),
            to=_url(asked),
        )
        if answer:
            return answer
    lead = _("The question is sent to the address you write, under a new link. The contact of the body is not changed.")
    return _deed(request, asked, form, _("Another address"), _("Send to this address"), lead)


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def request_ask_again(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Put the same text to a body again."""
    asked = _asked(request, process_id, request_id, officers_only=True)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: ask_again(
                asked, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now, key=key_of(request)
            ),
            done=_("The body is asked again. Its earlier decision stands until it has made a new one."),
            to=_url(asked),
        )
        if answer:
            return answer
    lead = _("The body gets a mail and decides anew on the same documents.")
    return _deed(request, asked, form, _("Ask again"), _("Ask again"), lead)


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def request_meeting(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Note the day on which a body has said it takes the matter up."""
    asked = _asked(request, process_id, request_id, officers_only=True)
    form = MeetingForm(request.POST or None, initial={"meeting_on": asked.meeting_on})
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := tell_meeting(request, asked, form, actor, to=_url(asked))):
        return done
    return _deed(request, asked, form, _("The body's meeting"), _("Note the day"))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def addendum_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Correct or complete a recorded decision beside it."""
    asked = _asked(request, process_id, request_id, officers_only=True)
    form = AddendumForm(request.POST or None, request.FILES or None)
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := add_to(request, asked, form, actor, to=_url(asked))):
        return done
    return _deed(request, asked, form, _("Add to the decision"), _("Record the addition"))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_on_behalf(request: Visit, process_id: UUID, request_id: UUID) -> HttpResponse:
    """Put the extract of the minutes to a decision that came without it."""
    asked = _asked(request, process_id, request_id, officers_only=True)
    form = MinutesForm(request.POST or None, request.FILES or None)
    actor = request.actor.acting_for(asked.body.name)
    if request.method == "POST" and (done := take_minutes(request, asked, form, actor, to=_url(asked))):
        return done
    return _deed(request, asked, form, _("Extract of the minutes"), _("Record the minutes"))


@policy("auditor")
@require_safe
def approval_file(request: Visit, process_id: UUID, request_id: UUID, file_id: UUID) -> FileResponse:
    """Fetch a file that belongs to a body's decision, or to the documents it decided on."""
    asked = _asked(request, process_id, request_id)
    return send_file(file_of(asked, file_id, BundleItem.objects.filter(bundle=asked.bundle), with_source=True))


# ── Shared ────────────────────────────────────────────────────────────────────────────────────────────────────
def _asked(request: Visit, process_id: UUID, request_id: UUID, *, officers_only: bool = False) -> ApprovalRequest:
    process = process_of(request, process_id, officers_only=officers_only)
    try:
        found = request_of_office(request_id, process.office_id)
    except ApprovalRequest.DoesNotExist as error:
        raise Http404 from error
    if found.stage.process_id != process.pk:
        raise Http404
    return found


def _frame(request: Visit, asked: ApprovalRequest, deed: str = "") -> dict[str, Any]:
    process, stage = asked.stage.process, asked.stage
    url = reverse("approvals", args=[process.public_id, stage.public_id])
    steps = ((str(stage_spec(stage).title), url), (asked.body.name, _url(asked)))
    return trail_to(frame(request, process, "process"), *steps, *(((deed, ""),) if deed else ()))


def _url(asked: ApprovalRequest) -> str:
    return reverse("approval", args=[asked.stage.process.public_id, asked.public_id])


def _deed(request: Visit, asked: ApprovalRequest, form: Any, heading: str, submit: str, lead: str = "") -> HttpResponse:
    context = {
        **_frame(request, asked, heading),
        "heading": f"{heading}: {asked.body.name}",
        "lead": lead,
        "form": form,
        "submit": submit,
        "cancel_url": _url(asked),
        "key": key_of(request) or new_key(),
    }
    return render(request, "workflow/deed.html", context, status=422 if request.method == "POST" else 200)
