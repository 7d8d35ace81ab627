"""A reservation is settled one by one: the definition says only what holds until then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import (
    AGREEMENT,
    a_locked_bundle,
    decide,
    in_approval,
    missing,
    officer_of,
    request_to,
)
from workflow.actions.approvals import (
    ask_again,
    lapse_reservations,
    next_lapse_due,
    settle_reservation,
)
from workflow.actions.approvals.settling import lapse_reservation
from workflow.actions.matters import settle_matter
from workflow.actions.processes import abandon_process, resume_process, suspend_process
from workflow.models import AuditEntry, Decision, Process, ReservationSettlement
from workflow.queries.matters import matters_of_bodies
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, Matter, Outcome, Settlement, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
REASON = "Pengene er bevilget."
COUNTING = AGREEMENT.replace(
    "      list: parties\n      rule: all\n",
    "      list: parties\n      rule: all\n      counts: [approved, approved_with_reservation]\n",
)


def reserved(now: datetime, text: str = AGREEMENT) -> tuple[Process, Decision]:
    """Everybody has approved, council 1 with a reservation."""
    process = in_approval(now, text=text)
    decision = decide(process, "council-1", now, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med.")
    for body in ("council-2", "region"):
        decide(process, body, now)
    return process, decision


def settle(decision: Decision, settlement: Settlement, now: datetime, **changes: Any) -> ReservationSettlement:
    """An officer says what the reservation means."""
    values = {"reason": REASON, "actor": officer_of(decision.request.stage.process), "now": now}
    return settle_reservation(decision, settlement, **{**values, **changes})


def state_of(process: Process) -> str:
    return str(live_stage(process, "approval").state)


def waiting(process: Process, now: datetime) -> list[str]:
    """Which matters of reservations wait for an officer."""
    kinds = (Matter.RESERVATION, Matter.CLARIFICATION)
    return [one.matter for one in matters_of_bodies([process], now) if one.matter in kinds]


def test_settle_reservation_as_immaterial_counts_it_and_lets_the_matter_go_on(now: datetime) -> None:
    process, decision = reserved(now)
    assert state_of(process) == StageState.OPEN
    with override("en"):
        assert "Approved with reservation: Byråd 1." in missing(process, "approval", now)
    assert waiting(process, now) == ["reservation"]
    mails = OutgoingMail.objects.count()

    row = settle(decision, Settlement.IMMATERIAL, now)

    assert state_of(process) == StageState.COMPLETED
    assert waiting(process, now) == []
    entry = AuditEntry.objects.get(verb="settle_reservation")
    assert (entry.subject_id, entry.codes["settlement"]) == (decision.public_id, "immaterial")
    assert (entry.codes["row"], entry.detail.body["reason"]) == (str(row.public_id), REASON)
    completed = AuditEntry.objects.get(verb="complete_stage", codes__stage="approval")
    assert (completed.actor_kind, completed.codes["caused_by"]) == ("system", str(entry.public_id))
    assert OutgoingMail.objects.count() == mails, "nobody is told by mail"


def test_settle_reservation_as_to_clarify_shuts_the_gate_that_counts_reservations(now: datetime) -> None:
    process = in_approval(now, text=COUNTING)
    decision = decide(process, "council-1", now, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med.")

    settle(decision, Settlement.TO_CLARIFY, now)
    for body in ("council-2", "region"):
        decide(process, body, now)

    assert state_of(process) == StageState.OPEN
    assert waiting(process, now) == ["clarification"]
    ask_again(request_to(process, "council-1"), reason="Kan I undvære det?", actor=officer_of(process), now=now)


def test_settle_reservation_anew_keeps_what_was_said_before(now: datetime) -> None:
    process, decision = reserved(now)
    settle(decision, Settlement.TO_CLARIFY, now, lapses_on=date(2019, 5, 1))

    settle(decision, Settlement.IMMATERIAL, now + DAY)

    rows = ReservationSettlement.objects.all()
    assert [row.settlement for row in rows] == ["to_clarify", "immaterial"]
    assert rows[0].lapses_on == date(2019, 5, 1)
    assert next_lapse_due(now) is None, "what has been settled anew does not lapse"
    assert state_of(process) == StageState.COMPLETED


def test_settle_reservation_pressed_twice_is_one_deed(now: datetime) -> None:
    _process, decision = reserved(now)

    first, again = (settle(decision, Settlement.IMMATERIAL, now, key="k") for _press in range(2))

    assert first == again
    assert ReservationSettlement.objects.count() == 1


# ── The day on which it lapses ────────────────────────────────────────────────────────────────────────────────
def test_lapse_reservations_on_the_day_opens_the_gate_from_local_midnight(now: datetime) -> None:
    process, decision = reserved(now)
    settle(decision, Settlement.TO_CLARIFY, now, lapses_on=date(2019, 5, 1))
    midnight = datetime(2019, 4, 30, 22, tzinfo=UTC)
    assert next_lapse_due(now) == midnight
    lapse_reservations(midnight - timedelta(microseconds=1))
    assert state_of(process) == StageState.OPEN

    lapse_reservations(midnight)

    assert state_of(process) == StageState.COMPLETED
    assert waiting(process, midnight) == []
    entry = AuditEntry.objects.get(verb="lapse_reservation")
    assert (entry.actor_kind, entry.subject_id) == ("system", decision.public_id)
    assert lapse_reservations(midnight) == 0


def test_lapse_reservations_of_a_decision_that_fell_or_a_process_at_rest_does_nothing_until_it_runs(
    now: datetime,
) -> None:
    process, decision = reserved(now)
    row = settle(decision, Settlement.TO_CLARIFY, now, lapses_on=date(2019, 5, 1))
    day = datetime(2019, 5, 2, 8, tzinfo=UTC)
    officer = officer_of(process)
    suspend_process(process, reason="Valg til rådet", actor=officer, now=now)
    assert not lapse_reservation(row, now=day)
    assert lapse_reservations(day) == 0

    resume_process(process, actor=officer, now=day)
    assert state_of(process) == StageState.OPEN
    lapse_reservations(day)
    assert state_of(process) == StageState.COMPLETED


def test_lapse_reservations_after_the_decision_fell_leaves_the_new_question_open(now: datetime) -> None:
    process, decision = reserved(now)
    settle(decision, Settlement.TO_CLARIFY, now, lapses_on=date(2019, 5, 1))
    a_locked_bundle(process, now, text="Nyt.", change=ChangeKind.MATERIAL)

    assert next_lapse_due(now) is None
    assert lapse_reservations(datetime(2019, 5, 2, tzinfo=UTC)) == 0
    assert state_of(process) == StageState.OPEN


# ── Refused ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("settlement", "lapses_on", "reason", "code"),
    [
        (Settlement.IMMATERIAL, date(2019, 5, 1), REASON, "lapse_needless"),
        (Settlement.TO_CLARIFY, date(2019, 3, 1), REASON, "lapse_in_past"),
        (Settlement.LAPSED, None, REASON, "lapse_by_its_day"),
        (Settlement.IMMATERIAL, None, "Ja.", "reason_too_short"),
        (Settlement.IMMATERIAL, None, " ", "reason_missing"),
    ],
)
def test_settle_reservation_in_a_way_that_cannot_be_is_refused(
    settlement: Settlement, lapses_on: date | None, reason: str, code: str
) -> None:
    now = datetime(2019, 3, 1, 9, tzinfo=UTC)
    _process, decision = reserved(now)

    assert code_of(lambda: settle(decision, settlement, now, lapses_on=lapses_on, reason=reason)) == code

    assert not ReservationSettlement.objects.exists()


def test_settle_reservation_of_what_is_none_or_holds_no_longer_is_refused(now: datetime) -> None:
    process, decision = reserved(now)
    plain = Decision.objects.get(body__key="region")
    assert code_of(lambda: settle(plain, Settlement.IMMATERIAL, now)) == "no_reservation"
    a_locked_bundle(process, now, text="Nyt.", change=ChangeKind.MATERIAL)
    assert code_of(lambda: settle(decision, Settlement.IMMATERIAL, now)) == "decision_not_valid"
    abandon_process(process, reason="Arbejdet er opgivet", actor=officer_of(process), now=now)
    assert code_of(lambda: settle(decision, Settlement.IMMATERIAL, now)) == "process_abandoned"


def test_settle_matter_of_an_unsettled_reservation_is_refused(now: datetime) -> None:
    process, decision = reserved(now)

    code = code_of(
        lambda: settle_matter(
            process,
            matter=Matter.RESERVATION,
            subject_id=decision.public_id,
            reason=REASON,
            actor=officer_of(process),
            now=now,
        )
    )

    assert code == "reservation_unsettled"
    assert waiting(process, now) == ["reservation"]


def test_settle_reservation_in_a_suspended_process_takes_effect_when_it_is_resumed(now: datetime) -> None:
    process, decision = reserved(now)
    officer = officer_of(process)
    suspend_process(process, reason="Valg til rådet", actor=officer, now=now)

    settle(decision, Settlement.IMMATERIAL, now)

    assert state_of(process) == StageState.OPEN
    resume_process(process, actor=officer, now=now + DAY)
    assert state_of(process) == StageState.COMPLETED
