"""The path of a process: opening what is ready, closing what is done, sending back, leaving out.

Every deed that may open a gate ends with `advance`; officers come in with the other verbs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from notifications.statements import Given, Read
from workflow.actions.locking import lock_process, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.timetable import resolve_deadlines
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.definitions import Completes, is_finished, ready, reopened_by_return
from workflow.gates import gate_statuses, holds_on
from workflow.models import AuditEntry, Deadline, Process, Stage
from workflow.queries.documents import bundle_of
from workflow.queries.processes import definition_of, live_stages, running_deadlines, stage_spec
from workflow.rules import insist
from workflow.rules.processes import may_act
from workflow.rules.stages import may_complete, may_return, may_skip, must_not_be_held
from workflow.stage_kinds import stage_kind
from workflow.states import ProcessState, StageKindName, StageState, Verb

__all__ = [
    "advance",
    "complete_stage",
    "go_on",
    "lock_process",
    "reopen",
    "reopened_with",
    "return_stage",
    "send_back",
    "set_aside",
    "skip_stage",
    "stage_in",
]


def advance(process: Process, *, actor: Actor, now: datetime) -> None:
    """Let a locked process move on as far as it goes: close the automatic stages whose gates are all open, open what
    became ready, end the process when all is done. Sets deadlines that became known and when a sweep looks again.

    To be called, in the same transaction, at the end of every deed that may open a gate. actor: the system, by
    `following` the deed's entry or by the clock; never whoever pressed, who has done the deed and no more. Changes
    nothing in a process that is suspended or ended.
    """
    if actor.kind != "system":
        raise ValueError("What follows from a deed is the system's own: advance(process, actor=following(entry), …).")
    while _one_step(process, actor, now):
        pass


@transaction.atomic
def complete_stage(stage: Stage, *, actor: Actor, now: datetime, key: str = "") -> Stage:
    """Complete an open stage and move on to what follows.

    Refuses everybody but an officer, a stage that is not under way, and one with a shut gate, naming what is missing.
    """
    process = lock_process(stage.process, must_run=False)
    stage = stage_in(process, stage)
    once = Once(f"complete_stage:{stage.public_id}", key)
    if once.made:
        return stage
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    insist(may_complete(stage, gate_statuses(stage, now)))
    entry = _complete(stage, actor, now, automatic=False)
    advance(process, actor=following(entry), now=now)
    once.keep(stage.public_id, now)
    return stage


@transaction.atomic
def skip_stage(stage: Stage, *, reason: str, actor: Actor, now: datetime, key: str = "") -> Stage:
    """Leave an optional stage out, with a reason, and move on.

    Refuses everybody but an officer, a stage that is not optional or is behind us, and one while something that was
    begun from it goes on. What was live under it is
    withdrawn.
    """
    process = lock_process(stage.process, must_run=False)
    stage = stage_in(process, stage)
    once = Once(f"skip_stage:{stage.public_id}", key, (reason,))
    if once.made:
        return stage
    insist_officer(actor, process.office, now)
    insist(may_act(process) or may_skip(stage, stage_spec(stage).optional, reason))
    insist(must_not_be_held(holds_on(stage, now)))
    codes = {"stage": stage.key, "attempt": stage.attempt}
    entry = record(
        Verb.SKIP_STAGE, stage, actor=actor, now=now, process=process, codes=codes, detail={"reason": reason}
    )
    if stage.state == StageState.OPEN:
        stage_kind(stage.kind).on_leave(stage, following(entry), now)
    stage.skip()
    _close(stage, now)
    advance(process, actor=following(entry), now=now)
    once.keep(stage.public_id, now)
    return stage


@transaction.atomic
def return_stage(
    stage: Stage, *, to: str | None = None, reason: str, actor: Actor, now: datetime, key: str = ""
) -> Stage:
    """Send the matter back: from an open stage to the one named (default: the definition's `on_return`), with a reason.

    Returns the new attempt of the target, which opens at once; who had decided in a review is asked there again.
    The target and everything behind it that has begun get a new attempt; the old ones stay as sent back, and what was
    live under them is withdrawn. Refuses everybody but an officer, a stage that is not under way and a target that does
    not come before it.
    """
    process = lock_process(stage.process, must_run=False)
    stage = stage_in(process, stage)
    once = Once(f"return_stage:{stage.public_id}", key, (to, reason))
    if earlier := once.made:
        return Stage.objects.get(public_id=earlier)
    insist_officer(actor, process.office, now)
    new_attempt = send_back(process, stage, to, reason, actor, now)
    once.keep(new_attempt.public_id, now)
    return new_attempt


def send_back(process: Process, stage: Stage, to: str | None, reason: str, actor: Actor, now: datetime) -> Stage:
    """What `return_stage` does, for the deed of a body whose decision sends the matter back; both rows are locked."""
    definition = definition_of(process)
    target = to or stage_spec(stage).on_return
    insist(may_act(process) or may_return(stage, definition, target, reason))
    assert target is not None
    begun = reopened_with(process, [target])
    entry = record(
        Verb.RETURN_STAGE,
        stage,
        actor=actor,
        now=now,
        process=process,
        codes={"stage": stage.key, "attempt": stage.attempt, "to": target, "reopened": [row.key for row in begun]},
        detail={"reason": reason},
    )
    system = following(entry)
    new_attempt = reopen(begun, system, now)[target]
    # Before `advance` opens it: what was decided in the earlier attempt must not settle this one.
    stage_kind(new_attempt.kind).on_redo(new_attempt, system, now)
    advance(process, actor=system, now=now)
    new_attempt.refresh_from_db()
    return new_attempt


def reopened_with(process: Process, targets: Collection[str]) -> list[Stage]:
    """The stages that get a new attempt when these do: they and all behind any of them, as far as they have begun."""
    if not targets:
        return []
    definition = definition_of(process)
    behind = {key for target in targets for key in reopened_by_return(definition, target)}
    return [row for row in live_stages(process) if row.key in behind and row.state != StageState.WAITING]


def reopen(stages: Iterable[Stage], system: Actor, now: datetime) -> dict[str, Stage]:
    """Give stages that have begun a new attempt, which waits for its turn; what is live under the old one is withdrawn.
    By key; `advance` opens what is ready."""
    stages = list(stages)
    keys = [stage.key for stage in stages]
    attempts = Stage.objects.filter(process__in={stage.process_id for stage in stages}, key__in=keys)
    # The live attempt need not be the last one: that may have been set aside with a text that was taken back.
    last = dict(attempts.order_by().values_list("key").annotate(Max("attempt"))) if stages else {}
    return {stage.key: _new_attempt(stage, last[stage.key] + 1, system, now) for stage in stages}


def set_aside(stage: Stage, system: Actor, now: datetime) -> None:
    """Leave an attempt that another takes the place of: what is live under it is withdrawn."""
    if stage.state in (StageState.OPEN, StageState.COMPLETED):
        stage_kind(stage.kind).on_leave(stage, system, now)
    if stage.state == StageState.OPEN:
        _keep_bundle(stage)
    stage.send_back()
    _close(stage, now)


def go_on(stage: Stage, state: StageState) -> None:
    """Let an attempt that was set aside be the live one again, as what it was; the one in its place is set aside."""
    stage.go_on(state)
    if state == StageState.OPEN:
        stage.closed_at = None
    stage.save(update_fields=["state", "closed_at"])
    if state == StageState.OPEN and stage.kind not in _SENT_BY_DEED:
        # Only now, for an attempt that is over keeps its set for ever.
        stage.bundle = None
        stage.save(update_fields=["bundle"])


_HOW_IT_STANDS: Final = Read(
    lambda: Process.objects.filter(pk=Given("pk")).values_list("state", "next_check_at", "parameters")
)


def _one_step(process: Process, actor: Actor, now: datetime) -> bool:
    """Close or open one stage; False when the process stands still. Reads afresh: a step's own deeds change rows."""
    [(process.state, process.next_check_at, process.parameters)] = _HOW_IT_STANDS(pk=process.pk)
    if process.state != ProcessState.RUNNING:
        return False
    stages = live_stages(process)
    looks = []
    for stage in stages:
        if stage.state != StageState.OPEN or stage_spec(stage).completes is not Completes.AUTOMATIC:
            continue
        statuses = gate_statuses(stage, now)
        if all(status.is_open for status in statuses):
            _complete(stage, actor, now, automatic=True)
            return True
        looks += [status.opens_at for status in statuses if not status.is_open and status.opens_at]
    definition = definition_of(process)
    states = {stage.key: stage.state for stage in stages}
    # One at a time: what opening it does may change what else is ready.
    for key in ready(definition, states):
        _open(next(stage for stage in stages if stage.key == key), stages, actor, now)
        return True
    if is_finished(definition, states):
        _end(process, actor, now)
        return False
    resolve_deadlines(process, actor=actor, now=now, stages=stages)
    looks += [deadline.at for deadline in watched_deadlines(process)]
    _look_again(process, min(looks, default=None))
    return False


def watched_deadlines(process: Process) -> list[Deadline]:
    """The deadlines of the definition that a sweep is to see pass: those of open stages and of the process itself, as
    far as their clock runs."""
    rows = running_deadlines(process)
    return [row for row in rows if row.stage is None or row.stage.state == StageState.OPEN]


def _open(stage: Stage, stages: Sequence[Stage], actor: Actor, now: datetime) -> None:
    """stages: all live ones of the process, this one among them."""
    stage.open()
    stage.opened_at = now
    stage.save(update_fields=["state", "opened_at"])
    codes = {"stage": stage.key, "attempt": stage.attempt}
    record(Verb.OPEN_STAGE, stage, actor=actor, now=now, process=stage.process, codes=codes)
    # Before anybody is asked: the letters name the deadline.
    resolve_deadlines(stage.process, actor=actor, now=now, stages=stages)
    stage_kind(stage.kind).on_open(stage, actor, now)


def _complete(stage: Stage, actor: Actor, now: datetime, *, automatic: bool) -> AuditEntry:
    _keep_bundle(stage)
    stage.complete()
    _close(stage, now)
    codes = {"stage": stage.key, "attempt": stage.attempt, "automatic": automatic}
    entry = record(Verb.COMPLETE_STAGE, stage, actor=actor, now=now, process=stage.process, codes=codes)
    stage_kind(stage.kind).on_complete(stage, following(entry), now)
    return entry


_SENT_BY_DEED: Final = (StageKindName.CONSULTATION, StageKindName.EXTERNAL)
"""The kinds of stage that keep a set when they have sent it, and none when they have not."""


def _keep_bundle(stage: Stage) -> None:
    """Settle which set of documents a stage under way has been about, before it is left."""
    if stage.kind not in _SENT_BY_DEED:
        stage.bundle = bundle_of(stage)


def _close(stage: Stage, now: datetime) -> None:
    stage.closed_at = stage.closed_at or now
    stage.save(update_fields=["state", "closed_at", "bundle"])


def _new_attempt(stage: Stage, number: int, actor: Actor, now: datetime) -> Stage:
    set_aside(stage, actor, now)
    return Stage.objects.create(
        process=stage.process,
        line_id=stage.line_id,
        key=stage.key,
        kind=stage.kind,
        position=stage.position,
        attempt=number,
    )


def _end(process: Process, actor: Actor, now: datetime) -> None:
    process.complete()
    process.ended_at = now
    process.next_check_at = None
    process.save(update_fields=["state", "ended_at", "next_check_at"])
    record(Verb.COMPLETE_PROCESS, process, actor=actor, now=now, process=process)


def _look_again(process: Process, at: datetime | None) -> None:
    if process.next_check_at != at:
        process.next_check_at = at
        process.save(update_fields=["next_check_at"])
