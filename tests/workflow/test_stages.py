"""The path of a process: stages open, complete, are left out and sent back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from config.checks import gates_are_answered_for
from tests.workflow.factories import (
    REASON,
    a_body,
    a_lone_process,
    a_process,
    a_shipped_process,
    a_stranger,
    an_actor,
    an_office,
    an_unnamed_officer,
    stage_of,
    the_bodies,
)
from workflow import stage_kinds
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.stages import advance, complete_stage, lock_process, return_stage, skip_stage
from workflow.actors import SYSTEM, Actor
from workflow.gates import gate_statuses, registry
from workflow.models import AuditEntry, GateOverride, MilestoneRecord, Process, by
from workflow.rules import Refused
from workflow.stage_kinds import StageKind
from workflow.states import ProcessState, StageState

pytestmark = pytest.mark.django_db


def states(process: Process) -> dict[str, str]:
    return {s.key: s.state for s in process.stages.exclude(state=StageState.RETURNED)}


def complete_first(process: Process, actor: Actor, now: datetime) -> None:
    confirm_gate(stage_of(process, "first"), "manual_with_reason", reason=REASON, actor=actor, now=now)
    complete_stage(stage_of(process, "first"), actor=actor, now=now)


def record_done(process: Process, now: datetime) -> None:
    stage = stage_of(process, "last")
    MilestoneRecord.objects.create(stage=stage, happened_on=now.date(), recorded_at=now, **by(an_unnamed_officer()))
    with transaction.atomic():
        advance(lock_process(process), actor=SYSTEM, now=now)


def verbs(process: Process) -> list[str]:
    return list(AuditEntry.objects.filter(process_id=process.public_id).order_by("id").values_list("verb", flat=True))


def test_complete_stage_with_a_shut_gate_is_refused_naming_what_is_missing(now: datetime) -> None:
    process = a_lone_process(now)

    with pytest.raises(Refused) as refused:
        complete_stage(stage_of(process, "first"), actor=an_unnamed_officer(), now=now)

    assert refused.value.refusal.code == "gates_shut"
    assert gate_statuses(stage_of(process, "first"), now)[0].missing[0] in str(refused.value.refusal.text)
    assert states(process)["first"] == StageState.OPEN


def test_complete_stage_opens_the_parallel_stages_behind_it(now: datetime) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-06-01"})
    office = process.office

    complete_first(process, an_actor(office), now)

    assert states(process) == {
        "first": StageState.COMPLETED,
        "second": StageState.OPEN,
        "side": StageState.OPEN,
        "last": StageState.WAITING,
    }


def test_complete_stage_with_the_same_key_again_returns_the_first_result(now: datetime) -> None:
    process = a_lone_process(now)
    actor = an_actor(process.office)
    confirm_gate(stage_of(process, "first"), "manual_with_reason", reason=REASON, actor=actor, now=now)
    stage = stage_of(process, "first")

    complete_stage(stage, actor=actor, now=now, key="press")
    complete_stage(stage, actor=actor, now=now, key="press")

    assert verbs(process).count("complete_stage") == 1


def test_advance_to_the_last_fact_completes_the_process(now: datetime) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-01-01"})
    actor = an_actor(process.office)
    complete_first(process, actor, now)
    assert states(process)["second"] == StageState.COMPLETED
    complete_stage(stage_of(process, "side"), actor=actor, now=now)
    assert states(process)["last"] == StageState.OPEN

    record_done(process, now)

    process.refresh_from_db()
    assert process.state == ProcessState.COMPLETED
    assert process.ended_at == now
    assert verbs(process)[-2:] == ["complete_stage", "complete_process"]
    with pytest.raises(Refused) as refused, transaction.atomic():
        lock_process(process)
    assert refused.value.refusal.code == "process_completed"


def test_lock_process_whose_office_has_changed_since_it_was_read_takes_the_office_it_has_now(now: datetime) -> None:
    process = a_process(an_office(), now)
    assert process.office.key
    merged = an_office("midtjylland")
    Process.objects.filter(pk=process.pk).update(office=merged)

    with transaction.atomic():
        assert lock_process(process).office == merged


def test_skip_stage_that_is_optional_lets_the_process_go_on(now: datetime) -> None:
    process = a_lone_process(now)
    actor = an_actor(process.office)
    complete_first(process, actor, now)

    skip_stage(stage_of(process, "second"), reason="Ikke nødvendig", actor=actor, now=now)
    complete_stage(stage_of(process, "side"), actor=actor, now=now)

    assert states(process)["second"] == StageState.SKIPPED
    assert states(process)["last"] == StageState.OPEN


def test_skip_stage_that_is_not_optional_is_refused(now: datetime) -> None:
    process = a_lone_process(now)

    with pytest.raises(Refused) as refused:
        skip_stage(stage_of(process, "first"), reason="Ikke nødvendig", actor=an_unnamed_officer(), now=now)

    assert refused.value.refusal.code == "stage_not_optional"


@pytest.fixture
def left() -> list[str]:
    """The stages that were left, in their order, as their kind was told."""
    told: list[str] = []
    kinds = dict(stage_kinds._kinds)
    stage_kinds._kinds["drafting"] = StageKind("drafting", on_leave=lambda stage, _actor, _now: told.append(stage.key))
    yield told
    stage_kinds._kinds.clear()
    stage_kinds._kinds.update(kinds)


def test_return_stage_makes_new_attempts_of_the_target_and_all_begun_behind_it(now: datetime, left: list[str]) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-06-01"})
    actor = an_actor(process.office)
    complete_first(process, actor, now)

    found = return_stage(stage_of(process, "side"), reason="Udvalget bad om ændringer", actor=actor, now=now)

    assert (found.key, found.attempt, found.state) == ("first", 2, StageState.OPEN)
    rows = list(process.stages.values_list("key", "attempt", "state"))
    assert rows == [
        ("first", 1, StageState.RETURNED),
        ("first", 2, StageState.OPEN),
        ("second", 1, StageState.RETURNED),
        ("second", 2, StageState.WAITING),
        ("side", 1, StageState.RETURNED),
        ("side", 2, StageState.WAITING),
        ("last", 1, StageState.WAITING),
    ]
    assert left == ["first", "second", "side"]


def test_return_stage_leaves_a_parallel_branch_alone(now: datetime) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-01-01"})
    actor = an_actor(process.office)
    complete_first(process, actor, now)
    complete_stage(stage_of(process, "side"), actor=actor, now=now)

    return_stage(stage_of(process, "last"), reason="Datoen skal sættes igen", actor=actor, now=now)

    assert stage_of(process, "side").attempt == 1
    assert stage_of(process, "side").state == StageState.COMPLETED
    assert stage_of(process, "second").attempt == 2
    # Its date was reached long ago, so the new attempt completed and the last stage stands open anew.
    assert stage_of(process, "last").attempt == 2
    assert stage_of(process, "last").state == StageState.OPEN


def test_return_stage_forward_or_nowhere_is_refused(now: datetime) -> None:
    process = a_lone_process(now)
    actor = an_actor(process.office)
    complete_first(process, actor, now)

    for to, code in (("last", "return_not_before"), ("side", "return_not_before"), ("nowhere", "return_not_before")):
        with pytest.raises(Refused) as refused:
            return_stage(stage_of(process, "second"), to=to, reason="Fordi", actor=actor, now=now)
        assert refused.value.refusal.code == code


def test_override_gate_completes_an_automatic_stage_and_is_kept(now: datetime) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-06-01"})
    actor = an_actor(process.office)
    complete_first(process, actor, now)

    override_gate(stage_of(process, "second"), "date_reached", reason=REASON, actor=actor, now=now)

    stage = stage_of(process, "second")
    assert stage.state == StageState.COMPLETED
    (status,) = gate_statuses(stage, now)
    assert (status.is_open, status.overridden, status.missing) == (True, True, ())
    override = GateOverride.objects.get(stage=stage)
    assert (override.reason, override.by_id) == (REASON, actor.public_id)
    assert AuditEntry.objects.get(verb="override_gate").codes["gate"] == "date_reached"


@pytest.mark.parametrize(
    ("gate", "reason", "who", "code"),
    [
        ("manual_with_reason", "for kort", "officer", "reason_too_short"),
        ("manual_with_reason", "          ", "officer", "reason_missing"),
        ("manual_with_reason", REASON, "stranger", "not_an_officer"),
        ("manual_with_reason", REASON, "link", "not_an_officer"),
        ("manual_with_reason", REASON, "other office", "not_an_officer"),
        ("bundle_locked", REASON, "officer", "gate_unknown"),
    ],
)
def test_override_gate_without_reason_or_right_is_refused(
    now: datetime, gate: str, reason: str, who: str, code: str
) -> None:
    process = a_lone_process(now)
    office = process.office
    actors: dict[str, Callable[[], Actor]] = {
        "officer": lambda: an_actor(office),
        "stranger": a_stranger,
        "link": lambda: Actor("link", process.public_id, "A council"),
        "other office": lambda: an_actor(an_office("midtjylland")),
    }

    with pytest.raises(Refused) as refused:
        override_gate(stage_of(process, "first"), gate, reason=reason, actor=actors[who](), now=now)

    assert refused.value.refusal.code == code
    assert not GateOverride.objects.exists()


def test_confirm_gate_that_is_not_manual_is_refused(now: datetime) -> None:
    process = a_lone_process(now)
    actor = an_actor(process.office)
    complete_first(process, actor, now)

    with pytest.raises(Refused) as refused:
        confirm_gate(stage_of(process, "second"), "date_reached", reason=REASON, actor=actor, now=now)

    assert refused.value.refusal.code == "gate_not_manual"


def test_advance_that_changes_nothing_costs_the_same_for_few_bodies_and_many(now: datetime) -> None:
    office = an_office()
    the_bodies(30)
    few = a_shipped_process(office, "national-hearing", now, bodies={"hearing_parties": [a_body(name="Ene Byråd")]})
    many = a_shipped_process(office, "national-hearing", now)
    counts = []

    for process in (few, many):
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            advance(lock_process(process), actor=SYSTEM, now=now)
        counts.append(len(queries))

    assert counts == [7, 7]


def test_gate_that_no_floor_answers_for_fails_the_system_check(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gates_are_answered_for(None) == []

    monkeypatch.delitem(registry._checks, "round_closed")

    (error,) = gates_are_answered_for(None)
    assert "round_closed" in error.msg


# Races ---------------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_advance_at_the_same_instant_completes_a_stage_once(now: datetime) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-06-01"})
    actor = an_actor(process.office)
    complete_first(process, actor, now)
    later = now + timedelta(days=200)
    barrier = threading.Barrier(4)
    faults: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                advance(lock_process(process), actor=SYSTEM, now=later)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    done = AuditEntry.objects.filter(verb="complete_stage", codes__stage="second")
    assert done.count() == 1
    assert stage_of(process, "second").state == StageState.COMPLETED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_start_process_at_the_same_instant_leaves_no_gap_in_the_case_numbers(now: datetime) -> None:
    office = an_office()
    a_process(office, now)
    barrier = threading.Barrier(4)

    def run() -> None:
        try:
            barrier.wait()
            a_process(office, now)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = Process.objects.order_by("case_number").values_list("case_number", flat=True)
    assert list(numbers) == [f"SJAE-2019-{serial:04d}" for serial in range(1, 6)]
