"""The parties of a round: the list while it is prepared, and the page of one party with all that is done about it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

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
from consultations.queries.board import PartyRow, matching_parties, party_row, unreached_parties
from consultations.queries.parties import forwards_in_force
from consultations.queries.rounds import reply_deadline
from consultations.reports.papers import PARTIES
from consultations.rules.midround import may_release
from consultations.rules.parties import awaits_promised_day
from consultations.rules.rounds import must_be_open as round_is_open
from consultations.states import InvitationState, ListFilter, RoundState
from consultations.views.forecasts import contacting_otherwise_of, link_sending_of
from consultations.views.labels import STANDING
from consultations.views.paged_lists import page_of_list
from consultations.views.round_pages import form_status, frame, party_of, party_page, round_page, round_url
from consultations.views.unreached import unreached_names, unreached_words
from notifications import queries as mails
from notifications.kinds import title_of
from notifications.rules import why_undelivered
from workflow.dates import deadline_words, local_day, weekday_date
from workflow.queries.bodies import bodies_with_contacts
from workflow.rules.asked import why_unreached
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import do, key_of, new_key, press_form, show_form
from workflow.views.matters import matters_on
from workflow.views.overwriting import seen_and_theirs
from workflow.views.papers import ways_to_fetch
from workflow.views.readdressing import correct_with_others, offered
from workflow.views.substitutes import acting_words

UNREACHED_BADGES: Final = {
    "": "",
    "contact_missing": _lazy("Address missing"),
    "contact_bounced": _lazy("Mail came back"),
}
"""Why mail cannot reach a party → the badge beside its address."""


# ── The list ──────────────────────────────────────────────────────────────────────────────────────────────────
@round_page("auditor", "GET", "POST")
def round_parties(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Who is to be asked; an officer adds, corrects and takes off while the round is in preparation."""
    before = added_by_key(hearing_round, key_of(request))
    taken = set(hearing_round.invitations.values_list("body_id", flat=True)) - ({before.body_id} if before else set())
    bodies = [body for body in bodies_with_contacts([hearing_round.stage.process.office]) if body.pk not in taken]
    form = PartyForm(request.POST or None, bodies=bodies)
    list_url = round_url("round_parties", hearing_round)
    done = _("The party is on the list.")
    if answer := press_form(request, form, partial(add_party, hearing_round), done=done, to=list_url):
        return answer
    listed = page_of_list(
        request,
        lambda which, words: matching_parties(hearing_round, which, words),
        filters=ListFilter,
        everything=_("All parties"),
    )
    unreached = unreached_parties(hearing_round) if hearing_round.state == RoundState.DRAFT else []
    bounced = sum(why_unreached(party) == "contact_bounced" for party in unreached)
    context = {
        **frame(request, hearing_round, "round_parties"),
        **listed,
        "board": _list(
            hearing_round, list(listed["page"].object_list), may_edit=hearing_round.state == RoundState.DRAFT
        ),
        "list_url": list_url,
        "ways": ways_to_fetch(PARTIES, lambda ending: round_url("round_parties_list", hearing_round, ending)),
        "form": form,
        "many_url": round_url("round_parties_many", hearing_round),
        "remove_url": round_url("round_parties_remove", hearing_round),
        "unreached": unreached_names(unreached),
        "unreached_number": len(unreached),
        "unreached_url": f"{list_url}?vis={ListFilter.UNREACHED}#board",
        "unreached_words": unreached_words(len(unreached) - bounced, bounced),
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/parties.html", context, status=form_status(form))


def _list(hearing_round: HearingRound, parties: list[Invitation], *, may_edit: bool) -> dict[str, Any]:
    rows = []
    for party in parties:
        actions = [{"label": _("Correct"), "url": round_url("party_correct", hearing_round, party.public_id)}]
        why = UNREACHED_BADGES[why_unreached(party)]
        rows.append(
            {
                "tone": "error" if why else "",
                "cells": [
                    {"text": party.name, "note": _role(party), "actions": actions if may_edit else []},
                    {"text": party.contact_name},
                    {"text": party.email, "badge": why, "tone": "error"},
                    {"text": str(party.get_channel_display())},
                ],
            }
        )
    columns = [{"label": _("Party")}, {"label": _("Attention")}, {"label": _("Address")}, {"label": _("Reached by")}]
    return {"columns": columns, "rows": rows}


def _role(party: Invitation) -> str:
    """Whether a party on the list has the text for information; "" for one that is asked, as most are."""
    return _("For information") if party.for_information else ""


@party_page("secretariat", "GET", "POST")
def party_correct(request: Visit, party: Invitation) -> HttpResponse:
    """Correct a party on the list, or take it off."""
    hearing_round, list_url = party.round, round_url("round_parties", party.round)
    form = ListedPartyForm(
        request.POST or None,
        initial=fields_of_listed(party),
        has_body=party.body_id is not None,
        has_bounced=party.bounced_at is not None,
        **offered(request, hearing_round.stage.process.office, party.email, besides=party.public_id),
    )
    answer = correct_with_others(
        request,
        form,
        partial(correct_party, party, version=request.POST.get("version", "")),
        current=lambda: party_of(hearing_round, party.public_id).email,
        done=_("The list is corrected."),
        to=list_url,
        press=by_whom(request),
    )
    if answer:
        return answer
    party = party_of(hearing_round, party.public_id) if request.method == "POST" else party
    head = {
        **frame(request, hearing_round, "round_parties", here=party.name),
        **seen_and_theirs(form, fields_of_listed(party), request, "version"),
        "remove_url": round_url("party_remove", hearing_round, party.public_id),
        "remove_key": new_key(),
    }
    return show_form(
        request,
        head,
        form,
        heading=party.name,
        lead=_("Nobody gets a mail by it. The party is asked when the consultation is sent out."),
        submit=_("Save"),
        cancel_url=list_url,
        has_key=False,
    )


@round_page("secretariat", "POST")
def party_remove(request: Visit, hearing_round: HearingRound, invitation_id: UUID) -> HttpResponse:
    """Take a party off the list."""
    list_url = round_url("round_parties", hearing_round)
    if is_removed_by_key(hearing_round, invitation_id, key_of(request)):
        return redirect(list_url)
    party = party_of(hearing_round, invitation_id)
    done = _("%(name)s is off the list.") % {"name": party.name}
    return do(request, partial(remove_party, party), done=done, to=list_url)


# ── One party ─────────────────────────────────────────────────────────────────────────────────────────────────
@party_page("auditor", "GET")
def party(request: Visit, party: Invitation) -> HttpResponse:
    """One party: how it stands, every mail to it, its deadline with changes, its answers, what an officer may do."""
    hearing_round = party.round
    row = party_row(party)
    zone = hearing_round.stage.process.time_zone
    own = reply_deadline(party)
    words, tone = STANDING[row.state]
    is_open = hearing_round.state == RoundState.OPEN and party.state != InvitationState.WITHDRAWN
    context = {
        **frame(request, hearing_round, "round_status", here=party.name),
        "party": party,
        "row": row,
        "standing": words,
        "tone": tone,
        "summary": [*acting_words(party, request), *_summary(row, zone, request.now, is_open=is_open)],
        "is_open": is_open,
        "is_asking": row.asks_until is not None and round_is_open(hearing_round, request.now) is None,
        "today": local_day(request.now, zone),
        "may_release": may_release(hearing_round, party, "-", **by_whom(request)) is None,
        "may_enter": hearing_round.state in (RoundState.OPEN, RoundState.CLOSED)
        and party.state not in (InvitationState.LISTED, InvitationState.WITHDRAWN)
        and not party.is_only_informed,
        "changes": list(own.changes.order_by("-id")) if own else [],
        "forwards": list(party.forwards.order_by("-at", "-id")),
        "versions": list(party.answers.exclude(state="draft").order_by("-number")),
        "mails": _mails(party, zone),
        "matters": matters_on(hearing_round.stage.process, {party.public_id}, request),
        "consequences": [contacting_otherwise_of(party)] if is_open and party.bounced_at else [],
        "key": new_key(),
    }
    return render(request, "consultations/party.html", context)


def _summary(row: PartyRow, zone: str, now: datetime, *, is_open: bool) -> list[dict[str, str]]:
    party = row.invitation
    deadline = party.reply_by_at
    rests = is_open and party.state == InvitationState.INVITED and awaits_promised_day(party, local_day(now, zone))
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
    sent = mails.mails_of([UUID(str(invitation.public_id))]).defer("text_sent", "facts").order_by("-id")
    return [
        {
            "at": mail.sent_at or mail.queued_at,
            "title": mail.subject_sent or title_of(mail.kind),
            "who": mail.to_address,
            "text": " · ".join(filter(None, (mail.standing_words, why_undelivered(mail.last_error)))),
            "tone": "error" if mail.is_undelivered else "neutral",
        }
        for mail in sent
    ]


@party_page("secretariat", "GET", "POST")
def party_address(request: Visit, party: Invitation) -> HttpResponse:
    """Correct the address and send the link there; with the address unchanged it is simply sent again."""
    hearing_round, back = party.round, round_url("party", party.round, party.public_id)
    form = PartyAddressForm(
        request.POST or None,
        # A colleague's address, to whom the task was passed on, is seldom the body's own.
        initial={"email": party.email, "for_later": not forwards_in_force([party.pk])},
        has_body=party.body_id is not None,
        **offered(request, hearing_round.stage.process.office, party.email, besides=party.public_id),
    )
    answer = correct_with_others(
        request,
        form,
        partial(correct_address, party),
        current=lambda: party_of(hearing_round, party.public_id).email,
        done=lambda _party: _("The link is on its way to %(address)s.") % {"address": form.cleaned_data["email"]},
        to=back,
    )
    if answer:
        return answer
    heading = _("Send the link to %(name)s again") % {"name": party.name}
    return show_form(
        request,
        frame(request, hearing_round, "round_status", here=heading),
        form,
        heading=heading,
        lead=_why_again(party),
        consequences=[link_sending_of(request, party)] if party.email else [],
        submit=_("Send the link"),
        cancel_url=back,
    )


def _why_again(party: Invitation) -> str:
    """Why the mail before did not do, and what goes out to a party that has answered; "" for neither."""
    lead = ""
    if party.bounced_at:
        lead = _("The mail came back: %(why)s") % {
            "why": why_undelivered(party.bounce_reason) or _("no reason was given")
        }
    if party.state == InvitationState.ANSWERED:
        answered = _("It has answered: it gets its link and hears that its answer is here, no new invitation.")
        lead = f"{lead} {answered}"
    return lead
