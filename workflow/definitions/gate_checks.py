"""Whether the gates of a stage can open at all, and none that matters is missing; `checking` comes in."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.definitions.faults import Complaint
from workflow.definitions.gates import Gate, GateName
from workflow.definitions.names import DeclaredNames
from workflow.definitions.reading import Path
from workflow.definitions.shape import Completes, StageSpec
from workflow.states import StageKindName

CORE_GATES = {
    "review": {"body_decision"},
    "consultation": {"round_closed"},
    "approval": {"parties"},
}
"""The gate without which a stage of that kind would pass unasked. An external stage needs the one it awaits."""

GATE_KINDS = {
    "body_decision": {"review"},
    "round_closed": {"consultation"},
    "parties": {"approval", "milestone"},
    "minutes_received": {"review", "approval"},
    "external_receipt": {"external"},
    "external_ruling": {"external"},
}
"""Gates that mean something in these kinds of stages only; the others fit everywhere."""


def gates(stage: StageSpec, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
    for place, gate in enumerate(stage.gates):
        at: Path = (*path, "gates", place)
        kinds = GATE_KINDS.get(gate.gate, {stage.kind})
        if stage.kind not in kinds:
            words = {"gate": str(gate.gate), "kind": str(stage.kind)}
            message = _("The gate %(gate)s can never open in a stage of the kind %(kind)s.") % words
            remedy = _("It belongs in: %(kinds)s.") % {"kinds": ", ".join(sorted(kinds))}
            yield (*at, "gate"), "gate_not_for_kind", message, remedy
        else:
            yield from _gate_fits_stage(stage, gate, at, names)
    for missing in sorted(_needed(stage) - {str(gate.gate) for gate in stage.gates}):
        words = {"key": stage.key, "gate": missing}
        message = _("The stage “%(key)s” lacks the gate %(gate)s and would pass without it.") % words
        yield path, "missing_gate", message, _("Add “- gate: %(gate)s” under gates.") % {"gate": missing}


def _needed(stage: StageSpec) -> set[str]:
    if stage.external:
        return {f"external_{stage.external.awaits}"}
    if stage.milestone and stage.milestone.each:
        return {"parties"}
    if stage.kind is StageKindName.DRAFTING and stage.completes is Completes.AUTOMATIC and not stage.gates:
        return {"bundle_locked"}
    return CORE_GATES.get(stage.kind, set())


def _gate_fits_stage(stage: StageSpec, gate: Gate, at: Path, names: DeclaredNames) -> Iterator[Complaint]:
    """A gate that asks another body, list or kind of answer than its own stage does would stay shut for ever."""
    outside = stage.external.body if stage.external else None
    asked_list = stage.approval.list if stage.approval else stage.milestone.each if stage.milestone else None
    expected = {
        GateName.BODY_DECISION: ("body", gate.body, stage.actor),
        GateName.EXTERNAL_RECEIPT: ("body", gate.body, outside),
        GateName.EXTERNAL_RULING: ("body", gate.body, outside),
        GateName.PARTIES: ("list", gate.list, asked_list),
    }
    if gate.gate in expected:
        what, named, asked = expected[gate.gate]
        if named != asked:
            words = {"named": named, "asked": asked or "–"}
            message = _("The gate waits for “%(named)s”, but the stage asks “%(asked)s”.") % words
            yield (*at, what), "gate_asks_another", message, _("Name the same in both.")
    if gate.gate is GateName.EXTERNAL_RULING and stage.external and stage.external.awaits == "receipt":
        message = _("The gate waits for a ruling, but the stage awaits a receipt.")
        yield (*at, "gate"), "gate_asks_another", message, _("Write awaits: ruling, or use the gate external_receipt.")
    if (
        gate.gate is GateName.REMARKS_DISPOSED
        and names.has_paths
        and gate.stage in names.stages
        and gate.stage not in names.unread
    ):
        is_before = gate.stage in names.before[stage.key]
        if not (is_before and names.stages[gate.stage].consultation):
            message = _("“%(name)s” is no consultation before this stage.") % {"name": gate.stage}
            remedy = _("Name the consultation whose remarks must be answered.")
            yield (*at, "stage"), "no_remarks_there", message, remedy
    if gate.gate is GateName.DATE_REACHED:
        yield from _date_is_named(stage, gate, at, names)


def _date_is_named(stage: StageSpec, gate: Gate, at: Path, names: DeclaredNames) -> Iterator[Complaint]:
    if gate.parameter and gate.deadline:
        yield at, "two_dates", _("The gate names two dates."), _("Keep the parameter or the deadline.")
    elif not gate.parameter and not gate.deadline and stage.key not in names.rules:
        message = _("The gate waits for a date, but none is named and the stage has no deadline.")
        yield at, "no_date", message, _("Add parameter: … or deadline: … to the gate, or a deadline to the stage.")
