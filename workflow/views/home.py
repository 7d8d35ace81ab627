"""The front page: my work for who serves an office, its questions for a member of a body, else what is public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from workflow.dates import deadline_words
from workflow.definitions import Text
from workflow.forms.mails import TO_MEND
from workflow.models import Office, Stage
from workflow.policies import policy
from workflow.queries.approvals import waiting_for
from workflow.queries.mails import mails_to_mend
from workflow.queries.overview import OpenStage, ProcessRow, open_stages_of, process_rows, processes_of
from workflow.queries.processes import stage_spec
from workflow.queries.public import public_processes
from workflow.states import ProcessState, StageKindName
from workflow.views.access import Visit, turn_away
from workflow.views.extension_points import Duty, duties, page_of_stage


@policy("anonymous")
@require_safe
def home(request: Visit) -> HttpResponseBase:
    """My work; without an account the processes everyone may follow, and where to type a code.

    Whoever works in an office and has no second factor yet is led to setting it up.
    """
    if not request.user.is_authenticated:
        return render(request, "workflow/front.html", {"processes": public_processes()})
    refused = turn_away("signed_in", request, {})
    if refused is not None:
        return refused
    if not request.places.reads_of:
        seats = request.places.member_of
        bodies = [body for _office, body in seats]
        asked = [row for row in waiting_for(bodies) if (row.stage.process.office, row.body) in seats]
        return render(request, "workflow/home_member.html", {"requests": asked, "bodies": bodies})
    offices = request.places.reads_of
    rows = process_rows(list(processes_of(offices).filter(state__in=[ProcessState.RUNNING, ProcessState.SUSPENDED])))
    waiting = duties(request.places.officer_of, request.now)
    overdue = sum(duty.is_overdue for duty in waiting)
    to_mend = mails_to_mend(offices).count()
    tiles = [
        {"value": len(rows), "label": _("Processes under way"), "url": reverse("processes")},
        {"value": len(waiting), "label": _("Waiting for you")},
        {"value": overdue, "label": _("Overdue"), "tone": "error" if overdue else ""},
        {
            "value": to_mend,
            "label": ngettext("mail that did not arrive", "mails that did not arrive", to_mend),
            "url": reverse("mail_log") + f"?undelivered={TO_MEND}",
            "tone": "warning" if to_mend else "",
        },
    ]
    context = {
        "duties": waiting,
        "tiles": tiles,
        "board": board_of(rows),
        "office_name": ", ".join(office.name for office in offices),
    }
    return render(request, "workflow/home.html", context)


def board_of(rows: Sequence[ProcessRow]) -> dict[str, object]:
    """Processes as the board component shows them."""
    return {
        "columns": [
            {"label": _("Process")},
            {"label": _("State")},
            {"label": _("Under way now")},
            {"label": _("Next deadline")},
            {"label": _("Stages done"), "numeric": True},
        ],
        "rows": [
            {
                "cells": [
                    {
                        "text": row.process.title,
                        "lang": row.process.language,
                        "url": reverse("process", args=[row.process.public_id]),
                        "note": row.process.case_number,
                    },
                    {"state": row.process.state, "state_label": row.process.get_state_display()},
                    {"text": ", ".join(str(spec_title(stage)) for stage in row.current) or "–"},
                    deadline_cell(row),
                    {"text": f"{row.done} / {len(row.stages)}"},
                ]
            }
            for row in rows
        ],
    }


def spec_title(stage: Stage) -> Text:
    """The title of a stage in the active language."""
    return stage_spec(stage).title


def deadline_cell(row: ProcessRow) -> dict[str, str]:
    """The next deadline with its weekday and where it comes from."""
    if row.next_deadline is None:
        return {"text": "–"}
    return {"text": deadline_words(row.next_deadline.at, row.next_deadline.zone), "note": row.next_deadline.source}


def stage_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """What open stages ask of an officer: complete what is completed by hand, chase what is overdue."""
    found = []
    for entry in open_stages_of(offices):
        stage, spec = entry.stage, entry.spec
        url = page_of_stage(stage) or reverse("stage", args=[stage.process.public_id, stage.public_id])
        if entry.bounced:
            found.append(_bounced(entry, url))
        is_overdue = entry.deadline is not None and entry.deadline.at <= now and not entry.spec.optional
        if not (
            entry.is_by_hand or is_overdue or entry.awaited or entry.is_unsent or spec.kind is StageKindName.MILESTONE
        ):
            continue
        if entry.awaited:
            why = ngettext(
                "%(number)d body has not decided yet", "%(number)d bodies have not decided yet", entry.awaited
            ) % {"number": entry.awaited}
        elif entry.is_unsent:
            why = _("Make the package and send it to the authority")
        elif entry.is_by_hand:
            why = _("Complete the stage when the documents are ready and locked")
        elif spec.kind is StageKindName.MILESTONE:
            why = _("Record the day it happens")
        else:
            why = _("The stage is past its deadline")
        found.append(
            Duty(
                title=str(spec.title),
                url=url,
                why=why,
                process=f"{stage.process.case_number} {stage.process.title}",
                due_at=entry.deadline.at if entry.deadline else None,
                is_overdue=is_overdue,
            )
        )
    return found


def _bounced(entry: OpenStage, url: str) -> Duty:
    why = ngettext(
        "The mail to %(count)d that was asked came back: correct the address",
        "The mails to %(count)d that were asked came back: correct the addresses",
        entry.bounced,
    )
    process = entry.stage.process
    return Duty(
        title=str(entry.spec.title),
        url=url,
        why=why % {"count": entry.bounced},
        process=f"{process.case_number} {process.title}",
        badge=_("Came back"),
        tone="error",
    )
