"""A decision bears the words that its outcome calls for: those of a reservation, of remarks, of a minority."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.workflow.agreements import decide, in_approval
from workflow.models import Decision
from workflow.rules import Refused
from workflow.rules.decisions import MinorityFacts
from workflow.states import DecisionState, Outcome

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("outcome", "changes", "code"),
    [
        (Outcome.APPROVED_WITH_RESERVATION, {"text": " "}, "reservation_missing"),
        (Outcome.APPROVED_WITH_REMARKS, {"text": ""}, "remarks_missing"),
        (Outcome.APPROVED, {"minority_statements": (MinorityFacts("Liste Ø", " "),)}, "minority_incomplete"),
    ],
)
def test_record_decision_without_the_words_of_its_reservation_is_refused_on_every_road(
    now: datetime, outcome: Outcome, changes: dict[str, Any], code: str
) -> None:
    process = in_approval(now)

    with pytest.raises(Refused) as refused:
        decide(process, "council-1", now, outcome, **changes)

    assert refused.value.refusal.code == code
    assert not Decision.objects.filter(body__key="council-1", request__stage__key="approval").exists()


@pytest.mark.parametrize("outcome", [Outcome.APPROVED_WITH_RESERVATION, Outcome.APPROVED_WITH_REMARKS])
@pytest.mark.parametrize("words", [{"text": "Forbehold for økonomien."}, {"remarks": "Punkt 4 skal præciseres."}])
def test_record_decision_whose_words_stand_in_either_place_is_taken_in(
    now: datetime, outcome: Outcome, words: dict[str, str]
) -> None:
    process = in_approval(now)

    decision = decide(process, "council-1", now, outcome, **({"text": "", "remarks": ""} | words))

    assert (decision.state, decision.outcome) == (DecisionState.VALID, outcome)
