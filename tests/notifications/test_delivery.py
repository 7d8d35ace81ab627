"""Delivery against a real SMTP server on loopback: what arrives, what is recorded, what happens when it goes wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from notifications import delivery, kinds, outbox, queries, render
from notifications.delivery import claims, drain, records
from notifications.models import MailEvent, OutgoingMail
from notifications.states import EventKind, MailState
from notifications.sweeps import SWEEPS
from tests.notifications.factories import (
    SECRET_CODE,
    SECRET_LINK,
    deliver,
    possible_doubles,
    queued,
    registered,
    reread,
    secrets_of,
)
from tests.servers import MailSink, free_port

pytestmark = pytest.mark.django_db


def test_deliver_due_mail_arrives_with_case_number_reply_address_and_stable_id(now: datetime, smtp: MailSink) -> None:
    [mail] = queued(now)
    report = deliver(now)
    assert (report.claimed, report.sent, report.more) == (1, 1, False)
    [message] = smtp.messages
    assert message["Subject"].startswith("[2018-0042] ")
    assert message["Reply-To"] == "sekretariatet@example.dk"
    assert message["Message-ID"] == mail.message_id
    assert str(mail.public_id) in mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "da"
    assert message["Date"].datetime == now
    assert {part.get_content_type() for part in message.iter_parts()} == {"text/plain", "text/html"}
    sent = reread(mail)
    assert (sent.state, sent.sent_at, sent.attempts) == (MailState.SENT, now, 1)
    assert sent.subject_sent == message["Subject"]


@pytest.mark.parametrize("to_name", ["Ældrerådet på Læsø", ""])
def test_deliver_to_a_domain_with_danish_letters_arrives_under_its_ascii_form(
    now: datetime, smtp: MailSink, to_name: str
) -> None:
    [mail] = queued(now, to="aeldreraad@læsø.example", to_name=to_name, reply_to="post@rådhuset.example")
    deliver(now)
    [message] = smtp.messages
    [to] = message["To"].addresses
    assert (to.display_name, to.addr_spec) == (to_name, "aeldreraad@xn--ls-1ia7e.example")
    assert message["Reply-To"] == "post@xn--rdhuset-exa.example"
    assert reread(mail).state == MailState.SENT


def test_deliver_mail_with_secrets_sends_them_and_records_placeholders(
    now: datetime, smtp: MailSink, tmp_path: Path
) -> None:
    with registered(templates="mails/probe_secrets", secrets=secrets_of):
        [mail] = queued(now, kind="probe")
        deliver(now)
    wire = "".join(part.get_content() for part in smtp.messages[0].iter_parts())
    assert f"\n{SECRET_LINK}\n" in wire.replace("\r", "")
    assert SECRET_CODE in wire
    row = OutgoingMail.objects.filter(id=mail.id).values().get()
    assert SECRET_LINK not in str(row)
    assert SECRET_CODE not in str(row)
    assert "very-secret-token" not in str(row)
    assert "\n[personal link]\n" in row["text_sent"]
    assert "[code]" in row["text_sent"]


def test_deliver_while_recording_keeps_eml_files_without_secrets_and_sends_nothing(
    now: datetime, smtp: MailSink, tmp_path: Path
) -> None:
    with registered(templates="mails/probe_secrets", secrets=secrets_of), delivery.recording(tmp_path / "mails"):
        queued(now, 2, kind="probe")
        [sweep] = [sweep for sweep in SWEEPS if sweep.name == "deliver_mail"]
        assert sweep.run(now) == 2
    files = sorted((tmp_path / "mails").iterdir())
    assert [file.name[:10] for file in files] == ["0001-probe", "0002-probe"]
    text = files[0].read_text()
    assert "[personal link]" in text
    assert "very-secret-token" not in text
    assert smtp.messages == []
    assert set(OutgoingMail.objects.values_list("sent_at", flat=True)) == {now}


def test_deliver_in_mailbox_mode_marks_sent_and_lets_nothing_out(now: datetime, smtp: MailSink, settings: Any) -> None:
    settings.MAIL_MODE = "mailbox"
    queued(now)
    assert deliver(now).sent == 1
    assert smtp.messages == []


def test_deliver_many_uses_one_connection_and_goes_by_priority(now: datetime, smtp: MailSink) -> None:
    queued(now, 3, priority=9)
    queued(now, 2, priority=1)
    assert deliver(now, limit=4).sent == 4
    assert [to for [to] in smtp.recipients][:2] == ["party1@example.dk", "party2@example.dk"]
    assert OutgoingMail.objects.get(state="queued").priority == 9


def test_deliver_with_limit_says_there_is_more(now: datetime, smtp: MailSink) -> None:
    queued(now, 3)
    assert deliver(now, limit=2).more
    assert not deliver(now).more


def test_deliver_unwanted_mail_is_withdrawn_with_its_reason_and_not_sent(now: datetime, smtp: MailSink) -> None:
    def answered(mails: Sequence[OutgoingMail], at: datetime) -> dict[int, str]:
        assert at == now
        return {mail.id: "answered" for mail in mails if mail.to_address == "party2@example.dk"}

    with registered(still_wanted=answered):
        queued(now, 3, kind="probe")
        report = deliver(now)
    assert (report.sent, report.withdrawn) == (2, 1)
    assert sorted(to for [to] in smtp.recipients) == ["party1@example.dk", "party3@example.dk"]
    withdrawn = OutgoingMail.objects.get(state=MailState.WITHDRAWN)
    assert (withdrawn.withdrawn_reason, withdrawn.withdrawn_at) == ("answered", now)


def test_deliver_answered_between_claim_and_send_is_not_sent(now: datetime, smtp: MailSink) -> None:
    def meanwhile_answered(mails: Sequence[OutgoingMail], at: datetime) -> dict[int, dict[str, object]]:
        outbox.withdraw([mails[0].subject_id], reason="answered", now=at)
        return {}

    with registered(facts=meanwhile_answered):
        first, _second = queued(now, 2, kind="probe")
        report = deliver(now)
    assert (report.sent, report.lost) == (1, 1)
    assert reread(first).state == MailState.WITHDRAWN
    assert smtp.recipients == [["party2@example.dk"]]


def test_deliver_mail_taken_over_by_another_worker_is_left_to_it(now: datetime, smtp: MailSink) -> None:
    def meanwhile_taken_over(mails: Sequence[OutgoingMail], at: datetime) -> dict[int, dict[str, object]]:
        OutgoingMail.objects.filter(id=mails[0].id).update(claim_token=uuid4())
        return {}

    with registered(facts=meanwhile_taken_over):
        queued(now, 1, kind="probe")
        report = deliver(now)
    assert (report.sent, report.lost) == (0, 1)
    assert smtp.messages == []


def test_deliver_one_kind_broken_sends_the_others_and_tries_it_again(now: datetime, smtp: MailSink) -> None:
    def broken(mails: Sequence[OutgoingMail], at: datetime) -> dict[int, dict[str, object]]:
        raise RuntimeError("no such round")

    with registered(facts=broken):
        [bad] = queued(now, kind="probe")
        [good] = queued(now)
        report = deliver(now)
    assert (report.sent, report.deferred) == (1, 1)
    assert reread(good).state == MailState.SENT
    assert (reread(bad).state, reread(bad).last_error) == ("queued", "RuntimeError: no such round")
    assert reread(bad).next_attempt_at > now


def test_deliver_that_fails_through_a_fault_of_ours_counts_as_not_arrived_until_it_is_mended(
    now: datetime, smtp: MailSink
) -> None:
    def broken(mails: Sequence[OutgoingMail], now: datetime) -> kinds.Facts:
        raise RuntimeError("a fault of ours")

    with registered(facts=broken):
        [mail] = queued(now, kind="probe")
        for attempt in range(1, 9):
            assert not queries.mails_to_mend().exists()
            deliver(reread(mail).next_attempt_at)
            assert reread(mail).attempts == attempt
    assert list(queries.mails_to_mend()) == list(queries.undelivered_mails()) == [mail]
    assert reread(mail).is_undelivered

    with registered():
        deliver(reread(mail).next_attempt_at)

    assert reread(mail).state == MailState.SENT
    assert not reread(mail).is_undelivered
    assert not queries.mails_to_mend().exists()
    assert not queries.undelivered_mails().exists()


def test_deliver_fact_holding_the_secret_is_not_sent_nor_recorded(now: datetime, smtp: MailSink) -> None:
    with registered(templates="mails/probe_secrets", secrets=secrets_of):
        [mail] = queued(now, kind="probe", facts={"note": f"see {SECRET_LINK}"})
        deliver(now)
    assert smtp.messages == []
    assert "clear" in reread(mail).last_error


def test_deliver_recipient_refused_for_good_fails_once_and_tells_the_kind(now: datetime, smtp: MailSink) -> None:
    told: list[tuple[int, str]] = []

    def on_event(mail: OutgoingMail, event: MailEvent, at: datetime) -> None:
        told.append((mail.id, event.kind))

    smtp.refuse["party1@example.dk"] = "550 5.1.1 No such user"
    with registered(on_event=on_event):
        bad, good = queued(now, 2, kind="probe")
        report = deliver(now)
    assert (report.failed, report.sent) == (1, 1)
    failed = reread(bad)
    assert (failed.state, failed.failed_at, failed.bounced_at) == (MailState.FAILED, now, now)
    assert "550" in failed.last_error
    assert told == [(bad.id, EventKind.FAILED)]
    assert list(queries.undelivered_mails()) == [failed]
    assert reread(good).state == MailState.SENT


def test_deliver_recipient_put_off_is_tried_for_three_days_then_given_up(now: datetime, smtp: MailSink) -> None:
    smtp.refuse["party1@example.dk"] = "451 4.7.1 Greylisted"
    [mail] = queued(now)
    while (waiting := reread(mail)).state == MailState.QUEUED:
        at = waiting.next_attempt_at
        if timedelta(hours=12) < at - now < timedelta(hours=60):
            at = now + timedelta(hours=60)  # every hour until then would go the same way
        deliver(at)
    assert timedelta(days=3) <= reread(mail).failed_at - now <= timedelta(days=3, hours=1)  # type: ignore[operator]
    assert MailEvent.objects.get().kind == EventKind.FAILED


def test_deliver_late_recipient_put_off_once_arrives_at_next_attempt(now: datetime, smtp: MailSink) -> None:
    smtp.refuse["party1@example.dk"] = "451 4.7.1 Greylisted"
    [mail] = queued(now)
    much_later = now + timedelta(days=10)
    assert deliver(much_later).deferred == 1
    smtp.refuse.clear()
    assert deliver(reread(mail).next_attempt_at).sent == 1
    assert reread(mail).possible_doubles == 0


@pytest.mark.parametrize("how", ["refused", "451"])
def test_deliver_server_down_for_an_hour_loses_nothing(
    now: datetime, smtp: MailSink, settings: Any, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "BATCH", 10)
    queued(now, 15)
    port = settings.EMAIL_PORT
    if how == "refused":
        settings.EMAIL_PORT = free_port()
    smtp.down = True
    for minute in range(0, 60, 2):
        report = deliver(now + timedelta(minutes=minute))
        assert report.sent == report.failed == 0
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.QUEUED}
    assert OutgoingMail.objects.exclude(last_error="").exists()
    settings.EMAIL_PORT, smtp.down = port, False
    at = now + timedelta(minutes=60)
    until = at + timedelta(hours=1)
    while (due := queries.next_mail_due()) is not None and at <= until:
        at = max(at, due)
        deliver(at)
    assert queries.next_mail_due() is None
    assert sorted(to for [to] in smtp.recipients) == sorted(f"party{n}@example.dk" for n in range(1, 16))
    assert possible_doubles() == 0


def test_deliver_with_wrong_password_is_the_server_away_not_the_recipients_fault(
    now: datetime, smtp: MailSink, settings: Any
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "samraad", "wrong"
    [mail] = queued(now)
    report = deliver(now)
    assert report.server_away
    assert reread(mail).state == MailState.QUEUED


def test_recover_lost_worker_before_sending_brings_back_the_mail(now: datetime, smtp: MailSink) -> None:
    [mail] = queued(now)
    claims.claim(now, now, uuid4(), 10)
    assert delivery.recover(now + delivery.LEASE - timedelta(seconds=1)) == 0
    later = now + delivery.LEASE
    assert delivery.recover(later) == 1
    assert reread(mail).possible_doubles == 0
    assert deliver(later).sent == 1


def test_recover_lost_worker_while_sending_counts_a_possible_double(now: datetime, smtp: MailSink) -> None:
    [mail] = queued(now)
    token = uuid4()
    claims.claim(now, now, token, 10)
    assert claims.renew(mail, token, now)
    later = now + delivery.LEASE
    assert delivery.recover(later) == 1
    assert deliver(later).sent == 1
    assert possible_doubles() == reread(mail).possible_doubles == 1


def test_erase_while_on_the_wire_keeps_no_text(now: datetime, smtp: MailSink) -> None:
    [mail] = queued(now)
    token = uuid4()
    claims.claim(now, now, token, 10)
    assert claims.renew(mail, token, now)
    outbox.erase([mail.subject_id], now=now)
    written = render.write(mail, kinds.TEST_MAIL, {}, {})
    records.record_sent(mail, token, now, written, "", delivery.DeliveryReport())
    assert (reread(mail).state, reread(mail).text_sent, reread(mail).subject_sent) == ("sent", "", "")


def test_next_due_of_every_sweep_is_none_when_all_is_done(now: datetime, smtp: MailSink) -> None:
    assert [sweep.next_due(now) for sweep in SWEEPS] == [None] * len(SWEEPS)
    queued(now)
    assert SWEEPS[0].next_due(now) == now
    assert SWEEPS[0].run(now) == 1
    assert [sweep.next_due(now) for sweep in SWEEPS] == [None] * len(SWEEPS)
