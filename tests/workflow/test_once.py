"""The key of a form: the same press twice is one deed, other content under it is never dropped in silence."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.workflow.agreements import a_file, decide, in_approval, officer_of, request_to, the_facts
from workflow.actions.approvals import record_decision
from workflow.actions.once import Once
from workflow.models import Decision, DeedKey
from workflow.rules import Refused
from workflow.states import DecisionState, Outcome

pytestmark = pytest.mark.django_db


def test_record_decision_with_a_used_key_and_another_outcome_is_refused(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now, Outcome.POSTPONED, key="form-1")

    with pytest.raises(Refused) as refused:
        decide(process, "region", now, Outcome.APPROVED, key="form-1")

    assert refused.value.refusal.code == "form_used"
    assert [row.outcome for row in Decision.objects.filter(body__key="region")] == [Outcome.POSTPONED]


def test_record_decision_with_the_same_key_and_the_same_file_stored_anew_makes_one(now: datetime) -> None:
    process = in_approval(now)
    request, officer = request_to(process, "region"), officer_of(process)
    made = [
        record_decision(
            request,
            the_facts(now, minutes=a_file(process.office, now)),
            bundle_sha256=request.bundle.sha256,  # type: ignore[union-attr]
            actor=officer,
            now=now,
            key="form-1",
        )
        for _press in range(2)
    ]

    assert made[0] == made[1]
    assert Decision.objects.filter(body__key="region", state=DecisionState.VALID).count() == 1


def test_keep_key_holds_no_words_that_could_be_guessed_back(now: datetime) -> None:
    process = in_approval(now)
    Once("deed", "key-1", ("Karla",)).keep(process.public_id, now)

    row = DeedKey.objects.get(scope="deed")
    assert Once("deed", "key-1", ("Karla",)).made == process.public_id
    assert Once("deed", "key-2", ("Karla",)).earlier is None
    assert "Karla" not in row.digest
    assert len(row.digest) == 64
