"""The sweep of the processes: dates that open gates, deadlines seen to pass, marks that were lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflow.deadline_definitions import deadline_of
from tests.workflow.factories import (
    REASON,
    a_lone_process,
    a_process,
    an_actor,
    an_office,
    an_unnamed_officer,
    stage_of,
)
from workflow.actions.deadlines import extend_deadline
from workflow.actions.gates import confirm_gate
from workflow.actions.stages import complete_stage
from workflow.models import AuditEntry, Process
from workflow.states import StageState
from workflow.sweeps import SWEEPS, check_processes, repair_processes

pytestmark = pytest.mark.django_db


def next_due(now: datetime) -> datetime | None:
    return next(sweep for sweep in SWEEPS if sweep.name == "check_processes").next_due(now)


def test_sweep_of_a_date_reached_completes_the_stage_at_local_midnight(now: datetime) -> None:
    process = a_lone_process(now, parameters={"begins_on": "2019-06-01"})
    actor = an_actor(process.office)
    confirm_gate(stage_of(process, "first"), "manual_with_reason", reason=REASON, actor=actor, now=now)
    complete_stage(stage_of(process, "first"), actor=actor, now=now)
    midnight = datetime(2019, 5, 31, 22, 0, tzinfo=UTC)
    assert next_due(now) == midnight

    assert check_processes(midnight - timedelta(microseconds=1)) == 0
    assert stage_of(process, "second").state == StageState.OPEN
    assert check_processes(midnight) == 1

    stage = stage_of(process, "second")
    assert (stage.state, stage.closed_at) == (StageState.COMPLETED, midnight)
    assert AuditEntry.objects.get(verb="complete_stage", codes__stage="second").actor_kind == "system"
    assert check_processes(midnight) == 0
    assert next_due(midnight) is None


def test_sweep_of_a_passed_deadline_records_it_once_and_closes_nothing(now: datetime) -> None:
    process = a_lone_process(now)
    row = deadline_of(process, "first")

    assert check_processes(row.at) == 1
    assert check_processes(row.at + timedelta(days=1)) == 0

    row.refresh_from_db()
    assert row.passed_at == row.at
    assert AuditEntry.objects.filter(verb="pass_deadline", subject_id=row.public_id).count() == 1
    assert stage_of(process, "first").state == StageState.OPEN
    later = row.at + timedelta(days=2)
    extend_deadline(row, new_on=date(2019, 4, 1), reason="Ferie", actor=an_unnamed_officer(), now=later)
    row.refresh_from_db()
    assert row.passed_at is None
    assert next_due(later) == row.at


def test_sweep_reads_only_the_processes_whose_time_has_come(now: datetime) -> None:
    office = an_office()
    for _ in range(3):
        a_process(office, now)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert check_processes(now) == 0

    assert len(queries) == 2  # what was put off, and what is due


def test_repair_sweep_finds_a_mark_that_was_lost(now: datetime) -> None:
    process = a_lone_process(now)
    mark = Process.objects.get(pk=process.pk).next_check_at
    Process.objects.update(next_check_at=None)

    assert repair_processes(now) == 1
    assert repair_processes(now) == 0

    assert Process.objects.get(pk=process.pk).next_check_at == mark
