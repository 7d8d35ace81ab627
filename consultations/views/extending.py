"""More time for one party or for all: what the new deadline means is shown first, and a second press moves it. A wish
for more time is granted or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consultations.actions.extensions import TOLD, extend_for_all, extend_for_one, refuse_extension
from consultations.forms.rounds import ExtendForm, RefuseForm
from consultations.models import HearingRound, Invitation
from consultations.queries.rounds import is_round_public, reply_deadline, reply_deadlines_of
from consultations.rules.parties import may_be_heard
from consultations.rules.rounds import may_extend
from consultations.states import InvitationState
from consultations.views.forecasts import granting_of, refusing_of
from consultations.views.round_pages import form_status, frame, party_form_page, party_page, round_page, round_url
from workflow.dates import deadline_words, short_date, weekday_date
from workflow.deadlines import instant, moving_warnings
from workflow.rules.asked import is_reached
from workflow.rules.notation import END_OF_DAY
from workflow.rules.overwriting import digest_of_words
from workflow.rules.processes import may_act
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import key_of, new_key, press_form
from workflow.views.forecasts import done_words


@round_page("secretariat", "GET", "POST")
def round_extend(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """More time for every party. Looking shows the deadline and who is told; only then it is moved."""
    deadline = reply_deadline(hearing_round)
    form = ExtendForm(request.POST or None, initial={"new_clock": deadline.clock} if deadline else None)
    lead = ""
    if deadline:
        lead = _("The deadline now is %(deadline)s. A party that has a later one of its own keeps it.") % {
            "deadline": deadline_words(deadline.at, deadline.zone)
        }
    return _look_then_move(
        request,
        hearing_round,
        form,
        partial(extend_for_all, hearing_round),
        parties=list(hearing_round.invitations.all()),
        current=hearing_round.closes_at,
        done=_("The deadline is moved. The parties are told by mail."),
        heading=_("More time for all"),
        lead=lead,
        back=round_url("round_status", hearing_round),
    )


@party_page("secretariat", "GET", "POST")
def party_extend(request: Visit, party: Invitation) -> HttpResponse:
    """More time for one party, shown before it is given as for all."""
    zone = ZoneInfo(party.round.stage.process.time_zone)
    initial = {"new_clock": party.reply_by_at.astimezone(zone).time()} if party.reply_by_at else {}
    form = ExtendForm(request.POST or None, initial=initial)
    lead = ""
    if party.reply_by_at:
        lead = _("The deadline now is %(deadline)s.") % {"deadline": deadline_words(party.reply_by_at, zone.key)}
    done = _("%(name)s has more time and is told by mail.") if is_reached(party) else _("%(name)s has more time.")
    return _look_then_move(
        request,
        party.round,
        form,
        partial(extend_for_one, party),
        parties=[party],
        current=party.reply_by_at,
        done=done % {"name": party.name},
        heading=_("More time for %(name)s") % {"name": party.name},
        lead=lead,
        back=round_url("party", party.round, party.public_id),
    )


@party_page("secretariat", "GET", "POST")
def party_grant(request: Visit, party: Invitation) -> HttpResponse:
    """Grant the day a party has asked for, until the end of that day; who is told is shown before the press."""
    back = round_url("round_status", party.round)
    day = party.promised_on
    if day is None:
        return redirect(back)
    reason = _("The party has told us that it will answer on %(day)s.") % {"day": short_date(day)}
    done = _("%(name)s has until %(day)s.") % {"name": party.name, "day": weekday_date(day)}
    return party_form_page(
        request,
        party,
        Form(request.POST if request.method == "POST" else None),
        partial(extend_for_one, party, new_on=day, new_clock=END_OF_DAY, reason=reason),
        heading=_("Grant %(name)s more time"),
        lead=_wish(party),
        consequences=lambda: [granting_of(request, party, day)],
        submit=_("Grant it"),
        done=lambda _party: done_words(done, party.round.stage.process, request.now),
        to=back,
    )


@party_page("secretariat", "GET", "POST")
def party_refuse(request: Visit, party: Invitation) -> HttpResponse:
    """Say no to a party that asks for more time, with a reason."""
    return party_form_page(
        request,
        party,
        RefuseForm(request.POST or None),
        partial(refuse_extension, party),
        heading=_("No more time for %(name)s"),
        lead=_wish(party),
        consequences=lambda: [refusing_of(request, party)],
        submit=_("Refuse the wish"),
        done=_("%(name)s gets no more time and is told why. Reminders go on.") % {"name": party.name},
        to=round_url("round_status", party.round),
    )


def _wish(party: Invitation) -> str:
    if not party.promised_on or not party.reply_by_at:
        return ""
    return _("It has asked to answer on %(day)s. The deadline is %(deadline)s.") % {
        "day": weekday_date(party.promised_on),
        "deadline": deadline_words(party.reply_by_at, party.round.stage.process.time_zone),
    }


def _look_then_move(
    request: Visit,
    hearing_round: HearingRound,
    form: ExtendForm,
    deed: Callable[..., object],
    *,
    parties: Sequence[Invitation],
    current: datetime | None,
    done: str,
    heading: str,
    lead: str,
    back: str,
) -> HttpResponse:
    """current: the deadline (UTC) of those concerned. The deed is done with what stands in the form, and only when what
    follows from that has been shown."""
    shown: dict[str, Any] | None = None
    is_moved = False
    if request.method == "POST" and form.is_valid():
        shown = _shown(request, hearing_round, form, parties, current)
        is_sent = request.POST.get("do") == "send"
        is_moved = shown is not None and is_sent and request.POST.get("shown", "") != shown["digest"]
        if is_sent and not is_moved and (answer := press_form(request, form, deed, done=done, to=back)):
            return answer
    context = {
        **frame(request, hearing_round, "round_status", here=heading),
        "heading": heading,
        "lead": lead,
        "form": form,
        "shown": shown,
        "is_moved": is_moved,
        "cancel_url": back,
        "key": key_of(request) or new_key(),
    }
    status = 422 if is_moved else form_status(form)
    return render(request, "consultations/extend.html", context, status=status)


def _shown(
    request: Visit,
    hearing_round: HearingRound,
    form: ExtendForm,
    parties: Sequence[Invitation],
    current: datetime | None,
) -> dict[str, Any] | None:
    """The deadline as it was understood, how many are told, and what to think of first. None when it would be refused;
    a repeated press meets the same refusal in the deed, which knows it again by its key."""
    fields = form.cleaned_data
    zone = ZoneInfo(hearing_round.stage.process.time_zone)
    at = instant(fields["new_on"], fields["new_clock"], zone)
    refusal = may_act(hearing_round.stage.process) or may_extend(
        hearing_round, current, at, fields["reason"], **by_whom(request)
    )
    if refusal is None and len(parties) == 1:
        refusal = may_be_heard(hearing_round, parties[0])
    if refusal is not None:
        if request.POST.get("do") != "send":
            form.add_error(None, str(refusal.text))
        return None
    waiting = [one for one in parties if one.state in TOLD and not one.is_only_informed]
    concerned = [one for one in waiting if one.reply_by_at is not None and one.reply_by_at < at]
    told = [one for one in concerned if is_reached(one)]
    own = set(reply_deadlines_of(hearing_round.stage)) if len(parties) > 1 else set()
    return {
        "at": at,
        "concerned": len(concerned),
        "told": len(told),
        "name": told[0].name if len(told) == 1 else "",
        "recipients": [f"{one.name}: {one.email}" for one in told],
        "untold": [one.name for one in concerned if not is_reached(one)],
        "answered": sum(one.state == InvitationState.ANSWERED for one in told),
        "moved_along": [one.name for one in concerned if one.public_id in own],
        "spared": [words for one in parties if one not in concerned and (words := _spared(one, at))],
        "public": _public(hearing_round, is_for_all=len(parties) > 1),
        "warnings": [one.text for one in moving_warnings(fields["new_on"], fields["new_clock"], zone=zone)],
        "digest": digest_of_words(at.isoformat(), str(len(concerned)), *(one.email for one in told)),
    }


def _spared(party: Invitation, at: datetime) -> str:
    """Why a party gets no mail of the new deadline."""
    if party.state == InvitationState.DECLINED:
        return _("%(name)s: has said that it will not answer") % {"name": party.name}
    if party.state == InvitationState.WITHDRAWN:
        return _("%(name)s: is no longer asked") % {"name": party.name}
    if party.reply_by_at is not None and party.reply_by_at >= at:
        return _("%(name)s: has a later deadline of its own") % {"name": party.name}
    return ""


def _public(hearing_round: HearingRound, *, is_for_all: bool) -> str:
    if not is_round_public(hearing_round):
        return _("Nothing: the round is not public.")
    if is_for_all:
        return _("The new deadline stands on the public page at once.")
    return _("Nothing: the public page shows the common deadline, and that stands.")
