"""What an outside body keeps shut: its receipt, its ruling."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from workflow.definitions import Gate, GateName
from workflow.gates.registry import GateStatus, register, status
from workflow.models import Stage
from workflow.queries.processes import bodies_of
from workflow.queries.submissions import live_external_request
from workflow.states import Ruling


def external_receipt(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """The outside body has acknowledged what was sent to it."""
    request = live_external_request(stage)
    body = _name(stage, gate)
    title = _("Receipt from %(body)s") % {"body": body}
    if request is None:
        return status(title, _("Nothing has been sent to %(body)s yet.") % {"body": body})
    if getattr(request, "receipt", None) is None:
        return status(title, _("%(body)s has not acknowledged receipt yet.") % {"body": body})
    return status(title)


def external_ruling(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """The outside body has ruled, in one of the ways the gate names."""
    request = live_external_request(stage)
    body = _name(stage, gate)
    title = _("Ruling by %(body)s") % {"body": body}
    ruling = getattr(request, "ruling", None) if request else None
    if ruling is None:
        return status(title, _("%(body)s has not ruled yet.") % {"body": body})
    if ruling.outcome not in gate.rulings:
        if ruling.outcome == Ruling.OBJECTED:
            return status(
                title, _("%(body)s has objected. Send the matter back, or record why it goes on.") % {"body": body}
            )
        return status(title, _("The ruling is not the one this stage waits for."))
    return status(title)


def _name(stage: Stage, gate: Gate) -> str:
    bodies = bodies_of(stage.process, gate.body or "")
    return bodies[0].name if bodies else _("the authority")


def register_gates() -> None:
    """Called once by the app."""
    register(GateName.EXTERNAL_RECEIPT, external_receipt)
    register(GateName.EXTERNAL_RULING, external_ruling)
