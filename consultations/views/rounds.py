"""The officer's round: its status board, preparing and sending it, moving its deadline, closing it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.actions.extensions import extend_for_all
from consultations.actions.rounds import close_round, launch_round, prepare_round, warnings_before_launch
from consultations.forms.rounds import DeadlineForm, ExtendForm, LaunchForm, PrepareForm
from consultations.models import HearingRound
from consultations.queries.board import PartyRow, RoundCounts, board, counts
from consultations.queries.parties import publishes_answers
from consultations.queries.rounds import reply_deadline
from consultations.rules.parties import unreachable, waits_until
from consultations.rules.rounds import is_open
from consultations.states import AnswerState, InvitationState, Publication, RoundForm, RoundState
from consultations.views.framing import frame, round_of, round_url, standing_deadline
from consultations.views.words import STANDING
from notifications.rules import why_undelivered
from notifications.states import MailState
from workflow.dates import clock_time, deadline_words, short_date, weekday_date
from workflow.deadlines import (
    NORM_DAYS,
    days_inclusive,
    instant,
    local_day,
    next_working_day,
    reminder_occasions,
)
from workflow.definitions import BundleUse, ConsultationTerms
from workflow.policies import policy
from workflow.queries.documents import current_bundle
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.queries.public import locked_bundles
from workflow.states import StageState
from workflow.views.deeds import do, do_with, key_of, new_key
from workflow.views.processes import gates_of
from workflow.views.visits import Visit

MAIL_WORDS = {member.value: member.label for member in MailState}


# ── Status ────────────────────────────────────────────────────────────────────────────────────────────────────
@policy("auditor")
@require_safe
def round(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """How the round stands, party by party. `vis` shows only those answered, missing, bounced or late."""
    found = round_of(request, process_id, stage_id)
    rows = board(found)
    figures = counts(found)
    chosen = request.GET.get("vis", "")
    today = local_day(request.now, _zone(found))
    shown = [row for row in rows if _is_wanted(row, chosen)]
    context = {
        **frame(request, found, "round"),
        "tiles": _tiles(found, figures, rows),
        "board": _board(found, shown, today),
        "chosen": chosen if chosen in FILTERS else "",
        "filter_words": FILTERS.get(chosen, ""),
        "deadline": standing_deadline(found),
        "is_past": bool(found.last_closes_at and found.last_closes_at <= request.now),
        "asking": [row for row in rows if row.asks_until is not None] if is_open(found, request.now) is None else [],
        "today": today,
        "gates": gates_of(found.stage, request) if found.stage.state == StageState.OPEN else [],
        "plan": _plan_from(request, found) if found.state == RoundState.DRAFT else None,
        "lost": unreachable([row.invitation for row in rows]) if found.state == RoundState.DRAFT else [],
        "parties": len(rows),
        "bundle": found.bundle or (current_bundle(found.stage.process) if _hears_documents(found) else None),
        "hears_documents": _hears_documents(found),
        "publication": Publication(found.publication).label,
        "is_published": publishes_answers(found, request.now),
        "key": new_key(),
    }
    return render(request, "consultations/round.html", context)


FILTERS = {
    "svaret": gettext_lazy("Answered"),
    "mangler": gettext_lazy("Missing"),
    "ingen-bemaerkninger": gettext_lazy("No remarks"),
    "svarer-ikke": gettext_lazy("Will not answer"),
    "retur": gettext_lazy("Mail came back"),
    "for-sent": gettext_lazy("Late"),
}


def _is_wanted(row: PartyRow, chosen: str) -> bool:
    if chosen == "svaret":
        return row.answer is not None
    if chosen == "mangler":
        return row.invitation.state == InvitationState.INVITED
    if chosen == "ingen-bemaerkninger":
        return row.answer is not None and row.answer.kind == "no_remarks"
    if chosen == "svarer-ikke":
        return row.invitation.state == InvitationState.DECLINED
    if chosen == "retur":
        return row.invitation.bounced_at is not None
    if chosen == "for-sent":
        return row.is_late
    return True


def _tiles(round: HearingRound, figures: RoundCounts, rows: list[PartyRow]) -> list[dict[str, Any]]:
    url = round_url("round", round)
    if round.state == RoundState.DRAFT:
        return [{"value": figures.parties, "label": _("On the list"), "url": round_url("round_parties", round)}]
    missing = sum(row.invitation.state == InvitationState.INVITED for row in rows)
    late = figures.late + figures.late_accepted + figures.late_filed
    undecided = ngettext("%(count)d to be decided", "%(count)d to be decided", figures.late) % {"count": figures.late}
    tiles: list[dict[str, Any]] = [
        {"value": figures.invited, "label": _("Invited"), "url": url},
        {"value": figures.answered, "label": _("Answered"), "url": f"{url}?vis=svaret", "tone": "success"},
        {"value": figures.no_remarks, "label": _("No remarks"), "url": f"{url}?vis=ingen-bemaerkninger"},
        {"value": missing, "label": _("Missing"), "url": f"{url}?vis=mangler"},
        {
            "value": figures.bounced,
            "label": _("Mail came back"),
            "url": f"{url}?vis=retur",
            "tone": "error" if figures.bounced else "",
        },
    ]
    if figures.declined:
        tiles.insert(4, {"value": figures.declined, "label": _("Will not answer"), "url": f"{url}?vis=svarer-ikke"})
    if late:
        tone = "warning" if figures.late else ""
        note = undecided if figures.late else ""
        tiles.append({"value": late, "label": _("Late"), "url": f"{url}?vis=for-sent", "tone": tone, "note": note})
    return tiles


def _board(round: HearingRound, rows: list[PartyRow], today: date) -> dict[str, Any]:
    zone = round.stage.process.time_zone
    return {
        "columns": [
            {"label": _("Party")},
            {"label": _("Stands")},
            {"label": _("Mail")},
            {"label": _("Opened")},
            {"label": _("Own deadline")},
            {"label": _("Reminders")},
        ],
        "rows": [{"cells": _cells(round, row, zone, today), "tone": _tone(row)} for row in rows],
    }


def _tone(row: PartyRow) -> str:
    if row.invitation.bounced_at is not None and row.answer is None:
        return "error"
    waits = row.asks_until is not None or (row.answer is not None and row.answer.state == AnswerState.LATE)
    return "warning" if waits else ""


def _cells(round: HearingRound, row: PartyRow, zone: str, today: date) -> list[dict[str, Any]]:
    words, tone = STANDING[row.state]
    came_back = row.invitation.bounced_at is not None
    mail = _("Came back") if came_back else MAIL_WORDS.get(row.mail, "")
    return [
        {
            "text": row.invitation.name,
            "url": round_url("party", round, row.invitation.public_id),
            "note": row.invitation.email or row.invitation.get_channel_display(),
        },
        {"badge": str(words), "tone": tone, "note": _standing_note(row, zone)},
        {
            "text": str(mail),
            "note": why_undelivered(row.invitation.bounce_reason) if came_back else _mail_note(row, zone),
        },
        {"text": short_date(row.opened_at, zone) if row.opened_at else ""},
        {"text": short_date(row.own_deadline, zone) if row.own_deadline else "", "note": _own_note(row, zone)},
        {"text": _reminders(row.reminders), "note": _next_reminder(round, row, zone, today)},
    ]


def _standing_note(row: PartyRow, zone: str) -> str:
    if row.answer is not None and row.answer.received_at is not None:
        return f"{short_date(row.answer.received_at, zone)} · {row.answer.receipt_number}"
    if row.invitation.state == InvitationState.DECLINED:
        return Truncator(row.invitation.declined_reason).chars(200)
    if row.draft_changed_at is not None:
        return _("draft saved %(day)s") % {"day": short_date(row.draft_changed_at, zone)}
    if row.invitation.promised_on is not None:
        return _("will answer %(day)s") % {"day": short_date(row.invitation.promised_on)}
    return ""


def _mail_note(row: PartyRow, zone: str) -> str:
    if row.forwarded_to:
        words = _("taken on by %(who)s") if row.is_claimed else _("passed on to %(who)s")
        return words % {"who": row.forwarded_to}
    return short_date(row.mailed_at, zone) if row.mailed_at else ""


def _own_note(row: PartyRow, zone: str) -> str:
    return _("at %(time)s") % {"time": clock_time(row.own_deadline, zone)} if row.own_deadline else ""


def _reminders(number: int) -> str:
    return ngettext("%(count)d sent", "%(count)d sent", number) % {"count": number} if number else ""


def _next_reminder(round: HearingRound, row: PartyRow, zone: str, today: date) -> str:
    if round.state != RoundState.OPEN:
        return ""
    promised = row.invitation.promised_on
    if promised and row.invitation.state == InvitationState.INVITED and waits_until(row.invitation, today):
        return _("rest until %(day)s") % {"day": short_date(promised)}
    if row.next_reminder_at is None:
        return ""
    return _("next %(day)s") % {"day": short_date(row.next_reminder_at, zone)}


# ── Preparing and sending ─────────────────────────────────────────────────────────────────────────────────────
@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def round_prepare(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Title, letter and publication of a round in preparation."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    initial = {"title": found.title, "letter": found.letter, "publication": found.publication}
    form = PrepareForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: prepare_round(found, **form.cleaned_data, actor=request.actor, now=request.now),
            done=_("The round is saved."),
            to=round_url("round", found),
        )
        if answer:
            return answer
    context = {
        **frame(request, found, "round_prepare"),
        "heading": _("The letter and what the public sees"),
        "form": form,
        "submit": _("Save"),
        "cancel_url": round_url("round", found),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def round_launch(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """The deadline with all that follows from it, and the button that sends the round. Looking changes nothing.

    It is sent with the deadline that stands in the field, and only when what follows from that one has been shown.
    """
    found = round_of(request, process_id, stage_id, officers_only=True)
    is_full = found.form == RoundForm.FULL
    asked = request.POST if request.method == "POST" else request.GET
    deadline_form = DeadlineForm(
        asked if "closes_on" in asked else None, is_required=is_full, initial=_first(found, request)
    )
    plan = _plan_from(request, found, deadline_form)
    warns = bool(plan and plan["warnings"])
    is_sent = request.method == "POST" and request.POST.get("do") != "look"
    is_moved = is_sent and deadline_form.is_valid() and request.POST.get("shown", "") != _as_shown(plan)
    form = LaunchForm(
        request.POST if is_sent and not is_moved else None,
        has_warnings=warns,
        initial={"reason": request.POST.get("reason", "")},
    )
    if is_sent and not is_moved and deadline_form.is_valid() and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: launch_round(
                found,
                **deadline_form.cleaned_data,
                reason=form.cleaned_data["reason"] if warns else "",
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            done=_("The round is sent. The mails are on their way."),
            to=round_url("round", found),
        )
        if answer:
            return answer
    parties = list(found.invitations.all())
    lost = unreachable(parties)
    bundle = locked_bundles(found.stage.process).first() if _hears_documents(found) else None
    context = {
        **frame(request, found, "round", here=_("Send the round")),
        "deadline_form": deadline_form,
        "form": form,
        "plan": plan,
        "shown": _as_shown(plan),
        "is_moved": is_moved,
        "is_full": is_full,
        "parties": len(parties),
        "by_mail": sum(party.channel == "email" for party in parties) - len(lost),
        "lost": lost,
        "bundle": bundle,
        "hears_documents": _hears_documents(found),
        "publication": Publication(found.publication).label,
        "key": key_of(request) or new_key(),
    }
    status = 422 if is_moved else form_status(form, deadline_form)
    return render(request, "consultations/launch.html", context, status=status)


def _as_shown(plan: dict[str, Any] | None) -> str:
    """The deadline a person has seen the plan of, as it comes back with the button that sends; "" for none."""
    return f"{plan['closes_on']:%Y-%m-%d} {plan['clock']:%H:%M}" if plan else ""


def _hears_documents(round: HearingRound) -> bool:
    return stage_spec(round.stage).bundle is BundleUse.JUDGES


def _first(round: HearingRound, request: Visit) -> dict[str, object]:
    """The deadline proposed: the definition's own for the stage, else its length from today on to a working day."""
    terms = _terms(round)
    given = stage_deadline(round.stage)
    if given is not None and given.at > request.now:
        return {"closes_on": given.on, "clock": given.clock}
    if round.form == RoundForm.LIGHT:
        return {"closes_on": None, "clock": None}
    today = local_day(request.now, _zone(round))
    closes_on = today + timedelta(days=(terms.length_days or NORM_DAYS) - 1)
    return {"closes_on": next_working_day(closes_on), "clock": terms.clock}


def _plan_from(request: Visit, round: HearingRound, form: DeadlineForm | None = None) -> dict[str, Any] | None:
    """What follows from the deadline in the form, else from the one proposed; None without a readable deadline."""
    first = _first(round, request)
    closes_on, clock = first["closes_on"], first["clock"]
    if form is not None and form.is_bound:
        if not form.is_valid():
            return None
        closes_on, clock = form.cleaned_data["closes_on"], form.cleaned_data["clock"]
    if not isinstance(closes_on, date):
        return None
    return plan(round, closes_on, clock if isinstance(clock, time) else _terms(round).clock, request.now)


def plan(round: HearingRound, closes_on: date, clock: time, now: datetime) -> dict[str, Any]:
    """The deadline in full, the days counted as official notes count them, every reminder's date, and warnings."""
    zone = _zone(round)
    closes_at = instant(closes_on, clock, zone)
    days = days_inclusive(local_day(now, zone), closes_on) if closes_at > now else 0
    return {
        "closes_on": closes_on,
        "clock": clock,
        "at": closes_at,
        "is_past": closes_at <= now,
        "days": days,
        "reminders": [
            {"label": weekday_date(row.due_at, zone.key), "value": _before(row.due_at, closes_at, zone)}
            for row in reminder_occasions(closes_at, round.reminder_days, zone, since=now)
        ],
        "warnings": [warning.text for warning in warnings_before_launch(round, closes_on, clock, now)],
    }


def _before(at: datetime, closes_at: datetime, zone: ZoneInfo) -> str:
    days = (local_day(closes_at, zone) - local_day(at, zone)).days
    return ngettext("%(days)d day before the deadline", "%(days)d days before the deadline", days) % {"days": days}


# ── Under way ─────────────────────────────────────────────────────────────────────────────────────────────────
@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def round_extend(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """More time for every party."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    deadline = reply_deadline(found)
    form = ExtendForm(request.POST or None, initial={"new_clock": deadline.clock} if deadline else None)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: extend_for_all(
                found, **form.cleaned_data, actor=request.actor, now=request.now, key=key_of(request)
            ),
            done=_("The deadline is moved. The parties are told by mail."),
            to=round_url("round", found),
        )
        if answer:
            return answer
    context = {
        **frame(request, found, "round", here=_("More time for all")),
        "heading": _("More time for all"),
        "lead": _("The deadline now is %(deadline)s. A party that has a later one of its own keeps it.")
        % {"deadline": deadline_words(deadline.at, deadline.zone)}
        if deadline
        else "",
        "form": form,
        "submit": _("Move the deadline"),
        "cancel_url": round_url("round", found),
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))


@policy("secretariat")
@require_POST
def round_close(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Close a light round because enough has been heard."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    return do(
        request,
        lambda: close_round(found, actor=request.actor, now=request.now, key=key_of(request)),
        done=_("The round is closed."),
        to=round_url("round", found),
    )


def _terms(round: HearingRound) -> ConsultationTerms:
    terms = stage_spec(round.stage).consultation
    assert terms is not None
    return terms


def _zone(round: HearingRound) -> ZoneInfo:
    return ZoneInfo(round.stage.process.time_zone)


def form_status(*forms: Any) -> int:
    """A form that was refused comes back with 422; one that is only looked at with 200."""
    return 422 if any(form.is_bound and form.errors for form in forms) else 200
