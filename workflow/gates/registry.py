"""The registry of gate checks and the one place that asks them. Everybody comes in through `workflow.gates`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from notifications.statements import Given, Read
from workflow.definitions import BundleUse, Gate, GateName
from workflow.models import GateOverride, MilestoneRecord, Stage
from workflow.queries.documents import bundle_of, standing_bundles, standing_now
from workflow.queries.processes import stage_spec
from workflow.states import StageKindName, StageState

ABOUT_TEXT = (GateName.BUNDLE_LOCKED, GateName.BODY_DECISION, GateName.PARTIES, GateName.MINUTES_RECEIVED)
"""The gates that ask for a word on the text before the stage."""

MILESTONE = "milestone"
"""The gate no definition names: a milestone of the whole process waits for its own fact to be recorded."""


class UnknownGate(LookupError):
    """A definition names a gate nobody has registered a check for."""


@dataclass(frozen=True, slots=True)
class GateStatus:
    """How one gate of a stage stands. Texts are in the active language.

    key: stable within the stage. missing: what is lacking and why, one sentence each; empty when open.
    overridden: a person opened it with a reason. opens_at: the instant (UTC) it opens by itself, None if never.
    not_by_hand: why nobody may open it by hand as things stand; empty when an officer may. hopeless: why it can no
    longer open by itself, and what can be done; empty while it can.
    """

    key: str
    is_open: bool
    title: str
    missing: tuple[str, ...] = ()
    overridden: bool = False
    opens_at: datetime | None = None
    not_by_hand: str = ""
    hopeless: str = ""


def status(
    title: str, *missing: str, opens_at: datetime | None = None, not_by_hand: str = "", hopeless: str = ""
) -> GateStatus:
    """What a check returns: open when nothing is missing. The key is filled in by `gate_statuses`."""
    return GateStatus("", not missing, title, missing, opens_at=opens_at, not_by_hand=not_by_hand, hopeless=hopeless)


Check = Callable[[Stage, Gate, datetime], GateStatus]

_checks: dict[str, Check] = {}


def register(gate: str, check: Check) -> None:
    """Take in the check of a gate; the same one twice is harmless, another for the same gate is refused."""
    if _checks.setdefault(gate, check) is not check:
        raise ValueError(f"The gate {gate} already has a check.")


Hold = Callable[[Stage, datetime], GateStatus | None]

_holds: dict[str, dict[str, Hold]] = {}


def register_hold(kind: StageKindName, key: str, hold: Hold) -> None:
    """Take in what a stage of this kind waits for where no definition says so: something that was begun from it. None
    where nothing was. The same one twice is harmless."""
    if _holds.setdefault(kind, {}).setdefault(key, hold) is not hold:
        raise ValueError(f"The hold {key} is already registered.")


def holds_on(stage: Stage, now: datetime) -> list[GateStatus]:
    """What was begun from a stage and has to be over before it is completed or left out."""
    found = [(key, hold(stage, now)) for key, hold in _holds.get(stage.kind, {}).items()]
    return [replace(status, key=key) for key, status in found if status is not None]


def unregistered() -> list[GateName]:
    """The gates that nobody answers for."""
    return [name for name in GateName if name not in _checks]


def gate_keys(gates: Iterable[Gate]) -> list[tuple[str, Gate]]:
    """Each gate with its key: its name, and from the second of that name on a number ("date_reached_2")."""
    counts: Counter[str] = Counter()
    keyed_gates = []
    # Overrides are stored by these keys: numbered otherwise, they would open another gate.
    for gate in gates:
        counts[gate.gate] += 1
        count = counts[gate.gate]
        keyed_gates.append((str(gate.gate) if count == 1 else f"{gate.gate}_{count}", gate))
    return keyed_gates


def gate_statuses(stage: Stage, now: datetime) -> list[GateStatus]:
    """Every gate of a stage as it stands at `now`, in the definition's order, and behind them what was begun from it;
    none where nothing is waited for."""
    spec = stage_spec(stage)
    opened = _opened_by_hand(stage)
    statuses = []
    for key, gate in gate_keys(spec.gates):
        check = _checks.get(gate.gate)
        if check is None:
            raise UnknownGate(gate.gate)
        statuses.append(_settled(check(stage, gate, now), key, gate, key in opened))
    if spec.kind is StageKindName.MILESTONE and spec.milestone and not spec.milestone.each:
        recorded = MilestoneRecord.objects.filter(stage=stage, body__isnull=True).exists()
        title = str(spec.milestone.fact.text)
        missing = () if recorded else (_("The day it happened has not been recorded."),)
        statuses.append(_settled(status(title, *missing), MILESTONE, None, MILESTONE in opened))
    return statuses + holds_on(stage, now)


def is_about_text(stage: Stage, key: str) -> bool:
    """Whether this gate asks for a word on the text: opened by hand, it is opened for that text and no other."""
    spec = stage_spec(stage)
    gate = dict(gate_keys(spec.gates)).get(key)
    return gate is not None and gate.gate in ABOUT_TEXT and spec.bundle is not BundleUse.NONE


def _opened_by_hand(stage: Stage) -> set[str]:
    """Keys of the gates a person has opened. While the stage is open, a gate about the text counts as opened only for
    the text that stands; what was completed by it is history."""
    rows = _OPENED(stage_id=stage.pk)
    bound = {row.gate for row in rows if is_about_text(stage, row.gate)} if stage.state == StageState.OPEN else set()
    if not bound:
        return {row.gate for row in rows}
    # None: before the first text is locked, gates are opened for none.
    standing_ids: list[int | None] = [*_standing(stage)] or [None]
    return {row.gate for row in rows if row.gate not in bound or row.bundle_id in standing_ids}


def _standing(stage: Stage) -> list[int]:
    """The sets that count as the text of a stage; of one that makes a set, the newest locked one."""
    is_making = stage_spec(stage).bundle is BundleUse.LOCKS
    return standing_bundles(bundle_of(stage)) if is_making else standing_now(stage.line_id)


_OPENED: Final = Read(lambda: GateOverride.objects.filter(stage_id=Given("stage_id")))


def _settled(gate_status: GateStatus, key: str, gate: Gate | None, is_opened: bool) -> GateStatus:
    if gate_status.is_open:
        return replace(gate_status, key=key)
    if is_opened:
        confirmed = gate is not None and gate.gate is GateName.MANUAL_WITH_REASON
        return replace(gate_status, key=key, is_open=True, missing=(), overridden=not confirmed, opens_at=None)
    if gate is not None and gate.message is not None:
        # The definition's own words, and behind them the names where more than one thing is missing.
        own = gate_status.missing if len(gate_status.missing) > 1 else ()
        return replace(gate_status, key=key, missing=(str(gate.message), *own))
    return replace(gate_status, key=key)
