"""What a changed text, or a matter sent back, does to decisions given and to questions that wait."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from notifications.models import OutgoingMail
from tests.refusals import code_in, code_of
from tests.workflow.agreements import (
    AGREEMENT,
    a_locked_bundle,
    an_agreement,
    ask_all,
    asked,
    decide,
    in_approval,
    in_force_everywhere,
    officer_of,
    request_to,
    the_facts,
)
from workflow.actions.approvals import announce_meeting, ask_again, readdress_request, record_decision
from workflow.actions.stages import complete_stage, return_stage
from workflow.actors import Actor
from workflow.models import AuditEntry, Decision, Process
from workflow.queries.approvals import approvals_fallen
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.states import ChangeKind, DecisionState, Outcome, RequestState, StageState

pytestmark = pytest.mark.django_db


DAY = timedelta(days=1)


# ── A new bundle ──────────────────────────────────────────────────────────────────────────────────────────────
def test_lock_bundle_with_a_material_change_makes_approvals_fall_and_asks_again(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.REJECTED)
    old = request_to(process, "council-2")

    second = a_locked_bundle(process, now + DAY, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL, note="Nyt mål.")

    assert approvals_fallen(process) == 1
    assert set(Decision.objects.filter(request__stage__key="approval").values_list("state", flat=True)) == {"fallen"}
    requests = asked(process, "approval")
    assert {r.body.key for r in requests} == {"region", "council-1", "council-2"}
    assert {r.bundle for r in requests} == {second}
    old.refresh_from_db()
    assert old.state == RequestState.WITHDRAWN
    mails = OutgoingMail.objects.filter(kind="decision_asked_again")
    assert mails.count() == 3
    assert mails.first().facts["change_note"] == "Nyt mål."
    codes = AuditEntry.objects.get(verb="rebind_requests").codes
    assert (len(codes["fallen"]), len(codes["withdrawn"]), len(codes["asked"])) == (2, 1, 3)
    assert live_stage(process, "review").state == StageState.COMPLETED
    assert Decision.objects.get(request__stage__key="review").state == DecisionState.VALID


def test_ask_again_after_a_material_change_about_the_text_before_is_refused(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "council-1", now, Outcome.REJECTED)
    old = request_to(process, "council-1")
    a_locked_bundle(process, now + DAY, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL, note="Nyt mål.")
    old.refresh_from_db()

    assert code_of(lambda: ask_again(old, reason="Igen.", actor=officer_of(process), now=now + DAY)) == (
        "request_withdrawn"
    )


def test_put_forward_a_correction_leaves_approvals_and_asks_those_waiting_about_it_by_the_same_link(
    now: datetime,
) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    links = {request.link_id for request in asked(process, "approval")}

    second = a_locked_bundle(process, now + DAY, text="# 1 Mål\n\nRettet.\n", change=ChangeKind.EDITORIAL)

    assert approvals_fallen(process) == 0
    assert {(r.body.key, r.bundle) for r in asked(process, "approval")} == {
        ("council-1", second),
        ("council-2", second),
    }
    assert {request.link_id for request in asked(process, "approval")} == links
    assert not OutgoingMail.objects.filter(kind="decision_asked_again").exists()
    decide(process, "council-1", now + DAY)
    decide(process, "council-2", now + DAY)
    assert live_stage(process, "approval").state == StageState.COMPLETED


@pytest.mark.parametrize(
    ("change", "left"), [(ChangeKind.MATERIAL, RequestState.WITHDRAWN), (ChangeKind.EDITORIAL, RequestState.ASKED)]
)
def test_lock_bundle_after_the_stage_asks_those_left_about_no_text_that_is_gone(
    now: datetime, change: ChangeKind, left: RequestState
) -> None:
    process = in_approval(now, text=AGREEMENT.replace("      rule: all\n", "      rule: k_of_n\n      k: 2\n"))
    for body in ("region", "council-1"):
        decide(process, body, now)
    in_force_everywhere(process, now)

    a_locked_bundle(process, now, text="Helt nyt.", change=change)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert request_to(process, "council-2").state == left
    if left == RequestState.WITHDRAWN:
        with pytest.raises(Refused) as refused:
            decide(process, "council-2", now)
        assert refused.value.refusal.code == "request_withdrawn"


def test_record_decision_for_an_old_bundle_is_refused_and_says_which_is_current(now: datetime) -> None:
    process = in_approval(now)
    old = request_to(process, "council-2")
    a_locked_bundle(process, now, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)

    with pytest.raises(Refused) as refused:
        record_decision(
            old,
            the_facts(now),
            bundle_sha256=old.bundle.sha256,
            actor=Actor.of_link(old.link, "Byråd 2"),
            now=now,
        )

    assert code_in(refused) == "bundle_old"
    assert "2" in str(refused.value.refusal)
    assert not Decision.objects.filter(body__key="council-2").exists()


def test_lock_bundle_keeps_the_address_given_and_the_meeting_announced(now: datetime) -> None:
    process = in_approval(now)
    officer = officer_of(process)
    request = request_to(process, "council-2")
    readdress_request(request, email="ny@council-2.example", actor=officer, now=now)
    announce_meeting(request, meeting_on=date(2019, 3, 20), actor=officer, now=now)

    a_locked_bundle(process, now, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)

    found = request_to(process, "council-2")
    assert (found.email, found.meeting_on) == ("ny@council-2.example", date(2019, 3, 20))


def test_return_and_editorial_change_count_approvals_in_the_next_attempt(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.REJECTED)
    officer = officer_of(process)
    return_stage(live_stage(process, "approval"), reason="Trykfejl.", actor=officer, now=now)
    a_locked_bundle(process, now, text="# 1 Mål\n\nRettet.\n", change=ChangeKind.EDITORIAL)
    _complete_drafting(process, now)
    assert live_stage(process, "review").state == StageState.COMPLETED, "the committee's decision stands"

    ask_all(process, now)
    assert {r.body.key for r in asked(process, "approval")} == {"council-1", "council-2"}
    decide(process, "council-1", now)
    decide(process, "council-2", now)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert Decision.objects.get(body__key="council-1", outcome="rejected").state == DecisionState.SUPERSEDED


def test_return_and_material_change_ask_everybody_again(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    return_stage(live_stage(process, "approval"), reason="Nyt.", actor=officer_of(process), now=now)
    a_locked_bundle(process, now, text="# 1 Andet mål\n", change=ChangeKind.MATERIAL)
    _complete_drafting(process, now)
    decide(process, "committee", now, stage="review")

    ask_all(process, now)
    assert {r.body.key for r in asked(process, "approval")} == {"region", "council-1", "council-2"}
    assert approvals_fallen(process) == 1


def _complete_drafting(process: Process, now: datetime) -> None:
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now)


PLAN = """
  - key: plan
    kind: review
    title: {da: Procesplan, en: Process plan}
    after: []
    actor: committee
    bundle: none
    review:
      recommendation: {key: approve_plan, text: {da: at planen godkendes, en: that the plan be approved}}
    gates:
      - gate: body_decision
        body: committee
"""


def test_decide_on_a_plan_without_text_needs_no_checksum(now: datetime) -> None:
    text = AGREEMENT.replace("stages:\n", f"stages:{PLAN}").replace(
        "en: Drafting}\n    after: []", "en: Drafting}\n    after: [plan]"
    )
    process = an_agreement(now, text=text)
    ask_all(process, now)
    (request,) = asked(process, "plan")
    assert request.bundle is None

    decide(process, "committee", now, stage="plan")

    assert live_stage(process, "drafting").state == StageState.OPEN


def test_return_stage_to_the_review_asks_the_body_anew_on_the_same_text(now: datetime) -> None:
    process = in_approval(now)
    earlier = Decision.objects.get(request__stage__key="review")

    return_stage(
        live_stage(process, "approval"), to="review", reason="Se på det igen.", actor=officer_of(process), now=now
    )

    earlier.refresh_from_db()
    review = live_stage(process, "review")
    assert (review.attempt, review.state) == (2, StageState.OPEN)
    assert (earlier.state, earlier.ended_at) == (DecisionState.SUPERSEDED, now)
    ask_all(process, now)
    assert [request.body.key for request in asked(process, "review")] == ["committee"]
    assert OutgoingMail.objects.filter(kind="decision_request", to_address="post@committee.example").count() == 2

    decide(process, "committee", now, stage="review")
    assert live_stage(process, "approval").state == StageState.OPEN


def test_return_stage_to_before_the_review_keeps_its_decision_on_an_editorial_text(now: datetime) -> None:
    process = in_approval(now)

    return_stage(live_stage(process, "approval"), to="drafting", reason="Slåfejl.", actor=officer_of(process), now=now)
    a_locked_bundle(process, now, text="# 1 Mål\n\nSammenhæng for borgerne.\n", change=ChangeKind.EDITORIAL)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now)

    assert live_stage(process, "review").state == StageState.COMPLETED
    assert live_stage(process, "approval").state == StageState.OPEN
