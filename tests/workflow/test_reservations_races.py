"""Reservations settled, lapsing and falling at the same instant, on real PostgreSQL; and a step recorded twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

import pytest

from tests.workflow.agreements import a_working_set, decide, in_approval, officer_of, request_to, the_facts
from tests.workflow.test_approvals_races import at_once
from tests.workflow.test_reservations import REASON, reserved, state_of
from workflow.actions.approvals import lapse_reservations, record_decision, settle_reservation
from workflow.actions.putting_forward import put_forward
from workflow.actors import Actor
from workflow.models import AuditEntry, Decision, ReservationSettlement
from workflow.states import ChangeKind, DecisionState, Level, Settlement, StageState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 8


def test_settle_reservation_by_eight_at_once_opens_the_gate_once_and_enters_each(now: datetime) -> None:
    process, decision = reserved(now)
    officer = officer_of(process)

    found = at_once(
        *(
            lambda: settle_reservation(decision, Settlement.IMMATERIAL, reason=REASON, actor=officer, now=now)
            for _officer in range(8)
        )
    )

    assert all(isinstance(row, ReservationSettlement) for row in found), found
    assert AuditEntry.objects.filter(verb="settle_reservation").count() == ReservationSettlement.objects.count() == 8
    assert AuditEntry.objects.filter(verb="complete_stage", codes__stage="approval").count() == 1


def test_settle_reservation_with_one_key_by_eight_at_once_is_one_deed(now: datetime) -> None:
    process, decision = reserved(now)
    officer = officer_of(process)

    found = at_once(
        *(
            lambda: settle_reservation(decision, Settlement.IMMATERIAL, reason=REASON, actor=officer, now=now, key="k")
            for _press in range(8)
        )
    )

    assert len(set(found)) == ReservationSettlement.objects.count() == 1


@pytest.mark.parametrize("number", range(ROUNDS))
def test_lapse_reservations_by_several_sweeps_while_it_is_settled_anew_lapses_once_at_most(
    now: datetime, number: int
) -> None:
    day = datetime(2019, 5, 1, 12, tzinfo=now.tzinfo)
    process, decision = reserved(now)
    settle = partial(settle_reservation, decision, Settlement.TO_CLARIFY, reason=REASON, actor=officer_of(process))
    settle(lapses_on=date(2019, 5, 1), now=now)

    found = at_once(*(lambda: lapse_reservations(day) for _sweep in range(3)), lambda: settle(now=day))

    assert isinstance(found[-1], ReservationSettlement), found
    kinds = list(decision.settlements.values_list("settlement", flat=True))
    assert kinds in (["to_clarify", "to_clarify"], ["to_clarify", "lapsed", "to_clarify"])
    assert state_of(process) == (StageState.COMPLETED if "lapsed" in kinds else StageState.OPEN)


def test_settle_reservation_while_a_changed_text_is_put_forward_never_counts_on_the_new_text(now: datetime) -> None:
    process, decision = reserved(now)
    officer = officer_of(process)
    bundle = a_working_set(process, now, text="Nyt.", change=ChangeKind.MATERIAL)

    found = at_once(
        lambda: settle_reservation(decision, Settlement.IMMATERIAL, reason=REASON, actor=officer, now=now),
        lambda: put_forward(bundle, reason="Klar.", change=ChangeKind.MATERIAL, actor=officer, now=now),
    )

    assert isinstance(found[0], ReservationSettlement) or found[0] == "decision_not_valid", found
    decision.refresh_from_db()
    assert decision.state == DecisionState.FALLEN
    assert state_of(process) == StageState.OPEN


def test_record_step_with_one_key_by_eight_at_once_is_one_step(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")
    assert request.bundle is not None
    facts = the_facts(now, level=Level.STANDING_COMMITTEE)
    sha256, actor = request.bundle.sha256, Actor.of_link(request.link, "Byrådet")

    found = at_once(
        *(
            lambda: record_decision(request, facts, bundle_sha256=sha256, actor=actor, now=now, key="k")
            for _press in range(8)
        )
    )

    assert len({row.pk for row in found}) == 1, found
    assert Decision.objects.filter(state=DecisionState.STEP).count() == 1
    decide(process, "council-1", now + timedelta(hours=1))
    assert Decision.objects.filter(body__key="council-1", state=DecisionState.VALID).count() == 1
