"""Deadlines as the definition rules them: made when what they lean on is known. Joins the transaction of a deed.

The stages' and deadlines' actions come in; nobody else sets or moves a row of deadlines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext as _

from workflow.actors import Actor
from workflow.audit import following, record
from workflow.dates import in_language
from workflow.deadlines import Resolved, instant, resolve_all
from workflow.definitions import DeadlineRule, Definition
from workflow.models import AuditEntry, Deadline, DeadlineChange, Process, Stage, by
from workflow.queries.processes import (
    definition_of,
    events,
    live_stages,
    parameter_days,
    ruled_deadlines,
    stage_deadline,
)
from workflow.queries.record import last_resumed_at
from workflow.stage_kinds import stage_kind
from workflow.states import STAGE_BEHIND_US, DeadlineKind, StageState, Verb


def add_deadline(
    process: Process,
    *,
    stage: Stage | None,
    subject_id: UUID,
    kind: str,
    resolved: Resolved,
    name: str,
    now: datetime,
    outlasts_stage: bool = False,
) -> Deadline:
    """Write a deadline's row in the process's zone."""
    deadline = Deadline(
        process=process,
        stage=stage,
        subject_id=subject_id,
        name=name,
        kind=kind,
        source=resolved.source,
        on=resolved.local_on,
        clock=resolved.clock,
        zone=process.time_zone,
        at=resolved.at(ZoneInfo(process.time_zone)),
        is_statutory=resolved.is_statutory,
        created_at=now,
        outlasts_stage=outlasts_stage,
    )
    deadline.save(force_insert=True)
    return deadline


def move_deadline(
    deadline: Deadline,
    *,
    on: date,
    clock: time,
    reason: str,
    cause: AuditEntry,
    actor: Actor,
    now: datetime,
    source: str = "",
) -> None:
    """Give a deadline another local day and clock, keep what it was, and let its stage's kind rewrite its copies.

    cause: the entry of the deed that moves it; what follows from the move names it.
    """
    move_deadline_row(deadline, on=on, clock=clock, reason=reason, actor=actor, now=now, source=source)
    if deadline.stage is not None:
        stage_kind(deadline.stage.kind).on_deadline(deadline, following(cause), now)


def move_deadline_row(
    deadline: Deadline, *, on: date, clock: time, reason: str, actor: Actor, now: datetime, source: str = ""
) -> None:
    """The row alone, for a deed that moves many and rewrites their copies together."""
    old_at = deadline.at
    deadline.on, deadline.clock = on, clock
    deadline.at = instant(on, clock, ZoneInfo(deadline.zone))
    deadline.source = source or deadline.source
    # It lies ahead again, and the sweep is to see it pass once more.
    if deadline.at > now:
        deadline.passed_at = None
    deadline.save(update_fields=["on", "clock", "at", "source", "passed_at"])
    DeadlineChange.objects.create(
        deadline=deadline, old_at=old_at, new_at=deadline.at, reason=reason, at=now, **by(actor)
    )


def resolve_deadlines(process: Process, *, actor: Actor, now: datetime, stages: Sequence[Stage] | None = None) -> None:
    """Set every deadline of the definition that has become known, and let those of stages not begun follow later the
    deadlines they lean on. One that stands is otherwise never touched; one of a stage that is over is not set."""
    definition = definition_of(process)
    rules = definition.deadline_rules
    if not rules:
        return
    stages = stages if stages is not None else live_stages(process)
    by_key = {stage.key: stage for stage in stages}
    rows = {row.name: row for row in ruled_deadlines(process)}
    names_to_set = [name for name in rules if name not in rows and _is_to_come(by_key.get(name))]
    following = _following(process, rules, rows)
    if not names_to_set and not following:
        return
    zone = ZoneInfo(process.time_zone)
    days = parameter_days(process)
    # What stands holds; those that may follow are reckoned anew from it.
    settled = {name: row.on for name, row in rows.items() if name not in following}
    happened = events(
        process, stages, {rule.event for name, rule in rules.items() if rule.event and name not in settled}
    )
    resolved_by_name = resolve_all(rules, happened, parameters=days, settled=settled, zone=zone)
    for name in names_to_set:
        if name in resolved_by_name:
            _set(process, by_key.get(name), name, rules[name], resolved_by_name[name], actor, now)
    for name in following:
        row = rows[name]
        if name in resolved_by_name and resolved_by_name[name].at(zone) > row.at:
            with in_language(process.language):
                reason = _("Follows the deadline it leans on.")
            entry = record(
                Verb.FOLLOW_DEADLINE,
                row,
                actor=actor,
                now=now,
                process=process,
                codes={"name": name, "at": resolved_by_name[name].at(zone), "leans_on": rules[name].deadline},
            )
            move_deadline(
                row,
                on=resolved_by_name[name].local_on,
                clock=resolved_by_name[name].clock,
                reason=reason,
                cause=entry,
                actor=actor,
                now=now,
            )


def reckon_from_sending(stage: Stage, system: Actor, now: datetime) -> None:
    """Give a stage whose bodies are asked now the deadline that is reckoned from now, where the definition reckons it
    from the stage's opening; not where somebody has moved it by hand, or it is set by another day."""
    process = stage.process
    rule = definition_of(process).deadline_rules.get(stage.key)
    deadline = stage_deadline(stage)
    if rule is None or deadline is None or rule.event != f"{stage.key}.opened" or deadline.changes.exists():
        return
    days, zone = parameter_days(process), ZoneInfo(process.time_zone)
    resolved = resolve_all({stage.key: rule}, {rule.event: now}, parameters=days, settled={}, zone=zone)[stage.key]
    if resolved.at(zone) == deadline.at:
        return
    with in_language(process.language):
        reason = _("Reckoned from the day on which the question was sent.")
    codes = {"name": stage.key, "at": resolved.at(zone)}
    entry = record(Verb.FOLLOW_DEADLINE, deadline, actor=system, now=now, process=process, codes=codes)
    on, clock = resolved.local_on, resolved.clock
    move_deadline(deadline, on=on, clock=clock, reason=reason, cause=entry, actor=system, now=now)


def _is_to_come(stage: Stage | None) -> bool:
    return stage is None or stage.state not in STAGE_BEHIND_US


def _following(process: Process, rules: Mapping[str, DeadlineRule], rows: Mapping[str, Deadline]) -> list[str]:
    """The deadlines that lean on one which was set or moved after they were themselves. What stood or moved when the
    process was resumed stays as it was shown then: it is not reckoned anew because of that."""
    names = [name for name, rule in rules.items() if rule.deadline and _may_follow(rows.get(name))]
    if not names:
        return []
    changes = DeadlineChange.objects.filter(deadline__in=[row.pk for row in rows.values()])
    moved = dict(changes.values_list("deadline_id").annotate(Max("at")))
    resumed_at = last_resumed_at(process) if moved else None

    def is_overtaken(name: str) -> bool:
        row = rows[name]
        settled = [at for at in (moved.get(row.pk), resumed_at) if at is not None and at >= row.created_at]
        for base in _leans_on(name, rules, rows):
            if rows[base].created_at > row.created_at:
                return True
            moved_at = moved.get(rows[base].pk)
            if moved_at is not None and all(moved_at > at for at in settled):
                return True
        return False

    return [name for name in names if is_overtaken(name)]


def _leans_on(name: str, rules: Mapping[str, DeadlineRule], rows: Mapping[str, Deadline]) -> Iterator[str]:
    """The deadlines from which one is reckoned, the nearest first, as far as they are known."""
    base = rules[name].deadline
    while base is not None and base in rows:
        yield base
        base = rules[base].deadline


def _may_follow(row: Deadline | None) -> bool:
    """Nobody works by it yet and nobody has moved it by hand."""
    return row is not None and not row.is_statutory and (row.stage is None or row.stage.state == StageState.WAITING)


def _set(
    process: Process,
    stage: Stage | None,
    name: str,
    rule: DeadlineRule,
    resolved: Resolved,
    actor: Actor,
    now: datetime,
) -> None:
    earlier = _moved_in_earlier_attempt(process, name) if not rule.event else None
    if earlier is not None:
        resolved = Resolved(earlier.on, earlier.clock, earlier.source, resolved.rule)
    deadline = add_deadline(
        process,
        stage=stage,
        subject_id=stage.public_id if stage else process.public_id,
        kind=_kind_of(definition_of(process), name, rule),
        resolved=resolved,
        name=name,
        now=now,
    )
    codes = {"name": name, "at": deadline.at, "kind": deadline.kind}
    detail = {"source": deadline.source}
    record(Verb.SET_DEADLINE, deadline, actor=actor, now=now, process=process, codes=codes, detail=detail)
    if stage is not None and stage.state == StageState.OPEN:
        stage_kind(stage.kind).on_deadline(deadline, actor, now)


def _moved_in_earlier_attempt(process: Process, name: str) -> Deadline | None:
    """What people decided of a day holds also for the next attempt at the stage."""
    return (
        process.deadlines.filter(name=name, stage__state=StageState.RETURNED, changes__isnull=False)
        .order_by("-stage__attempt", "-id")
        .first()
    )


def _kind_of(definition: Definition, name: str, rule: DeadlineRule) -> DeadlineKind:
    if rule.is_advisory:
        return DeadlineKind.ADVISORY
    stage = definition.by_key.get(name)
    if stage is not None and stage.external and stage.external.awaits == "ruling":
        return DeadlineKind.RULING
    return DeadlineKind.STATUTORY if rule.is_statutory else DeadlineKind.STAGE
