"""Two at once, on a real PostgreSQL: two workers, an answer and a worker, a webhook told twice."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from notifications import delivery, outbox, tracking
from notifications.delivery import claims
from notifications.models import MailEvent, OutgoingMail
from notifications.states import EventKind, MailState
from tests.notifications.factories import a_letter, queued, registered, reread
from tests.servers import MailSink

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of them, each in a thread and a connection of its own, released together; their results in order."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(do, deed) for deed in deeds]]


def test_claim_by_four_workers_at_once_gives_each_mail_to_one(now: datetime) -> None:
    for _round in range(5):
        queued(now, 40)
        claimed = at_once(*[lambda: claims.claim(now, now, uuid4(), 20)] * 4)
        taken = Counter(mail.id for batch in claimed for mail in batch)
        assert set(taken.values()) == {1}
        OutgoingMail.objects.all().delete()


def test_deliver_by_two_workers_at_once_sends_each_mail_once(now: datetime, smtp: MailSink) -> None:
    queued(now, 120)
    reports = at_once(*[lambda: delivery.deliver(now, lambda: now)] * 2)
    while delivery.deliver(now, lambda: now).claimed:
        pass
    arrived = Counter(to for [to] in smtp.recipients)
    assert len(arrived) == 120
    assert set(arrived.values()) == {1}
    assert all(report.lost == 0 for report in reports)
    assert set(OutgoingMail.objects.values_list("attempts", flat=True)) == {1}


def test_answer_between_claim_and_send_stops_the_mail(now: datetime, smtp: MailSink) -> None:
    """The worker has claimed and gathered its facts when the answer is committed in another connection."""

    def answered_meanwhile(mails: Sequence[OutgoingMail], at: datetime) -> dict[int, dict[str, object]]:
        def answer() -> int:
            return outbox.withdraw([mails[0].subject_id], reason="answered", now=at)

        assert at_once(answer) == [1]
        return {}

    with registered(facts=answered_meanwhile):
        [mail] = queued(now, kind="probe")
        report = delivery.deliver(now, lambda: now)
    assert report.lost == 1
    assert smtp.messages == []
    assert reread(mail).state == MailState.WITHDRAWN


def test_answer_while_workers_send_each_mail_is_either_sent_or_withdrawn(now: datetime, smtp: MailSink) -> None:
    mails = queued(now, 60)

    def answer() -> int:
        done = 0
        for mail in reversed(mails):
            with transaction.atomic():
                done += outbox.withdraw([mail.subject_id], reason="answered", now=now)
        return done

    withdrawn, report, another = at_once(
        answer, lambda: delivery.deliver(now, lambda: now), lambda: delivery.deliver(now, lambda: now)
    )
    arrived = sorted(to for [to] in smtp.recipients)
    sent = sorted(OutgoingMail.objects.filter(state=MailState.SENT).values_list("to_address", flat=True))
    assert arrived == sent
    assert len(sent) == report.sent + another.sent
    assert OutgoingMail.objects.filter(state=MailState.WITHDRAWN).count() == withdrawn == 60 - len(sent)


def test_answer_while_the_mail_is_on_the_wire_leaves_it_sent(now: datetime, smtp: MailSink) -> None:
    [mail] = queued(now)
    withdrawn: list[int] = []

    def answer() -> int:
        return outbox.withdraw([mail.subject_id], reason="answered", now=now)

    receive = smtp.handle_DATA

    async def answered_then_received(*args: Any) -> str:
        withdrawn.extend(at_once(answer))
        return await receive(*args)

    smtp.handle_DATA = answered_then_received  # type: ignore[method-assign]
    assert delivery.deliver(now, lambda: now).sent == 1
    assert withdrawn == [0]
    assert len(smtp.messages) == 1
    assert reread(mail).state == MailState.SENT


def test_recover_twice_at_once_counts_a_possible_double_once(now: datetime) -> None:
    [mail] = queued(now)
    token = uuid4()
    claims.claim(now, now, token, 10)
    claims.renew(mail, token, now)
    later = now + delivery.LEASE
    assert sorted(at_once(*[lambda: delivery.recover(later)] * 2)) == [0, 1]
    assert reread(mail).possible_doubles == 1


def test_enqueue_same_key_twice_at_once_stores_one_mail(now: datetime) -> None:
    for _round in range(5):
        letter = a_letter()
        at_once(*[lambda letter=letter: outbox.enqueue([letter], now)] * 2)
        assert OutgoingMail.objects.filter(key=letter.key).count() == 1


def test_tell_kinds_by_webhook_and_sweep_at_once_tells_once(now: datetime) -> None:
    told: list[int] = []

    def on_event(mail: OutgoingMail, event: MailEvent, at: datetime) -> None:
        told.append(mail.id)
        # The other passes by without waiting, so there is nothing to wait for: the row stays locked while it does.
        time.sleep(0.1)

    with registered(on_event=on_event):
        [mail] = queued(now, kind="probe")
        with transaction.atomic():
            tracking.store_event(mail, EventKind.BOUNCED, key="b", occurred_at=now, detail="", now=now)
        assert sorted(at_once(*[lambda: tracking.tell_kinds(now)] * 2)) == [0, 1]
    assert told == [mail.id]


def test_record_event_told_twice_at_once_reaches_the_kind_once(now: datetime) -> None:
    told: list[int] = []

    def on_event(mail: OutgoingMail, event: MailEvent, at: datetime) -> None:
        told.append(mail.id)

    with registered(on_event=on_event):
        for number in range(10):
            [mail] = queued(now, kind="probe")

            def hear(mail: OutgoingMail = mail, key: str = f"b{number}") -> bool:
                return tracking.record_event(mail, EventKind.BOUNCED, key=key, occurred_at=now, now=now)

            assert sorted(at_once(hear, hear)) == [False, True]
    assert len(told) == len(set(told)) == 10
