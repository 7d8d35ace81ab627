"""The parties of a round: the list while it is prepared, and the page of one party with all that is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.actions.invitation_list import (
    add_party,
    added_by_key,
    correct_party,
    fields_of_listed,
    is_removed_by_key,
    remove_party,
)
from consultations.actions.parties import correct_address
from consultations.forms.rounds import ListedPartyForm, PartyAddressForm, PartyForm
from consultations.models import HearingRound, Invitation
from consultations.queries.board import PartyRow, matching_parties, party_row, unreachable_parties
from consultations.queries.parties import forwards_in_force
from consultations.queries.rounds import reply_deadline
from consultations.rules.midround import may_release
from consultations.rules.parties import waits_until, why_unreachable
from consultations.rules.rounds import is_open as round_is_open
from consultations.states import InvitationState, ListFilter, RoundState
from consultations.views.forecasts import otherwise_of, sending_of
from consultations.views.labels import STANDING
from consultations.views.paged_lists import page_of_list
from consultations.views.round_pages import form_status, frame, party_of, round_of, round_url
from consultations.views.unreached import lost_names, lost_words
from notifications import queries as mails
from notifications.kinds import title_of
from notifications.rules import why_undelivered
from workflow.dates import deadline_words, local_day, weekday_date
from workflow.policies import policy
from workflow.queries.bodies import bodies_with_contacts
from workflow.views.access import Visit
from workflow.views.addresses import correct_with_others, offered
from workflow.views.beside import beside
from workflow.views.consequences import Consequences
from workflow.views.deeds import do, do_with, key_of, new_key
from workflow.views.matters import matters_on

LOST: Final = {"": "", "contact_missing": _lazy("Address missing"), "contact_bounced": _lazy("Mail came back")}
"""Why mail cannot reach a party → the badge beside its address."""


# ── The list ──────────────────────────────────────────────────────────────────────────────────────────────────
@policy("auditor")
@require_http_methods(["GET", "HEAD", "POST"])
def round_parties(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Who is to be asked; an officer adds, corrects and takes off while the round is in preparation."""
    found = round_of(request, process_id, stage_id, officers_only=request.method == "POST")
    before = added_by_key(found, key_of(request))
    taken = set(found.invitations.values_list("body_id", flat=True)) - ({before.body_id} if before else set())
    bodies = [body for body in bodies_with_contacts([found.stage.process.office]) if body.pk not in taken]
    form = PartyForm(request.POST or None, bodies=bodies)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: add_party(found, **form.cleaned_data, actor=request.actor, now=request.now, key=key_of(request)),
            done=_("The party is on the list."),
            to=round_url("round_parties", found),
        )
        if answer:
            return answer
    listed = page_of_list(
        request,
        lambda which, words: matching_parties(found, which, words),
        filters=ListFilter,
        everything=_("All parties"),
    )
    lost = unreachable_parties(found) if found.state == RoundState.DRAFT else []
    bounced = sum(why_unreachable(party) == "contact_bounced" for party in lost)
    context = {
        **frame(request, found, "round_parties"),
        **listed,
        "board": _list(found, list(listed["page"].object_list), may_edit=found.state == RoundState.DRAFT),
        "list_url": round_url("round_parties", found),
        "form": form,
        "many_url": round_url("round_parties_many", found),
        "remove_url": round_url("round_parties_remove", found),
        "lost": lost_names(lost),
        "lost_number": len(lost),
        "lost_url": f"{round_url('round_parties', found)}?vis={ListFilter.LOST}#board",
        "lost_words": lost_words(len(lost) - bounced, bounced),
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/parties.html", context, status=form_status(form))


def _list(hearing_round: HearingRound, parties: list[Invitation], *, may_edit: bool) -> dict[str, Any]:
    rows = []
    for party in parties:
        actions = [{"label": _("Correct"), "url": round_url("party_correct", hearing_round, party.public_id)}]
        why = LOST[why_unreachable(party)]
        rows.append(
            {
                "tone": "error" if why else "",
                "cells": [
                    {"text": party.name, "actions": actions if may_edit else []},
                    {"text": party.contact_name},
                    {"text": party.email, "badge": why, "tone": "error"},
                    {"text": str(party.get_channel_display())},
                ],
            }
        )
    columns = [{"label": _("Party")}, {"label": _("Attention")}, {"label": _("Address")}, {"label": _("Reached by")}]
    return {"columns": columns, "rows": rows}


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def party_correct(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Correct a party on the list, or take it off."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    party = party_of(found, invitation_id)
    form = ListedPartyForm(
        request.POST or None,
        initial=fields_of_listed(party),
        has_body=party.body_id is not None,
        has_bounced=party.bounced_at is not None,
        **offered(request, found.stage.process.office, party.email, besides=party.public_id),
    )
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name not in ("also", "seen")}
        answer = correct_with_others(
            request,
            form,
            lambda: correct_party(
                party,
                **given,
                shown_address=form.cleaned_data["seen"],
                version=request.POST.get("version", ""),
                actor=request.actor,
                now=request.now,
            ),
            current=lambda: party_of(found, invitation_id).email,
            done=_("The list is corrected."),
            to=round_url("round_parties", found),
        )
        if answer:
            return answer
        party = party_of(found, invitation_id)
    context = {
        **frame(request, found, "round_parties", here=party.name),
        **beside(form, fields_of_listed(party), request, "version"),
        "heading": party.name,
        "lead": _("Nobody gets a mail by it. The party is asked when the consultation is sent out."),
        "form": form,
        "submit": _("Save"),
        "cancel_url": round_url("round_parties", found),
        "remove_url": round_url("party_remove", found, party.public_id),
        "remove_key": new_key(),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))


@policy("secretariat")
@require_POST
def party_remove(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Take a party off the list."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    if is_removed_by_key(found, invitation_id, key_of(request)):
        return redirect(round_url("round_parties", found))
    party = party_of(found, invitation_id)
    return do(
        request,
        lambda: remove_party(party, actor=request.actor, now=request.now, key=key_of(request)),
        done=_("%(name)s is off the list.") % {"name": party.name},
        to=round_url("round_parties", found),
    )


# ── One party ─────────────────────────────────────────────────────────────────────────────────────────────────
@policy("auditor")
@require_safe
def party(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """One party: how it stands, every mail to it, its deadline with changes, its answers, what an officer may do."""
    found = round_of(request, process_id, stage_id)
    invitation = party_of(found, invitation_id)
    row = party_row(invitation)
    zone = found.stage.process.time_zone
    own = reply_deadline(invitation)
    words, tone = STANDING[row.state]
    is_open = found.state == RoundState.OPEN and invitation.state != InvitationState.WITHDRAWN
    context = {
        **frame(request, found, "round_status", here=invitation.name),
        "party": invitation,
        "row": row,
        "standing": words,
        "tone": tone,
        "summary": _summary(row, zone, request.now, is_open=is_open),
        "is_open": is_open,
        "is_asking": row.asks_until is not None and round_is_open(found, request.now) is None,
        "today": local_day(request.now, zone),
        "may_release": may_release(found, invitation, "-", actor=request.actor, now=request.now) is None,
        "may_enter": found.state in (RoundState.OPEN, RoundState.CLOSED)
        and invitation.state not in (InvitationState.LISTED, InvitationState.WITHDRAWN),
        "changes": list(own.changes.order_by("-id")) if own else [],
        "forwards": list(invitation.forwards.order_by("-at", "-id")),
        "versions": list(invitation.answers.exclude(state="draft").order_by("-number")),
        "mails": _mails(invitation, zone),
        "matters": matters_on(found.stage.process, {invitation.public_id}, request),
        "consequences": [otherwise_of(invitation)] if is_open and invitation.bounced_at else [],
        "key": new_key(),
    }
    return render(request, "consultations/party.html", context)


def _summary(row: PartyRow, zone: str, now: datetime, *, is_open: bool) -> list[dict[str, str]]:
    party = row.invitation
    deadline = party.reply_by_at
    rests = is_open and party.state == InvitationState.INVITED and waits_until(party, local_day(now, zone))
    return [
        {"label": _("E-mail address"), "value": party.email, "note": party.contact_name},
        {
            "label": _("Came back"),
            "value": deadline_words(party.bounced_at, zone) if party.bounced_at else "",
            "note": why_undelivered(party.bounce_reason),
        },
        {"label": _("Reached by"), "value": str(party.get_channel_display())},
        {"label": _("Sent"), "value": deadline_words(row.mailed_at, zone) if row.mailed_at else ""},
        {"label": _("Sent again"), "value": deadline_words(row.mailed_again_at, zone) if row.mailed_again_at else ""},
        {"label": _("Opened"), "value": deadline_words(row.opened_at, zone) if row.opened_at else _("Not yet")},
        {
            "label": _("Deadline"),
            "value": deadline_words(deadline, zone) if deadline else _("None"),
            "note": _("of its own") if row.own_deadline else "",
        },
        {"label": _("Will answer"), "value": weekday_date(party.promised_on) if party.promised_on else ""},
        {
            "label": _("Was not given more time until"),
            "value": weekday_date(party.refused_on) if party.refused_on else "",
            "note": party.refused_reason,
        },
        {"label": _("Will not answer because"), "value": party.declined_reason},
        {"label": _("Reminders sent"), "value": str(row.reminders)},
        {
            "label": _("Next reminder"),
            "value": deadline_words(row.next_reminder_at, zone) if row.next_reminder_at and is_open else _("None"),
            "note": _("Reminders rest until the day on which it will answer.") if rests else "",
        },
    ]


def _mails(invitation: Invitation, zone: str) -> list[dict[str, Any]]:
    found = mails.mails_of([UUID(str(invitation.public_id))]).defer("text_sent", "facts").order_by("-id")
    return [
        {
            "at": mail.sent_at or mail.queued_at,
            "title": mail.subject_sent or title_of(mail.kind),
            "who": mail.to_address,
            "text": " · ".join(filter(None, (mail.standing_words, why_undelivered(mail.last_error)))),
            "tone": "error" if mail.is_undelivered else "neutral",
        }
        for mail in found
    ]


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def party_address(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Correct the address and send the link there; with the address unchanged it is simply sent again."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    party = party_of(found, invitation_id)
    form = PartyAddressForm(
        request.POST or None,
        # A colleague's address, to whom the task was passed on, is seldom the body's own.
        initial={"email": party.email, "for_later": not forwards_in_force([party.pk])},
        has_body=party.body_id is not None,
        **offered(request, found.stage.process.office, party.email, besides=party.public_id),
    )
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name not in ("also", "seen")}
        answer = correct_with_others(
            request,
            form,
            lambda: correct_address(
                party,
                **given,
                shown_address=form.cleaned_data["seen"],
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            current=lambda: party_of(found, invitation_id).email,
            done=_("The link is on its way to %(address)s.") % {"address": given["email"]},
            to=round_url("party", found, party.public_id),
        )
        if answer:
            return answer
    lead = ""
    if party.bounced_at:
        lead = _("The mail came back: %(why)s") % {
            "why": why_undelivered(party.bounce_reason) or _("no reason was given")
        }
    if party.state == InvitationState.ANSWERED:
        answered = _("It has answered: it gets its link and hears that its answer is here, no new invitation.")
        lead = f"{lead} {answered}"
    heading, told = _("Send the link to %(name)s again"), [sending_of(request, found, party)] if party.email else []
    return show_deed(request, found, party, form, heading, _("Send the link"), lead, told=told)


def show_deed(
    request: Visit,
    hearing_round: HearingRound,
    party: Invitation,
    form: Any,
    heading: str,
    submit: str,
    lead: str,
    follows: Sequence[str] = (),
    *,
    told: Sequence[Consequences] = (),
) -> HttpResponse:
    """A form about one party; `heading` has its name in it. follows: what the press does, sentence by sentence; told:
    the same, found by a rehearsal."""
    title = heading % {"name": party.name}
    context = {
        **frame(request, hearing_round, "round_status", here=title),
        "heading": title,
        "lead": lead,
        "follows": follows,
        "consequences": told,
        "form": form,
        "submit": submit,
        "cancel_url": round_url("party", hearing_round, party.public_id),
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/deed.html", context, status=form_status(form))
