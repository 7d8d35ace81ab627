"""Setting, extending and moving deadlines, and stopping an outside body's clock.

Officers come in for the definition's own deadlines; rounds and requests come in for theirs and rewrite their copies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance
from workflow.actions.timetable import add_deadline, move_deadline
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.dates import local_day
from workflow.deadlines import Resolved, instant
from workflow.models import Deadline, DeadlinePause, Process, Stage, by
from workflow.queries.processes import definition_of, is_officer
from workflow.rules import Refusal, insist
from workflow.rules.deadlines import may_extend, may_move_statutory, may_pause, may_unpause
from workflow.rules.processes import may_act
from workflow.states import Verb

__all__ = [
    "extend_deadline",
    "move_statutory_deadline",
    "pause_clock",
    "resume_clock",
    "set_deadline",
]


def set_deadline(
    process: Process,
    *,
    stage: Stage | None,
    subject_id: UUID,
    kind: str,
    resolved: Resolved,
    now: datetime,
    name: str = "",
    outlasts_stage: bool = False,
) -> Deadline:
    """Write the deadline of a round, an invitation or a request, in the transaction of the deed that sets it.

    resolved: local day, clock and source; the instant is derived in the process's zone. One of a kind per subject.
    outlasts_stage: it binds although the stage is completed.
    """
    return add_deadline(
        process,
        stage=stage,
        subject_id=subject_id,
        kind=kind,
        resolved=resolved,
        name=name,
        now=now,
        outlasts_stage=outlasts_stage,
    )


@transaction.atomic
def extend_deadline(
    deadline: Deadline,
    *,
    new_on: date,
    new_clock: time | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Deadline:
    """Move a deadline to a later local day (and clock; the same clock when none is given), with a reason.

    Keeps what it was. Refuses everybody but an officer, a statutory deadline, an earlier or passed time, and a stage
    that is over.
    """

    def rule(deadline: Deadline, new_at: datetime) -> Refusal | None:
        insist_officer(actor, deadline.process.office, now)
        return may_extend(deadline, new_at, reason, now)

    return _move(Verb.EXTEND_DEADLINE, rule, deadline, new_on, new_clock, reason, "", actor, now, key)


@transaction.atomic
def move_statutory_deadline(
    deadline: Deadline,
    *,
    new_on: date,
    new_clock: time | None = None,
    reason: str,
    source: str,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Deadline:
    """Record that the authority has moved a deadline set by law, earlier or later, and where that is said.

    Refuses anyone but an officer, a missing source or reason, and a deadline that is not statutory.
    """

    def rule(deadline: Deadline, new_at: datetime) -> Refusal | None:
        officer = is_officer(actor, deadline.process.office, now)
        return may_move_statutory(deadline, new_at, reason, source, officer)

    return _move(
        Verb.MOVE_STATUTORY_DEADLINE, rule, deadline, new_on, new_clock, reason, source.strip(), actor, now, key
    )


@transaction.atomic
def pause_clock(deadline: Deadline, *, reason: str, actor: Actor, now: datetime, key: str = "") -> DeadlinePause:
    """Stop an outside body's clock while it waits for an answer. Refuses where the definition lets it run on."""
    process = lock_process(deadline.process, must_run=False)
    deadline = _deadline_in(process, deadline)
    once = Once(f"pause_clock:{deadline.public_id}", key, reason)
    if earlier := once.made:
        return DeadlinePause.objects.get(public_id=earlier)
    insist(may_act(process))
    stands = deadline.pauses.filter(until_at__isnull=True).exists()
    insist_officer(actor, process.office, now)
    insist(may_pause(deadline, _pauses_on_question(deadline), stands, reason, now))
    pause = DeadlinePause.objects.create(deadline=deadline, from_at=now, reason=reason.strip(), **by(actor))
    codes = {"pause": pause.public_id}
    record(Verb.PAUSE_CLOCK, deadline, actor=actor, now=now, process=process, codes=codes, detail={"reason": reason})
    once.keep(pause.public_id, now)
    return pause


@transaction.atomic
def resume_clock(deadline: Deadline, *, reason: str, actor: Actor, now: datetime, key: str = "") -> Deadline:
    """Set a stopped clock going again: every local day it stood still is added. Refuses one that runs."""
    process = lock_process(deadline.process, must_run=False)
    deadline = _deadline_in(process, deadline)
    once = Once(f"resume_clock:{deadline.public_id}", key, reason)
    if once.made:
        return deadline
    insist(may_act(process))
    pause = deadline.pauses.filter(until_at__isnull=True).first()
    insist_officer(actor, process.office, now)
    insist(may_unpause(deadline, pause is not None))
    assert pause is not None
    pause.until_at = now
    pause.save(update_fields=["until_at"])
    # Counted in local days and not in hours, as days are given: over midnight is one day, however short.
    stood_still = local_day(now, deadline.zone) - local_day(pause.from_at, deadline.zone)
    new_on = deadline.on + stood_still
    codes = {"old_at": deadline.at, "new_at": instant(new_on, deadline.clock, ZoneInfo(deadline.zone))}
    detail = {"reason": reason}
    entry = record(Verb.RESUME_CLOCK, deadline, actor=actor, now=now, process=process, codes=codes, detail=detail)
    # Before the matter goes on: a gate may wait for this very day.
    move_deadline(deadline, on=new_on, clock=deadline.clock, reason=reason, cause=entry, actor=actor, now=now)
    advance(process, actor=following(entry), now=now)
    once.keep(deadline.public_id, now)
    return deadline


def _move(
    verb: Verb,
    rule: Callable[[Deadline, datetime], Refusal | None],
    deadline: Deadline,
    new_on: date,
    new_clock: time | None,
    reason: str,
    source: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> Deadline:
    process = lock_process(deadline.process, must_run=False)
    deadline = _deadline_in(process, deadline)
    once = Once(f"{verb}:{deadline.public_id}", key, (new_on, new_clock, reason, source))
    if once.made:
        return deadline
    clock = new_clock or deadline.clock
    new_at = instant(new_on, clock, ZoneInfo(deadline.zone))
    insist(may_act(process) or rule(deadline, new_at))
    codes = {"name": deadline.name, "old_at": deadline.at, "new_at": new_at}
    detail = {"reason": reason, "old_source": deadline.source, "new_source": source or deadline.source}
    entry = record(verb, deadline, actor=actor, now=now, process=process, codes=codes, detail=detail)
    move_deadline(
        deadline, on=new_on, clock=clock, reason=reason.strip(), cause=entry, actor=actor, now=now, source=source
    )
    advance(process, actor=following(entry), now=now)
    once.keep(deadline.public_id, now)
    return deadline


def _deadline_in(process: Process, deadline: Deadline) -> Deadline:
    # No lock of its own: whoever comes in holds the process's.
    locked_deadline = Deadline.objects.select_related("stage").get(pk=deadline.pk, process=process)
    locked_deadline.process = process
    if locked_deadline.stage is not None:
        locked_deadline.stage.process = process
    return locked_deadline


def _pauses_on_question(deadline: Deadline) -> bool:
    """Only an outside body's clock may, where its stage says so."""
    if deadline.stage is None or deadline.name != deadline.stage.key:
        return False
    external = definition_of(deadline.process).stage(deadline.name).external
    return bool(external and external.clock and external.clock.pauses_on_question)
