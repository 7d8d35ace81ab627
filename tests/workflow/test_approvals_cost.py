"""What one approval costs in statements: the budget of the deed that eighteen councils do in the same week."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import OutgoingMail
from tests.workflow.agreements import a_file, in_approval, request_to, the_facts
from workflow.actions.approvals import record_decision
from workflow.actors import Actor
from workflow.models import AuditEntry, Decision, DeedKey
from workflow.rules.decisions import MinorityFacts

BUDGET = 14
APPROVAL = 11
FRAME = ("BEGIN", "COMMIT")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL run inside, without the transaction's own BEGIN and COMMIT."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(FRAME)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("councils", [2, 17])
def test_record_decision_not_the_last_stays_within_its_statements(now: datetime, councils: int) -> None:
    process = in_approval(now, councils=councils)
    request = request_to(process, "council-1")
    minutes = a_file(process.office, now)

    with statements() as found:
        record_decision(
            request,
            the_facts(now, minutes=minutes, remarks="Husk tandplejen."),
            bundle_sha256=request.bundle.sha256,
            actor=Actor.of_link(request.link, request.body.name),
            now=now,
            key=str(uuid4()),
        )

    assert len(found) <= BUDGET, "\n".join(found)
    assert not [sql for sql in found if "SAVEPOINT" in sql]
    assert len(found) == APPROVAL, "\n".join(found)
    assert Decision.objects.filter(request=request).count() == 1
    assert OutgoingMail.objects.filter(kind="decision_receipt", subject_id=request.public_id).count() == 1
    assert AuditEntry.objects.filter(verb="record_decision").count() == 2  # the committee's, and this one
    assert DeedKey.objects.filter(scope__startswith="record_decision").count() == 1


@pytest.mark.django_db(transaction=True)
def test_record_decision_with_minority_statements_costs_one_more(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")

    with statements() as found:
        record_decision(
            request,
            the_facts(now, minority_statements=(MinorityFacts("A", "Nej."), MinorityFacts("B", "Nej."))),
            bundle_sha256=request.bundle.sha256,
            actor=Actor.of_link(request.link, request.body.name),
            now=now,
            key=str(uuid4()),
        )

    assert len(found) == APPROVAL + 1, "\n".join(found)
