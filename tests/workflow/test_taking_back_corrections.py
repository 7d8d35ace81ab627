"""Taking back a set that changes its text only editorially, or that overtook such a one."""

from __future__ import annotations

from datetime import datetime

import pytest

from notifications.delivery import deliver
from tests.refusals import code_of
from tests.workflow.agreements import a_locked_bundle, asked, decide, in_approval
from tests.workflow.test_putting_forward import OTHER, forward
from tests.workflow.test_taking_back import DAY, MINUTE, WAIT, back, counts, drained
from workflow.queries.documents import standing_now
from workflow.states import ChangeKind

pytestmark = pytest.mark.django_db


def test_take_back_an_editorial_change_leaves_questions_and_decisions_as_they_were_and_tells_nobody(
    now: datetime,
) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    drained(now + WAIT)
    before, first = asked(process, "approval"), counts(process)
    at = now + DAY
    second = a_locked_bundle(process, at, text=OTHER, change=ChangeKind.EDITORIAL)
    assert {request.bundle for request in asked(process, "approval")} == {second}

    back(second, at + MINUTE)

    assert [(request, request.bundle) for request in asked(process, "approval")] == [(row, first) for row in before]
    assert len(standing_now(process.lines.get().pk)) == 1
    assert drained(at + WAIT) == []
    forward(second, at + DAY, ChangeKind.EDITORIAL)
    assert [mail.kind for mail in drained(at + DAY + WAIT)] == ["text_corrected"] * 4


def test_take_back_an_editorial_change_that_somebody_has_been_told_of_is_refused(now: datetime) -> None:
    process = in_approval(now)
    drained(now + WAIT)
    second = a_locked_bundle(process, now + DAY, text=OTHER, change=ChangeKind.EDITORIAL)
    deliver(now + DAY + WAIT, lambda: now + DAY + WAIT, limit=1)

    assert code_of(lambda: back(second, now + DAY + WAIT)) == "question_left"


def test_take_back_lets_news_of_the_correction_before_it_leave_after_all(now: datetime) -> None:
    process = in_approval(now)
    drained(now + WAIT)
    at = now + DAY
    corrected = a_locked_bundle(process, at, text=OTHER, change=ChangeKind.EDITORIAL)
    third = a_locked_bundle(process, at + 8 * MINUTE, text="# 1 Tredje\n", change=ChangeKind.MATERIAL)
    assert drained(at + WAIT) == [], "overtaken"

    back(third, at + WAIT + MINUTE)

    assert counts(process) == corrected
    assert [mail.kind for mail in drained(at + WAIT + MINUTE)] == ["text_corrected"] * 4
