"""Taking back a set that was put forward: who gets no mail, what carries again, which stages go on; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.delivery import deliver
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.refusals import code_of
from tests.workflow.agreements import (
    a_locked_bundle,
    a_working_set,
    an_agreement,
    ask_all,
    asked,
    decide,
    in_approval,
    in_review,
    in_submission,
    officer_of,
    request_to,
    the_facts,
)
from tests.workflow.factories import an_actor, an_office, make_public
from tests.workflow.test_putting_forward import LATE_REVIEW, OTHER, forward
from workflow.actions.approvals import ask_again, readdress_request, record_decision
from workflow.actions.publication import publish
from workflow.actions.stages import complete_stage, return_stage
from workflow.actions.submissions import make_package
from workflow.actions.taking_back import take_back_bundle
from workflow.actors import Actor
from workflow.mails.bodies import ASKING
from workflow.models import ApprovalRequest, AuditEntry, Bundle, Decision, Process, Stage
from workflow.queries.approvals import approvals_fallen, request_of_link
from workflow.queries.documents import current_bundle
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, DecisionState, Outcome, PublicThing, RequestState, StageState

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WAIT = 10 * MINUTE


def back(bundle: Bundle, now: datetime, **facts: Any) -> Bundle:
    """The set taken back by the office's officer."""
    bundle = Bundle.objects.select_related("process__office", "process__definition").get(pk=bundle.pk)
    return take_back_bundle(
        bundle, **{"reason": "Den forkerte fil var med", "actor": officer_of(bundle.process), **facts}, now=now
    )


def counts(process: Process) -> Bundle | None:
    return current_bundle(process.lines.get().pk)


def answer(request: ApprovalRequest, now: datetime) -> Decision:
    """The body decides by the link of this very question."""
    request = request_of_link(request.link)
    assert request.bundle is not None
    actor = Actor.of_link(request.link, request.body.name)
    return record_decision(request, the_facts(now), bundle_sha256=request.bundle.sha256, actor=actor, now=now)


def drained(at: datetime) -> list[OutgoingMail]:
    """What leaves when the mails are sent at this instant."""
    deliver(at, lambda: at)
    return list(OutgoingMail.objects.filter(sent_at=at).order_by("id"))


# ── What waits ────────────────────────────────────────────────────────────────────────────────────────────────
def test_put_forward_what_it_asks_and_tells_waits_ten_minutes_and_then_leaves(now: datetime) -> None:
    process = in_approval(now, text=LATE_REVIEW)
    for body in ("region", "council-1", "council-2"):
        decide(process, body, now)
    ask_all(process, now)
    drained(now + DAY)
    at = now + 2 * DAY

    second = a_locked_bundle(process, at, text=OTHER, change=ChangeKind.MATERIAL)

    assert second.questions_leave_at == at + WAIT
    assert drained(at + WAIT - MINUTE) == []
    assert [mail.kind for mail in drained(at + WAIT)] == ["decision_withdrawn"]
    assert asked(process, "approval") == [], "a stage that is opened anew asks by a dispatch"
    ask_all(process, at + DAY)
    assert [mail.kind for mail in drained(at + DAY)] == ["decision_asked_again"] * 3


# ── What it undoes ────────────────────────────────────────────────────────────────────────────────────────────
def test_take_back_in_a_stage_under_way_lets_decisions_carry_again_and_old_questions_be_answered(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    drained(now + DAY)
    before = {request.body.key: request for request in asked(process, "approval")}
    first = counts(process)
    second = a_locked_bundle(process, now + 2 * DAY, text=OTHER, change=ChangeKind.MATERIAL)

    back(second, now + 2 * DAY + MINUTE)

    second.refresh_from_db()
    assert (second.put_forward_at, second.put_forward_as, second.questions_leave_at) == (None, "", None)
    assert counts(process) == first
    assert approvals_fallen(process) == 0
    assert Decision.objects.get(body__key="region").state == DecisionState.VALID
    assert {request.body.key: request for request in asked(process, "approval")} == before
    assert not ApprovalRequest.objects.filter(bundle=second).exclude(state=RequestState.WITHDRAWN).exists()
    assert drained(now + 3 * DAY) == [], "nobody gets a mail"
    for request in before.values():
        answer(request, now + 3 * DAY)
    assert live_stage(process, "approval").state == StageState.COMPLETED
    assert live_stage(process, "approval").bundle == first


def test_take_back_leaves_an_entry_that_says_what_carries_and_names_the_deed_taken_back(now: datetime) -> None:
    process = in_approval(now)
    decision = decide(process, "region", now)
    questions = asked(process, "approval")
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    new = asked(process, "approval")

    back(second, now + MINUTE)

    entry = AuditEntry.objects.get(verb="take_back_bundle", subject_id=second.public_id)
    put = AuditEntry.objects.get(verb="put_forward", subject_id=second.public_id)
    assert entry.codes["put_forward"] == str(put.public_id)
    assert entry.codes["carry_again"] == [str(decision.public_id)]
    assert entry.codes["asked_on"] == [str(request.public_id) for request in questions]
    assert entry.codes["withdrawn"] == [str(request.public_id) for request in new]
    assert "Den forkerte fil" in str(entry.detail.body)


def test_take_back_after_completed_approvals_lets_each_attempt_go_on_as_what_it_was(now: datetime) -> None:
    process = in_approval(now, text=LATE_REVIEW)
    for body in ("region", "council-1", "council-2"):
        decide(process, body, now)
    ask_all(process, now)
    drained(now + DAY)
    question = request_to(process, "committee", "endorsement")
    before = standing(process)
    second = a_locked_bundle(process, now + 2 * DAY, text=OTHER, change=ChangeKind.MATERIAL)
    assert live_stage(process, "approval").attempt == 2

    back(second, now + 2 * DAY + MINUTE)

    assert standing(process) == before
    assert approvals_fallen(process) == 0
    set_aside = Stage.objects.filter(process=process, attempt=2)
    assert {stage.key for stage in set_aside} == {"approval", "endorsement", "in_force"}
    assert {stage.state for stage in set_aside} == {StageState.RETURNED}
    assert asked(process, "endorsement") == [question]
    assert drained(now + 3 * DAY) == []
    answer(question, now + 3 * DAY)
    assert live_stage(process, "submission").state == StageState.OPEN


def standing(process: Process) -> list[tuple[Any, ...]]:
    """How each stage stands, without attempts that are over."""
    rows = Stage.objects.filter(process=process).exclude(state=StageState.RETURNED).order_by("position")
    return list(rows.values_list("key", "attempt", "state", "bundle", "opened_at", "closed_at"))


def test_put_forward_once_more_after_taking_back_begins_a_third_attempt_and_asks_each_once(now: datetime) -> None:
    process = in_submission(now)
    drained(now + DAY)
    second = a_locked_bundle(process, now + 2 * DAY, text=OTHER, change=ChangeKind.MATERIAL)
    back(second, now + 2 * DAY + MINUTE)

    forward(second, now + 3 * DAY)

    assert live_stage(process, "approval").attempt == 3
    ask_all(process, now + 3 * DAY)
    assert {request.bundle for request in asked(process, "approval")} == {second}
    assert [mail.kind for mail in drained(now + 4 * DAY)] == ["decision_asked_again"] * 3
    assert approvals_fallen(process) == 3


def test_put_forward_the_same_set_again_in_the_same_attempt_asks_about_it_anew(now: datetime) -> None:
    process = in_approval(now)
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    back(second, now + MINUTE)

    forward(second, now + 2 * MINUTE)

    assert {request.bundle for request in asked(process, "approval")} == {second}
    back(second, now + 3 * MINUTE)
    assert {request.bundle for request in asked(process, "approval")} == {counts(process)}


def test_every_question_about_a_set_put_forward_waits_as_long_as_it_can_be_taken_back(now: datetime) -> None:
    process = in_approval(now)
    drained(now + WAIT)
    at = now + DAY
    bundle = a_locked_bundle(process, at, text=OTHER, change=ChangeKind.MATERIAL)
    leaves = bundle.questions_leave_at

    readdress_request(
        request_to(process, "council-1"), email="nyt@raad.example", actor=officer_of(process), now=at + MINUTE
    )
    decide(process, "region", at + MINUTE, Outcome.REJECTED)
    ask_again(request_to(process, "region"), reason="Til ny drøftelse", actor=officer_of(process), now=at + MINUTE)

    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED, kind__in=ASKING)
    assert sorted(waiting.values_list("to_address", flat=True)) == [
        "nyt@raad.example",
        "post@council-2.example",
        "post@region.example",
    ]
    assert set(waiting.values_list("not_before", flat=True)) == {leaves}


def test_take_back_one_of_two_put_forward_within_ten_minutes_lets_the_first_ones_questions_leave(now: datetime) -> None:
    process = in_approval(now)
    drained(now + DAY)
    at = now + 2 * DAY
    second = a_locked_bundle(process, at, text=OTHER, change=ChangeKind.MATERIAL)
    questions = asked(process, "approval")
    third = a_locked_bundle(process, at + MINUTE, text="# 1 Tredje\n", change=ChangeKind.MATERIAL)
    assert code_of(lambda: back(second, at + 2 * MINUTE)) == "bundle_overtaken_by_current"

    back(third, at + 2 * MINUTE)

    assert (counts(process), asked(process, "approval")) == (second, questions)
    assert drained(at + WAIT - MINUTE) == []
    assert {mail.subject_id for mail in drained(at + WAIT)} == {request.public_id for request in questions}


# ── By the stage that made it ─────────────────────────────────────────────────────────────────────────────────
def test_take_back_what_a_completed_stage_put_forward_opens_that_stage_anew_and_what_followed_waits(
    now: datetime,
) -> None:
    process = in_review(now)
    first = counts(process)
    return_stage(live_stage(process, "review"), to="drafting", reason="Ny tekst", actor=officer_of(process), now=now)
    second = a_working_set(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now + DAY)
    assert counts(process) == second

    back(second, now + DAY + MINUTE)

    assert counts(process) == first
    drafting = live_stage(process, "drafting")
    assert (drafting.attempt, drafting.state) == (3, StageState.OPEN)
    assert live_stage(process, "review").state == StageState.WAITING
    assert not ApprovalRequest.objects.filter(stage__process=process, state=RequestState.ASKED).exists()
    assert drained(now + 2 * DAY) == []

    # The same set put forward by a press, and the stage can be completed.
    forward(second, now + 2 * DAY)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now + 2 * DAY)
    ask_all(process, now + 2 * DAY)
    assert [request.bundle for request in asked(process, "review")] == [second]


def test_take_back_the_first_set_leaves_a_text_without_one_that_counts(now: datetime) -> None:
    process = an_agreement(now)
    first = a_working_set(process, now)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now)

    back(first, now + MINUTE)

    assert counts(process) is None
    assert live_stage(process, "drafting").state == StageState.OPEN
    third = a_working_set(process, now + DAY, text=OTHER, change=ChangeKind.MATERIAL)
    complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=now + DAY)
    third.refresh_from_db()
    assert third.put_forward_as == ChangeKind.FIRST


# ── How long ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_take_back_after_the_first_question_has_left_is_refused(now: datetime) -> None:
    process = in_approval(now)
    drained(now + DAY)
    at = now + 2 * DAY
    second = a_locked_bundle(process, at, text=OTHER, change=ChangeKind.MATERIAL)
    deliver(at + WAIT, lambda: at + WAIT, limit=1)

    assert code_of(lambda: back(second, at + WAIT)) == "question_left"
    assert counts(process) == second


def test_take_back_while_the_questions_have_not_left_though_their_time_has_come_is_done(now: datetime) -> None:
    process = in_approval(now)
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    back(second, now + DAY)

    assert counts(process) != second


def test_take_back_what_asks_nobody_is_refused_from_the_tenth_minute_on(now: datetime) -> None:
    process = an_agreement(now)
    first = a_locked_bundle(process, now)

    assert code_of(lambda: back(first, now + WAIT)) == "too_late_to_take_back"
    back(first, now + WAIT - timedelta(microseconds=1))
    assert counts(process) is None


def test_put_forward_in_an_office_that_waits_no_minute_asks_at_once_and_is_not_taken_back(now: datetime) -> None:
    process = in_approval(now)
    drained(now + DAY)
    process.office.minutes_to_take_back = 0
    process.office.save()
    at = now + 2 * DAY
    second = a_locked_bundle(process, at, text=OTHER, change=ChangeKind.MATERIAL)

    assert len(drained(at)) == 3
    assert code_of(lambda: back(second, at)) == "question_left"


# ── Refused ───────────────────────────────────────────────────────────────────────────────────────────────────
def decided(process: Process, now: datetime) -> None:
    decide(process, "council-1", now)


def packed(process: Process, now: datetime) -> None:
    officer = officer_of(process)
    make_package(
        live_stage(process, "submission"), is_provisional=True, reason="Et råd mangler", actor=officer, now=now
    )


def published(process: Process, now: datetime) -> None:
    make_public(process, now)
    bundle = counts(process)
    assert bundle is not None
    ids = [item.public_id for item in bundle.items.all()]
    publish(process, PublicThing.TEXT, ids, reason="Udkast", actor=officer_of(process), now=now)


def returned(process: Process, now: datetime) -> None:
    return_stage(live_stage(process, "approval"), to="drafting", reason="Om", actor=officer_of(process), now=now)


SINCE: dict[str, tuple[Callable[[Process, datetime], None], str]] = {
    "a decision": (decided, "happened_since"),
    "a publication": (published, "published_since"),
    "a stage sent back": (returned, "happened_since"),
}


@pytest.mark.parametrize("what", SINCE)
def test_take_back_after_something_has_happened_on_the_set_is_refused_and_changes_nothing(
    now: datetime, what: str
) -> None:
    process = in_approval(now)
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    deed, code = SINCE[what]
    deed(process, now + MINUTE)

    assert code_of(lambda: back(second, now + 2 * MINUTE)) == code
    assert counts(process) == second


def test_take_back_what_cannot_be_is_refused_with_the_reason(now: datetime) -> None:
    process = in_approval(now)
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    working = a_working_set(process, now, text="# 1 Tre\n", change=ChangeKind.MATERIAL)
    stranger = an_actor(an_office("andet"))

    assert code_of(lambda: back(working, now)) == "not_put_forward"
    assert code_of(lambda: back(second, now, reason=" ")) == "reason_missing"
    assert code_of(lambda: back(second, now, actor=stranger)) == "not_an_officer"


def test_take_back_twice_with_one_key_is_done_once(now: datetime) -> None:
    process = in_approval(now)
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    for _press in range(2):
        back(second, now + MINUTE, key="press-1")

    assert AuditEntry.objects.filter(verb="take_back_bundle").count() == 1
    assert code_of(lambda: back(second, now + MINUTE)) == "not_put_forward"
