"""The board of a stage in which bodies decide: where each stands, whether its mail arrived, what it decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.dates import short_date
from workflow.models import ApprovalRequest, Decision, Process, Stage
from workflow.queries.approvals import fallen_on
from workflow.queries.boards import BoardRow, board, has_kit
from workflow.queries.dispatches import unsent_dispatch
from workflow.queries.documents import bundle_of, earlier_versions, versions_in
from workflow.queries.joining import is_joined, joined_late, replaced_by
from workflow.queries.objections import open_objections
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.rules.asked import why_unreached
from workflow.rules.bodies import level_name
from workflow.rules.joining import may_add_parties
from workflow.rules.processes import now_or_suspended_at
from workflow.rules.steps import step_words
from workflow.states import Level, Outcome, RequestState, Settlement, StageKindName, StageState
from workflow.views.access import Visit
from workflow.views.approvals.objections import url_of_objection
from workflow.views.consequences import asked_otherwise
from workflow.views.deeds import new_key
from workflow.views.dispatches import way_to_dispatch
from workflow.views.pages import frame, stage_page, trail_to
from workflow.views.papers import APPROVALS, ways_to_fetch, ways_to_presentation
from workflow.views.processes import gates_of

WITH_WORDS = (Outcome.APPROVED_WITH_REMARKS, Outcome.APPROVED_WITH_RESERVATION)
NOT_YET = (Outcome.POSTPONED, Outcome.REFERRED_BACK)
NO = (Outcome.REJECTED, Outcome.ACCESSION_DECLINED, Outcome.NOTED)


@stage_page("auditor", "GET", kinds=(StageKindName.REVIEW, StageKindName.APPROVAL))
def approvals(request: Visit, stage: Stage) -> HttpResponse:
    """Every body asked in a stage: where it stands, whether the mail arrived, what it decided."""
    spec = stage_spec(stage)
    rows = board(stage)
    bundle = bundle_of(stage)
    context = {
        **trail_to(frame(request, stage.process, "process"), (str(spec.title), "")),
        "stage": stage,
        "spec": spec,
        "recommendation": spec.review.recommendation.text if spec.review else "",
        "deadline": stage_deadline(stage),
        "tiles": _tiles(rows, fallen_on(stage)),
        "board": _board(rows, _late(stage), stage.process, request),
        "unreached": [row.body for row in rows if row.is_waiting and row.request and why_unreached(row.request)],
        "consequences": [asked_otherwise()],
        "key": new_key(),
        "dispatch": way_to_dispatch(unsent_dispatch(stage), stage.process.time_zone),
        "objections": [
            {"body": row.body.name, "version": row.bundle.number, "url": url_of_objection(row, stage.process)}
            for row in open_objections(stage.line_id)
        ],
        "bundle": bundle,
        "documents": versions_in(bundle),
        "may_add_parties": may_add_parties(stage, spec, replaced_by(stage)) is None,
        "gates": gates_of(stage, request) if stage.state == StageState.OPEN else [],
        "list_ways": ways_to_fetch(
            APPROVALS,
            lambda ending: reverse("approvals_list", args=[stage.process.public_id, stage.public_id, ending]),
        ),
        "presentation_ways": ways_to_presentation(stage),
        "kits_url": reverse("kits", args=[stage.process.public_id, stage.public_id])
        if any(has_kit(row.request) for row in rows)
        else "",
    }
    return render(request, "workflow/approvals.html", context)


def _tiles(rows: list[BoardRow], fallen: int) -> list[dict[str, Any]]:
    outcomes = Counter(row.decision.outcome for row in rows if row.decision)
    awaited = sum(
        (row.is_waiting or row.is_listed) and (row.decision is None or row.decision.outcome != Outcome.POSTPONED)
        for row in rows
    )
    not_yet = sum(outcomes[outcome] for outcome in NOT_YET)
    no = sum(outcomes[outcome] for outcome in NO)
    return [
        {"value": outcomes[Outcome.APPROVED], "label": _("Approved"), "tone": "success"},
        {
            "value": sum(outcomes[outcome] for outcome in WITH_WORDS),
            "label": _("With remarks or reservation"),
            "note": _unsettled(rows),
            "tone": "success" if any(outcomes[outcome] for outcome in WITH_WORDS) else "",
        },
        {"value": awaited, "label": _("Not decided yet"), "note": _("of %(all)d") % {"all": len(rows)}},
        {"value": not_yet, "label": _("Postponed or referred back"), "tone": "warning" if not_yet else ""},
        {"value": no, "label": _("Not approved, declined or only noted"), "tone": "error" if no else ""},
        {"value": fallen, "label": _("Given to an earlier version"), "tone": "warning" if fallen else ""},
    ]


def _unsettled(rows: list[BoardRow]) -> str:
    """How many reservations wait for somebody to say what they mean."""
    decisions = [row.decision for row in rows if row.decision]
    waiting = sum(
        decision.outcome == Outcome.APPROVED_WITH_RESERVATION and decision.settled_as is None for decision in decisions
    )
    words = ngettext("%(count)d reservation not settled", "%(count)d reservations not settled", waiting)
    return words % {"count": waiting} if waiting else ""


def _late(stage: Stage) -> set[int]:
    """Ids of the decisions by which bodies joined after the stage was completed."""
    if not is_joined(stage) or stage.state != StageState.COMPLETED:
        return set()
    return {decision.pk for decision in joined_late(stage)}


def _board(rows: list[BoardRow], late: set[int], process: Process, request: Visit) -> dict[str, Any]:
    overtaken = earlier_versions(process)
    return {
        "columns": [
            {"label": _("Body")},
            {"label": _("Decision")},
            {"label": _("Meeting")},
            {"label": _("Minutes")},
            {"label": _("Opened")},
            {"label": _("Mail")},
            {"label": _("Next reminder")},
        ],
        "rows": [_row(row, late, overtaken, process, request) for row in rows],
    }


def _row(
    row: BoardRow, late: set[int], overtaken: Mapping[int, str], process: Process, request: Visit
) -> dict[str, Any]:
    zone, asked = process.time_zone, row.request
    is_overdue = (
        row.is_waiting
        and asked is not None
        and bool(asked.reply_by_at and asked.reply_by_at <= now_or_suspended_at(process, request.now))
    )
    has_bounced = asked is not None and asked.bounced_at is not None
    shown = asked or (row.decision.request if row.decision else None)
    url = reverse("approval", args=[process.public_id, shown.public_id]) if shown else ""
    return {
        "cells": [
            {"text": row.body.name, "url": url, "note": _level(row)},
            {**_decision_cell(row, late, overtaken, is_overdue=is_overdue), "actions": _earlier(row, process)},
            {"text": short_date(row.meeting_on, zone) if row.meeting_on else ""},
            {"text": _("Received") if row.has_minutes else (_("Missing") if row.counts else "")},
            {"text": short_date(row.opened_at, zone) if row.opened_at else ""},
            _mail_cell(row, has_bounced=has_bounced),
            {"text": short_date(asked.next_check_at, zone) if asked and row.is_waiting and asked.next_check_at else ""},
        ],
        "tone": "error" if has_bounced and row.is_waiting else "warning" if is_overdue else "",
    }


def _level(row: BoardRow) -> str:
    if row.request is None or row.request.level == Level.COUNCIL:
        return ""
    return _("Decides: %(level)s") % {"level": level_name(row.request.level, row.body)}


def _decision_cell(row: BoardRow, late: set[int], overtaken: Mapping[int, str], *, is_overdue: bool) -> dict[str, Any]:
    steps = ". ".join(_step(step, overtaken) for step in row.steps)
    if row.decision is not None:
        label = row.decision.get_outcome_display()
        is_carried = row.request is None and row.counts
        note = _("Approved before; the change since is editorial") if is_carried else steps
        if row.decision.pk in late:
            note = _("Joined after the stage was completed")
        version = overtaken.get(row.decision.bundle_id or 0, "")
        note = ". ".join(filter(None, (version, settled_words(row.decision), note)))
        return {"state": row.decision.outcome, "state_label": label, "note": note}
    if row.request is None:
        return {"text": _("Not asked"), "note": steps}
    if is_overdue:
        return {"badge": _("Past the deadline"), "tone": "warning", "note": steps}
    return {"state": row.request.state, "state_label": row.request.get_state_display(), "note": steps}


def _step(step: Decision, overtaken: Mapping[int, str]) -> str:
    """A committee's recommendation, with the version it was given to where another counts now."""
    version = overtaken.get(step.bundle_id or 0, "")
    return f"{step_words(step)} ({version})" if version else step_words(step)


def settled_words(decision: Decision) -> str:
    """What a reservation has been found to mean, or that nobody has said yet; "" for any other decision."""
    if decision.outcome != Outcome.APPROVED_WITH_RESERVATION:
        return ""
    if decision.settled_as is None:
        return _("The reservation has not been settled")
    return _("The reservation: %(settlement)s") % {"settlement": Settlement(decision.settled_as).label}


def _earlier(row: BoardRow, process: Process) -> list[dict[str, str]]:
    """The way to the decision that fell, where it was given under another question."""
    if row.fallen is None or row.decision is not None:
        return []
    words = {
        "outcome": row.fallen.get_outcome_display(),
        "day": short_date(row.fallen.meeting_on, process.time_zone),
    }
    url = reverse("approval", args=[process.public_id, row.fallen.request.public_id])
    return [{"label": _("Earlier decision, which fell: %(outcome)s, %(day)s") % words, "url": url}]


def _mail_cell(row: BoardRow, *, has_bounced: bool) -> dict[str, Any]:
    if row.is_listed and row.request is not None:
        return {"badge": _("No mail reaches it"), "tone": "warning"} if why_unreached(row.request) else {}
    if has_bounced:
        return {"badge": _("Bounced"), "tone": "error"}
    if row.mail is not None:
        return {"text": row.mail.standing_words}
    return {"badge": _("No address"), "tone": "warning"} if row.request and not row.request.email else {}


def said_on_leave(stage: Stage) -> list[str]:
    """What becomes of the questions of a stage that is left."""
    rows = ApprovalRequest.objects.filter(stage=stage)
    waiting, listed = (rows.filter(state=state).count() for state in (RequestState.ASKED, RequestState.LISTED))
    words = ngettext(
        "%(count)d question that waits for an answer is withdrawn.",
        "%(count)d questions that wait for an answer are withdrawn.",
        waiting,
    )
    sentences = [words % {"count": waiting}] if waiting else []
    return [*sentences, _("The dispatch that has not left is given up.")] if listed else sentences
