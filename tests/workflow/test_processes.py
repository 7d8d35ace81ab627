"""Starting, suspending, resuming and giving up a process."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.refusals import code_in
from tests.workflow.factories import (
    SMALL,
    a_body,
    a_definition,
    a_process,
    a_shipped_process,
    an_office,
    an_unnamed_officer,
    stage_of,
    the_bodies,
)
from workflow.actions.definitions import load_definition
from workflow.actions.processes import abandon_process, resume_process, set_parameter, suspend_process
from workflow.actions.stages import complete_stage
from workflow.actions.starting import start_process
from workflow.actors import SYSTEM
from workflow.definitions import SHIPPED, DefinitionRefused, shipped_paths
from workflow.models import AuditEntry, Deadline, Process, ProcessDefinition
from workflow.queries.processes import bodies_of, body_of, definition_of, process_bodies_of, stage_deadline
from workflow.rules import Refused
from workflow.states import BodyKind, Level, ProcessState, StageState
from workflow.sweeps import check_processes

pytestmark = pytest.mark.django_db


def test_load_definition_of_the_same_content_in_another_layout_gives_the_same_row(now: datetime) -> None:
    office = an_office()
    first = a_definition(office, now, SMALL)

    again = a_definition(office, now, "# the same\n" + SMALL.replace("\nstages:", "\n\n\nstages:"))

    assert again == first
    assert AuditEntry.objects.filter(verb="load_definition").count() == 1


def test_load_definition_that_is_wrong_keeps_nothing_and_names_the_line(now: datetime) -> None:
    office = an_office()

    with pytest.raises(DefinitionRefused) as refused:
        load_definition(office, SMALL.replace("[first]", "[frist]", 1), "small.yaml", actor=SYSTEM, now=now)

    assert "small.yaml:" in str(refused.value)
    assert not ProcessDefinition.objects.exists()


def test_start_process_of_a_small_definition_opens_its_entry_stage(now: datetime) -> None:
    process = a_process(an_office(), now)

    assert process.case_number == "SJAE-2019-0001"
    assert process.state == ProcessState.RUNNING
    assert [(s.key, s.state) for s in process.stages.all()] == [
        ("first", StageState.OPEN),
        ("second", StageState.WAITING),
        ("side", StageState.WAITING),
        ("last", StageState.WAITING),
    ]
    assert AuditEntry.objects.filter(verb="start_process", process_id=process.public_id).count() == 1


def test_start_process_numbers_cases_without_gaps_by_office_and_local_year(now: datetime) -> None:
    office, other = an_office(), an_office("midtjylland")
    new_year = datetime.fromisoformat("2019-12-31T23:30:00+00:00")  # half past midnight in Copenhagen

    a_process(office, now)
    with pytest.raises(Refused):
        a_process(office, now, title=" ")
    numbers = [a_process(office, now), a_process(other, now), a_process(office, new_year)]

    assert [process.case_number for process in numbers] == ["SJAE-2019-0002", "MIDT-2019-0001", "SJAE-2020-0001"]


def test_start_process_with_the_same_key_again_returns_the_first(now: datetime) -> None:
    office = an_office()

    assert a_process(office, now, key="press") == a_process(office, now, key="press")
    assert Process.objects.count() == 1


def test_start_process_of_another_offices_definition_is_refused(now: datetime) -> None:
    row = a_definition(an_office("midtjylland"), now)

    with pytest.raises(Refused) as refused:
        start_process(an_office(), row, title="Prøve", actor=an_unnamed_officer(), now=now)

    assert code_in(refused) == "definition_elsewhere"


def test_start_process_stays_with_the_definition_it_began_with(now: datetime) -> None:
    office = an_office()
    process = a_process(office, now)

    a_definition(office, now, SMALL.replace("Første", "Begyndelsen"))

    assert definition_of(Process.objects.get(pk=process.pk)).stage("first").title.da == "Første"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "parameter_missing"),
        ({"effective_on": "1 March 2020"}, "parameter_wrong_type"),
        ({"effective_on": date(2020, 3, 1), "unheard_of": "x"}, "parameter_unknown"),
    ],
)
def test_start_process_with_wrong_parameters_is_refused(now: datetime, parameters: dict[str, Any], code: str) -> None:
    office = an_office()
    the_bodies()

    with pytest.raises(Refused) as refused:
        a_shipped_process(office, "samarbejdsaftale", now, parameters=parameters)

    assert code_in(refused) == code
    assert not Process.objects.exists()


def test_start_process_without_a_body_for_a_role_names_the_role(now: datetime) -> None:
    office = an_office()
    the_bodies()["steering_group"].delete()

    with pytest.raises(Refused) as refused:
        a_shipped_process(office, "samarbejdsaftale", now, parameters={"effective_on": date(2020, 3, 1)})

    assert code_in(refused) == "no_body"
    assert "steering_group" in str(refused.value.refusal.text)


def test_start_process_with_two_bodies_for_a_role_asks_for_a_choice(now: datetime) -> None:
    office = an_office()
    the_bodies()
    chosen = a_body(BodyKind.STEERING_GROUP, "DAS")
    parameters = {"effective_on": date(2020, 3, 1)}

    with pytest.raises(Refused) as refused:
        a_shipped_process(office, "samarbejdsaftale", now, parameters=parameters)
    process = a_shipped_process(
        office, "samarbejdsaftale", now, parameters=parameters, bodies={"steering_group": chosen}
    )

    assert code_in(refused) == "several_bodies"
    assert body_of(process, "steering_group") == chosen


def test_start_process_fills_lists_by_kind_within_the_offices_region_and_the_day(now: datetime) -> None:
    office = an_office()
    bodies = the_bodies()
    a_body(BodyKind.MUNICIPAL_COUNCIL, "Aarhus Byråd", region_code="midtjylland")
    a_body(BodyKind.MUNICIPAL_COUNCIL, "Nedlagt Byråd", valid_to=date(2006, 12, 31))
    national = a_body(BodyKind.ORGANISATION, "Danske Patienter", region_code="")
    levels = {bodies["municipal_council-2"].key: Level.STANDING_COMMITTEE}

    process = a_shipped_process(
        office, "samarbejdsaftale", now, parameters={"effective_on": date(2020, 3, 1)}, levels=levels
    )
    hearing = a_shipped_process(office, "national-hearing", now)

    assert {body.key for body in bodies_of(process, "parties")} == {
        "regional_council",
        "municipal_council",
        "municipal_council-2",
        "municipal_council-3",
    }
    assert {place.body.key: place.level for place in process_bodies_of(process, "parties")}[
        "municipal_council-2"
    ] == "standing_committee"
    assert national in bodies_of(hearing, "hearing_parties")


def test_start_process_for_the_whole_country_takes_every_region(now: datetime) -> None:
    office = an_office()
    the_bodies()
    far = a_body(BodyKind.MUNICIPAL_COUNCIL, "Aarhus Byråd", region_code="midtjylland")

    process = a_shipped_process(office, "national-hearing", now, region="")

    assert far in bodies_of(process, "hearing_parties")


def test_start_process_with_a_chosen_list_wins_and_refuses_a_body_that_is_gone(now: datetime) -> None:
    office = an_office()
    bodies = the_bodies()
    gone = a_body(BodyKind.MUNICIPAL_COUNCIL, "Nedlagt Byråd", valid_to=date(2006, 12, 31))
    parameters = {"effective_on": date(2020, 3, 1)}

    process = a_shipped_process(
        office, "samarbejdsaftale", now, parameters=parameters, bodies={"parties": [bodies["municipal_council"]]}
    )
    with pytest.raises(Refused) as refused:
        a_shipped_process(office, "samarbejdsaftale", now, parameters=parameters, bodies={"parties": [gone]})

    assert bodies_of(process, "parties") == [bodies["municipal_council"]]
    assert code_in(refused) == "body_not_valid"
    with pytest.raises(Refused) as unknown:
        a_shipped_process(office, "samarbejdsaftale", now, parameters=parameters, bodies={"partier": [gone]})
    assert code_in(unknown) == "list_unknown"


def test_suspend_process_stops_deeds_and_sweeps(now: datetime) -> None:
    process = a_process(an_office(), now, parameters={"begins_on": "2019-06-01"})

    suspend_process(process, reason="På grund af COVID-19", actor=an_unnamed_officer(), now=now)

    with pytest.raises(Refused) as refused:
        complete_stage(stage_of(process, "first"), actor=an_unnamed_officer(), now=now)
    assert code_in(refused) == "process_suspended"
    assert check_processes(now + timedelta(days=100)) == 0


def test_resume_process_with_a_new_day_for_a_target_moves_it_along(now: datetime) -> None:
    process = a_process(an_office(), now)
    deadline = stage_deadline(stage_of(process, "first"))
    assert deadline is not None
    suspend_process(process, reason="På grund af COVID-19", actor=an_unnamed_officer(), now=now)
    later = now + timedelta(days=60)

    resume_process(
        process,
        new_days={deadline.public_id: date(2019, 6, 3)},
        reason="Genoptaget efter COVID-19",
        actor=an_unnamed_officer(),
        now=later,
    )

    process.refresh_from_db()
    deadline.refresh_from_db()
    assert process.state == ProcessState.RUNNING
    assert process.suspended_at is None
    assert (deadline.on, deadline.clock) == (date(2019, 6, 3), time(23, 59))
    assert not deadline.pauses.exists()  # nobody is asked by it, so its clock ran on
    assert deadline.changes.get().reason == "Genoptaget efter COVID-19"
    assert process.next_check_at == deadline.at


def test_resume_process_with_an_earlier_day_is_refused_and_stays_suspended(now: datetime) -> None:
    process = a_process(an_office(), now)
    deadline = stage_deadline(stage_of(process, "first"))
    assert deadline is not None
    suspend_process(process, reason="På grund af COVID-19", actor=an_unnamed_officer(), now=now)

    with pytest.raises(Refused) as refused:
        resume_process(
            process, new_days={deadline.public_id: now.date()}, reason="Igen", actor=an_unnamed_officer(), now=now
        )

    assert code_in(refused) == "deadline_shortened"
    process.refresh_from_db()
    assert process.state == ProcessState.SUSPENDED


def test_abandon_process_ends_it_for_good(now: datetime) -> None:
    process = a_process(an_office(), now)

    abandon_process(process, reason="Aftalen er bortfaldet", actor=an_unnamed_officer(), now=now)

    process.refresh_from_db()
    assert (process.state, process.next_check_at) == (ProcessState.ABANDONED, None)
    with pytest.raises(Refused) as refused:
        resume_process(process, actor=an_unnamed_officer(), now=now)
    assert code_in(refused) == "process_abandoned"


def test_set_parameter_later_sets_the_deadlines_that_lean_on_it(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process = a_shipped_process(office, "samarbejdsaftale", now, parameters={"effective_on": date(2020, 3, 1)})
    assert set(Deadline.objects.values_list("name", "on")) == {
        ("in_force", date(2020, 3, 1)),
        ("accession", date(2020, 2, 29)),
    }

    set_parameter(process, "expires_on", date(2024, 2, 29), actor=an_unnamed_officer(), now=now)

    assert set(Deadline.objects.values_list("name", "on")) >= {
        ("expiry", date(2024, 2, 29)),
        ("revision", date(2023, 9, 2)),
    }
    with pytest.raises(Refused) as refused:
        set_parameter(process, "expires_on", date(2025, 2, 28), actor=an_unnamed_officer(), now=now)
    assert code_in(refused) == "parameter_given"


# Commands ------------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_start_process_from_the_command_line_prints_its_case_number(now: datetime) -> None:
    office = an_office()
    bodies = the_bodies()

    loaded = run("load_definition", "--office", office.key, "--shipped")
    number = run(
        "start_process",
        *("--office", office.key, "--definition", "samarbejdsaftale", "--title", "Graviditet, fødsel og barsel"),
        *("--set", "effective_on=2020-03-01", "--bodies", "parties=regional_council,municipal_council"),
    ).strip()

    assert loaded.count("\n") == len(list(shipped_paths()))
    assert f"»Samarbejdsaftale« (samarbejdsaftale) er indlæst til {office.name}" in loaded
    again = run("load_definition", "--office", office.key, "--shipped")
    assert again.count("intet er ændret") == len(list(shipped_paths()))
    process = Process.objects.get(case_number=number)
    assert bodies_of(process, "parties") == [bodies["regional_council"], bodies["municipal_council"]]
    with pytest.raises(CommandError, match="effective_on"):
        run("start_process", "--office", office.key, "--definition", "samarbejdsaftale", "--title", "Uden dato")
    with pytest.raises(CommandError, match="sjaelland"):
        run("load_definition", "--office", "nowhere", "--shipped")


def test_check_definition_of_a_wrong_file_says_line_and_remedy_and_exits_with_two(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(SMALL.replace("after: [first]", "after: [frist]", 1), encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines().index("    after: [frist]") + 1
    out = StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("check_definition", str(path), stdout=out, stderr=out)

    assert stopped.value.code == 2
    assert f"{path}:{line}: " in out.getvalue()
    assert "first" in out.getvalue()
    assert run("check_definition", *(str(file) for file in shipped_paths())).count("ok") == len(list(shipped_paths()))


def test_draw_definition_of_a_key_or_a_file_draws_the_same(tmp_path: Path) -> None:
    by_key = run("draw_definition", "samarbejdsaftale")

    assert by_key == run("draw_definition", str(SHIPPED / "samarbejdsaftale.yaml"))
    assert "drafting --> steering_group" in by_key
    with pytest.raises(CommandError, match="national-hearing"):
        run("draw_definition", "nowhere")
