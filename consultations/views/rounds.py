"""The officer's round: its status board, and closing it early. `launching` sends it, `extending` gives it more time."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.rounds import close_round
from consultations.models import HearingRound
from consultations.queries.board import (
    PartyRow,
    RoundCounts,
    asking_parties,
    board,
    counts,
    link_mails_on_their_way,
    matching_parties,
    unreached_parties,
)
from consultations.queries.midround import messages_of
from consultations.queries.parties import publishes_answers
from consultations.queries.rounds import is_round_public, text_to_send
from consultations.reports.papers import LETTER, PARTIES
from consultations.rules.parties import awaits_promised_day
from consultations.rules.rounds import has_run_out, must_be_open
from consultations.states import AnswerState, BoardFilter, InvitationState, Publication, RoundState
from consultations.views.forecasts import closing_of
from consultations.views.labels import STANDING, provisional_words
from consultations.views.launching import hears_documents, plan_from
from consultations.views.paged_lists import page_of_list
from consultations.views.round_pages import frame, round_page, round_url, standing_deadline
from notifications.rules import why_undelivered
from notifications.states import MailState
from workflow.dates import clock_time, short_date
from workflow.deadlines import (
    local_day,
)
from workflow.queries.documents import versions_in
from workflow.states import StageState
from workflow.views.access import Visit
from workflow.views.deeds import form_page, new_key
from workflow.views.papers import ways_to_fetch
from workflow.views.processes import gates_of

MAIL_WORDS = {member.value: member.label for member in MailState}


# ── Status ────────────────────────────────────────────────────────────────────────────────────────────────────
@round_page("auditor", "GET")
def round_status(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """How the round stands, party by party. `vis` shows only those answered, missing, bounced or late."""
    if hearing_round.state == RoundState.DRAFT:
        return _preparing(request, hearing_round)
    figures = counts(hearing_round)
    today = local_day(request.now, _zone(hearing_round))
    listed = page_of_list(
        request,
        lambda which, words: matching_parties(hearing_round, which, words).select_related("link"),
        filters=BoardFilter,
        everything=_("All parties"),
    )
    may_grant = must_be_open(hearing_round, request.now) is None
    which = listed["search"].which
    context = {
        **frame(request, hearing_round, "round_status"),
        **listed,
        "tiles": _tiles(hearing_round, figures),
        "board": _board(hearing_round, board(hearing_round, listed["page"].object_list), today),
        "filter_words": BoardFilter(which).label if which else "",
        "list_url": round_url("round_status", hearing_round),
        "deadline": standing_deadline(hearing_round) if hearing_round.state != RoundState.CANCELLED else None,
        "is_past": has_run_out(hearing_round, request.now),
        "asking": list(asking_parties(hearing_round)[:ASKING_SHOWN]) if may_grant else [],
        "asking_more": max(figures.asking - ASKING_SHOWN, 0),
        "today": today,
        "gates": gates_of(hearing_round.stage, request) if hearing_round.stage.state == StageState.OPEN else [],
        **_sent(request, hearing_round),
        "link_mails": link_mails_on_their_way(hearing_round),
        "is_running": may_grant,
    }
    return render(request, "consultations/round_status.html", context)


ASKING_SHOWN: Final = 10
"""So many wishes for more time stand above the board, those for the earliest days; the others are found by a filter."""


def _preparing(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """What is ready in a round that has not been sent, and what is not."""
    context = {
        **frame(request, hearing_round, "round_status"),
        "plan": plan_from(request, hearing_round),
        "unreached": unreached_parties(hearing_round),
        "parties": hearing_round.invitations.count(),
        "informed": hearing_round.invitations.filter(for_information=True).count(),
        **_sent(request, hearing_round),
    }
    return render(request, "consultations/round_status.html", context)


def _sent(request: Visit, hearing_round: HearingRound) -> dict[str, Any]:
    """What is sent to the parties, and what the public sees."""
    hears = hears_documents(hearing_round)
    bundle = hearing_round.bundle or text_to_send(hearing_round)
    return {
        "bundle": bundle,
        "documents": versions_in(bundle),
        "hears_documents": hears,
        "publication": Publication(hearing_round.publication).label,
        "is_published": publishes_answers(hearing_round, request.now),
        "is_public": is_round_public(hearing_round)
        if hearing_round.opened_at
        else hearing_round.stage.process.is_public,
        "letters": messages_of(hearing_round),
        "list_ways": ways_to_fetch(PARTIES, lambda ending: round_url("round_parties_list", hearing_round, ending)),
        "letter_ways": ways_to_fetch(LETTER, lambda ending: round_url("round_letter", hearing_round, ending)),
        "key": new_key(),
    }


def _tiles(hearing_round: HearingRound, figures: RoundCounts) -> list[dict[str, Any]]:
    url = round_url("round_status", hearing_round)
    late = figures.late + figures.late_accepted + figures.late_filed
    undecided = ngettext("%(count)d to be decided", "%(count)d to be decided", figures.late) % {"count": figures.late}
    tiles: list[dict[str, Any]] = [
        {"value": figures.invited, "label": _("Invited"), "url": url},
        {"value": figures.answered, "label": _("Answered"), "url": f"{url}?vis=svaret#board", "tone": "success"},
        {"value": figures.no_remarks, "label": _("No remarks"), "url": f"{url}?vis=ingen-bemaerkninger#board"},
        {"value": figures.missing, "label": _("Missing"), "url": f"{url}?vis=mangler#board"},
        {
            "value": figures.bounced,
            "label": _("Mail came back"),
            "url": f"{url}?vis=retur#board",
            "tone": "error" if figures.bounced else "",
        },
    ]
    if hearing_round.state == RoundState.CANCELLED:
        tiles = tiles[:3]  # nobody is missing any more, and no address is to be corrected
    elif figures.declined:
        tiles.insert(
            4, {"value": figures.declined, "label": _("Will not answer"), "url": f"{url}?vis=svarer-ikke#board"}
        )
    if figures.informed:
        tiles.insert(
            3,
            {
                "value": figures.informed,
                "label": _("For information"),
                "url": f"{url}?vis={BoardFilter.INFORMED}#board",
            },
        )
    if figures.provisional:
        tiles.append(
            {
                "value": figures.provisional,
                "label": _("Provisional answers"),
                "url": f"{url}?vis={BoardFilter.PROVISIONAL}#board",
            }
        )
    if late:
        tone = "warning" if figures.late else ""
        note = undecided if figures.late else ""
        tiles.append(
            {"value": late, "label": _("Late"), "url": f"{url}?vis=for-sent#board", "tone": tone, "note": note}
        )
    return tiles


def _board(hearing_round: HearingRound, rows: list[PartyRow], today: date) -> dict[str, Any]:
    zone = hearing_round.stage.process.time_zone
    return {
        "columns": [
            {"label": _("Party")},
            {"label": _("Stands")},
            {"label": _("Mail")},
            {"label": _("Opened")},
            {"label": _("Own deadline")},
            {"label": _("Reminders")},
        ],
        "rows": [{"cells": _cells(hearing_round, row, zone, today), "tone": _tone(row)} for row in rows],
    }


def _tone(row: PartyRow) -> str:
    if row.invitation.bounced_at is not None and row.answer is None:
        return "error"
    waits = row.asks_until is not None or (row.answer is not None and row.answer.state == AnswerState.LATE)
    return "warning" if waits else ""


def _cells(hearing_round: HearingRound, row: PartyRow, zone: str, today: date) -> list[dict[str, Any]]:
    words, tone = STANDING[row.state]
    came_back = row.invitation.bounced_at is not None
    mail = _("Came back") if came_back else MAIL_WORDS.get(row.mail, "")
    return [
        {
            "text": row.invitation.name,
            "url": round_url("party", hearing_round, row.invitation.public_id),
            "note": row.invitation.email or row.invitation.get_channel_display(),
        },
        {"badge": str(words), "tone": tone, "note": _standing_note(row, zone)},
        {
            "text": str(mail),
            "note": why_undelivered(row.invitation.bounce_reason) if came_back else _mail_note(row, zone),
        },
        {"text": short_date(row.opened_at, zone) if row.opened_at else ""},
        {"text": short_date(row.own_deadline, zone) if row.own_deadline else "", "note": _own_note(row, zone)},
        {"text": _reminders(row.reminders), "note": _next_reminder(hearing_round, row, zone, today)},
    ]


def _standing_note(row: PartyRow, zone: str) -> str:
    if row.answer is not None and row.answer.received_at is not None:
        received = f"{short_date(row.answer.received_at, zone)} · {row.answer.receipt_number}"
        return " · ".join(filter(None, (received, provisional_words(row.answer, zone))))
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
    if row.mailed_at is None:
        return ""
    first = short_date(row.mailed_at, zone)
    if row.mailed_again_at is None or (again := short_date(row.mailed_again_at, zone)) == first:
        return first
    return _("%(first)s, and again %(again)s") % {"first": first, "again": again}


def _own_note(row: PartyRow, zone: str) -> str:
    return _("at %(time)s") % {"time": clock_time(row.own_deadline, zone)} if row.own_deadline else ""


def _reminders(number: int) -> str:
    return ngettext("%(count)d sent", "%(count)d sent", number) % {"count": number} if number else ""


def _next_reminder(hearing_round: HearingRound, row: PartyRow, zone: str, today: date) -> str:
    if hearing_round.state != RoundState.OPEN:
        return ""
    promised = row.invitation.promised_on
    if promised and row.invitation.state == InvitationState.INVITED and awaits_promised_day(row.invitation, today):
        return _("rest until %(day)s") % {"day": short_date(promised)}
    if row.next_reminder_at is None:
        return ""
    return _("next %(day)s") % {"day": short_date(row.next_reminder_at, zone)}


# ── Under way ─────────────────────────────────────────────────────────────────────────────────────────────────
@round_page("secretariat", "GET", "POST")
def round_close(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Close a light round because enough has been heard; what follows is shown before the press."""
    back = round_url("round_status", hearing_round)
    return form_page(
        request,
        frame(request, hearing_round, "round_status", here=_("Close the round")),
        Form(request.POST if request.method == "POST" else None),
        partial(close_round, hearing_round),
        heading=_("Close the round"),
        consequences=lambda: [closing_of(request, hearing_round)],
        submit=_("Close the round"),
        done=_("The round is closed."),
        to=back,
    )


def _zone(hearing_round: HearingRound) -> ZoneInfo:
    return ZoneInfo(hearing_round.stage.process.time_zone)
