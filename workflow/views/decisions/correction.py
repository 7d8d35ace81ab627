"""A text corrected since the body was asked or decided: both versions, what differs, and what it objects to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workflow.actors import Actor
from workflow.dates import weekday_date
from workflow.models import ApprovalRequest, Bundle, Objection, Process
from workflow.queries.comparisons import compared_sets
from workflow.queries.corrections import Correction, correction_of
from workflow.queries.objections import in_force_since
from workflow.rules import Refusal
from workflow.rules.document_differences import DocumentDifference
from workflow.rules.documents import set_name
from workflow.rules.objections import may_object
from workflow.rules.processes import may_take_in
from workflow.states import ObjectionState
from workflow.views.decisions.recorded import valid_decision


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """A correction as the page shows it."""

    correction: Correction
    differences: list[DocumentDifference]


def correction_seen(asked: ApprovalRequest) -> Correction | None:
    """What was corrected since the body was asked or decided, as far as anything was."""
    return correction_of(asked, valid_decision(asked))


def sets_seen(asked: ApprovalRequest, correction: Correction | None) -> list[Bundle]:
    """The sets whose papers the body may read: the one in question, and with a correction both, the newer first."""
    if correction is not None:
        return [correction.after, correction.before]
    return [asked.bundle] if asked.bundle is not None else []


def correction_shown(correction: Correction | None, language: str) -> CorrectionShown | None:
    """The correction with what differs; None where there is none. language: of the process."""
    if correction is None:
        return None
    return CorrectionShown(correction, compared_sets(correction.before, correction.after, language))


def may_object_to(
    asked: ApprovalRequest, correction: Correction, objections: Sequence[Objection], actor: Actor
) -> Refusal | None:
    """Why the body cannot object to a correction now. objections: those it has made."""
    earlier = next((row for row in objections if row.bundle_id == correction.after.pk), None)
    zone, since = asked.stage.process.time_zone, in_force_since(asked.stage)
    refusal = may_take_in(asked.stage.process)
    return refusal or may_object(
        asked, actor, corrected=correction.after, earlier=earlier, in_force_since=since, zone=zone
    )


def objections_shown(objections: Sequence[Objection], process: Process) -> list[dict[str, Any]]:
    """Objections as the pages of body and officer show them."""
    zone = process.time_zone
    return [
        {
            "objection": objection,
            "heading": _("Objection to the correction in %(set)s") % {"set": set_name(objection.bundle)},
            "received": weekday_date(objection.received_at, zone),
            "who": objection.by_label,
            "settled": weekday_date(objection.settled_at, zone) if objection.settled_at else "",
            "is_open": objection.state == ObjectionState.OPEN,
        }
        for objection in objections
    ]
