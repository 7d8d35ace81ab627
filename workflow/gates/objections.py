"""What an open objection to a correction keeps shut: nothing comes into force on the text, and nothing is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from workflow.gates.registry import GateStatus, register_hold, status
from workflow.models import Stage
from workflow.queries.objections import open_objections
from workflow.rules.objections import objection_words
from workflow.states import StageKindName, StageState

OBJECTIONS: Final = "objections"


def objections_settled(stage: Stage, now: datetime) -> GateStatus | None:
    """Who has objected to a correction of the text on which a stage dates a fact, or of which it has still to send a
    set. None where nobody has, or where the set was sent before."""
    is_sent = stage.kind == StageKindName.EXTERNAL and stage.bundle_id is not None
    objections = [] if stage.state != StageState.OPEN or is_sent else open_objections(stage.line_id)
    if not objections:
        return None
    by_hand = _("An objection is answered; it is not passed over. The office finds it on its list of tasks.")
    missing = [objection_words(objection) for objection in objections]
    return status(_("Objections to a correction are settled"), *missing, not_by_hand=by_hand)


def register_gates() -> None:
    """Called once by the app."""
    for kind in (StageKindName.EXTERNAL, StageKindName.MILESTONE):
        register_hold(kind, OBJECTIONS, objections_settled)
