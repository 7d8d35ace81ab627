"""The deadlines of a process: set when known, extended but never shortened, moved by a pause and by a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.workflow.deadline_definitions import BY_LAW, CLOCK, deadline_of
from tests.workflow.factories import (
    REASON,
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
from workflow.actions.deadlines import extend_deadline, move_statutory_deadline, pause_clock, resume_clock
from workflow.actions.gates import confirm_gate
from workflow.actions.processes import resume_process, suspend_process
from workflow.actions.stages import complete_stage, return_stage
from workflow.models import AuditEntry, Process
from workflow.queries.processes import stage_deadline
from workflow.queries.suspension import days_after_pause
from workflow.rules import Refused
from workflow.rules.suspension import AfterPause
from workflow.states import DeadlineKind
from workflow.sweeps import check_processes

pytestmark = pytest.mark.django_db


def test_start_process_sets_the_deadlines_that_can_be_known_with_their_source(now: datetime) -> None:
    process = a_lone_process(now, BY_LAW, parameters={"submit_on": date(2019, 6, 30)})

    rows = {row.name: row for row in process.deadlines.all()}
    assert {name: (row.on, row.kind, row.source) for name, row in rows.items()} == {
        "work": (date(2019, 6, 30), DeadlineKind.STATUTORY, "Loven § 1"),
        "papers": (date(2019, 6, 24), DeadlineKind.STAGE, "Tidsplan"),
        "planned": (date(2019, 6, 30), DeadlineKind.ADVISORY, "Tidsplan"),
    }
    assert rows["work"].at == datetime(2019, 6, 30, 21, 59, tzinfo=UTC)  # 23.59 in Copenhagen's summer
    assert rows["work"].subject_id == stage_of(process, "work").public_id
    assert process.parameters["count"] == 3


def test_open_stage_sets_the_deadline_that_leans_on_its_opening(now: datetime) -> None:
    process = a_lone_process(now)

    row = stage_deadline(stage_of(process, "first"))

    assert row is not None
    assert row.on == date(2019, 3, 11)
    assert Process.objects.get(pk=process.pk).next_check_at == row.at


def test_extend_deadline_keeps_what_it_was_and_by_whom(now: datetime) -> None:
    process = a_lone_process(now)
    actor = an_actor(process.office)
    row = deadline_of(process, "first")
    old_at = row.at

    row = extend_deadline(row, new_on=date(2019, 3, 31), new_clock=time(12), reason="Ferie", actor=actor, now=now)

    assert row.at == datetime(2019, 3, 31, 10, 0, tzinfo=UTC)  # the clock went forward that night
    change = row.changes.get()
    assert (change.old_at, change.new_at, change.reason, change.by_id) == (old_at, row.at, "Ferie", actor.public_id)
    assert AuditEntry.objects.filter(verb="extend_deadline").count() == 1
    assert Process.objects.get(pk=process.pk).next_check_at == row.at


@pytest.mark.parametrize(
    ("new_on", "at", "reason", "code"),
    [
        (date(2019, 3, 10), "2019-03-01", "Ferie", "deadline_shortened"),
        (date(2019, 3, 11), "2019-03-01", "Ferie", "deadline_shortened"),
        (date(2019, 3, 15), "2019-04-01", "Ferie", "deadline_in_past"),
        (date(2019, 3, 15), "2019-03-01", " ", "reason_missing"),
    ],
)
def test_extend_deadline_backwards_or_without_reason_is_refused(
    now: datetime, new_on: date, at: str, reason: str, code: str
) -> None:
    row = deadline_of(a_lone_process(now), "first")
    moment = datetime.fromisoformat(f"{at}T09:00:00+00:00")

    with pytest.raises(Refused) as refused:
        extend_deadline(row, new_on=new_on, reason=reason, actor=an_unnamed_officer(), now=moment)

    assert refused.value.refusal.code == code
    assert not row.changes.exists()


def test_extend_deadline_of_a_stage_that_is_over_is_refused(now: datetime) -> None:
    process = a_lone_process(now)
    actor = an_actor(process.office)
    confirm_gate(stage_of(process, "first"), "manual_with_reason", reason=REASON, actor=actor, now=now)
    complete_stage(stage_of(process, "first"), actor=actor, now=now)

    with pytest.raises(Refused) as refused:
        extend_deadline(deadline_of(process, "first"), new_on=date(2020, 1, 1), reason="Ferie", actor=actor, now=now)

    assert refused.value.refusal.code == "deadline_over"


def test_move_statutory_deadline_needs_an_officer_and_a_source_and_those_not_begun_follow(now: datetime) -> None:
    process = a_lone_process(now, BY_LAW, parameters={"submit_on": date(2019, 6, 30)})
    office = process.office
    actor, row = an_actor(office), deadline_of(process, "work")
    moved = {"new_on": date(2019, 9, 30), "reason": "Ministeriet har udskudt fristen", "now": now}

    with pytest.raises(Refused) as refused:
        extend_deadline(row, new_on=date(2019, 9, 30), reason="Vi når det ikke", actor=actor, now=now)
    assert refused.value.refusal.code == "deadline_statutory"
    for who, source, code in (
        (a_stranger(), "Brev af 1. marts 2019", "not_an_officer"),
        (actor, "  ", "source_missing"),
    ):
        with pytest.raises(Refused) as refused:
            move_statutory_deadline(row, **moved, source=source, actor=who)
        assert refused.value.refusal.code == code

    row = move_statutory_deadline(row, **moved, source="Brev af 1. marts 2019", actor=actor)

    assert (row.on, row.source) == (date(2019, 9, 30), "Brev af 1. marts 2019")
    papers = deadline_of(process, "papers")
    assert papers.on == date(2019, 9, 24)
    assert papers.changes.count() == 1
    assert deadline_of(process, "planned").on == date(2019, 6, 30)  # leans on the parameter, not on the law's day


def test_move_statutory_deadline_leaves_those_at_work_their_own(now: datetime) -> None:
    process = a_lone_process(now, BY_LAW, parameters={"submit_on": date(2019, 6, 30)})
    actor = an_actor(process.office)
    complete_stage(stage_of(process, "work"), actor=actor, now=now)
    planned = deadline_of(process, "planned")

    extend_deadline(planned, new_on=date(2019, 12, 1), reason="Ny tidsplan", actor=actor, now=now)

    assert deadline_of(process, "papers").on == date(2019, 6, 24)


def test_return_stage_keeps_a_day_that_people_moved_for_the_next_attempt(now: datetime) -> None:
    process = a_lone_process(now, BY_LAW, parameters={"submit_on": date(2019, 6, 30)})
    actor = an_actor(process.office)
    move_statutory_deadline(
        deadline_of(process, "work"),
        new_on=date(2019, 9, 30),
        reason="Ministeriet har udskudt fristen",
        source="Brev af 1. marts 2019",
        actor=actor,
        now=now,
    )
    complete_stage(stage_of(process, "work"), actor=actor, now=now)

    return_stage(stage_of(process, "papers"), reason="Noget manglede", actor=actor, now=now)

    row = deadline_of(process, "work")
    assert row.stage == stage_of(process, "work")
    assert row.stage.attempt == 2
    assert (row.on, row.source) == (date(2019, 9, 30), "Brev af 1. marts 2019")
    assert deadline_of(process, "papers").on == date(2019, 9, 24)
    assert process.deadlines.filter(name="work").count() == 2


def test_pause_clock_of_the_authority_adds_the_days_it_stood_still(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process, actor = a_process(office, now, CLOCK), an_actor(office)
    complete_stage(stage_of(process, "before"), actor=actor, now=now)
    row = deadline_of(process, "ruling")
    assert (row.kind, row.on, row.is_statutory) == (DeadlineKind.RULING, date(2019, 4, 26), True)

    pause_clock(row, reason="Styrelsen har spurgt", actor=actor, now=now + timedelta(days=3))
    with pytest.raises(Refused) as refused:
        pause_clock(row, reason="Styrelsen har spurgt", actor=actor, now=now + timedelta(days=4))
    row = resume_clock(row, reason="Svaret er sendt", actor=actor, now=now + timedelta(days=10))

    assert refused.value.refusal.code == "clock_paused"
    assert row.on == date(2019, 5, 3)
    assert row.pauses.get().until_at == now + timedelta(days=10)
    with pytest.raises(Refused) as running:
        resume_clock(row, reason="Svaret er sendt", actor=actor, now=now + timedelta(days=11))
    assert running.value.refusal.code == "clock_running"


def test_pause_clock_past_the_old_day_lets_nothing_run_out(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process, actor = a_process(office, now, CLOCK), an_actor(office)
    complete_stage(stage_of(process, "before"), actor=actor, now=now)
    row = deadline_of(process, "ruling")
    pause_clock(row, reason="Styrelsen har spurgt", actor=actor, now=row.at - timedelta(days=3))

    Process.objects.filter(pk=process.pk).update(next_check_at=row.at)
    check_processes(row.at + timedelta(minutes=1))

    assert deadline_of(process, "ruling").passed_at is None
    assert not AuditEntry.objects.filter(verb="pass_deadline", subject_id=row.public_id).exists()


def test_pause_clock_that_the_definition_lets_run_is_refused(now: datetime) -> None:
    process = a_lone_process(now)

    with pytest.raises(Refused) as refused:
        pause_clock(deadline_of(process, "first"), reason="Spørgsmål", actor=an_unnamed_officer(), now=now)

    assert refused.value.refusal.code == "clock_runs_on"


def test_deadlines_of_the_sub_agreement_are_reckoned_back_from_its_day(now: datetime) -> None:
    office = an_office()
    the_bodies()

    process = a_shipped_process(office, "samarbejdsaftale", now, parameters={"effective_on": date(2020, 3, 1)})

    assert deadline_of(process, "accession").on == date(2020, 2, 29)


def test_resume_process_leaves_a_clock_that_a_question_has_stopped_standing_still(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process = a_process(office, now, CLOCK)
    actor = an_unnamed_officer()
    complete_stage(stage_of(process, "before"), actor=actor, now=now)
    deadline = deadline_of(process, "ruling")
    pause_clock(deadline, reason="Styrelsen har stillet et spørgsmål.", actor=actor, now=now)
    on = deadline.on

    suspend_process(process, reason="På grund af epidemien.", actor=actor, now=now + timedelta(days=2))
    resume_process(process, actor=actor, now=now + timedelta(days=9))

    deadline.refresh_from_db()
    assert deadline.on == on
    assert deadline.pauses.get().until_at is None
    resume_clock(deadline, reason="Styrelsen har fået svar.", actor=actor, now=now + timedelta(days=12))
    deadline.refresh_from_db()
    assert deadline.on == on + timedelta(days=12)


def test_resume_process_moves_an_authoritys_clock_only_when_it_is_ticked(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process = a_process(office, now, CLOCK)
    actor = an_unnamed_officer()
    complete_stage(stage_of(process, "before"), actor=actor, now=now)
    later = now + timedelta(days=31)

    for chosen, on in ((False, date(2019, 4, 26)), (True, date(2019, 5, 27))):
        suspend_process(process, reason="På grund af epidemien.", actor=actor, now=now)
        process.refresh_from_db()
        [row] = days_after_pause(process, later)
        assert (row.effect, row.proposed_on) == (AfterPause.STANDS, date(2019, 4, 26))
        new_days = {row.deadline.public_id: row.moved_on} if chosen else {}
        resume_process(process, new_days=new_days, actor=actor, now=later)
        assert deadline_of(process, "ruling").on == on
        process.refresh_from_db()
