"""The mail log: every mail with its state, and the ones that did not arrive."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from notifications import installation
from notifications import queries as mails
from notifications.models import OutgoingMail
from notifications.rules import why_undelivered
from notifications.states import MailState
from workflow.dates import clock_time, short_date
from workflow.policies import policy
from workflow.queries.overview import processes_of
from workflow.views.processes import frame, process_of
from workflow.views.visits import Visit

KINDS: Final[dict[str, str | Promise]] = {
    "decision_request": _lazy("Question for a decision"),
    "decision_asked_again": _lazy("Question for a new decision"),
    "decision_deadline": _lazy("New deadline for a decision"),
    "decision_reminder": _lazy("Reminder of a decision"),
    "decision_receipt": _lazy("Receipt for a decision"),
    "authority_submission": _lazy("Submission to the authority"),
    "authority_receipt_notice": _lazy("Told that the authority has received the package"),
    "authority_ruling_notice": _lazy("Told of the authority's ruling"),
}
"""Kind of mail → what it is called before it has a subject. Each floor adds its own in `apps.py`."""

REASONS: Final[dict[str, str | Promise]] = {
    "decided": _lazy("The body has decided"),
    "asked": _lazy("The body is asked again"),
    "fallen": _lazy("The decision fell to a newer version"),
    "withdrawn": _lazy("The question was withdrawn"),
    "newer_bundle": _lazy("There is a newer version"),
    "stage_left": _lazy("The stage was left"),
    "readdressed": _lazy("Sent to another address"),
    "address_changed": _lazy("The address was changed"),
    "meeting_to_come": _lazy("The body's meeting is still to come"),
    "deadline_moved": _lazy("The deadline was moved"),
    "deadline_passed": _lazy("The deadline has passed"),
    "bounced": _lazy("The address bounced"),
    "ruled": _lazy("The authority has ruled"),
    "answered": _lazy("The party has answered"),
    "promised": _lazy("The party has said when it will answer"),
    "declined": _lazy("The party will not answer"),
    "round_not_open": _lazy("The round is not open"),
    "process_suspended": _lazy("The process is suspended"),
    "process_ended": _lazy("The process has ended"),
    "erased": _lazy("The person's data were erased"),
    "hold_released": _lazy("Held back when the installation was copied"),
}
"""Why a mail was not sent after all → words."""


HOLDS: Final[dict[str, str | Promise]] = {
    installation.ANOTHER_INSTALLATION: _lazy(
        "The database comes from another installation, which may send the same mails. So none leaves from here."
    ),
    installation.NO_IDENTITY: _lazy("The installation has no identity (INSTALLATION_ID). So no mail leaves from here."),
    installation.NEVER_BOUND: _lazy("Nobody has said that this installation may send mail for this database."),
}
"""Why all mail is held → words."""


@policy("auditor")
@require_safe
def mail_log(request: Visit) -> HttpResponse:
    """The mails of my offices, newest first; `?undelivered=1` shows only what did not arrive."""
    offices = [office.public_id for office in request.places.reads_of]
    only_undelivered = bool(request.GET.get("undelivered"))
    log = mails.undelivered_mails() if only_undelivered else mails.mail_log()
    page = Paginator(log.filter(office_id__in=offices), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "board": _board(list(page.object_list), zone="Europe/Copenhagen"),
        "only_undelivered": only_undelivered,
        "held": _held(),
        "processes": processes_of(request.places.reads_of)[:1],
    }
    return render(request, "workflow/mail_log.html", context)


@policy("auditor")
@require_safe
def process_mails(request: Visit, process_id: UUID) -> HttpResponse:
    """The mails of one process."""
    process = process_of(request, process_id)
    only_undelivered = bool(request.GET.get("undelivered"))
    log = mails.undelivered_mails if only_undelivered else mails.mail_log
    page = Paginator(log(process_id=process.public_id), 50).get_page(request.GET.get("page"))
    context = {
        **frame(request, process, "process_mails"),
        "page": page,
        "board": _board(list(page.object_list), zone=process.time_zone),
        "only_undelivered": only_undelivered,
        "held": _held(),
    }
    return render(request, "workflow/process_mails.html", context)


def _board(rows: list[OutgoingMail], *, zone: str) -> dict[str, object]:
    return {
        "columns": [{"label": _("To")}, {"label": _("Mail")}, {"label": _("State")}, {"label": _("When")}],
        "rows": [
            {
                "tone": "error" if row.bounced_at or row.state == "failed" else "",
                "cells": [
                    {"text": row.to_name or row.to_address, "note": row.to_address if row.to_name else ""},
                    {"text": row.subject_sent or KINDS.get(row.kind, row.kind), "note": row.case_number},
                    {
                        "state": row.standing,
                        "state_label": row.standing_words,
                        "note": _why(row),
                    },
                    {
                        "text": short_date(row.sent_at or row.next_attempt_at, zone),
                        "note": clock_time(row.sent_at or row.next_attempt_at, zone),
                    },
                ],
            }
            for row in rows
        ],
    }


def _held() -> str:
    """Why no mail leaves this installation, how many wait, and what to do; empty when mail may leave."""
    hold = installation.hold()
    if hold is None:
        return ""
    waiting = ngettext("%(number)d mail waits.", "%(number)d mails wait.", hold.waiting) % {"number": hold.waiting}
    remedy = _(
        "Ask whoever runs the installation to decide, with the command release_hold, whether they are sent or "
        "withdrawn."
    )
    return f"{HOLDS[hold.reason]} {waiting} {remedy}"


def _why(mail: OutgoingMail) -> str | Promise:
    """Why a mail is where it is; a server's own words come last, as a quotation."""
    if mail.withdrawn_reason:
        return REASONS.get(mail.withdrawn_reason, mail.withdrawn_reason)
    why = why_undelivered(mail.last_error)
    if mail.state == MailState.QUEUED and why:
        return _("Not sent yet; it is tried again. %(why)s") % {"why": why}
    return why
