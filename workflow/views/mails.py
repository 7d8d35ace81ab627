"""The mail log: every mail with its state, and the ones that did not arrive."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications import queries as mails
from notifications.models import OutgoingMail
from workflow.dates import clock_time, short_date
from workflow.policies import policy
from workflow.queries.overview import processes_of
from workflow.views.processes import frame, process_of
from workflow.views.visits import Visit


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
                    {"text": row.subject_sent or row.kind, "note": row.case_number},
                    {
                        "state": "bounced" if row.bounced_at else row.state,
                        "state_label": _("Bounced") if row.bounced_at else row.get_state_display(),
                        "note": row.withdrawn_reason or row.last_error,
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
