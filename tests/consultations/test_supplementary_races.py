"""A supplementary round on real PostgreSQL: two officers at once, and its beginning against the end of its stage."""

from __future__ import annotations

import pytest

from consultations.actions.cancelling import cancel_round
from consultations.actions.rounds import close_due_rounds, launch_round
from consultations.models import HearingRound
from consultations.states import RoundState
from notifications.models import OutgoingMail
from tests.consultations.factories import OFFICER
from tests.consultations.supplementary import (
    AGAIN_AT,
    AGAIN_ON,
    REVISED,
    a_heard_text,
    fresh,
    hear_again,
    heard_again,
    revising,
)
from tests.consultations.test_races import together
from workflow.actions.stages import complete_stage
from workflow.models import AuditEntry
from workflow.rules import Refused
from workflow.states import StageState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def outcomes(beside: list) -> list[str]:
    """What came of each: the code of a refusal, else "done"."""
    return sorted(
        found.error.refusal.code if isinstance(found.error, Refused) else str(found.error or "done") for found in beside
    )


def test_open_supplementary_by_two_officers_at_once_one_wins() -> None:
    hearing = a_heard_text()

    found = together(lambda: hear_again(hearing, [1]), lambda: hear_again(hearing, [2]))

    assert outcomes(found) == ["done", "round_going_on"]
    assert HearingRound.objects.filter(number=2).count() == 1
    assert AuditEntry.objects.filter(verb="open_supplementary").count() == 1


def test_open_supplementary_pressed_twice_makes_one_round() -> None:
    hearing = a_heard_text()

    found = together(lambda: hear_again(hearing, [1], key="k"), lambda: hear_again(hearing, [1], key="k"))

    assert outcomes(found) == ["done", "done"]
    assert HearingRound.objects.filter(number=2).count() == 1


def test_launch_round_supplementary_by_two_at_once_asks_once() -> None:
    again = hear_again(a_heard_text(), [1])

    def launch() -> object:
        return launch_round(again.round, closes_on=AGAIN_ON, actor=OFFICER, now=REVISED)

    found = together(launch, launch)

    assert outcomes(found) == ["done", "round_launched"]
    assert (
        OutgoingMail.objects.filter(kind__in=("hearing_invitation", "hearing_information"), queued_at=REVISED).count()
        == 3
    )


def test_open_supplementary_against_the_completion_of_its_stage_only_one_is_done() -> None:
    hearing = a_heard_text()

    found = together(
        lambda: hear_again(hearing, [1]),
        lambda: complete_stage(revising(hearing), actor=OFFICER, now=REVISED),
    )

    is_waiting = HearingRound.objects.filter(number=2).exists()
    assert outcomes(found) == ["done", "gates_shut" if is_waiting else "process_completed"]
    assert (revising(hearing).state == StageState.OPEN) is is_waiting


def test_cancel_round_against_its_closing_only_one_is_done() -> None:
    again = heard_again(a_heard_text(), [1])

    found = together(
        lambda: cancel_round(again.round, reason="Ændringen udgår", actor=OFFICER, now=AGAIN_AT),
        lambda: close_due_rounds(AGAIN_AT),
    )

    state = fresh(again.round).state
    assert state in (RoundState.CLOSED, RoundState.CANCELLED)
    told = OutgoingMail.objects.filter(kind="hearing_withdrawn").count()
    assert told == (3 if state == RoundState.CANCELLED else 0)
    assert outcomes(found) == (["done", "done"] if state == RoundState.CANCELLED else ["done", "round_closed"])
