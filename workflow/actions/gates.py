"""Gates opened by a person: an override against what the gate awaits, or the confirmation a manual gate asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from workflow.actions.locking import lock_process, stage_in
from workflow.actions.once import Once
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.gates import gate_statuses, is_about_text
from workflow.models import GateOverride, Stage, by
from workflow.queries.documents import bundle_of
from workflow.queries.processes import is_officer
from workflow.rules import Refusal, insist
from workflow.rules.processes import may_act
from workflow.rules.stages import may_confirm, may_override
from workflow.states import Verb


@transaction.atomic
def override_gate(
    stage: Stage, gate_key: str, *, reason: str, actor: Actor, now: datetime, key: str = ""
) -> GateOverride:
    """Open a shut gate by hand, with a reason that stands in the record; the stage may complete by it.

    A gate about the text is opened for the text that counts now: it shuts again when another than an editorial change
    is locked before the stage completes.

    Refuses anyone but an officer of the secretariat, a reason under ten characters, and a gate that is open already.
    """
    return _open_by_hand(Verb.OVERRIDE_GATE, may_override, stage, gate_key, reason, actor, now, key)


@transaction.atomic
def confirm_gate(
    stage: Stage, gate_key: str, *, reason: str, actor: Actor, now: datetime, key: str = ""
) -> GateOverride:
    """Confirm what a manual gate asks for, with a reason. Refuses as `override_gate` does, and every other gate."""
    return _open_by_hand(Verb.CONFIRM_GATE, may_confirm, stage, gate_key, reason, actor, now, key)


def _open_by_hand(
    verb: Verb,
    rule: Callable[..., Refusal | None],
    stage: Stage,
    gate_key: str,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> GateOverride:
    process = lock_process(stage.process, must_run=False)
    stage = stage_in(process, stage)
    once = Once(f"{verb}:{stage.public_id}", key, (gate_key, reason))
    if earlier := once.made:
        return GateOverride.objects.get(public_id=earlier)
    insist(may_act(process))
    # Judged under the lock: a gate may have opened by itself since the page was read.
    insist(rule(stage, gate_statuses(stage, now), gate_key, reason, is_officer(actor, process.office, now)))
    bundle = bundle_of(stage) if is_about_text(stage, gate_key) else None
    override = GateOverride.objects.create(
        stage=stage, gate=gate_key, bundle=bundle, reason=reason.strip(), at=now, **by(actor)
    )
    entry = record(
        verb,
        stage,
        actor=actor,
        now=now,
        process=process,
        codes={
            "stage": stage.key,
            "attempt": stage.attempt,
            "gate": gate_key,
            "bundle": bundle.sha256 if bundle else "",
        },
        detail={"reason": reason},
    )
    advance(process, actor=following(entry), now=now)
    once.keep(override.public_id, now)
    return override
