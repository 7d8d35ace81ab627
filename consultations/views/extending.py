"""More time for one party or for all: what the new deadline means is shown first, and a second press moves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.actions.extensions import TOLD, extend_for_all, extend_for_one
from consultations.forms.rounds import ExtendForm
from consultations.models import HearingRound, Invitation
from consultations.queries.rounds import reply_deadline
from consultations.rules.midround import is_reached
from consultations.rules.parties import is_under_way
from consultations.rules.rounds import may_extend
from consultations.views.round_pages import form_status, frame, party_of, round_of, round_url
from workflow.dates import deadline_words
from workflow.deadlines import instant, moving_warnings
from workflow.policies import policy
from workflow.rules.processes import may_act
from workflow.rules.seen import digest_of_words
from workflow.views.access import Visit
from workflow.views.deeds import do_with, key_of, new_key


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def round_extend(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """More time for every party. Looking shows the deadline and who is told; only then it is moved."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    deadline = reply_deadline(found)
    form = ExtendForm(request.POST or None, initial={"new_clock": deadline.clock} if deadline else None)
    lead = ""
    if deadline:
        lead = _("The deadline now is %(deadline)s. A party that has a later one of its own keeps it.") % {
            "deadline": deadline_words(deadline.at, deadline.zone)
        }
    return _look_then_move(
        request,
        found,
        form,
        parties=list(found.invitations.all()),
        current=found.closes_at,
        deed=lambda: extend_for_all(
            found, **form.cleaned_data, actor=request.actor, now=request.now, key=key_of(request)
        ),
        done=_("The deadline is moved. The parties are told by mail."),
        heading=_("More time for all"),
        lead=lead,
        back=round_url("round_status", found),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def party_extend(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """More time for one party, shown before it is given as for all."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    party = party_of(found, invitation_id)
    zone = ZoneInfo(found.stage.process.time_zone)
    initial = {"new_clock": party.reply_by_at.astimezone(zone).time()} if party.reply_by_at else {}
    form = ExtendForm(request.POST or None, initial=initial)
    lead = ""
    if party.reply_by_at:
        lead = _("The deadline now is %(deadline)s.") % {"deadline": deadline_words(party.reply_by_at, zone.key)}
    return _look_then_move(
        request,
        found,
        form,
        parties=[party],
        current=party.reply_by_at,
        deed=lambda: extend_for_one(
            party, **form.cleaned_data, actor=request.actor, now=request.now, key=key_of(request)
        ),
        done=_("%(name)s has more time and is told by mail.") % {"name": party.name}
        if is_reached(party)
        else _("%(name)s has more time.") % {"name": party.name},
        heading=_("More time for %(name)s") % {"name": party.name},
        lead=lead,
        back=round_url("party", found, party.public_id),
    )


def _look_then_move(
    request: Visit,
    hearing_round: HearingRound,
    form: ExtendForm,
    *,
    parties: Sequence[Invitation],
    current: datetime | None,
    deed: Callable[[], object],
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
        if is_sent and not is_moved:
            answer = do_with(request, form, deed, done=done, to=back)
            if answer:
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
    given = form.cleaned_data
    zone = ZoneInfo(hearing_round.stage.process.time_zone)
    at = instant(given["new_on"], given["new_clock"], zone)
    refusal = may_act(hearing_round.stage.process) or may_extend(
        hearing_round, current, at, given["reason"], actor=request.actor, now=request.now
    )
    if refusal is None and len(parties) == 1:
        refusal = is_under_way(hearing_round, parties[0])
    if refusal is not None:
        if request.POST.get("do") != "send":
            form.add_error(None, str(refusal.text))
        return None
    concerned = [one for one in parties if one.state in TOLD and one.reply_by_at is not None and one.reply_by_at < at]
    told = [one for one in concerned if is_reached(one)]
    return {
        "at": at,
        "concerned": len(concerned),
        "told": len(told),
        "name": told[0].name if len(told) == 1 else "",
        "recipients": [f"{one.name}: {one.email}" for one in told],
        "untold": [one.name for one in concerned if not is_reached(one)],
        "warnings": [one.text for one in moving_warnings(given["new_on"], given["new_clock"], zone=zone)],
        "digest": digest_of_words(at.isoformat(), str(len(concerned)), *(one.email for one in told)),
    }
