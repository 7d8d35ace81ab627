"""The door in: enqueue, withdraw, erase."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import delivery, kinds, outbox, rules
from notifications.models import MailEvent, OutgoingMail
from notifications.states import EventKind, MailState
from notifications.tracking import record_event
from tests.notifications.factories import a_letter, queued, reread

pytestmark = pytest.mark.django_db


def test_enqueue_same_key_twice_stores_one_mail(now: datetime) -> None:
    letter = a_letter()
    outbox.enqueue([letter], now)
    outbox.enqueue([letter], now + timedelta(hours=1))
    assert OutgoingMail.objects.get().queued_at == now


@pytest.mark.parametrize(("number", "statements"), [(1, 1), (20, 1), (60, 3)])
def test_enqueue_many_stores_them_in_order_in_few_statements(now: datetime, number: int, statements: int) -> None:
    letters = [a_letter(n) for n in range(number)]
    with CaptureQueriesContext(connection) as queries:
        outbox.enqueue(letters, now)
    assert [mail.key for mail in OutgoingMail.objects.order_by("id")] == [letter.key for letter in letters]
    written = [query for query in queries if "SAVEPOINT" not in query["sql"]]
    # SQLite takes about thirty rows of this width in one statement.
    assert len(written) == (1 if connection.vendor == "postgresql" else statements)


def test_enqueue_in_a_deed_that_fails_leaves_no_mail(now: datetime) -> None:
    def deed() -> None:
        with transaction.atomic():
            outbox.enqueue([a_letter()], now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        deed()
    assert not OutgoingMail.objects.exists()


def test_enqueue_impossible_address_refuses_the_whole_batch_with_a_reason(now: datetime) -> None:
    with pytest.raises(rules.ImpossibleLetter) as caught:
        outbox.enqueue([a_letter(1), a_letter(2, to="ingen snabel-a")], now)
    assert caught.value.refusal.code == "address_space"
    assert not OutgoingMail.objects.exists()


def test_enqueue_unknown_kind_is_refused(now: datetime) -> None:
    with pytest.raises(kinds.UnknownKind):
        outbox.enqueue([a_letter(kind="nobody_knows")], now)


def test_enqueue_name_and_case_number_with_line_breaks_smuggle_no_header(now: datetime, smtp) -> None:  # type: ignore[no-untyped-def]
    queued(now, to_name="Rådet\r\nBcc: all@example.dk", case_number="1\nBcc: x@example.dk")
    delivery.deliver(now, lambda: now)
    [message] = smtp.messages
    assert message["Bcc"] is None
    assert smtp.recipients == [["party1@example.dk"]]


def test_enqueue_for_later_waits_until_then(now: datetime, smtp) -> None:  # type: ignore[no-untyped-def]
    queued(now, not_before=now + timedelta(days=1))
    almost = now + timedelta(days=1) - timedelta(microseconds=1)
    assert delivery.deliver(almost, lambda: almost).sent == 0
    then = now + timedelta(days=1)
    assert delivery.deliver(then, lambda: then).sent == 1


def test_withdraw_by_subject_and_kind_takes_only_what_is_not_being_sent(now: datetime) -> None:
    waiting, claimed, sending, sent, other = queued(now, 5)
    subjects = [mail.subject_id for mail in (waiting, claimed, sending, sent)]
    lease = {"claim_token": uuid4(), "lease_until": now + delivery.LEASE}
    for mail in (claimed, sending, sent):
        OutgoingMail.objects.filter(id=mail.id).move("claim", **lease)
    OutgoingMail.objects.filter(id=sending.id).update(sending_at=now)
    OutgoingMail.objects.filter(id=sent.id).update(sending_at=now)
    OutgoingMail.objects.filter(id=sent.id).move("record_sent", sent_at=now)
    assert outbox.withdraw(subjects, kinds=["another"], reason="answered", now=now) == 0
    assert outbox.withdraw(subjects, kinds=["test_mail"], reason="answered", now=now) == 2
    states = {mail.to_address: mail.state for mail in OutgoingMail.objects.order_by("id")}
    assert list(states.values()) == ["withdrawn", "withdrawn", "claimed", "sent", "queued"]
    assert reread(waiting).withdrawn_reason == "answered"
    assert reread(other).withdrawn_at is None


def test_erase_by_subject_leaves_nothing_readable_but_what_became_of_it(now: datetime, smtp) -> None:  # type: ignore[no-untyped-def]
    [mail] = queued(
        now, to="kirsten.jensen@privat.example", to_name="Kirsten Jensen", facts={"whose": "Kirsten Jensen"}
    )
    delivery.deliver(now, lambda: now)
    record_event(mail, EventKind.BOUNCED, key="b1", occurred_at=now, now=now, detail="kirsten.jensen unknown")
    assert outbox.erase([mail.subject_id], now=now) == 1
    assert outbox.erase([mail.subject_id], now=now) == 0
    row = OutgoingMail.objects.filter(id=mail.id).values().get()
    events = list(MailEvent.objects.filter(mail=mail).values())
    assert "kirsten" not in f"{row} {events}".lower()
    assert "privat" not in f"{row}"
    assert row["state"] == MailState.SENT
    assert row["sent_at"] == now
    assert row["bounced_at"] == now


def test_erase_by_address_withdraws_what_waits(now: datetime) -> None:
    [mail] = queued(now, to="Kirsten@privat.example")
    outbox.erase(addresses=["kirsten@privat.example"], now=now)
    erased = reread(mail)
    assert (erased.state, erased.withdrawn_reason, erased.to_address) == ("withdrawn", "erased", "")


def test_store_unknown_state_is_refused_by_the_database(now: datetime) -> None:
    [mail] = queued(now)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(id=mail.id).update(state="lost")
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        OutgoingMail.objects.filter(id=mail.id).update(state="sent")


def test_move_from_another_state_changes_nothing(now: datetime) -> None:
    [mail] = queued(now)
    assert OutgoingMail.objects.filter(id=mail.id).move("record_sent", sent_at=now) == 0
    assert OutgoingMail.objects.filter(id=mail.id).move("withdraw", withdrawn_at=now) == 1
    assert OutgoingMail.objects.filter(id=mail.id).move("claim") == 0
    assert reread(mail).state == MailState.WITHDRAWN
