"""Lists of a process as papers, in the words of its pages: approvals, mails, the record."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import queries as mail_queries
from workflow.dates import local_day
from workflow.models import Process, Stage
from workflow.queries.boards import BoardRow, board
from workflow.queries.processes import stage_spec
from workflow.queries.record import record_entries
from workflow.reports.papers.letters import find_stage
from workflow.reports.papers.naming import file_name
from workflow.reports.papers.registry import PDF, XLSX, PaperKind
from workflow.reports.papers.sheets import Cell, Sheet
from workflow.rules.bodies import level_name
from workflow.rules.refusals import Refusal, Refused
from workflow.states import Level, RequestState, StageKindName
from workflow.views.access import Visit
from workflow.views.history import timeline
from workflow.views.mails import recipient_of, subject_of, why_so
from workflow.views.pages import process_page, stage_page
from workflow.views.papers import APPROVALS, MAILS, RECORD, send_paper

ASKING: Final = (StageKindName.REVIEW, StageKindName.APPROVAL)


# ── Approvals ─────────────────────────────────────────────────────────────────────────────────────────────────
def _approvals(stage: Stage) -> Sheet:
    """Every body asked, and what it decided; of a closed item only that it was one, and who decided what and when."""
    if stage.kind not in ASKING:
        raise Refused(Refusal("no_bodies_here", _("No body is asked for a decision in this stage.")))
    rows = board(stage)
    columns = (
        _("Body"),
        _("Decides"),
        _("Decision"),
        _("Meeting"),
        _("Version"),
        _("Minutes"),
        _("Closed item"),
        _("Asked"),
        _("Reply asked for by"),
    )
    instants = [row.request.asked_at for row in rows if row.request and not row.is_listed]
    instants += [row.decision.recorded_at for row in rows if row.decision]
    at = max(instants, default=stage.opened_at or stage.process.started_at)
    title = _("Decisions: %(stage)s") % {"stage": str(stage_spec(stage).title)}
    name = file_name(local_day(at, stage.process.time_zone), title)
    return Sheet(APPROVALS, stage.process, title, columns, [_approval(row) for row in rows], at, name)


def _approval(row: BoardRow) -> tuple[Cell, ...]:
    decision, asked = row.decision, row.request
    level = asked.level if asked else row.level
    return (
        row.body.name,
        level_name(level, row.body) if level != Level.COUNCIL else "",
        str(decision.get_outcome_display()) if decision else _awaited(row),
        row.meeting_on,
        decision.bundle.number if decision and decision.bundle else None,
        (_("Received") if row.has_minutes else _("Missing")) if decision else "",
        _("Yes") if decision and decision.is_closed_item else "",
        asked.asked_at if asked and not row.is_listed else None,
        asked.reply_by_at if asked else None,
    )


def _awaited(row: BoardRow) -> str:
    if row.is_listed:
        return str(RequestState.LISTED.label)
    return _("Awaiting decision") if row.is_waiting else ""


@stage_page("auditor", "GET", kinds=ASKING)
def approvals_list(request: Visit, stage: Stage, ending: str) -> HttpResponseBase:
    """Fetch the list of those asked in a stage and what they decided."""
    return send_paper(request, APPROVALS, stage, ending)


# ── Mails ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _mails(process: Process) -> Sheet:
    """Every mail of a process, the newest first; without what it said."""
    mails = list(mail_queries.mail_log(process_id=process.public_id))
    columns = (_("To"), _("Address"), _("Subject"), _("State"), _("Asked for"), _("Sent"), _("Why"))
    rows: list[tuple[Cell, ...]] = [
        (
            recipient_of(mail),
            mail.to_address,
            subject_of(mail),
            mail.standing_words,
            mail.queued_at,
            mail.sent_at,
            str(why_so(mail)),
        )
        for mail in mails
    ]
    at = max((mail.sent_at or mail.queued_at for mail in mails), default=process.started_at)
    title = _("Sent mails")
    name = file_name(local_day(at, process.time_zone), title, process.title)
    return Sheet(MAILS, process, title, columns, rows, at, name)


@process_page("auditor", "GET")
def mails_list(request: Visit, process: Process, ending: str) -> HttpResponseBase:
    """Fetch the list of a process's mails."""
    return send_paper(request, MAILS, process, ending)


# ── The record ────────────────────────────────────────────────────────────────────────────────────────────────
def _record(process: Process) -> Sheet:
    """Every deed in a process, the newest first, as the page of the record has it."""
    entries = timeline(list(record_entries(process)), process)
    columns = (_("When"), _("What"), _("Who"), _("About"), _("Reason"))
    rows: list[tuple[Cell, ...]] = [
        (each["at"], str(each["title"]), str(each["who"]), str(each["about"]), str(each["text"])) for each in entries
    ]
    at = max((each["at"] for each in entries), default=process.started_at)
    title = _("Extract of the record")
    name = file_name(local_day(at, process.time_zone), title, process.title)
    return Sheet(RECORD, process, title, columns, rows, at, name)


@process_page("auditor", "GET")
def record_list(request: Visit, process: Process, ending: str) -> HttpResponseBase:
    """Fetch the extract of the record."""
    return send_paper(request, RECORD, process, ending)


def find_process(public_id: UUID) -> Process | None:
    """A process with its office."""
    return Process.objects.select_related("office", "definition").filter(public_id=public_id).first()


def _language(process: Process) -> str:
    return process.language


_FORMATS: Final = (XLSX, PDF)

KINDS: Final = (
    PaperKind(
        APPROVALS,
        gettext_lazy("The list of decisions"),
        "a stage in which bodies decide",
        find_stage,
        lambda stage: stage.process.language,
        _approvals,
        formats=_FORMATS,
    ),
    PaperKind(MAILS, gettext_lazy("Sent mails"), "a process", find_process, _language, _mails, formats=_FORMATS),
    PaperKind(
        RECORD, gettext_lazy("Extract of the record"), "a process", find_process, _language, _record, (PDF, XLSX)
    ),
)
