"""Whether the gates of a stage can open at all, and none that matters is missing; `checking` comes in."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from workflow.definitions.deadline_checks import date_parameter
from workflow.definitions.names import Known, mapping, unknown
from workflow.definitions.reading import Path
from workflow.definitions.structure import Complaint

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


def gates(stage: dict[str, Any], path: Path, known: Known) -> Iterator[Complaint]:
    kind = str(stage.get("kind"))
    listed = stage.get("gates")
    gates = [(place, mapping(gate)) for place, gate in enumerate(listed if isinstance(listed, list) else [])]
    for place, gate in gates:
        at: Path = (*path, "gates", place)
        name = gate.get("gate")
        for what in ("body", "list", "stage", "parameter", "deadline"):
            yield from unknown(what, gate.get(what), (*at, what), known)
        if isinstance(name, str) and kind not in GATE_KINDS.get(name, {kind}):
            yield (
                (*at, "gate"),
                "gate_not_for_kind",
                _("The gate %(gate)s can never open in a stage of the kind %(kind)s.") % {"gate": name, "kind": kind},
                _("It belongs in: %(kinds)s.") % {"kinds": ", ".join(sorted(GATE_KINDS[name]))},
            )
            continue
        yield from _gate_fits_stage(stage, gate, at, known)
    needed = set(CORE_GATES.get(kind, ()))
    awaited = mapping(stage.get("external")).get("awaits")
    if kind == "external" and awaited in ("receipt", "ruling"):
        needed = {f"external_{awaited}"}
    if kind == "milestone" and "each" in mapping(stage.get("milestone")):
        needed = {"parties"}
    if kind == "drafting" and stage.get("completes") == "automatic" and not gates:
        needed = {"bundle_locked"}
    for missing in sorted(needed - {str(gate.get("gate")) for _place, gate in gates}):
        yield (
            path,
            "missing_gate",
            _("The stage “%(key)s” lacks the gate %(gate)s and would pass without it.")
            % {"key": stage["key"], "gate": missing},
            _("Add “- gate: %(gate)s” under gates.") % {"gate": missing},
        )


def _gate_fits_stage(stage: dict[str, Any], gate: dict[str, Any], at: Path, known: Known) -> Iterator[Complaint]:
    """A gate that asks another body, list or kind of answer than its own stage does would stay shut for ever."""
    external = mapping(stage.get("external"))
    expected = {
        "body_decision": ("body", stage.get("actor")),
        "external_receipt": ("body", external.get("body")),
        "external_ruling": ("body", external.get("body")),
        "parties": (
            "list",
            mapping(stage.get("approval")).get("list") or mapping(stage.get("milestone")).get("each"),
        ),
    }
    name = str(gate.get("gate"))
    if name in expected:
        what, asked = expected[name]
        named = gate.get(what)
        if named is not None and named != asked:
            yield (
                (*at, what),
                "gate_asks_another",
                _("The gate waits for “%(named)s”, but the stage asks “%(asked)s”.")
                % {"named": named, "asked": asked or "–"},
                _("Name the same in both."),
            )
    if name == "external_ruling" and external.get("awaits") == "receipt":
        yield (
            (*at, "gate"),
            "gate_asks_another",
            _("The gate waits for a ruling, but the stage awaits a receipt."),
            _("Write awaits: ruling, or use the gate external_receipt."),
        )
    target = gate.get("stage")
    heard = [key for key in known.before[stage["key"]] if known.by_key[key].get("kind") == "consultation"]
    if name == "remarks_disposed" and isinstance(target, str) and target in known.by_key and target not in heard:
        yield (
            (*at, "stage"),
            "no_remarks_there",
            _("“%(name)s” is no consultation before this stage.") % {"name": target},
            _("Name the consultation whose remarks must be answered."),
        )
    if name == "date_reached":
        if "parameter" in gate and "deadline" in gate:
            yield at, "two_dates", _("The gate names two dates."), _("Keep the parameter or the deadline.")
        elif "parameter" in gate:
            yield from date_parameter(gate["parameter"], (*at, "parameter"), known)
        elif "deadline" not in gate and stage["key"] not in known.rules:
            yield (
                at,
                "no_date",
                _("The gate waits for a date, but none is named and the stage has no deadline."),
                _("Add parameter: … or deadline: … to the gate, or a deadline to the stage."),
            )
