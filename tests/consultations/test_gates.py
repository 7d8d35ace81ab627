"""What a stage waits for when it has held a round."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from consultations.actions.answers import decide_late, dispose_answer
from consultations.actions.extensions import extend_for_one
from consultations.actions.rounds import close_due_rounds
from notifications.sweeps import Sweep
from tests.consultations.factories import CLOSES_AT, LAUNCHED, NO_REMARKS, OFFICER, Hearing, a_hearing, a_round_in_draft
from tests.workflow.factories import an_actor, stage_of
from workflow.actions.gates import override_gate
from workflow.actions.stages import complete_stage
from workflow.gates import GateStatus, gate_statuses
from workflow.rules import Refused
from workflow.states import StageState
from workflow.sweeps import SWEEPS, check_processes

pytestmark = pytest.mark.django_db

SETTLED = CLOSES_AT + timedelta(minutes=2)


def gate_of(hearing: Hearing, stage: str, now: object = CLOSES_AT) -> GateStatus:
    [status] = gate_statuses(stage_of(hearing.process, stage), now)  # type: ignore[arg-type]
    return status


def state_of(hearing: Hearing, stage: str = "hearing") -> str:
    return stage_of(hearing.process, stage).state


def test_round_closed_says_in_each_state_what_is_missing() -> None:
    drafted = a_round_in_draft()
    assert gate_of(drafted, "hearing").missing == ("Runden er endnu ikke sendt ud.",)

    hearing = a_hearing()
    under_way = gate_of(hearing, "hearing", LAUNCHED)
    assert under_way.title == "Lukning af runden"
    assert under_way.missing == ("Runden er i gang til fredag den 29. marts 2019 kl. 12.00.",)
    assert gate_of(hearing, "hearing").missing == ("Fristen er udløbet; runden lukkes om et øjeblik.",)

    close_due_rounds(CLOSES_AT)
    status = gate_of(hearing, "hearing")
    assert not status.is_open
    assert status.opens_at == SETTLED
    settled = gate_of(hearing, "hearing", SETTLED)
    assert settled.is_open
    assert settled.title == "Runden er lukket"


def test_round_closed_says_whose_deadline_is_the_later_one() -> None:
    hearing = a_hearing()
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED)

    [before] = gate_of(hearing, "hearing", LAUNCHED).missing
    [between] = gate_of(hearing, "hearing", CLOSES_AT).missing

    own = "fredag den 5. april 2019 kl. 12.00"
    assert before == f"Runden er i gang til fredag den 29. marts 2019 kl. 12.00, for én høringspart til {own}."
    assert between == f"Fristen udløb fredag den 29. marts 2019 kl. 12.00; én høringspart har frist til {own}."


def test_round_closed_waits_for_every_late_answer_and_opens_with_the_last_decision() -> None:
    hearing = a_hearing()
    close_due_rounds(CLOSES_AT)
    first = hearing.answers(1, CLOSES_AT + timedelta(seconds=10))
    second = hearing.answers(2, CLOSES_AT + timedelta(seconds=20))
    check_processes(SETTLED)

    assert gate_of(hearing, "hearing", SETTLED).missing == ("2 sene svar afventer en afgørelse.",)
    assert gate_of(hearing, "hearing", SETTLED).opens_at is None
    decide_late(first, accept=True, reason="Ringede", actor=OFFICER, now=SETTLED)
    assert state_of(hearing) == StageState.OPEN
    decide_late(second, accept=False, reason="Ringede ikke", actor=OFFICER, now=SETTLED)

    assert state_of(hearing) == StageState.COMPLETED


def test_round_closed_with_the_last_late_answer_decided_early_still_settles() -> None:
    hearing = a_hearing()
    close_due_rounds(CLOSES_AT)
    late = hearing.answers(1, CLOSES_AT + timedelta(seconds=10))
    decide_late(late, accept=True, reason="Ringede", actor=OFFICER, now=CLOSES_AT + timedelta(seconds=30))

    assert state_of(hearing) == StageState.OPEN
    check_processes(SETTLED)
    assert state_of(hearing) == StageState.COMPLETED


def consolidating() -> Hearing:
    from consultations.actions.invitation_list import remove_party
    from consultations.actions.rounds import close_round, launch_round
    from consultations.queries.rounds import live_round

    hearing = a_hearing(parties=3)
    light = live_round(hearing.process, "input")
    assert light is not None
    remove_party(light.invitations.get(), actor=OFFICER, now=hearing.now)
    launch_round(light, actor=OFFICER, now=hearing.now)
    close_round(light, actor=OFFICER, now=hearing.now)
    return hearing


def test_remarks_disposed_counts_the_answers_left_and_shuts_the_stage() -> None:
    hearing = consolidating()
    first = hearing.answers(1)
    hearing.answers(2, content=NO_REMARKS)
    third = hearing.answers(3)
    close_due_rounds(CLOSES_AT)
    check_processes(SETTLED)
    assert state_of(hearing, "consolidation") == StageState.OPEN

    assert gate_of(hearing, "consolidation").missing == ("2 svar har bemærkninger, der ikke er behandlet.",)
    with pytest.raises(Refused):
        complete_stage(stage_of(hearing.process, "consolidation"), actor=OFFICER, now=SETTLED)
    for answer in (first, third):
        dispose_answer(answer, note="Afsnit 2 er ændret", actor=OFFICER, now=SETTLED)

    assert gate_of(hearing, "consolidation").is_open
    complete_stage(stage_of(hearing.process, "consolidation"), actor=OFFICER, now=SETTLED)


def test_remarks_disposed_waits_for_a_late_answer_that_came_after_the_stage_was_over() -> None:
    hearing = consolidating()
    close_due_rounds(CLOSES_AT)
    check_processes(SETTLED)
    late = hearing.answers(1, SETTLED + timedelta(days=1))

    assert gate_of(hearing, "consolidation").missing == ("1 sent svar afventer en afgørelse.",)
    decide_late(late, accept=False, reason="For sent", actor=OFFICER, now=SETTLED + timedelta(days=1))
    assert gate_of(hearing, "consolidation").is_open


def test_sweeps_of_both_floors_have_names_of_their_own() -> None:
    from consultations import sweeps

    every: list[Sweep] = [*SWEEPS, *sweeps.SWEEPS]
    assert len({sweep.name for sweep in every}) == len(every)


def test_override_round_closed_while_parties_still_answer_is_refused() -> None:
    hearing = a_hearing()
    stage, officer = stage_of(hearing.process, "hearing"), an_actor(hearing.process.office)

    with pytest.raises(Refused) as refused:
        override_gate(stage, "round_closed", reason="Vi har hørt nok nu", actor=officer, now=LAUNCHED)

    assert refused.value.refusal.code == "gate_not_by_hand"
    assert state_of(hearing) == StageState.OPEN
