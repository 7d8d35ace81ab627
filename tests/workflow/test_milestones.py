"""Dated facts: each party tells its own, or one holds for the whole; the gate waits for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.workflow.agreements import AGREEMENT, a_file, in_submission, officer_of, request_to
from workflow.actions.milestones import record_milestone
from workflow.gates import gate_statuses
from workflow.models import AuditEntry, Body, MilestoneRecord
from workflow.queries.milestones import milestones_of
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.states import StageState

pytestmark = pytest.mark.django_db

OF_THE_WHOLE = AGREEMENT.replace("      each: parties\n    gates:\n      - gate: parties\n        list: parties\n", "")
BODIES = ("region", "council-1", "council-2")


def test_record_milestone_by_each_party_closes_the_stage_with_the_last(now: datetime) -> None:
    process = in_submission(now)
    stage, officer = live_stage(process, "in_force"), officer_of(process)
    for number, key in enumerate(BODIES, start=1):
        assert live_stage(process, "in_force").state == StageState.OPEN
        body = Body.objects.get(key=key)
        record_milestone(stage, body=body, happened_on=date(2019, 2, number), actor=officer, now=now)

    assert live_stage(process, "in_force").state == StageState.COMPLETED
    assert live_stage(process, "submission").state == StageState.OPEN, "in force does not wait for the authority"
    assert AuditEntry.objects.filter(verb="record_milestone").count() == 3


def test_record_milestone_by_some_names_those_missing(now: datetime) -> None:
    process = in_submission(now)
    stage = live_stage(process, "in_force")
    body = Body.objects.get(key="region")
    record_milestone(stage, body=body, happened_on=now.date(), actor=officer_of(process), now=now)

    (status,) = gate_statuses(live_stage(process, "in_force"), now)

    assert "Byråd 1, Byråd 2" in status.missing[0]
    assert "Regionsrådet" not in status.missing[0]


def test_record_milestone_of_the_whole_closes_the_stage(now: datetime) -> None:
    process = in_submission(now, text=OF_THE_WHOLE)
    minutes = a_file(process.office, now)

    record_milestone(
        live_stage(process, "in_force"),
        happened_on=now.date(),
        note="Kundgjort.",
        file=minutes,
        actor=officer_of(process),
        now=now,
    )

    assert live_stage(process, "in_force").state == StageState.COMPLETED


def test_record_milestone_twice_with_one_key_makes_one(now: datetime) -> None:
    process = in_submission(now)
    stage, officer = live_stage(process, "in_force"), officer_of(process)
    body = Body.objects.get(key="region")

    first = record_milestone(stage, body=body, happened_on=now.date(), actor=officer, now=now, key="k")
    second = record_milestone(stage, body=body, happened_on=now.date(), actor=officer, now=now, key="k")

    assert first == second


@pytest.mark.parametrize(
    ("body", "days", "code"),
    [
        ("region", 1, "happened_in_future"),
        ("committee", 0, "body_not_listed"),
        (None, 0, "body_missing"),
        ("council-2", 0, "milestone_recorded"),
    ],
)
def test_record_milestone_that_cannot_be_is_refused(now: datetime, body: str | None, days: int, code: str) -> None:
    process = in_submission(now)
    stage, officer = live_stage(process, "in_force"), officer_of(process)
    there = request_to(process, "council-2").body
    record_milestone(stage, body=there, happened_on=now.date(), actor=officer, now=now)

    with pytest.raises(Refused) as refused:
        record_milestone(
            stage,
            body=Body.objects.get(key=body) if body else None,
            happened_on=now.date() + timedelta(days=days),
            actor=officer,
            now=now,
        )

    assert refused.value.refusal.code == code
    assert MilestoneRecord.objects.count() == 1


def test_record_milestone_of_a_party_where_one_holds_for_all_is_refused(now: datetime) -> None:
    process = in_submission(now, text=OF_THE_WHOLE)

    with pytest.raises(Refused) as refused:
        record_milestone(
            live_stage(process, "in_force"),
            body=Body.objects.get(key="region"),
            happened_on=now.date(),
            actor=officer_of(process),
            now=now,
        )

    assert refused.value.refusal.code == "body_not_asked"


def test_record_milestone_in_another_kind_of_stage_is_refused(now: datetime) -> None:
    process = in_submission(now)

    with pytest.raises(Refused) as refused:
        record_milestone(live_stage(process, "submission"), happened_on=now.date(), actor=officer_of(process), now=now)

    assert refused.value.refusal.code == "stage_no_milestone"


def test_read_milestones_lists_every_party_in_two_queries(now: datetime, django_assert_num_queries: object) -> None:
    process = in_submission(now)
    stage = live_stage(process, "in_force")
    body = Body.objects.get(key="region")
    record_milestone(stage, body=body, happened_on=now.date(), actor=officer_of(process), now=now)

    with django_assert_num_queries(2):  # type: ignore[operator]
        rows = milestones_of(stage)
        shown = {row.body.key: row.record is not None for row in rows if row.body}

    assert shown == {"region": True, "council-1": False, "council-2": False}
