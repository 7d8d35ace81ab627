"""The life of a process once started: facts given later, suspended, resumed, given up, looked at by the sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from workflow.actions.approvals import send_back_on_decisions_since
from workflow.actions.falling_back import fall_back, scheduled_in
from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance, watched_deadlines
from workflow.actions.starting import split_erasable
from workflow.actions.timetable import move_deadline_row
from workflow.actors import SYSTEM, Actor
from workflow.audit import following, record
from workflow.dates import deadline_words, in_language
from workflow.deadlines import Pause
from workflow.models import (
    Deadline,
    DeadlinePause,
    Process,
    by,
)
from workflow.queries.approvals import ASKING_KINDS
from workflow.queries.documents import questions_leave_at
from workflow.queries.processes import (
    deadline_title,
    definition_of,
    running_deadlines,
    stages_asking,
)
from workflow.queries.suspension import days_after_pause, pause_until, still_to_come
from workflow.rules import Refusal, Refused, insist
from workflow.rules.processes import may_abandon, may_act, may_resume, may_suspend
from workflow.rules.starting import typed_value
from workflow.rules.suspension import AfterPause, DayAfterPause, may_choose_day, moves_with_pause
from workflow.stage_kinds import stage_kind
from workflow.states import FellBack, StageState, Verb


@transaction.atomic
def set_parameter(process: Process, name: str, value: object, *, actor: Actor, now: datetime, key: str = "") -> Process:
    """Give a parameter that was not known when the process started; deadlines that lean on it are set.

    Refuses everybody but an officer, an unknown name, a wrong type, a day by which bodies asked now would already be
    late, and a parameter that has been given: a deadline is then extended or moved instead.
    """
    process = lock_process(process, must_run=False)
    once = Once(f"set_parameter:{process.public_id}", key, (name, value))
    if once.made:
        return process
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    parameter = definition_of(process).parameters.get(name)
    if parameter is None:
        text = _("The definition has no parameter “%(name)s”.") % {"name": name}
        raise Refused(Refusal("parameter_unknown", text))
    if name in process.parameters:
        text = _("“%(title)s” has been given already. Extend or move the deadlines that lean on it instead.")
        raise Refused(Refusal("parameter_given", text % {"title": parameter.title}))
    process.parameters = {**process.parameters, name: typed_value(parameter, value)}
    process.save(update_fields=["parameters"])
    plain, texts = split_erasable(definition_of(process), {name: process.parameters[name]})
    codes = {"name": name, "parameters": plain}
    detail = {"parameters": texts} if texts else {}
    entry = record(Verb.SET_PARAMETER, process, actor=actor, now=now, process=process, codes=codes, detail=detail)
    advance(process, actor=following(entry), now=now)
    # After `advance`, which sets the deadlines; the refusal undoes them with all the rest.
    late = next((row for row in running_deadlines(process) if _makes_late(row, now)), None)
    if late is not None:
        late.process = process
        text = _("The deadline of “%(title)s” would have passed already: %(deadline)s. Check the day.")
        words = {"title": deadline_title(late), "deadline": deadline_words(late.at, late.zone)}
        raise Refused(Refusal("deadline_in_past", text % words))
    once.keep(process.public_id, now)
    return process


def _makes_late(deadline: Deadline, now: datetime) -> bool:
    """Whether a deadline that has just been set has passed for bodies that are asked."""
    stage = deadline.stage
    is_asked = stage is not None and stage.state == StageState.OPEN and stage.kind in ASKING_KINDS
    return is_asked and deadline.created_at == now and deadline.at <= now


@transaction.atomic
def suspend_process(process: Process, *, reason: str, actor: Actor, now: datetime, key: str = "") -> Process:
    """Let a process rest: until it is resumed nobody is asked or reminded, and no stage completes.

    What guests send is taken in all the same, also when an officer records it for them; whatever asks, launches,
    extends or moves a stage is refused. Each day by which somebody is asked and that has not passed keeps a record of
    the pause: what arrives while that is open is in time. A dispatch that is to leave waits for an officer again. Needs
    an officer and a reason. Refused while questions about a set that has been put forward wait to leave.
    """
    process = lock_process(process, must_run=False)
    once = Once(f"suspend_process:{process.public_id}", key, (reason,))
    if once.made:
        return process
    insist_officer(actor, process.office, now)
    insist(may_suspend(process, reason, questions_leave_at(process, now)))
    process.suspend()
    process.suspended_at = now
    process.save(update_fields=["state", "suspended_at"])
    rules = definition_of(process).deadline_rules
    paused = [row for row in still_to_come(process, now) if moves_with_pause(row, rules) is AfterPause.MOVES]
    DeadlinePause.objects.bulk_create(
        DeadlinePause(deadline=row, from_at=now, reason=reason.strip(), **by(actor)) for row in paused
    )
    codes = {"paused": [row.public_id for row in paused]}
    detail = {"reason": reason}
    entry = record(Verb.SUSPEND_PROCESS, process, actor=actor, now=now, process=process, codes=codes, detail=detail)
    fall_back(scheduled_in(process), FellBack.SUSPENDED, process, following(entry), now)
    once.keep(process.public_id, now)
    return process


@transaction.atomic
def resume_process(
    process: Process,
    *,
    new_days: Mapping[UUID, date] | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Process:
    """Take up a suspended process where it stood. The days by which somebody is asked move by the length of the pause.

    new_days gives deadlines, by public id, another local day than `days_after_pause` proposes; one that would stand is
    moved by it. Each of those asked is told once, reminders are planned anew from what lies ahead, and what was decided
    in the pause takes effect now. A pause that ends on the day it began moves nothing and tells nobody.

    Refuses everybody but an officer, a process that is not suspended, an unknown deadline and one set by law, a day
    before the old one or one that has passed, and without a reason a chosen day that is unfortunate.
    """
    process = lock_process(process, must_run=False)
    once = Once(f"resume_process:{process.public_id}", key, (new_days, reason))
    if once.made:
        return process
    insist_officer(actor, process.office, now)
    insist(may_resume(process))
    suspended_at = process.suspended_at
    assert suspended_at is not None
    pause, rows = pause_until(process, now), days_after_pause(process, now)
    days = _days_to_give(rows, new_days or {}, pause, reason, now)
    process.resume()
    process.suspended_at = None
    process.save(update_fields=["state", "suspended_at"])
    # Only the pauses of the suspension: an authority's clock that a question has stopped stands still as before.
    DeadlinePause.objects.filter(deadline__process=process, from_at=suspended_at, until_at__isnull=True).update(
        until_at=now
    )
    moved = [row for row in rows if days[row.deadline.public_id] != row.deadline.on]
    new = {str(row.deadline.public_id): days[row.deadline.public_id] for row in moved}
    codes = {"suspended_at": suspended_at, "days": pause.days, "new_days": new}
    entry = record(
        Verb.RESUME_PROCESS, process, actor=actor, now=now, process=process, codes=codes, detail={"reason": reason}
    )
    system = following(entry)
    with in_language(process.language):
        why = reason.strip() or _("The process was suspended; the day moves by the length of the pause.")
    # Days move before the stages are taken up: those copy them to whoever is asked, and tell them.
    for row in moved:
        on, clock = days[row.deadline.public_id], row.deadline.clock
        move_deadline_row(row.deadline, on=on, clock=clock, reason=why, actor=actor, now=now)
    for stage in stages_asking(process):
        stage_kind(stage.kind).on_resume(stage, pause, system, now)
    # Before `advance`: a decision that sends the matter back must not first complete its stage.
    send_back_on_decisions_since(process, suspended_at, system, now)
    advance(process, actor=system, now=now)
    once.keep(process.public_id, now)
    return process


def _days_to_give(
    rows: Sequence[DayAfterPause], new_days: Mapping[UUID, date], pause: Pause, reason: str, now: datetime
) -> dict[UUID, date]:
    """Each deadline's day after the pause, those chosen judged."""
    rows_by_id = {row.deadline.public_id: row for row in rows}
    for public_id, new_on in new_days.items():
        if public_id not in rows_by_id:
            text = _("No such deadline was still to come when the process was suspended, so none is moved.")
            raise Refused(Refusal("deadline_unknown", text))
        insist(may_choose_day(rows_by_id[public_id], new_on, pause, rows, reason, now))
    return {public_id: new_days.get(public_id, row.proposed_on) for public_id, row in rows_by_id.items()}


@transaction.atomic
def abandon_process(process: Process, *, reason: str, actor: Actor, now: datetime, key: str = "") -> Process:
    """Give a process up for good, with a reason: what is live under its open stages is withdrawn, all can be read."""
    process = lock_process(process, must_run=False)
    once = Once(f"abandon_process:{process.public_id}", key, (reason,))
    if once.made:
        return process
    insist_officer(actor, process.office, now)
    insist(may_abandon(process, reason))
    detail = {"reason": reason}
    entry = record(Verb.ABANDON_PROCESS, process, actor=actor, now=now, process=process, detail=detail)
    for stage in process.stages.filter(state__in=[StageState.OPEN, StageState.COMPLETED]):
        stage.process = process
        # Completed stages too: late questions may still be asked in them.
        stage_kind(stage.kind).on_leave(stage, following(entry), now)
    process.abandon()
    process.ended_at = now
    process.next_check_at = None
    process.save(update_fields=["state", "ended_at", "next_check_at"])
    once.keep(process.public_id, now)
    return process


@transaction.atomic
def check_process(process: Process, *, now: datetime) -> bool:
    """What a sweep does with a process whose time to look has come: note deadlines that passed, move on by the clock.

    False when there was nothing to do, because it is suspended, has ended or was looked at meanwhile.
    """
    process = lock_process(process, must_run=False)
    if may_act(process) is not None:
        return False
    passed = [row for row in watched_deadlines(process) if row.at <= now]
    for row in passed:
        row.passed_at = now
        row.save(update_fields=["passed_at"])
        codes = {"name": row.name, "at": row.at, "kind": row.kind}
        record(Verb.PASS_DEADLINE, row, actor=SYSTEM, now=now, process=process, codes=codes)
    mark_before = process.next_check_at
    advance(process, actor=SYSTEM, now=now)
    process.refresh_from_db(fields=["state", "next_check_at"])
    return bool(passed) or process.next_check_at != mark_before


@transaction.atomic
def repair_process(process: Process, *, now: datetime) -> bool:
    """Let a running process move on if anything was left undone, and reckon its mark anew; whether it was wrong."""
    process = lock_process(process, must_run=False)
    before = (process.state, process.next_check_at)
    advance(process, actor=SYSTEM, now=now)
    process.refresh_from_db(fields=["state", "next_check_at"])
    return before != (process.state, process.next_check_at)
