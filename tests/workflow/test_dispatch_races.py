"""A dispatch taken back in the second in which it leaves, sent by two at once, and decided on while it leaves; on real
PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from notifications.models import OutgoingMail
from tests.consultations.test_races import together
from tests.racing import Beside
from tests.workflow.agreements import decide, in_review, officer_of, request_to, the_facts
from workflow.actions.approvals import record_decision
from workflow.actions.dispatches import recall_dispatch, schedule_dispatch, send_dispatch, send_due_dispatch
from workflow.models import ApprovalRequest, Dispatch, Process
from workflow.rules import Refused
from workflow.states import DecisionState, DispatchState, RequestState

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 200
MINUTE = timedelta(minutes=1)
PARTIES = 3


def afresh(dispatch: Dispatch) -> Dispatch:
    return Dispatch.objects.select_related("stage__process__office", "stage__process__definition").get(pk=dispatch.pk)


def prepared(now: datetime) -> tuple[Process, Dispatch]:
    """The committee has endorsed; three parties stand on a dispatch."""
    process = in_review(now)
    decide(process, "committee", now, stage="review")
    return process, afresh(Dispatch.objects.latest("id"))


def standing(dispatch: Dispatch) -> tuple[str, int, int]:
    """How it stands, how many have been asked, and how many mails ask them."""
    asked = ApprovalRequest.objects.filter(dispatch=dispatch, state=RequestState.ASKED)
    mails = OutgoingMail.objects.filter(subject_id__in=asked.values("public_id"), kind="decision_request")
    return afresh(dispatch).state, asked.count(), mails.count()


def begin_again(dispatch: Dispatch) -> None:
    """As before anything was pressed."""
    requests = ApprovalRequest.objects.filter(dispatch=dispatch)
    OutgoingMail.objects.filter(subject_id__in=requests.values("public_id")).delete()
    requests.update(state=RequestState.LISTED)
    Dispatch.objects.filter(pk=dispatch.pk).update(
        state=DispatchState.DRAFT, sent_at=None, leaves_at=None, scheduled_at=None
    )


def code_of(beside: Beside) -> str:
    """The code with which a deed was refused; "" where it was done."""
    try:
        beside.done()
    except Refused as refused:
        return str(refused.refusal.code)
    return ""


SENT, BACK = (DispatchState.SENT, PARTIES, PARTIES), (DispatchState.DRAFT, 0, 0)


@pytest.mark.parametrize("is_by_clock", [True, False])
def test_recall_dispatch_while_it_leaves_it_has_left_whole_or_not_at_all(now: datetime, is_by_clock: bool) -> None:
    process, dispatch = prepared(now)
    actor = officer_of(process)
    at = now + 10 * MINUTE
    outcomes: Counter[tuple[str, int, int]] = Counter()
    for number in range(ROUNDS // 2):
        schedule_dispatch(afresh(dispatch), leaves_at=at, actor=actor, now=now)
        recalls: Callable[[], Any] = partial(recall_dispatch, afresh(dispatch), actor=actor, now=at)
        leaves: Callable[[], Any] = (
            partial(send_due_dispatch, afresh(dispatch), now=at)
            if is_by_clock
            else partial(send_dispatch, afresh(dispatch), actor=actor, now=at)
        )
        deeds = [recalls, leaves] if number % 2 else [leaves, recalls]

        results = together(*deeds)

        outcomes[standing(dispatch)] += 1
        of_recall, of_leaving = (code_of(result) for result in (results if number % 2 else results[::-1]))
        if is_by_clock:
            assert standing(dispatch) == (SENT if of_recall else BACK), "taken back and sent all the same"
        codes = {of_recall, of_leaving} - {""}
        assert codes <= {"dispatch_sent", "dispatch_not_scheduled"}, codes
        begin_again(dispatch)
    # By hand it can be sent after it was taken back, too: the second press then does what it says.
    assert set(outcomes) <= ({SENT, BACK} if is_by_clock else {SENT}), outcomes
    assert sum(outcomes.values()) == ROUNDS // 2


def test_send_dispatch_by_two_officers_at_once_asks_each_once(now: datetime) -> None:
    process, dispatch = prepared(now)
    actor = officer_of(process)
    for _round in range(25):
        presses = [partial(send_dispatch, afresh(dispatch), actor=actor, now=now) for _press in range(4)]

        results = together(*presses)

        assert standing(dispatch) == SENT
        assert Counter(code_of(result) for result in results) == {"": 1, "dispatch_sent": 3}
        begin_again(dispatch)


def test_record_decision_of_one_who_is_listed_while_the_dispatch_leaves_counts_once(now: datetime) -> None:
    process, dispatch = prepared(now)
    actor = officer_of(process)
    request = request_to(process, "region")
    assert request.bundle is not None
    decides = partial(
        record_decision,
        request,
        the_facts(now),
        bundle_sha256=request.bundle.sha256,
        actor=actor.acting_for(request.body.name),
        now=now,
    )

    results = together(decides, partial(send_dispatch, afresh(dispatch), actor=actor, now=now))

    assert [code_of(result) for result in results] == ["", ""]
    request.refresh_from_db()
    assert request.state == RequestState.DECIDED
    assert request.decisions.filter(state=DecisionState.VALID).count() == 1
    assert standing(dispatch) == (DispatchState.SENT, 2, 2)
    asks = OutgoingMail.objects.filter(subject_id=request.public_id, kind="decision_request")
    assert not asks.exclude(state="withdrawn").exists(), "nobody asks who has decided"
