"""A dispatch whose text changes, or whose stage is left, before anybody on it has been asked."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from notifications.models import OutgoingMail
from tests.refusals import code_in
from tests.workflow.agreements import (
    a_locked_bundle,
    an_agreement,
    decide,
    in_approval,
    in_review,
    in_submission,
    officer_of,
    request_to,
    the_facts,
)
from tests.workflow.test_dispatches import DAY, MINUTE, OTHER, of_stage, prepared, questions, recorded
from tests.workflow.test_putting_forward import LATE_REVIEW
from workflow.actions.approvals import ask_again, record_decision
from workflow.actions.contacts import set_contact
from workflow.actions.deadlines import extend_deadline
from workflow.actions.dispatches import schedule_dispatch, send_dispatch, send_due_dispatches
from workflow.actions.gates import override_gate
from workflow.actions.stages import return_stage
from workflow.actions.taking_back import take_back_bundle
from workflow.actors import Actor
from workflow.gates import gate_statuses
from workflow.models import ApprovalRequest, Body, Contact, Dispatch
from workflow.queries.dispatches import listed_on
from workflow.queries.processes import live_stage, stage_deadline
from workflow.rules import Refused
from workflow.stage_kinds import stages_not_begun
from workflow.states import ChangeKind, Channel, DispatchState, FellBack, Outcome, RequestState, StageState
from workflow.views.dispatches import dispatch_duties

pytestmark = pytest.mark.django_db


# ── The text changes, the stage is left ───────────────────────────────────────────────────────────────────────
def test_put_forward_a_new_text_before_anybody_was_asked_lists_them_about_it_and_back_again(now: datetime) -> None:
    process, dispatch = prepared(now)
    [first] = {row.bundle for row in listed_on(dispatch)}

    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    assert {row.bundle for row in listed_on(dispatch)} == {second}
    assert not OutgoingMail.objects.filter(kind="decision_withdrawn").exists(), "they have never heard of the first"
    take_back_bundle(second, reason="Den forkerte fil", actor=officer_of(process), now=now + DAY)
    assert {row.bundle for row in listed_on(dispatch)} == {first}


def test_take_back_bundle_after_the_dispatch_about_it_has_left_is_refused(now: datetime) -> None:
    process, dispatch = prepared(now)
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    send_dispatch(dispatch, actor=officer_of(process), now=now + MINUTE)

    with pytest.raises(Refused) as refused:
        take_back_bundle(second, reason="Den forkerte fil", actor=officer_of(process), now=now + 2 * MINUTE)

    assert code_in(refused) == "happened_since"


def test_return_stage_before_anybody_was_asked_tells_nobody(now: datetime) -> None:
    process, dispatch = prepared(now)
    schedule_dispatch(dispatch, leaves_at=now + DAY, actor=officer_of(process), now=now)

    return_stage(dispatch.stage, to="review", reason="Se på det igen", actor=officer_of(process), now=now)

    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN
    assert send_due_dispatches(now + 2 * DAY) == 0
    assert questions(process) == 0
    assert live_stage(process, "review").state == StageState.OPEN


def test_start_process_prepares_what_its_first_stage_asks(now: datetime) -> None:
    process = an_agreement(now)

    assert not Dispatch.objects.filter(stage__process=process).exists(), "a text is drafted first"
    assert not OutgoingMail.objects.filter(kind="decision_request").exists()


def test_put_forward_when_a_stage_opens_anew_tells_nobody_who_was_only_listed_that_a_question_is_closed(
    now: datetime,
) -> None:
    process = in_approval(now, text=LATE_REVIEW)
    for body in ("region", "council-1", "council-2"):
        decide(process, body, now)
    assert of_stage(process, "endorsement").state == DispatchState.DRAFT

    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    assert not OutgoingMail.objects.filter(kind="decision_withdrawn").exists()
    assert of_stage(process, "endorsement").state == DispatchState.WITHDRAWN
    take_back_bundle(second, reason="Den forkerte fil", actor=officer_of(process), now=now + DAY)
    dispatch = of_stage(process, "endorsement")
    assert (dispatch.state, [row.body.key for row in listed_on(dispatch)]) == (DispatchState.DRAFT, ["committee"])


def test_ask_again_one_whose_decision_came_before_its_dispatch_is_by_itself(now: datetime) -> None:
    process, _dispatch = prepared(now)
    recorded(process, "region", now, Outcome.REJECTED)

    request = ask_again(
        request_to(process, "region"), reason="Ny behandling ønskes", actor=officer_of(process), now=now + DAY
    )

    assert (request.state, request.dispatch, request.was_put) == (RequestState.ASKED, None, True)
    assert OutgoingMail.objects.filter(subject_id=request.public_id).count() >= 1


def test_put_forward_after_a_listed_body_has_postponed_or_decided_lists_it_about_the_new_set(now: datetime) -> None:
    process, dispatch = prepared(now)
    recorded(process, "region", now, Outcome.POSTPONED)
    recorded(process, "council-1", now)
    mails = OutgoingMail.objects.count()

    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)

    rows = listed_on(dispatch)
    assert {row.body.key for row in rows} == {"region", "council-1", "council-2"}
    assert {row.bundle for row in rows} == {second}
    assert OutgoingMail.objects.count() == mails, "who has not been asked is not asked again"


def test_complete_stage_with_bodies_that_were_never_asked_gives_their_dispatch_up(now: datetime) -> None:
    process, dispatch = prepared(now)
    officer = officer_of(process)
    stage = dispatch.stage
    [gate] = [row.key for row in gate_statuses(stage, now) if not row.is_open]

    override_gate(stage, gate, reason="Det haster meget", actor=officer, now=now)

    assert live_stage(process, "approval").state == StageState.COMPLETED
    dispatch.refresh_from_db()
    assert dispatch.state == DispatchState.WITHDRAWN
    assert {request_to(process, body).state for body in ("region", "council-2")} == {RequestState.WITHDRAWN}
    assert dispatch_duties([process.office], now) == []


def test_take_back_bundle_once_the_dispatch_about_it_has_left_by_paper_only_is_refused(now: datetime) -> None:
    process = in_submission(now)
    ApprovalRequest.objects.filter(stage__process=process).update(email="", channel=Channel.PAPER)
    second = a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    Contact.objects.all().delete()
    send_dispatch(of_stage(process), actor=officer_of(process), now=now + MINUTE)

    with pytest.raises(Refused) as refused:
        take_back_bundle(second, reason="Den forkerte fil", actor=officer_of(process), now=now + 2 * MINUTE)

    assert code_in(refused) == "happened_since"


def test_move_the_reply_day_of_what_is_about_to_leave_lets_it_wait_again(now: datetime) -> None:
    process, dispatch = prepared(now)
    officer = officer_of(process)
    schedule_dispatch(dispatch, leaves_at=now + DAY, actor=officer, now=now)
    deadline = stage_deadline(dispatch.stage)
    assert deadline is not None

    extend_deadline(deadline, new_on=date(2019, 4, 5), reason="Mere tid", actor=officer, now=now)

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.fell_back) == (DispatchState.DRAFT, FellBack.DEADLINE)
    moved = stage_deadline(dispatch.stage)
    assert moved is not None
    assert {row.reply_by_at for row in listed_on(dispatch)} == {moved.at}


def test_give_the_office_an_address_after_the_listing_brings_the_question_there(now: datetime) -> None:
    process = in_review(now)
    council = Body.objects.get(key="council-1")
    Contact.objects.filter(body=council).delete()
    decide(process, "committee", now, stage="review")
    dispatch = of_stage(process)
    assert {row.body.key for row in listed_on(dispatch) if not row.email} == {"council-1"}

    set_contact(process.office, council, email="ny@council-1.example", actor=officer_of(process), now=now)
    send_dispatch(dispatch, actor=officer_of(process), now=now)

    assert request_to(process, "council-1").email == "ny@council-1.example"
    assert OutgoingMail.objects.filter(kind="decision_request", to_address="ny@council-1.example").count() == 1


def test_read_public_path_of_a_stage_whose_bodies_are_only_listed_it_has_not_begun(now: datetime) -> None:
    process, dispatch = prepared(now)

    assert "approval" in stages_not_begun(process)
    send_dispatch(dispatch, actor=officer_of(process), now=now)
    assert "approval" not in stages_not_begun(process)


def test_decide_by_an_old_link_while_the_new_question_is_prepared_says_so(now: datetime) -> None:
    process = in_submission(now)
    old = request_to(process, "region")
    a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    assert old.bundle is not None

    actor = Actor.of_link(old.link, "Regionsrådet")
    with pytest.raises(Refused) as refused:
        record_decision(old, the_facts(now), bundle_sha256=old.bundle.sha256, actor=actor, now=now + DAY)

    assert "forbereder spørgsmålet" in str(refused.value.refusal.text)
