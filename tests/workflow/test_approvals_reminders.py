"""Bodies that have not decided are reminded, once per occasion, judged when the mail is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from notifications import delivery, tracking
from notifications.models import OutgoingMail
from notifications.states import EventKind, MailState
from tests.workflow.agreements import FOURTEEN, a_locked_bundle, decide, in_approval, officer_of, request_to
from workflow.actions.approvals import (
    announce_meeting,
    ask_again,
    next_body_reminder_due,
    readdress_request,
    remind_bodies,
    repair_reminders,
)
from workflow.actions.deadlines import extend_deadline
from workflow.actions.gates import override_gate
from workflow.actions.processes import resume_process, set_parameter, suspend_process
from workflow.deadlines import instant as local_instant
from workflow.mails.bodies import reminder_still_wanted
from workflow.models import ApprovalRequest, AuditEntry
from workflow.queries.processes import live_stage, stage_deadline
from workflow.states import ChangeKind, Outcome
from workflow.views.approvals.calling import call_duties

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left
SEVEN = datetime(2019, 3, 22, 7, 0, tzinfo=UTC)
ONE = datetime(2019, 3, 28, 7, 0, tzinfo=UTC)
AFTER = datetime(2019, 4, 1, 6, 0, tzinfo=UTC)  # 08.00 on the Monday after, in summer time


def reminders() -> list[tuple[str, str]]:
    return sorted(
        (mail.to_address, mail.key.rsplit(":", 1)[1]) for mail in OutgoingMail.objects.filter(kind="decision_reminder")
    )


def test_remind_bodies_before_the_first_occasion_sends_nothing(now: datetime) -> None:
    in_approval(now)

    assert remind_bodies(FOURTEEN - timedelta(microseconds=1)) == 0
    assert reminders() == []
    assert next_body_reminder_due(now) == FOURTEEN


def remind_every_morning(first: date, last: date) -> None:
    """The sweep at 08.00 local time on each day."""
    for number in range((last - first).days + 1):
        remind_bodies(local_instant(first + timedelta(days=number), time(8)))


def test_remind_bodies_reminds_those_not_decided_once_before_and_once_after(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)

    remind_bodies(FOURTEEN)
    remind_every_morning(date(2019, 3, 1), date(2019, 4, 30))

    assert reminders() == [
        (f"post@council-{number}.example", f"{side}@2019-03-29") for number in (1, 2) for side in ("after", "before")
    ]
    assert next_body_reminder_due(AFTER) is None


def test_remind_bodies_after_a_week_of_downtime_catches_up_once(now: datetime) -> None:
    in_approval(now, councils=1)

    for _time in (1, 2):
        remind_bodies(SEVEN + timedelta(days=2))

    assert {key for _to, key in reminders()} == {"before@2019-03-29"}
    assert next_body_reminder_due(now) == AFTER


def test_remind_bodies_at_the_deadline_sends_nothing_that_should_have_come_before(now: datetime) -> None:
    in_approval(now)

    remind_bodies(datetime(2019, 3, 29, 11, 0, tzinfo=UTC))

    assert reminders() == []
    assert next_body_reminder_due(now) == AFTER


@pytest.mark.parametrize(
    ("meeting_on", "reminded_on"), [(date(2019, 3, 25), date(2019, 3, 28)), (date(2019, 3, 28), date(2019, 4, 2))]
)
def test_announce_meeting_leaves_one_reminder_on_the_third_working_day_after_it(
    now: datetime, meeting_on: date, reminded_on: date
) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)

    announce_meeting(request_to(process, "council-1"), meeting_on=meeting_on, actor=officer_of(process), now=now)
    remind_every_morning(date(2019, 3, 1), reminded_on - timedelta(days=1))
    assert reminders() == []
    remind_every_morning(reminded_on, date(2019, 4, 30))

    assert reminders() == [("post@council-1.example", "after@2019-03-29")]
    mail = OutgoingMail.objects.get(kind="decision_reminder")
    assert reminder_still_wanted([mail], local_instant(reminded_on, time(8))) == {}


def test_postpone_once_more_after_the_last_reminder_sends_no_further_mail(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.POSTPONED, next_meeting_on=date(2019, 3, 27))
    remind_every_morning(date(2019, 3, 1), date(2019, 4, 1))
    assert [key for _to, key in reminders()] == ["after@2019-03-29"]

    decide(process, "council-1", AFTER, Outcome.POSTPONED, next_meeting_on=date(2019, 4, 24))
    remind_every_morning(date(2019, 4, 1), date(2019, 5, 31))

    assert [key for _to, key in reminders()] == ["after@2019-03-29"]


def test_ask_again_when_the_reply_day_has_passed_reminds_once_on_the_third_working_day(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    remind_every_morning(date(2019, 3, 1), date(2019, 4, 2))
    rejected_at = local_instant(date(2019, 4, 3), time(10))
    decide(process, "council-1", rejected_at, Outcome.REJECTED)

    ask_again(request_to(process, "council-1"), reason="Sagen genoptages.", actor=officer_of(process), now=rejected_at)
    remind_every_morning(date(2019, 4, 4), date(2019, 5, 31))

    third_after = local_instant(date(2019, 4, 8), time(8))
    found = OutgoingMail.objects.filter(kind="decision_reminder", queued_at__gt=rejected_at)
    assert [(mail.key.rsplit(":", 1)[1], mail.queued_at) for mail in found] == [("after@2019-03-29", third_after)]


def test_extend_deadline_moves_the_copies_and_reminds_of_the_new_day(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    remind_bodies(FOURTEEN)
    deadline = stage_deadline(live_stage(process, "approval"))
    assert deadline is not None

    extend_deadline(
        deadline, new_on=date(2019, 4, 5), reason="Byrådet holder møde 3. april.", actor=officer_of(process), now=SEVEN
    )

    request = request_to(process, "council-1")
    assert request.reply_by_at == datetime(2019, 4, 5, 10, 0, tzinfo=UTC)  # summer time since 31 March
    # The fourteenth day before is that very morning: within 24 hours of the news, so on the next working morning.
    assert request.next_check_at == datetime(2019, 3, 25, 7, 0, tzinfo=UTC)
    remind_every_morning(date(2019, 3, 25), date(2019, 4, 30))
    assert {key for _to, key in reminders()} == {"before@2019-03-29", "before@2019-04-05", "after@2019-04-05"}


def delivered() -> None:
    with delivery.recording():
        delivery.deliver(FOURTEEN, delivery.clock_from(FOURTEEN))


def told(kind: str = "decision_deadline") -> list[str]:
    """Who has been written to of a new deadline, in the order of the mails."""
    return list(OutgoingMail.objects.filter(kind=kind).order_by("id").values_list("to_address", flat=True))


def test_extend_deadline_tells_those_who_have_not_decided_once_and_in_words(now: datetime) -> None:
    process = in_approval(now, councils=2)
    decide(process, "region", now)
    deadline = stage_deadline(live_stage(process, "approval"))
    assert deadline is not None
    moved = {"new_on": date(2019, 4, 5), "reason": "Byrådet holder møde 3. april.", "key": "form-1"}

    for _press in range(2):
        extend_deadline(deadline, **moved, actor=officer_of(process), now=FOURTEEN)
    delivered()

    assert told() == ["post@council-1.example", "post@council-2.example"]
    [first, _second] = OutgoingMail.objects.filter(kind="decision_deadline").order_by("id")
    assert first.state == MailState.SENT
    assert first.subject_sent.endswith("Prøve: ny frist for beslutning, fredag den 5. april 2019 kl. 12.00")
    assert "Fristen for beslutningen er nu fredag den 5. april 2019 kl. 12.00." in first.text_sent


def test_extend_deadline_again_before_the_mail_has_left_sends_only_the_latest_day(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    deadline = stage_deadline(live_stage(process, "approval"))
    assert deadline is not None

    for day in (5, 12):
        extend_deadline(
            deadline, new_on=date(2019, 4, day), reason="Mødet er flyttet.", actor=officer_of(process), now=FOURTEEN
        )
    delivered()

    mails = OutgoingMail.objects.filter(kind="decision_deadline").order_by("id")
    assert [mail.state for mail in mails] == [MailState.WITHDRAWN, MailState.SENT]
    assert "12. april" in mails[1].subject_sent


def test_extend_deadline_writes_to_no_address_that_bounced(now: datetime) -> None:
    process = in_approval(now, councils=1)
    ApprovalRequest.objects.filter(body__key="council-1").update(bounced_at=now)
    deadline = stage_deadline(live_stage(process, "approval"))
    assert deadline is not None
    moved = {"new_on": date(2019, 4, 5), "reason": "Byrådet holder møde 3. april."}

    extend_deadline(deadline, **moved, actor=officer_of(process), now=FOURTEEN)
    ApprovalRequest.objects.filter(body__key="region").update(bounced_at=FOURTEEN)
    delivered()

    assert told() == ["post@region.example"]
    assert OutgoingMail.objects.get(kind="decision_deadline").withdrawn_reason == "bounced"


def test_set_deadline_while_bodies_are_asked_reaches_them_and_reminds(now: datetime) -> None:
    process = in_approval(now, councils=1, parameters={})
    decide(process, "region", now)
    assert request_to(process, "council-1").reply_by_at is None

    set_parameter(process, "reply_on", date(2019, 3, 29), actor=officer_of(process), now=now + timedelta(minutes=10))
    remind_bodies(FOURTEEN)

    assert request_to(process, "council-1").reply_by_at == datetime(2019, 3, 29, 11, 0, tzinfo=UTC)
    assert told() == ["post@council-1.example"]
    assert reminders() == [("post@council-1.example", "before@2019-03-29")]


def test_set_deadline_while_the_question_still_waits_to_leave_is_told_by_the_question_alone(now: datetime) -> None:
    process = in_approval(now, councils=1, parameters={})
    a_locked_bundle(process, now, text="# 1 Andet\n", change=ChangeKind.MATERIAL)

    set_parameter(process, "reply_on", date(2019, 3, 29), actor=officer_of(process), now=now + timedelta(minutes=9))

    assert request_to(process, "council-1").reply_by_at == datetime(2019, 3, 29, 11, 0, tzinfo=UTC)
    assert told() == []


def test_still_wanted_is_judged_when_the_mail_is_sent(now: datetime) -> None:
    process = in_approval(now, councils=2)
    remind_bodies(FOURTEEN)
    ApprovalRequest.objects.filter(body__key="council-1").update(bounced_at=FOURTEEN)
    ApprovalRequest.objects.filter(body__key="council-2").update(meeting_on=FOURTEEN.date())
    mails = list(OutgoingMail.objects.filter(kind="decision_reminder").order_by("to_address"))

    found = reminder_still_wanted(mails, FOURTEEN)

    assert [found.get(mail.pk) for mail in mails] == ["bounced", "meeting_to_come", None]
    suspend_process(process, reason="På grund af covid-19.", actor=officer_of(process), now=FOURTEEN)
    assert reminder_still_wanted(mails[2:], FOURTEEN) == {mails[2].pk: "process_suspended"}


def test_still_wanted_before_the_deadline_not_once_it_has_passed_but_after_it_yes(now: datetime) -> None:
    in_approval(now, councils=1)
    remind_bodies(FOURTEEN)
    remind_bodies(AFTER)
    mails = list(OutgoingMail.objects.filter(kind="decision_reminder").order_by("id"))

    found = reminder_still_wanted(mails, AFTER)

    assert [(mail.facts["comes"], found.get(mail.pk)) for mail in mails] == [
        ("before", "deadline_passed"),
        ("before", "deadline_passed"),
        ("after", None),
        ("after", None),
    ]


def test_suspend_and_resume_what_fell_in_the_pause_is_gone_and_the_plan_is_made_anew(now: datetime) -> None:
    process = in_approval(now, councils=1)
    officer = officer_of(process)
    suspend_process(process, reason="På grund af covid-19.", actor=officer, now=now + HOUR)
    remind_bodies(FOURTEEN)
    assert reminders() == []
    assert next_body_reminder_due(FOURTEEN) is None

    resume_process(process, reason="Genoptaget.", actor=officer, now=SEVEN)
    assert remind_bodies(SEVEN) == 0

    # 21 days later is Good Friday, so the reply day is Tuesday 23 April, and the fourteenth before it 9 April.
    assert next_body_reminder_due(SEVEN) == datetime(2019, 4, 9, 6, 0, tzinfo=UTC)
    remind_every_morning(date(2019, 3, 23), date(2019, 5, 31))
    assert {key for _to, key in reminders()} == {"before@2019-04-23", "after@2019-04-23"}


def test_hear_bounce_stops_reminders_and_stands_in_the_record(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")
    mail = OutgoingMail.objects.get(kind="decision_request", subject_id=request.public_id)

    tracking.record_event(mail, EventKind.BOUNCED, key="e1", occurred_at=now, now=now)

    request.refresh_from_db()
    assert (request.bounced_at, request.next_check_at) == (now, None)
    assert AuditEntry.objects.filter(verb="hear_bounce", subject_id=request.public_id).count() == 1
    remind_bodies(FOURTEEN)
    assert "post@council-1.example" not in [to for to, _key in reminders()]


def test_repair_reminders_sets_right_a_lost_mark(now: datetime) -> None:
    in_approval(now)
    ApprovalRequest.objects.filter(body__key="council-1").update(next_check_at=None)

    assert repair_reminders(now) == 1
    assert set(ApprovalRequest.objects.filter(stage__key="approval").values_list("next_check_at", flat=True)) == {
        FOURTEEN
    }


def test_repair_reminders_while_a_body_is_readdressed_leaves_the_mark_of_the_deed(now: datetime) -> None:
    process = in_approval(now)
    request, officer = request_to(process, "council-1"), officer_of(process)
    ApprovalRequest.objects.filter(pk=request.pk).update(bounced_at=now)  # the mark read is wrong: nobody is reminded
    done: list[str] = []

    def readdress_before_the_write(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "workflow_approvalrequest"') and not done:
            done.append(sql)
            readdress_request(request, email="ny@rette.example", actor=officer, now=now)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(readdress_before_the_write):
        assert repair_reminders(now) == 0

    assert ApprovalRequest.objects.get(pk=request.pk).next_check_at == FOURTEEN


def test_override_gate_with_reminders_waiting_leaves_them_unwanted(now: datetime) -> None:
    process = in_approval(now)
    remind_bodies(FOURTEEN)
    waiting = list(OutgoingMail.objects.filter(kind="decision_reminder"))

    stage, officer = live_stage(process, "approval"), officer_of(process)
    override_gate(stage, "parties", reason="Vi går videre uden dem", actor=officer, now=FOURTEEN)

    assert set(reminder_still_wanted(waiting, FOURTEEN).values()) == {"stage_over"}
    assert len(waiting) == 3


def test_ask_again_after_a_material_change_reminds_of_the_new_request_only(now: datetime) -> None:
    process = in_approval(now, councils=1)
    a_locked_bundle(process, now, text="# 1 Andet\n", change=ChangeKind.MATERIAL)

    remind_bodies(FOURTEEN)

    live = {request_to(process, body).public_id for body in ("region", "council-1")}
    assert set(OutgoingMail.objects.filter(kind="decision_reminder").values_list("subject_id", flat=True)) == live


def test_call_duties_name_who_gets_no_more_reminders_until_it_has_decided(now: datetime) -> None:
    process = in_approval(now, councils=2)
    decide(process, "region", now)
    announce_meeting(request_to(process, "council-2"), meeting_on=date(2019, 4, 24), actor=officer_of(process), now=now)
    offices = [process.office]

    remind_every_morning(date(2019, 3, 1), date(2019, 3, 31))
    assert call_duties(offices, AFTER - timedelta(minutes=1)) == []  # the one after the reply day is still to come
    remind_bodies(AFTER)
    [duty] = call_duties(offices, AFTER)
    assert "Byråd 1" in duty.why
    assert "Byråd 2" not in duty.why  # its meeting lies ahead; if it comes to nothing, that is a matter of its own

    decide(process, "council-1", AFTER)
    assert call_duties(offices, AFTER) == []


def test_call_duties_in_a_suspended_process_are_none_and_name_who_has_no_address_otherwise(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    ApprovalRequest.objects.filter(body__key="council-1").update(bounced_at=now, next_check_at=None)

    assert len(call_duties([process.office], AFTER)) == 1
    suspend_process(process, reason="På grund af covid-19.", actor=officer_of(process), now=AFTER)
    assert call_duties([process.office], AFTER) == []
