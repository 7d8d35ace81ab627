"""Two deeds at the same instant, on real PostgreSQL: one opening of the gate, no decision past a new bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from tests.racing import at_once
from tests.workflow.agreements import (
    a_locked_bundle,
    a_working_set,
    ask_all,
    asked,
    decide,
    in_approval,
    officer_of,
    request_to,
    the_facts,
)
from workflow.actions.approvals import record_decision
from workflow.actions.files import receive_file
from workflow.actions.putting_forward import put_forward
from workflow.actions.stages import complete_stage, return_stage
from workflow.actors import Actor
from workflow.models import ApprovalRequest, AuditEntry, Bundle, Decision, Process, StoredFile
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, DecisionState, RequestState, StageState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 15


def a_vote(request: ApprovalRequest, now: datetime, key: str = "") -> Callable[[], Decision]:
    return lambda: record_decision(
        request,
        the_facts(now),
        bundle_sha256=request.bundle.sha256 if request.bundle else "",
        actor=Actor.of_link(request.link, request.body.name),
        now=now,
        key=key,
    )


def again(process: Process, now: datetime, number: int) -> Sequence[ApprovalRequest]:
    """Three questions waiting: from the second round on, the matter is sent back and a new text put to the parties."""
    if number and live_stage(process, "approval").state != StageState.OPEN:
        officer = officer_of(process)
        return_stage(live_stage(process, "submission"), to="drafting", reason="Igen.", actor=officer, now=now)
        a_locked_bundle(process, now, text=f"# 1 Mål {number}\n", change=ChangeKind.MATERIAL)
        complete_stage(live_stage(process, "drafting"), actor=officer, now=now)
        decide(process, "committee", now, stage="review")
        ask_all(process, now)
    return [request_to(process, request.body.key) for request in asked(process, "approval")]


def test_decide_by_the_last_two_at_once_opens_the_gate_exactly_once(now: datetime) -> None:
    process = in_approval(now)
    for number in range(5):  # without the lock the first already goes wrong
        first, *last_two = again(process, now, number)
        a_vote(first, now)()

        found = at_once(*(a_vote(request, now) for request in last_two))

        assert [type(each) for each in found] == [Decision, Decision], found
        attempt = live_stage(process, "approval")
        assert attempt.state == StageState.COMPLETED, f"stuck in round {number}"
        closed = AuditEntry.objects.filter(verb="complete_stage", subject_id=attempt.public_id).count()
        opened = AuditEntry.objects.filter(
            verb="open_stage", subject_id=live_stage(process, "submission").public_id
        ).count()
        assert (closed, opened) == (1, 1)


def test_decide_twice_at_once_by_one_body_records_one(now: datetime) -> None:
    process = in_approval(now)
    for number in range(5):
        requests = again(process, now, number)
        found = at_once(a_vote(requests[0], now), a_vote(requests[0], now))

        assert "already_decided" in found, found
        assert Decision.objects.filter(request=requests[0]).count() == 1
        for request in requests[1:]:
            a_vote(request, now)()


def test_press_twice_at_once_with_one_key_gives_both_the_same_decision(now: datetime) -> None:
    process = in_approval(now)
    (request, *_rest) = again(process, now, 0)

    found = at_once(*(a_vote(request, now, key="the same") for _ in range(4)))

    assert len({decision.pk for decision in found}) == 1, found


def test_press_twice_at_once_with_a_received_file_keeps_one_decision_and_one_file(now: datetime) -> None:
    request = request_to(in_approval(now), "council-1")
    minutes = receive_file("approval", "protokol.txt", b"Punkt 7. Godkendt.")
    assert request.bundle is not None

    def press() -> Decision:
        return record_decision(
            request,
            the_facts(now, minutes=minutes),
            bundle_sha256=request.bundle.sha256,
            actor=Actor.of_link(request.link, request.body.name),
            now=now,
            key="the same",
        )

    found = at_once(press, press)

    assert len({decision.pk for decision in found}) == 1, found
    assert [file.sha256 for file in StoredFile.objects.filter(name="protokol.txt")] == [minutes.sha256]


def test_decide_while_a_set_is_put_forward_falls_or_is_refused_and_never_counts(now: datetime) -> None:
    process = in_approval(now)
    for number in range(1, ROUNDS + 1):
        (request, *_rest) = again(process, now, 0)

        voted, locked = at_once(a_vote(request, now), a_putting_forward(process, number, now))

        assert isinstance(locked, Bundle), locked
        assert voted == "bundle_old" or isinstance(voted, Decision), voted
        if isinstance(voted, Decision):
            voted.refresh_from_db()
            assert voted.state == DecisionState.FALLEN
        live = ApprovalRequest.objects.get(
            stage=live_stage(process, "approval"), body=request.body, state=RequestState.ASKED
        )
        assert live.bundle == locked
    assert Decision.objects.filter(state=DecisionState.VALID, request__stage__key="approval").count() == 0


def test_put_forward_by_two_officers_at_once_is_done_once(now: datetime) -> None:
    process = in_approval(now)
    for number in range(1, 6):
        asked_before = len(asked(process, "approval"))
        bundle = a_working_set(process, now, text=f"# 1 Tekst {number}\n", change=ChangeKind.MATERIAL)
        officer = officer_of(process)

        def press(bundle: Bundle = bundle, officer: Actor = officer) -> Bundle:
            return put_forward(bundle, reason="Klar", change=ChangeKind.MATERIAL, actor=officer, now=now)

        outcomes = at_once(press, press)

        assert "put_forward_already" in outcomes, outcomes
        assert AuditEntry.objects.filter(verb="put_forward", subject_id=bundle.public_id).count() == 1
        assert [request.bundle for request in asked(process, "approval")] == [bundle] * asked_before


def a_putting_forward(process: Process, number: int, now: datetime) -> Callable[[], Bundle]:
    """A new text in a locked set, and the deed that puts it forward."""
    officer = officer_of(process)
    bundle = a_working_set(process, now, text=f"# 1 Tekst {number}\n", change=ChangeKind.MATERIAL)
    return lambda: put_forward(bundle, reason="Klar", change=ChangeKind.MATERIAL, actor=officer, now=now)
