"""Whether a stage can do what it says: how it decides, who approves, what it waits for, by when. `checking` calls."""

from collections.abc import Iterator
from functools import cache

from django.utils.translation import gettext as _

from workflow.definitions.deadline_rules import DeadlineRule, RuleKind
from workflow.definitions.faults import Complaint, nearest
from workflow.definitions.gates import Gate, GateName
from workflow.definitions.names import SECRETARIAT, DeclaredNames
from workflow.definitions.reading import Path
from workflow.definitions.shape import BodyList, Completes, StageSpec
from workflow.definitions.terms import ApprovalTerms, Standing
from workflow.imports.shipped import shipped_municipalities
from workflow.states import BodyKind, Outcome, StageKindName

GATE_KINDS = {
    GateName.BODY_DECISION: {StageKindName.REVIEW},
    GateName.ROUND_CLOSED: {StageKindName.CONSULTATION},
    GateName.PARTIES: {StageKindName.APPROVAL, StageKindName.MILESTONE},
    GateName.MINUTES_RECEIVED: {StageKindName.REVIEW, StageKindName.APPROVAL},
    GateName.EXTERNAL_RECEIPT: {StageKindName.EXTERNAL},
    GateName.EXTERNAL_RULING: {StageKindName.EXTERNAL},
}
"""Gates that mean something in these kinds of stages only; the others fit everywhere."""

CORE_GATES = {
    StageKindName.REVIEW: "body_decision",
    StageKindName.CONSULTATION: "round_closed",
    StageKindName.APPROVAL: "parties",
}
"""The gate without which a stage of that kind would pass unasked. An external stage needs the one it awaits."""


def stage_complaints(stage: StageSpec, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
    """What is wrong with a stage, beyond the names it uses and its place on the way."""
    yield from _returns(stage, path, names)
    yield from _decisions(stage, path, names)
    if stage.approval:
        yield from _approval(stage.approval, (*path, "approval"), names)
    yield from _gates(stage, path, names)
    if stage.deadline:
        if stage.external and stage.external.clock:
            message = _("The stage has both a deadline and the outside body's clock.")
            yield (*path, "deadline"), "two_deadlines", message, _("Keep one of them.")
        yield from has_one_day(stage.deadline, (*path, "deadline"))
    elif stage.reminders and stage.kind not in (StageKindName.CONSULTATION, StageKindName.APPROVAL):
        message = _("The stage has reminders but no deadline to remind of.")
        yield (*path, "reminders"), "reminders_without_deadline", message, _("Add a deadline, or remove the reminders.")


def has_one_day(rule: DeadlineRule, path: Path) -> Iterator[Complaint]:
    """A complaint about a rule that does not say on which one day its deadline falls."""
    if rule.rule in (RuleKind.FIXED, RuleKind.STATUTORY, RuleKind.ADVISORY):
        anchors = [anchor for anchor in (rule.on, rule.parameter, rule.event) if anchor is not None]
        has_period = any((rule.days, rule.weeks, rule.months, rule.years))
        if len(anchors) != 1 or has_period != (rule.event is not None):
            message = _("The deadline does not say on which one day it falls.")
            remedy = _("Give a date, or a parameter, or an event with days, weeks, months or years.")
            if rule.rule is RuleKind.FIXED:
                remedy = _("Give a date, or a parameter.")
            yield path, "bad_deadline", message, remedy


def _returns(stage: StageSpec, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
    targets: list[tuple[Path, str]] = [((*path, "on_return"), stage.on_return)] if stage.on_return else []
    targets += [((*path, "on_outcome", name), key) for name, key in stage.on_outcome.items()]
    earlier = names.before[stage.key] - {stage.key}
    for place, target in targets:
        if names.has_paths and target in names.stages and target not in earlier:
            words = {"target": target, "key": stage.key}
            message = _("“%(target)s” does not come before “%(key)s”, so nothing can be sent back to it.") % words
            yield place, "return_not_before", message, nearest(target, earlier)


def _decisions(stage: StageSpec, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
    if stage.review and stage.actor in (SECRETARIAT, *names.definition.lists):
        message = _("A review is decided by one body, and “%(name)s” is none.") % {"name": stage.actor}
        remedy = _("Name a body; many bodies in parallel are a stage of the kind approval.")
        yield (*path, "actor"), "wrong_actor", message, remedy
    terms = stage.review or stage.approval
    counts = terms.counts if terms else ()
    block = "review" if stage.review else "approval"
    for place, outcome in enumerate(counts):
        if not outcome.startswith("approved"):
            message = _("“%(outcome)s” is not an approval and cannot count as one.") % {"outcome": outcome}
            remedy = nearest(outcome, [value for value in Outcome.values if value.startswith("approved")])
            yield (*path, block, "counts", place), "never_an_approval", message, remedy
    for outcome in stage.on_outcome:
        if outcome in counts:
            message = _("“%(outcome)s” both opens the gate and sends the matter back.") % {"outcome": outcome}
            remedy = _("Keep it under counts or under on_outcome.")
            yield (*path, "on_outcome", outcome), "contradiction", message, remedy


def _approval(terms: ApprovalTerms, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
    listed = names.definition.lists.get(terms.list)
    if listed is None or not (listed.kinds or listed.members) or names.bodies is None:
        return
    roles = [names.bodies[member] for member in listed.members if member in names.bodies]
    kinds = {*listed.kinds, *(role.kind for role in roles)}
    named: list[tuple[Path, BodyKind]] = [((*path, "weights", kind), kind) for kind in terms.weights]
    for block, chosen in (("vetoes", terms.vetoes), ("must_approve", terms.must_approve)):
        named += [((*path, block, place), kind) for place, kind in enumerate(chosen)]
    for place, kind in named:
        if kind not in kinds:
            message = _("There is never a body of the kind “%(kind)s” on the list “%(list)s”.")
            yield place, "kind_not_on_list", message % {"kind": kind, "list": terms.list}, nearest(kind, kinds)
    everybody = [Standing(role.kind, None) for role in roles] if listed.members else _all_of(listed, terms)
    if everybody is None or terms.weighed(everybody) >= terms.asked(everybody):
        return
    if terms.rule == "weighted":
        words = {"asked": terms.threshold, "possible": terms.weighed(everybody)}
        message = _("A weight of %(asked)d is asked, but all on the list weigh %(possible)d together.") % words
        yield (*path, "threshold"), "threshold_unreachable", message, _("Lower the threshold, or raise the weights.")
    else:
        message = _("%(k)d approvals are asked of a list of %(n)d.") % {"k": terms.k, "n": len(everybody)}
        yield (*path, "k"), "k_larger_than_list", message, _("Lower k, or add members to the list.")


def _all_of(listed: BodyList, terms: ApprovalTerms) -> list[Standing] | None:
    """All bodies of the kinds that count; None where an office can have any number of them."""
    counting = [kind for kind in listed.kinds if terms.rule != "weighted" or kind in terms.weights]
    if any(kind not in councils() for kind in counting):
        return None
    return [Standing(kind, None) for kind in counting for _number in range(councils()[kind])]


@cache
def councils() -> dict[BodyKind, int]:
    """How many municipal and regional councils the country has. Of other kinds an office can have any number."""
    rows = shipped_municipalities()
    return {BodyKind.MUNICIPAL_COUNCIL: len(rows), BodyKind.REGIONAL_COUNCIL: len({row.region for row in rows})}


def _gates(stage: StageSpec, path: Path, names: DeclaredNames) -> Iterator[Complaint]:
    for place, gate in enumerate(stage.gates):
        at: Path = (*path, "gates", place)
        kinds = GATE_KINDS.get(gate.gate, {stage.kind})
        if stage.kind not in kinds:
            words = {"gate": str(gate.gate), "kind": str(stage.kind)}
            message = _("The gate %(gate)s can never open in a stage of the kind %(kind)s.") % words
            remedy = _("It belongs in: %(kinds)s.") % {"kinds": ", ".join(sorted(kinds))}
            yield (*at, "gate"), "gate_not_for_kind", message, remedy
        else:
            yield from _can_open(stage, gate, at, names)
    missing = _core_gate(stage)
    if missing and missing not in [gate.gate for gate in stage.gates]:
        words = {"key": stage.key, "gate": missing}
        message = _("The stage “%(key)s” lacks the gate %(gate)s and would pass without it.") % words
        yield path, "missing_gate", message, _("Add “- gate: %(gate)s” under gates.") % {"gate": missing}


def _core_gate(stage: StageSpec) -> str:
    """The gate without which the stage would pass unasked; "" where there is none."""
    if stage.external:
        return f"external_{stage.external.awaits}"
    if stage.milestone:
        return "parties" if stage.milestone.each else ""
    if stage.kind is StageKindName.DRAFTING:
        return "bundle_locked" if stage.completes is Completes.AUTOMATIC and not stage.gates else ""
    return CORE_GATES[stage.kind]


def _can_open(stage: StageSpec, gate: Gate, at: Path, names: DeclaredNames) -> Iterator[Complaint]:
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
