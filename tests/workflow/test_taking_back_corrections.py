"""Taking back a correction, or what overtook an objection to one: who is told, what is asked then; what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.refusals import code_of
from tests.workflow.agreements import a_locked_bundle, asked, decide, in_approval, in_submission, request_to
from tests.workflow.test_corrections import corrected
from tests.workflow.test_objections import objected
from tests.workflow.test_putting_forward import OTHER, forward
from tests.workflow.test_taking_back import DAY, MINUTE, WAIT, answer, back, counts, drained
from workflow.models import AuditEntry
from workflow.states import ChangeKind

pytestmark = pytest.mark.django_db


def test_take_back_a_correction_tells_nobody_and_asks_on_about_the_words_before_under_the_same_links(
    now: datetime,
) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    drained(now + DAY)
    first, links = counts(process), {request.link_id for request in asked(process, "approval")}
    second = corrected(process, now + DAY)

    back(second, now + DAY + 9 * MINUTE)

    assert not [mail for mail in drained(now + DAY * 2) if mail.kind == "text_corrected"]
    assert {request.bundle for request in asked(process, "approval")} == {first}
    assert {request.link_id for request in asked(process, "approval")} == links
    assert AuditEntry.objects.get(verb="take_back_bundle").codes["withdrawn"] == []
    answer(request_to(process, "council-1"), now + DAY * 2)
    assert code_of(lambda: objected(process, now + DAY * 2, "council-2")) == "not_corrected"


def test_take_back_a_correction_and_put_it_forward_again_tells_of_it_then(now: datetime) -> None:
    process = in_approval(now)
    drained(now + DAY)
    second = corrected(process, now + DAY)
    back(second, now + DAY + MINUTE)

    second.refresh_from_db()
    forward(second, now + DAY * 2, ChangeKind.EDITORIAL)

    left = [mail for mail in drained(now + DAY * 3) if mail.kind == "text_corrected"]
    assert len(left) == 4
    assert {request.bundle for request in asked(process, "approval")} == {second}


def test_take_back_a_correction_that_has_been_told_of_or_objected_to_is_refused(now: datetime) -> None:
    process = in_submission(now)
    drained(now + DAY)
    second = corrected(process, now + DAY)
    objected(process, now + DAY + MINUTE)

    assert code_of(lambda: back(second, now + DAY + 2 * MINUTE)) == "happened_since"
    drained(now + DAY + WAIT)
    assert code_of(lambda: back(second, now + DAY + WAIT)) == "question_left"


def test_take_back_a_material_change_lets_objections_wait_again_and_tells_nobody_otherwise(now: datetime) -> None:
    process = in_submission(now)
    corrected(process, now)
    objection = objected(process, now)
    drained(now + DAY)
    third = a_locked_bundle(process, now + DAY, text=OTHER, change=ChangeKind.MATERIAL)

    back(third, now + DAY + MINUTE)

    objection.refresh_from_db()
    assert (objection.state, objection.settled_at) == ("open", None)
    assert not [mail for mail in drained(now + DAY * 2) if mail.kind == "objection_settled"]
