"""What asks the bodies of a stage: nobody hears of it before an officer has sent it; until then it is taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.models import OutgoingMail
from tests.refusals import code_in
from tests.workflow.agreements import (
    AGREEMENT,
    a_locked_bundle,
    asked,
    decide,
    in_approval,
    in_review,
    officer_of,
    request_to,
    the_facts,
)
from tests.workflow.factories import a_stranger
from workflow.actions.approvals import (
    announce_meeting,
    contact_bodies_otherwise,
    readdress_request,
    record_decision,
)
from workflow.actions.dispatches import (
    next_dispatch,
    recall_dispatch,
    schedule_dispatch,
    send_dispatch,
    send_due_dispatches,
    write_dispatch,
)
from workflow.actions.processes import resume_process, suspend_process
from workflow.actions.stages import return_stage
from workflow.actors import Actor
from workflow.models import ApprovalRequest, AuditEntry, Contact, Dispatch, Process
from workflow.queries.dispatches import digest_of_dispatch, listed_on
from workflow.queries.processes import live_stage, stage_deadline
from workflow.rules import Refused
from workflow.states import ChangeKind, DispatchState, FellBack, Outcome, RequestState

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OTHER = "# 1 Mål\n\nEn helt anden tekst.\n"


def prepared(now: datetime, **changes: object) -> tuple[Process, Dispatch]:
    """The committee has endorsed; the parties are listed and nobody has been asked."""
    process = in_review(now, **changes)
    decide(process, "committee", now, stage="review")
    return process, of_stage(process)


def of_stage(process: Process, stage: str = "approval") -> Dispatch:
    """The latest dispatch of a stage."""
    rows = Dispatch.objects.select_related("stage__process__office", "stage__process__definition")
    return rows.filter(stage__process=process, stage__key=stage).latest("id")


def questions(process: Process) -> int:
    """How many mails have asked the parties."""
    return OutgoingMail.objects.filter(kind="decision_request").exclude(to_name__contains="committee").count() - 1


# ── Listed ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_open_stage_lists_whom_it_will_ask_and_asks_nobody(now: datetime) -> None:
    process, dispatch = prepared(now)

    rows = ApprovalRequest.objects.filter(stage=live_stage(process, "approval"))
    assert {row.state for row in rows} == {RequestState.LISTED}
    assert {row.dispatch for row in rows} == {dispatch}
    assert {row.next_check_at for row in rows} == {None}, "nobody reminds who has not been asked"
    assert (dispatch.state, questions(process)) == (DispatchState.DRAFT, 0)
    entry = AuditEntry.objects.get(verb="list_bodies", codes__stage="approval")
    assert (entry.actor_kind, len(entry.codes["requests"])) == ("system", 3)


def test_decide_by_link_before_being_asked_is_refused(now: datetime) -> None:
    process, _dispatch = prepared(now)
    request = request_to(process, "region")
    by_link = Actor.of_link(request.link, "Regionsrådet")
    assert request.bundle is not None

    with pytest.raises(Refused) as decided:
        record_decision(request, the_facts(now), bundle_sha256=request.bundle.sha256, actor=by_link, now=now)
    with pytest.raises(Refused) as announced:
        announce_meeting(request, meeting_on=date(2019, 3, 20), actor=by_link, now=now)

    assert code_in(decided) == code_in(announced) == "not_asked_yet"


def test_record_decision_of_one_that_is_only_listed_counts_and_takes_it_off(now: datetime) -> None:
    process, dispatch = prepared(now)

    recorded(process, "region", now)

    assert {row.body.key for row in listed_on(dispatch)} == {"council-1", "council-2"}
    send_dispatch(dispatch, actor=officer_of(process), now=now)
    assert {row.body.key for row in asked(process, "approval")} == {"council-1", "council-2"}
    assert questions(process) == 2
    assert not OutgoingMail.objects.filter(kind="decision_request", to_address="post@region.example").exists()


def test_record_decisions_of_all_who_are_listed_gives_the_dispatch_up(now: datetime) -> None:
    process, dispatch = prepared(now)
    schedule_dispatch(dispatch, actor=officer_of(process), now=now)

    for body in ("region", "council-1", "council-2"):
        recorded(process, body, now)

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.leaves_at) == (DispatchState.WITHDRAWN, None)
    assert send_due_dispatches(now + DAY) == 0
    with pytest.raises(Refused) as refused:
        send_dispatch(dispatch, actor=officer_of(process), now=now)
    assert code_in(refused) == "dispatch_given_up"
    assert questions(process) == 0


def test_record_decision_that_postpones_of_one_that_is_listed_leaves_it_on(now: datetime) -> None:
    process, dispatch = prepared(now)

    recorded(process, "region", now, Outcome.POSTPONED)

    assert {row.body.key for row in listed_on(dispatch)} == {"region", "council-1", "council-2"}
    assert request_to(process, "region").next_check_at is None


def recorded(process: Process, body: str, now: datetime, outcome: Outcome = Outcome.APPROVED) -> None:
    """An officer records what a body has decided, as it stands in the minutes that came by themselves."""
    request = request_to(process, body)
    assert request.bundle is not None
    actor = officer_of(process).acting_for(request.body.name)
    facts = the_facts(now, outcome)
    record_decision(request, facts, bundle_sha256=request.bundle.sha256, actor=actor, now=now)


# ── Sent ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_send_dispatch_asks_each_once_with_the_words_of_the_office(now: datetime) -> None:
    process, dispatch = prepared(now)
    officer = officer_of(process)
    write_dispatch(dispatch, "Bemærk bilag 3.", actor=officer, now=now)

    send_dispatch(dispatch, actor=officer, now=now + DAY, key="press")
    send_dispatch(dispatch, actor=officer, now=now + DAY, key="press")
    with pytest.raises(Refused) as refused:
        send_dispatch(dispatch, actor=officer, now=now + DAY)

    assert code_in(refused) == "dispatch_sent"
    assert questions(process) == 3
    rows = asked(process, "approval")
    assert {row.asked_at for row in rows} == {now + DAY}
    assert all(row.next_check_at is not None for row in rows)
    entry = AuditEntry.objects.filter(verb="send_dispatch").latest("id")
    assert (entry.actor_kind, entry.codes["requests"]) == ("user", [str(row.public_id) for row in rows])


def test_send_dispatch_by_anybody_but_an_officer_is_refused(now: datetime) -> None:
    _process, dispatch = prepared(now)

    for deed in (send_dispatch, schedule_dispatch, recall_dispatch):
        with pytest.raises(Refused):
            deed(dispatch, actor=a_stranger(), now=now)
    with pytest.raises(Refused):
        write_dispatch(dispatch, "Hej", actor=a_stranger(), now=now)


def test_send_dispatch_of_a_stage_asked_before_about_another_text_says_what_has_changed(now: datetime) -> None:
    process = in_approval(now)
    officer = officer_of(process)
    return_stage(live_stage(process, "approval"), to="review", reason="Nyt", actor=officer, now=now)
    a_locked_bundle(process, now, text=OTHER, change=ChangeKind.MATERIAL)
    decide(process, "committee", now, stage="review")

    send_dispatch(of_stage(process), actor=officer, now=now)

    assert OutgoingMail.objects.filter(kind="decision_asked_again").count() == 4, "the committee too"


def test_send_dispatch_that_has_changed_since_it_was_shown_is_refused(now: datetime) -> None:
    process, dispatch = prepared(now)
    officer = officer_of(process)
    deadline = stage_deadline(dispatch.stage)
    assert deadline is not None
    shown = digest_of_dispatch(dispatch, listed_on(dispatch), deadline.at)
    readdress_request(request_to(process, "region"), email="ny@region.example", actor=officer, now=now)

    for deed in (send_dispatch, schedule_dispatch):
        with pytest.raises(Refused) as refused:
            deed(dispatch, shown=shown, actor=officer, now=now)
        assert code_in(refused) == "dispatch_changed"

    send_dispatch(
        dispatch, shown=digest_of_dispatch(dispatch, listed_on(dispatch), deadline.at), actor=officer, now=now
    )
    assert OutgoingMail.objects.filter(kind="decision_request", to_address="ny@region.example").count() == 1


FROM_OPENING = AGREEMENT.replace(
    "rule: fixed, parameter: reply_on", "rule: days_after, event: approval.opened, days: 20"
)


def test_send_dispatch_later_reckons_the_reply_day_from_the_sending(now: datetime) -> None:
    process, dispatch = prepared(now, text=FROM_OPENING)
    opened = stage_deadline(dispatch.stage)
    assert opened is not None
    assert opened.on == date(2019, 3, 21)

    send_dispatch(dispatch, actor=officer_of(process), now=now + 4 * DAY)

    moved = stage_deadline(dispatch.stage)
    assert moved is not None
    assert moved.on == date(2019, 3, 25)
    assert {row.reply_by_at for row in asked(process, "approval")} == {moved.at}
    assert not OutgoingMail.objects.filter(kind="decision_deadline").exists(), "nobody is told of a day it never had"


# ── Later, and taken back ─────────────────────────────────────────────────────────────────────────────────────
def test_schedule_dispatch_leaves_in_the_offices_minutes_and_not_before(now: datetime) -> None:
    process, dispatch = prepared(now)
    schedule_dispatch(dispatch, actor=officer_of(process), now=now)
    assert next_dispatch(now) == now + 10 * MINUTE

    assert send_due_dispatches(now + 9 * MINUTE) == 0
    assert questions(process) == 0
    assert send_due_dispatches(now + 10 * MINUTE) == 1
    assert send_due_dispatches(now + 11 * MINUTE) == 0

    assert questions(process) == 3
    entry = AuditEntry.objects.filter(verb="send_dispatch").latest("id")
    scheduled = AuditEntry.objects.get(verb="schedule_dispatch")
    assert (entry.actor_kind, entry.codes["caused_by"]) == ("system", str(scheduled.public_id))


def test_schedule_dispatch_of_an_office_without_minutes_sends_it(now: datetime) -> None:
    process, _dispatch = prepared(now)
    process.office.minutes_to_take_back = 0
    process.office.save()

    schedule_dispatch(of_stage(process), actor=officer_of(process), now=now)

    assert (of_stage(process).state, questions(process)) == (DispatchState.SENT, 3)


@pytest.mark.parametrize(
    ("leaves_at", "code"),
    [
        (datetime(2019, 3, 1, 8, 59, tzinfo=UTC), "leaves_in_past"),
        # 29 March 2019, 12.00 in Copenhagen, summer time not yet begun
        (datetime(2019, 3, 29, 11, 0, tzinfo=UTC), "leaves_after_deadline"),
        (datetime(2019, 7, 1, 9, 0, tzinfo=UTC), "leaves_too_late"),
    ],
)
def test_schedule_dispatch_at_an_impossible_time_is_refused(now: datetime, leaves_at: datetime, code: str) -> None:
    process, dispatch = prepared(now)

    with pytest.raises(Refused) as refused:
        schedule_dispatch(dispatch, leaves_at=leaves_at, actor=officer_of(process), now=now)

    assert code_in(refused) == code


def test_recall_dispatch_until_it_has_left_and_not_after(now: datetime) -> None:
    process, dispatch = prepared(now)
    officer = officer_of(process)
    schedule_dispatch(dispatch, leaves_at=now + DAY, actor=officer, now=now)
    with pytest.raises(Refused) as written:
        write_dispatch(dispatch, "Nyt", actor=officer, now=now)

    recall_dispatch(dispatch, actor=officer, now=now + MINUTE)

    assert code_in(written) == "dispatch_scheduled"
    assert send_due_dispatches(now + 2 * DAY) == 0
    with pytest.raises(Refused) as nothing:
        recall_dispatch(dispatch, actor=officer, now=now + MINUTE)
    send_dispatch(dispatch, actor=officer, now=now + 2 * MINUTE)
    with pytest.raises(Refused) as late:
        recall_dispatch(dispatch, actor=officer, now=now + 3 * MINUTE)
    assert (code_in(nothing), code_in(late)) == ("dispatch_not_scheduled", "dispatch_sent")


# ── Fallen back ───────────────────────────────────────────────────────────────────────────────────────────────
def test_change_what_is_about_to_leave_lets_it_wait_for_an_officer_again(now: datetime) -> None:
    process, dispatch = prepared(now)
    officer = officer_of(process)

    def scheduled() -> None:
        schedule_dispatch(of_stage(process), leaves_at=now + DAY, actor=officer, now=now)

    def fallen_back() -> str:
        row = of_stage(process)
        assert (row.pk, row.state, row.leaves_at) == (dispatch.pk, DispatchState.DRAFT, None)
        return row.fell_back

    scheduled()
    readdress_request(request_to(process, "region"), email="ny@region.example", actor=officer, now=now)
    assert fallen_back() == FellBack.RECIPIENT
    scheduled()
    contact_bodies_otherwise(dispatch.stage, [request_to(process, "council-2")], actor=officer, now=now)
    assert fallen_back() == FellBack.RECIPIENT
    scheduled()
    a_locked_bundle(process, now, text=OTHER, change=ChangeKind.EDITORIAL)
    assert fallen_back() == FellBack.NEWER_SET
    scheduled()
    suspend_process(process, reason="Pandemi i landet", actor=officer, now=now + 11 * MINUTE)
    assert fallen_back() == FellBack.SUSPENDED
    with pytest.raises(Refused) as refused:
        send_dispatch(dispatch, actor=officer, now=now + 12 * MINUTE)
    assert code_in(refused) == "process_suspended"
    resume_process(process, actor=officer, now=now + 13 * MINUTE)

    assert send_due_dispatches(now + 2 * DAY) == 0
    assert questions(process) == 0
    send_dispatch(dispatch, actor=officer, now=now + 2 * DAY)
    assert questions(process) == 2, "one is asked otherwise than by mail"


def test_send_due_dispatch_when_mail_has_come_back_since_waits_for_an_officer(now: datetime) -> None:
    process, dispatch = prepared(now)
    schedule_dispatch(dispatch, leaves_at=now + DAY, actor=officer_of(process), now=now)
    Contact.objects.filter(body__key="council-1").update(bounced_at=now + MINUTE)

    send_due_dispatches(now + DAY)

    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.fell_back) == (DispatchState.DRAFT, FellBack.RECIPIENT)
    assert questions(process) == 0
