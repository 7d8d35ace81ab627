"""The mail log: every mail with its state, the ones that did not arrive, and what was written in each."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from notifications import installation
from notifications import queries as mails
from notifications.kinds import title_of
from notifications.models import OutgoingMail
from notifications.render import to_read
from notifications.rules import why_undelivered
from notifications.states import MailState
from workflow.dates import COPENHAGEN, clock_time, deadline_words, short_date
from workflow.forms.mails import TO_MEND, UNDELIVERED, MailSearchForm
from workflow.models import Process
from workflow.policies import policy
from workflow.queries.mails import mails_to_mend
from workflow.queries.overview import processes_of
from workflow.views.access import Visit
from workflow.views.pages import frame, process_page
from workflow.views.papers import MAILS, ways_to_fetch

REASONS: Final[dict[str, str | Promise]] = {
    "decided": _lazy("The body has decided"),
    "asked": _lazy("The body is asked again"),
    "fallen": _lazy("The decision fell to a newer version"),
    "withdrawn": _lazy("The question was withdrawn"),
    "newer_bundle": _lazy("There is a newer version"),
    "decided_on_it": _lazy("The body has decided on the corrected version"),
    "stage_left": _lazy("The stage was left"),
    "set_taken_back": _lazy("The set was taken back"),
    "readdressed": _lazy("Sent to another address"),
    "address_changed": _lazy("The address was changed"),
    "taken_back": _lazy("The task was taken back"),
    "no_address": _lazy("It is contacted otherwise than by mail"),
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
    """The mails of my offices, newest first; narrowed by words of recipient or subject, and by whether they arrived."""
    offices = request.places.reads_of
    form = MailSearchForm(request.GET)
    ids = [office.public_id for office in offices]
    which = form.cleaned_data["undelivered"] if form.is_valid() else ""
    if which == TO_MEND:
        log = mails_to_mend(offices)
    else:
        log = (mails.undelivered_mails() if which else mails.mail_log()).filter(office_id__in=ids)
    context = {
        **_listed(request, form, log, zone=COPENHAGEN),
        "processes": processes_of(offices)[:1],
    }
    return render(request, "workflow/mail_log.html", context)


@process_page("auditor", "GET")
def process_mails(request: Visit, process: Process) -> HttpResponse:
    """The mails of one process, narrowed in the same way."""
    form = MailSearchForm(request.GET)
    which = form.cleaned_data["undelivered"] if form.is_valid() else ""
    reads = {TO_MEND: mails.mails_to_mend, UNDELIVERED: mails.undelivered_mails}
    log = reads.get(which, mails.mail_log)(process_id=process.public_id)
    context = {
        **frame(request, process, "process_mails"),
        **_listed(request, form, log, zone=process.time_zone),
        "ways": ways_to_fetch(MAILS, lambda ending: reverse("mails_list", args=[process.public_id, ending])),
    }
    return render(request, "workflow/process_mails.html", context)


@policy("auditor")
@require_safe
def mail(request: Visit, mail_id: UUID) -> HttpResponse:
    """One mail of my offices: to whom, what was written, when, what became of it. Links and codes are never kept."""
    offices = [office.public_id for office in request.places.reads_of]
    mail = get_object_or_404(mails.mail_log().filter(office_id__in=offices), public_id=mail_id)
    readable = processes_of(request.places.reads_of)
    process = readable.filter(public_id=mail.process_id).first() if mail.process_id else None
    zone = process.time_zone if process else COPENHAGEN
    log = reverse("process_mails", args=[process.public_id]) if process else reverse("mail_log")
    trail = [{"label": _("Sent mails"), "url": log}, {"label": subject_of(mail), "url": ""}]
    if process:
        here = {"label": process.case_number, "url": reverse("process", args=[process.public_id])}
        trail = [{"label": _("Processes"), "url": reverse("processes")}, here, *trail]
    context = {"mail": mail, "subject": subject_of(mail), "trail": trail, "facts": _facts(mail, zone)}
    context["text"] = to_read(mail.text_sent, mail.language)
    return render(request, "workflow/mail.html", context)


def _listed(request: Visit, form: MailSearchForm, log: QuerySet[OutgoingMail], *, zone: str) -> dict[str, object]:
    """What both pages of mails show: fifty to a page, and the search they came by."""
    words = form.cleaned_data["q"] if form.is_valid() else ""
    page = Paginator(mails.matching(log, words), 50).get_page(request.GET.get("page"))
    return {"page": page, "board": _board(list(page.object_list), zone=zone), "search": form, "held": _held()}


def subject_of(mail: OutgoingMail) -> str:
    """Its subject as it was sent; before that, what its kind is called."""
    return mail.subject_sent or title_of(mail.kind)


def recipient_of(mail: OutgoingMail) -> str:
    """Whom it went to, as far as that is still known."""
    return mail.to_name or mail.to_address or _("Erased")


def _facts(mail: OutgoingMail, zone: str) -> list[dict[str, str]]:
    """To whom, when and what became of it, as the summary component shows it; what was heard of it comes last."""
    times = (
        (_("Asked for"), mail.queued_at),
        (_("Sent"), mail.sent_at),
        (_("Given up"), mail.failed_at),
        (_("Bounced"), mail.bounced_at),
        (_("Withdrawn"), mail.withdrawn_at),
        (_("Erased"), mail.erased_at),
    )
    facts = [
        {"label": _("Recipient"), "value": recipient_of(mail), "note": mail.to_address if mail.to_name else ""},
        {"label": _("Replies go to"), "value": mail.reply_to},
        {"label": _("State"), "value": mail.standing_words, "note": str(why_so(mail))},
    ]
    facts += [{"label": label, "value": deadline_words(at, zone)} for label, at in times if at]
    for event in mails.events_of(mail):
        said = {
            "label": event.get_kind_display(),
            "value": deadline_words(event.occurred_at, zone),
            "note": event.detail,
        }
        facts.append(said)
    return facts


def _board(rows: list[OutgoingMail], *, zone: str) -> dict[str, object]:
    return {
        "columns": [{"label": _("To")}, {"label": _("Subject")}, {"label": _("State")}, {"label": _("When")}],
        "rows": [
            {
                "tone": "error" if row.is_undelivered else "",
                "cells": [
                    {"text": recipient_of(row), "note": row.to_address if row.to_name else ""},
                    {"text": subject_of(row), "url": reverse("mail", args=[row.public_id]), "note": row.case_number},
                    {"state": row.standing, "state_label": row.standing_words, "note": why_so(row)},
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


def why_so(mail: OutgoingMail) -> str | Promise:
    """Why a mail is where it is; a server's own words come last, as a quotation."""
    if mail.withdrawn_reason:
        return REASONS.get(mail.withdrawn_reason, mail.withdrawn_reason)
    why = why_undelivered(mail.last_error)
    if mail.state == MailState.QUEUED and why:
        return _("Not sent yet; it is tried again. %(why)s") % {"why": why}
    return why
