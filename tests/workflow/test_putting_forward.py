"""Putting a locked set forward: what counts, what falls, what stands, who is asked and told; and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.models import OutgoingMail
from tests.refusals import code_of
from tests.workflow.agreements import (
    AGREEMENT,
    a_locked_bundle,
    a_working_set,
    ask_all,
    asked,
    decide,
    in_approval,
    in_review,
    in_submission,
    officer_of,
    request_to,
    sent,
)
from tests.workflow.factories import an_actor, an_office
from workflow.actions.bundles import BundleEntry, create_bundle
from workflow.actions.gates import override_gate
from workflow.actions.processes import suspend_process
from workflow.actions.putting_forward import put_forward
from workflow.actions.stages import complete_stage, return_stage
from workflow.models import AuditEntry, Bundle, Decision
from workflow.queries.approvals import approvals_fallen
from workflow.queries.documents import bundle_of, current_bundle, standing_now
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, DecisionState, RequestState, StageState

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left
OTHER = "# 1 Andet mål\n"


def forward(bundle: Bundle, now: datetime, change: str = ChangeKind.MATERIAL, **facts: object) -> Bundle:
    """The set put forward by the office's officer."""
    actor = officer_of(bundle.process)
    return put_forward(
        bundle, **{"reason": "Udvalget har bedt om det", "change": change, **facts}, actor=actor, now=now
    )


# ── Locking, and what counts ──────────────────────────────────────────────────────────────────────────────────
def test_lock_bundle_while_the_parties_are_asked_touches_nothing_and_tells_nobody(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    first = current_bundle(process.lines.get().pk)
    mails = OutgoingMail.objects.count()

    second = a_working_set(process, now + DAY, text=OTHER, change=ChangeKind.MATERIAL)

    assert second.put_forward_at is None
    assert current_bundle(process.lines.get().pk) == bundle_of(live_stage(process, "approval")) == first
    assert (approvals_fallen(process), OutgoingMail.objects.count()) == (0, mails)
    decide(process, "council-1", now + DAY)
    decide(process, "council-2", now + DAY)
    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert live_stage(process, "approval").bundle == first


def test_put_forward_while_the_parties_are_asked_lets_fall_and_asks_again_in_the_same_attempt(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    second = a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    forward(second, now + DAY)

    second.refresh_from_db()
    assert (second.put_forward_at, second.put_forward_as) == (now + DAY, ChangeKind.MATERIAL)
    assert current_bundle(process.lines.get().pk) == second
    assert (live_stage(process, "approval").attempt, approvals_fallen(process)) == (1, 1)
    assert {request.bundle for request in asked(process, "approval")} == {second}
    assert Decision.objects.get(request__stage__key="review").state == DecisionState.VALID
    entry = AuditEntry.objects.get(verb="put_forward", subject_id=second.public_id)
    assert (entry.codes["change"], entry.codes["reopened"]) == ("material", [])
    assert "Udvalget har bedt om det" in str(entry.detail.body)


def test_put_forward_as_editorial_what_was_locked_as_material_lets_decisions_stand(now: datetime) -> None:
    process = in_submission(now)
    second = a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    forward(second, now, ChangeKind.EDITORIAL)

    assert (live_stage(process, "approval").attempt, approvals_fallen(process)) == (1, 0)
    assert len(standing_now(process.lines.get().pk)) == 2


# ── By completing the stage that makes it ─────────────────────────────────────────────────────────────────────
def test_complete_drafting_puts_its_newest_set_forward_once(now: datetime) -> None:
    process = in_review(now)
    first = current_bundle(process.lines.get().pk)
    return_stage(live_stage(process, "review"), to="drafting", reason="Ny tekst", actor=officer_of(process), now=now)
    a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    third = a_working_set(process, now, text="# 1 Andet\n", change=ChangeKind.EDITORIAL)
    assert current_bundle(process.lines.get().pk) == first

    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now + DAY)

    third.refresh_from_db()
    assert (third.put_forward_at, third.put_forward_as) == (now + DAY, ChangeKind.MATERIAL), "the one before was"
    assert live_stage(process, "drafting").bundle == third
    ask_all(process, now + DAY)
    assert [request.bundle for request in asked(process, "review")] == [third]
    assert AuditEntry.objects.filter(verb="put_forward", subject_id=third.public_id).count() == 1


def test_complete_drafting_in_spite_of_its_gate_puts_a_set_locked_before_it_began_forward(now: datetime) -> None:
    process = in_review(now)
    second = a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    officer = officer_of(process)
    return_stage(live_stage(process, "review"), to="drafting", reason="Ny tekst", actor=officer, now=now + DAY)
    drafting = live_stage(process, "drafting")
    override_gate(drafting, "bundle_locked", reason="Det er den, vi vil have", actor=officer, now=now + DAY)

    complete_stage(live_stage(process, "drafting"), actor=officer, now=now + DAY)

    assert current_bundle(process.lines.get().pk) == second
    ask_all(process, now + DAY)
    assert [request.bundle for request in asked(process, "review")] == [second]


def test_complete_drafting_whose_set_counts_already_puts_nothing_forward_again(now: datetime) -> None:
    process = in_review(now)

    first = current_bundle(process.lines.get().pk)

    assert live_stage(process, "drafting").state == StageState.COMPLETED
    assert first is not None
    assert AuditEntry.objects.filter(verb="put_forward", subject_id=first.public_id).count() == 1


# ── A change of substance behind completed approvals ──────────────────────────────────────────────────────────
PARALLEL = AGREEMENT.replace(
    "  - key: submission\n",
    """  - key: second_approval
    kind: approval
    title: {da: Anden godkendelse, en: Second approval}
    after: [review]
    actor: parties
    completes: automatic
    bundle: judges
    approval: {list: parties, counts: [approved], rule: all}
    gates:
      - gate: parties
        list: parties
  - key: submission
""",
    1,
).replace("Submission}\n    after: [approval]", "Submission}\n    after: [approval, second_approval]")


def test_put_forward_with_parallel_approvals_of_which_one_is_done_opens_that_one_anew_only(now: datetime) -> None:
    process = in_approval(now, text=PARALLEL)
    for body in ("region", "council-1", "council-2"):
        decide(process, body, now)
    decide(process, "region", now, stage="second_approval")
    assert live_stage(process, "approval").state == StageState.COMPLETED

    second = a_locked_bundle(process, now + DAY, text=OTHER, change=ChangeKind.MATERIAL)

    done, under_way = live_stage(process, "approval"), live_stage(process, "second_approval")
    assert (done.attempt, done.state) == (2, StageState.OPEN)
    assert (under_way.attempt, under_way.state) == (1, StageState.OPEN)
    ask_all(process, now + DAY)
    assert approvals_fallen(process) == 4
    for stage in ("approval", "second_approval"):
        requests = asked(process, stage)
        assert {request.body.key for request in requests} == {"region", "council-1", "council-2"}
        assert {request.bundle for request in requests} == {second}
    assert OutgoingMail.objects.filter(kind="decision_asked_again").count() == 6
    assert not OutgoingMail.objects.filter(kind="decision_withdrawn").exists()


def test_put_forward_after_the_package_was_sent_leaves_the_approvals(now: datetime) -> None:
    process = in_submission(now)
    sent(process, now)

    a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    assert live_stage(process, "approval").attempt == 1
    assert approvals_fallen(process) == 0


@pytest.mark.parametrize("councils", [2, 17])
def test_put_forward_costs_the_same_statements_for_three_parties_and_for_eighteen(
    now: datetime, councils: int, django_assert_num_queries: Any
) -> None:
    process = in_approval(now, councils=councils)
    for request in list(asked(process, "approval")):
        decide(process, request.body.key, now)
    bundle = a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    # As a deed at the edge finds it: nothing read before.
    bundle = Bundle.objects.select_related("process__office", "process__definition").get(pk=bundle.pk)
    officer = officer_of(process)

    with django_assert_num_queries(65):
        put_forward(bundle, reason="Klar til ny runde", change=ChangeKind.MATERIAL, actor=officer, now=now + DAY)

    ask_all(process, now + DAY)
    assert len(asked(process, "approval")) == councils + 1


LATE_REVIEW = AGREEMENT.replace(
    "  - key: submission\n",
    """  - key: endorsement
    kind: review
    title: {da: Endelig tiltrædelse, en: Final endorsement}
    after: [approval]
    actor: committee
    completes: automatic
    bundle: judges
    review:
      recommendation: {key: endorse, text: {da: at aftalen tiltrædes, en: that the agreement be endorsed}}
    gates:
      - gate: body_decision
        body: committee
  - key: submission
""",
    1,
).replace("Submission}\n    after: [approval]", "Submission}\n    after: [endorsement]")


def test_put_forward_closes_an_open_question_behind_the_approval_with_a_notice(now: datetime) -> None:
    process = in_approval(now, text=LATE_REVIEW)
    for body in ("region", "council-1", "council-2"):
        decide(process, body, now)
    ask_all(process, now)
    question = request_to(process, "committee", "endorsement")

    a_locked_bundle(process, now + DAY, text=OTHER, change=ChangeKind.MATERIAL)

    question.refresh_from_db()
    assert question.state == RequestState.WITHDRAWN
    assert question.stage.bundle == question.bundle, "it keeps the set it was about"
    assert live_stage(process, "endorsement").state == StageState.WAITING
    notice = OutgoingMail.objects.get(kind="decision_withdrawn")
    assert (notice.subject_id, notice.to_address) == (question.public_id, question.email)
    assert live_stage(process, "review").state == StageState.COMPLETED


# ── Refused ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_put_forward_what_cannot_count_is_refused_with_the_reason(now: datetime) -> None:
    process = in_approval(now)
    first = current_bundle(process.lines.get().pk)
    assert first is not None
    left_behind = a_working_set(process, now, text="# 1 To\n", change=ChangeKind.MATERIAL)
    forward(a_working_set(process, now, text="# 1 Tre\n", change=ChangeKind.MATERIAL), now)
    waiting = a_working_set(process, now, text="# 1 Fire\n", change=ChangeKind.MATERIAL)
    open_set = create_bundle(process, entries_of(waiting), actor=officer_of(process), now=now)
    stranger = an_actor(an_office("andet"))

    codes = {
        "again": code_of(lambda: forward(first, now)),
        "older": code_of(lambda: forward(left_behind, now)),
        "open": code_of(lambda: forward(open_set, now)),
        "as the first": code_of(lambda: forward(waiting, now, ChangeKind.FIRST)),
        "without a reason": code_of(lambda: forward(waiting, now, reason=" ")),
    }

    assert codes == {
        "again": "put_forward_already",
        "older": "bundle_overtaken_by_current",
        "open": "bundle_not_locked",
        "as the first": "change_missing",
        "without a reason": "reason_missing",
    }
    facts = {"reason": "Klar til beslutning", "change": ChangeKind.MATERIAL}
    assert code_of(lambda: put_forward(waiting, **facts, actor=stranger, now=now)) == "not_an_officer"


def test_put_forward_in_a_suspended_process_is_refused(now: datetime) -> None:
    process = in_approval(now)
    waiting = a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    suspend_process(process, reason="Vi holder pause i sagen", actor=officer_of(process), now=now + HOUR)

    assert code_of(lambda: forward(waiting, now + HOUR)) == "process_suspended"


def test_put_forward_with_the_same_key_twice_does_it_once(now: datetime) -> None:
    process = in_approval(now)
    waiting = a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    for _press in range(2):
        forward(waiting, now, key="press-1")

    assert AuditEntry.objects.filter(verb="put_forward", subject_id=waiting.public_id).count() == 1
    assert OutgoingMail.objects.filter(kind="decision_asked_again").count() == 3


def entries_of(bundle: Bundle) -> list[BundleEntry]:
    """The documents of a set as those of another."""
    return [BundleEntry(item.version, item.role) for item in bundle.items.all()]
