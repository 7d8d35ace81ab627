"""A recorded decision as pages show it, and the files that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from workflow.dates import clock_time, short_date, weekday_date
from workflow.models import ApprovalRequest, Decision, DecisionAddendum, Process, ReservationSettlement, StoredFile
from workflow.queries.joining import show_text_in_force, stands_outside
from workflow.rules.bodies import basis_label, capitalised, level_name
from workflow.rules.documents import set_name
from workflow.rules.steps import step_words
from workflow.states import DecisionState


def as_in_force(asked: ApprovalRequest) -> ApprovalRequest:
    """The question as its pages show it: to a body that stands outside a sub-agreement, about the text in force."""
    if stands_outside(asked):
        show_text_in_force(asked)
    return asked


def bundle_digest_of(asked: ApprovalRequest) -> str:
    """SHA-256 of the set of documents in question, "" where there is no text yet."""
    return asked.bundle.sha256 if asked.bundle else ""


def decisions_of(asked: ApprovalRequest) -> list[Decision]:
    """The decisions on the question of a page, newest first, as they were read along."""
    return list(asked.decisions.all())


def valid_decision(asked: ApprovalRequest) -> Decision | None:
    """The one in force, if any."""
    return next((row for row in decisions_of(asked) if row.state == DecisionState.VALID), None)


def decision_number(decision: Decision, process: Process) -> str:
    """The number under which a decision is recorded: the case's, and six signs of the decision's own id."""
    return f"{process.case_number}-{decision.public_id.hex[-6:].upper()}"


def file_of(asked: ApprovalRequest, file_id: UUID, items: Any, *, with_source: bool = False) -> StoredFile:
    """A file of these documents or of the question's own decisions; 404 for any other."""
    own: list[StoredFile | None] = []
    for decision in decisions_of(asked):
        own += [decision.minutes, *(row.file for row in decision.addenda.all())]
        own += [decision.source] if with_source else []
    file = next((file for file in own if file is not None and file.public_id == file_id), None)
    if file is None:
        file = StoredFile.objects.filter(
            public_id=file_id, pk__in=items.values_list("version__file", flat=True)
        ).first()
    if file is None:
        raise Http404
    return file


def record_of(
    decision: Decision, file_url: Callable[[StoredFile], str], *, with_source: bool = False
) -> dict[str, Any]:
    """A recorded decision as pages show it: its facts, its words, its files, what was added to it."""
    zone = decision.request.stage.process.time_zone
    is_step = decision.state == DecisionState.STEP
    files = [(decision.minutes, _("Extract of the minutes"))]
    if with_source:
        files.append((decision.source, _("What it came in")))
    return {
        "decision": decision,
        "outcome": decision.state if is_step else decision.outcome,
        "outcome_label": step_words(decision) if is_step else decision.get_outcome_display(),
        "is_step": is_step,
        "is_valid": decision.state == DecisionState.VALID,
        "state_label": decision.get_state_display(),
        "facts": _facts(decision),
        "files": list(_file_rows(files, file_url)),
        "minority": list(decision.minority_statements.all()),
        "settlements": _settlements(decision, zone),
        "addenda": [_addendum_row(row, zone, file_url) for row in decision.addenda.all()],
    }


def _facts(decision: Decision) -> list[dict[str, Any]]:
    process = decision.request.stage.process
    zone = process.time_zone
    recorded = _("%(day)s at %(time)s") % {
        "day": weekday_date(decision.recorded_at, zone),
        "time": clock_time(decision.recorded_at, zone),
    }
    who = decision.by_label
    if decision.by_on_behalf_of:
        who = _("%(name)s, on behalf of %(body)s") % {"name": who, "body": decision.by_on_behalf_of}
    body = decision.request.body
    return [
        {"label": _("Number"), "value": decision_number(decision, process)},
        {"label": _("Decided by"), "value": capitalised(level_name(decision.level, body))},
        {"label": _("How it was decided"), "value": basis_label(decision.basis, body, decision.ground)},
        {"label": _("On the mandate of"), "value": _day_of(decision.by_mandate, zone)},
        {"label": _("Mandate"), "value": decision.mandate_scope, "note": decision.mandate_holder},
        {"label": _("Day of the decision"), "value": weekday_date(decision.meeting_on, zone)},
        {"label": _("Agenda item"), "value": decision.agenda_item},
        {"label": _("Closed item"), "value": _("Yes, and never made public") if decision.is_closed_item else ""},
        {"label": _("The body's case number"), "value": decision.body_case_number},
        {
            "label": _("Decided on"),
            "value": set_name(decision.bundle) if decision.bundle else "",
        },
        {"label": _("Recorded"), "value": recorded, "note": who},
        {
            "label": _("Received"),
            "value": _("%(day)s at %(time)s")
            % {"day": weekday_date(decision.received_at, zone), "time": clock_time(decision.received_at, zone)}
            if decision.by_on_behalf_of
            else "",
        },
    ]


def _day_of(mandate: Decision | None, zone: str) -> str:
    if mandate is None:
        return ""
    return _("%(day)s: %(scope)s") % {"day": short_date(mandate.meeting_on, zone), "scope": mandate.mandate_scope}


def _settlements(decision: Decision, zone: str) -> list[Mapping[str, Any]]:
    # Read only where there is one: pages are read far oftener than a reservation is settled.
    return [_settlement_row(row, zone) for row in decision.settlements.all()] if decision.settled_as else []


def _settlement_row(row: ReservationSettlement, zone: str) -> Mapping[str, Any]:
    lapses = _("The reservation lapses on %(day)s.") % {"day": weekday_date(row.lapses_on)} if row.lapses_on else ""
    return {
        "day": weekday_date(row.at, zone),
        "label": row.get_settlement_display(),
        "reason": row.reason,
        "lapses": lapses,
    }


def _addendum_row(row: DecisionAddendum, zone: str, file_url: Callable[[StoredFile], str]) -> Mapping[str, Any]:
    files = list(_file_rows([(row.file, _("Goes with the addition"))], file_url))
    return {"day": short_date(row.at, zone), "who": row.by_label, "text": row.text, "files": files}


def _file_rows(
    files: Iterable[tuple[StoredFile | None, str]], file_url: Callable[[StoredFile], str]
) -> Iterable[dict[str, Any]]:
    for file, note in files:
        if file is None:
            continue
        name = file.name if file.erased_at is None else _("Erased")
        url = file_url(file) if file.erased_at is None else ""
        yield {"name": name, "url": url, "size": file.size, "note": note, "sha256": file.sha256}
