"""The page of a process's journal: what waits, the parcels fetched so far, their receipts, and the list of the case's
documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.journal import make_journal_parcel, receipt_journal_parcel
from workflow.dates import short_date
from workflow.forms.journal import ReceiptForm
from workflow.models import JournalParcel, Office, Process
from workflow.policies import Policy
from workflow.queries.journal import journal_number_of, names_of_receipting, parcels_not_receipted, parcels_of
from workflow.reports.journal.casefile import CASE_FILE
from workflow.reports.journal.rows import JournalRow, waiting_rows
from workflow.stage_kinds.pages import Duty
from workflow.views.access import Visit
from workflow.views.deeds import do, form_page, new_key
from workflow.views.documents import send_file
from workflow.views.pages import Declared, Ids, frame, page_in_process, process_page, trail_to
from workflow.views.papers import send_paper, ways_to_fetch

SHOWN: Final = 50
"""Lines of what waits on one page."""


# ── The page ──────────────────────────────────────────────────────────────────────────────────────────────────
@process_page("auditor", "GET")
def process_journal(request: Visit, process: Process) -> HttpResponse:
    """What waits for the journal, and every parcel with its download and receipt."""
    waiting = waiting_rows(process)
    page = Paginator(waiting, SHOWN).get_page(request.GET.get("page"))
    parcels = list(parcels_of(process))
    names = names_of_receipting(parcels)
    context = {
        **frame(request, process, "process_journal"),
        "page": page,
        "count": len(waiting),
        "board": _board(list(page.object_list), process),
        "parcels": [_shown(parcel, process, names) for parcel in parcels],
        "ways": ways_to_fetch(
            CASE_FILE, lambda ending: reverse("case_file_list", args=[process.public_id, ending]), is_named=True
        ),
        "key": new_key(),
    }
    return render(request, "workflow/process_journal.html", context)


def _board(rows: Sequence[JournalRow], process: Process) -> dict[str, object]:
    lang = process.language
    return {
        "columns": [
            {"label": _("Subject")},
            {"label": _("Date")},
            {"label": _("Direction")},
            {"label": _("Sender or recipient")},
        ],
        "rows": [
            {
                "cells": [
                    {"text": row.subject, "lang": lang, **_marks(row)},
                    {"text": short_date(row.on)},
                    {"text": row.direction.label},
                    {"text": row.counterpart, "lang": lang},
                ]
            }
            for row in rows
        ],
    }


def _marks(row: JournalRow) -> dict[str, str]:
    return {"badge": _("Confidential"), "tone": "warning"} if row.is_confidential else {}


def _shown(parcel: JournalParcel, process: Process, names: dict[int, str]) -> dict[str, Any]:
    ids = [process.public_id, parcel.public_id]
    return {
        "parcel": parcel,
        "by": names.get(parcel.pk, ""),
        "file_url": "" if parcel.file.erased_at else reverse("journal_file", args=ids),
        "receipt_url": "" if parcel.receipted_at else reverse("journal_receipt", args=ids),
    }


# ── Deeds ─────────────────────────────────────────────────────────────────────────────────────────────────────
@process_page("secretariat", "POST")
def journal_fetch(request: Visit, process: Process) -> HttpResponse:
    """Make a parcel of all that waits."""
    done = _("The parcel is made. Download it, put it in your journal, and write here that it is journalised.")
    return do(request, partial(make_journal_parcel, process), done=done, to=_url(process))


def _parcel_in(process: Process, ids: Ids) -> JournalParcel:
    parcel = get_object_or_404(parcels_of(process), public_id=ids.pop("parcel_id"))
    parcel.process = process
    return parcel


def parcel_page(who: Policy, *methods: str) -> Declared[JournalParcel]:
    """Declare a page of a parcel; the view gets the parcel."""
    return page_in_process(_parcel_in, who, *methods)


@parcel_page("secretariat", "GET", "POST")
def journal_receipt(request: Visit, parcel: JournalParcel) -> HttpResponse:
    """Say that a parcel is in the journal, and under which number."""
    process = parcel.process
    heading = _("Parcel %(number)d is journalised") % {"number": parcel.number}
    context = trail_to(
        frame(request, process, "process_journal"), (_("Journal"), _url(process)), (heading, request.path)
    )
    return form_page(
        request,
        {**context, "follows": _follows()},
        ReceiptForm(request.POST or None, initial={"journal_number": journal_number_of(process)}),
        partial(receipt_journal_parcel, parcel),
        heading=heading,
        submit=_("Say that it is journalised"),
        done=_("The parcel is noted as journalised."),
        to=_url(process),
    )


def _follows() -> list[str]:
    return [
        _("Nobody gets mail, and nothing becomes public."),
        _("The parcel can be downloaded here for thirty days more; after that only your journal has it."),
        _("What is in the parcel may be erased here from now on, when its day comes or somebody asks for it."),
    ]


@parcel_page("auditor", "GET")
def journal_file(request: Visit, parcel: JournalParcel) -> FileResponse:
    """Download a parcel."""
    return send_file(parcel.file)


@process_page("auditor", "GET")
def case_file_list(request: Visit, process: Process, ending: str) -> HttpResponseBase:
    """Fetch the list of the case's documents."""
    return send_paper(request, CASE_FILE, process, ending)


def _url(process: Process) -> str:
    return reverse("process_journal", args=[process.public_id])


# ── On the desk ───────────────────────────────────────────────────────────────────────────────────────────────
def journal_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """Parcels that were fetched, and of which nobody has said that they are in the journal. One query."""
    return [
        Duty(
            title=_("Parcel %(number)d for the journal") % {"number": parcel.number},
            url=f"{_url(parcel.process)}#journalpakker",
            why=_("Made on %(day)s. Fetch it and say that it is journalised, or nothing of it can be erased.")
            % {"day": short_date(parcel.made_at, parcel.process.time_zone)},
            process=f"{parcel.process.case_number} {parcel.process.title}",
        )
        for parcel in parcels_not_receipted(offices)
    ]
