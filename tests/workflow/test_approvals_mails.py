"""What the mails to a body say: the matter, the day, its meeting, and what stands of its decision."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from notifications import delivery
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.workflow.agreements import FOURTEEN, a_locked_bundle, decide, in_approval, officer_of, request_to
from workflow.actions.approvals import announce_meeting, remind_bodies
from workflow.actions.deadlines import extend_deadline
from workflow.deadlines import instant as local_instant
from workflow.queries.processes import live_stage, stage_deadline
from workflow.states import ChangeKind, Outcome

pytestmark = pytest.mark.django_db

LEAVES = FOURTEEN + timedelta(minutes=10)  # when the questions about what was put forward then leave


@pytest.mark.django_db(transaction=True)
def test_deliver_every_kind_to_a_body_writes_subject_link_code_and_weekday(now: datetime) -> None:
    process = in_approval(now)
    request = request_to(process, "council-1")
    remind_bodies(FOURTEEN)
    a_locked_bundle(process, FOURTEEN, text="# 1 Andet\n", change=ChangeKind.MATERIAL, note="Nyt mål.")
    decide(process, "council-1", FOURTEEN)

    with delivery.recording():
        delivery.deliver(LEAVES, delivery.clock_from(LEAVES))

    sent = {mail.kind: mail for mail in OutgoingMail.objects.filter(state=MailState.SENT)}
    assert set(sent) == {"decision_asked_again", "decision_receipt"}, "what was asked about the old text is not sent"
    again, receipt = sent["decision_asked_again"], sent["decision_receipt"]
    assert again.subject_sent.startswith(f"[{process.case_number}] ")
    assert "fredag den 29. marts 2019 kl. 12.00" in again.text_sent
    assert "\n[personal link]\n" in again.text_sent
    assert "[code]." in again.text_sent
    assert "Nyt mål." in again.text_sent
    assert "Godkendt" in receipt.text_sent
    assert request.link.public_id.hex not in again.text_sent


@pytest.mark.django_db(transaction=True)
def test_deliver_question_that_a_correction_has_overtaken_still_says_that_the_change_was_of_substance(
    now: datetime,
) -> None:
    process = in_approval(now)
    decide(process, "council-1", now)
    a_locked_bundle(process, now, text="# 1 Andet\n", change=ChangeKind.MATERIAL, note="Nyt mål.")
    a_locked_bundle(process, FOURTEEN, text="# 1 Andet.\n", change=ChangeKind.EDITORIAL, note="Punktum.")

    with delivery.recording():
        delivery.deliver(LEAVES, delivery.clock_from(LEAVES))

    asked = request_to(process, "council-1")
    mail = OutgoingMail.objects.get(kind="decision_asked_again", subject_id=asked.public_id)
    assert "Det er nu version 3" in mail.text_sent
    assert "Ændringen er indholdsmæssig: en beslutning om en tidligere version gælder ikke længere." in mail.text_sent
    corrected = OutgoingMail.objects.get(kind="text_corrected", subject_id=asked.public_id)
    assert "Jeres beslutning afventes stadig" in corrected.text_sent
    assert "står ved magt" not in corrected.text_sent


@pytest.mark.django_db(transaction=True)
def test_deliver_what_a_body_has_told_of_its_meeting_stands_in_receipt_and_reminder(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    decide(process, "council-1", now, Outcome.POSTPONED, next_meeting_on=date(2019, 3, 27))
    reminded_at = local_instant(date(2019, 4, 1), time(8))
    remind_bodies(reminded_at)
    extend_deadline(
        stage_deadline(live_stage(process, "approval")),
        new_on=date(2019, 4, 30),
        reason="Et råd har udsat sagen.",
        actor=officer_of(process),
        now=reminded_at,
    )

    with delivery.recording():
        delivery.deliver(reminded_at, delivery.clock_from(reminded_at))

    sent = {mail.kind: mail.text_sent for mail in OutgoingMail.objects.filter(to_address="post@council-1.example")}
    assert "Sagen er udsat, og beslutningen afventes fortsat." in sent["decision_receipt"]
    assert "den behandles igen onsdag den 27. marts 2019" in sent["decision_receipt"]
    words = "I har oplyst, at sagen behandles onsdag den 27. marts 2019. Beslutningen afventes fortsat."
    assert words in " ".join(sent["decision_deadline"].split())


@pytest.mark.django_db(transaction=True)
def test_deliver_reminder_after_the_reply_day_says_when_it_was_and_that_the_decision_is_awaited(now: datetime) -> None:
    process = in_approval(now, councils=1)
    decide(process, "region", now)
    announce_meeting(request_to(process, "council-1"), meeting_on=date(2019, 3, 27), actor=officer_of(process), now=now)
    moment = local_instant(date(2019, 4, 1), time(8))
    remind_bodies(moment)

    with delivery.recording():
        delivery.deliver(moment, delivery.clock_from(moment))

    text = " ".join(OutgoingMail.objects.get(kind="decision_reminder").text_sent.split())
    assert "I har oplyst, at sagen behandles onsdag den 27. marts 2019. Beslutningen afventes fortsat." in text
    assert "Vi bad om den senest fredag den 29. marts 2019 kl. 12.00." in text
