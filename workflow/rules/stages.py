"""When a stage may be completed, left out or sent back, and when its gates may be opened by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.definitions import Definition, GateName, ancestors
from workflow.rules.processes import REASON_LENGTH, must_be_officer, must_give_reason
from workflow.rules.refusals import Refusal
from workflow.states import StageState

if TYPE_CHECKING:
    from workflow.gates import GateStatus
    from workflow.models import Stage

_NOT_OPEN = {
    StageState.WAITING: gettext_lazy("The stage has not begun yet; the stages before it come first."),
    StageState.COMPLETED: gettext_lazy("The stage is completed already."),
    StageState.SKIPPED: gettext_lazy("The stage was left out."),
    StageState.RETURNED: gettext_lazy("This attempt was sent back; go to the latest one."),
}


def must_be_under_way(stage: Stage) -> Refusal | None:
    """What is done in a stage is done while it is open."""
    if stage.state == StageState.OPEN:
        return None
    return Refusal(f"stage_{stage.state}", _NOT_OPEN[StageState(stage.state)])


def may_complete(stage: Stage, statuses: Sequence[GateStatus]) -> Refusal | None:
    """An open stage may be completed when all its gates are open; the refusal names each shut one and what it lacks."""
    if refusal := must_be_under_way(stage):
        return refusal
    shut = [status for status in statuses if not status.is_open]
    if not shut:
        return None
    lacking = " ".join(
        f"{status.title}: {' '.join(filter(None, (*status.missing, status.hopeless)))}" for status in shut
    )
    return Refusal("gates_shut", _("The stage cannot be completed yet. %(lacking)s") % {"lacking": lacking})


def may_skip(stage: Stage, is_optional: bool, reason: str) -> Refusal | None:
    """An optional stage may be left out as long as it is not behind us, with a reason."""
    if stage.state not in (StageState.WAITING, StageState.OPEN):
        return must_be_under_way(stage)
    if not is_optional:
        text = gettext_lazy(
            "This stage is part of the process and cannot be left out. Complete it, or open its gates with a reason."
        )
        return Refusal("stage_not_optional", text)
    return must_give_reason(reason)


def must_not_be_held(holds: Sequence[GateStatus]) -> Refusal | None:
    """A stage is not left out while something that was begun from it goes on."""
    lacking = " ".join(f"{status.title}: {' '.join(status.missing)}" for status in holds if not status.is_open)
    if not lacking:
        return None
    return Refusal("stage_held", _("The stage cannot be left out yet. %(lacking)s") % {"lacking": lacking})


def may_return(stage: Stage, definition: Definition, to: str | None, reason: str) -> Refusal | None:
    """A matter may go back from an open stage to that stage itself or to one before it, with a reason.

    to: None where the definition names no way back.
    """
    if refusal := must_be_under_way(stage):
        return refusal
    if to is None:
        return Refusal("return_nowhere", gettext_lazy("Choose the stage that the matter is sent back to."))
    if to != stage.key and to not in ancestors(definition, stage.key):
        return Refusal(
            "return_not_before", gettext_lazy("The matter can only be sent back to a stage before this one.")
        )
    return must_give_reason(reason)


def may_override(
    stage: Stage, statuses: Sequence[GateStatus], gate_key: str, reason: str, is_officer: bool
) -> Refusal | None:
    """An officer opens a shut gate of an open stage with a reason of at least ten characters."""
    return _by_hand(stage, statuses, gate_key, reason, is_officer)


def may_confirm(
    stage: Stage, statuses: Sequence[GateStatus], gate_key: str, reason: str, is_officer: bool
) -> Refusal | None:
    """A gate that is there to be confirmed by a person may be confirmed as `may_override` says; no other may."""
    if not gate_key.startswith(GateName.MANUAL_WITH_REASON):
        return Refusal(
            "gate_not_manual", gettext_lazy("This gate is not confirmed by hand; it opens by what it awaits.")
        )
    return _by_hand(stage, statuses, gate_key, reason, is_officer)


def _by_hand(
    stage: Stage, statuses: Sequence[GateStatus], gate_key: str, reason: str, is_officer: bool
) -> Refusal | None:
    if refusal := must_be_officer(is_officer) or must_be_under_way(stage):
        return refusal
    status = next((status for status in statuses if status.key == gate_key), None)
    if status is None:
        return Refusal("gate_unknown", gettext_lazy("The stage has no such gate."))
    if status.is_open:
        return Refusal("gate_open", gettext_lazy("The gate is open already."))
    if status.not_by_hand:
        return Refusal("gate_not_by_hand", status.not_by_hand)
    return must_give_reason(reason, REASON_LENGTH)
