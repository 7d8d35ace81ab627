"""What mail services and servers tell us: counted once, told to the kind once, believed only with the secret."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications import tracking
from notifications.models import MailEvent, OutgoingMail
from notifications.states import EventKind
from tests.notifications.factories import queued, registered, reread

pytestmark = pytest.mark.django_db

SECRET = "samraad:a-long-shared-secret"


@pytest.fixture
def service(settings: Any) -> Client:
    """A client that knows the webhook secret."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    return Client(headers={"authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()})


def a_bounce(message_id: str, recipient: str, event_id: int = 4323372036854775807) -> dict[str, Any]:
    """A bounce as Postmark tells it."""
    return {
        "RecordType": "Bounce",
        "ID": event_id,
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": message_id,
        "Description": "The server was unable to deliver your message",
        "Details": "smtp;550 5.1.1 The email account does not exist",
        "Email": recipient,
        "BouncedAt": "2019-03-01T10:00:00Z",
    }


def tell(client: Client, body: dict[str, Any]) -> int:
    address = reverse("anymail:postmark_tracking_webhook")
    return client.post(address, json.dumps(body), content_type="application/json").status_code


def test_webhook_bounce_told_twice_counts_once_and_tells_the_kind_once(now: datetime, service: Client) -> None:
    told: list[str] = []

    def on_event(mail: OutgoingMail, event: MailEvent, at: datetime) -> None:
        told.append(event.kind)

    with registered(on_event=on_event):
        [mail] = queued(now, kind="probe")
        OutgoingMail.objects.filter(id=mail.id).update(service_message_id="8b3f-1")
        body = a_bounce("8b3f-1", "PARTY1@example.dk")
        assert [tell(service, body), tell(service, body)] == [200, 200]
    assert told == ["bounced"]
    assert MailEvent.objects.count() == 1
    assert reread(mail).bounced_at == now + timedelta(hours=1)


def test_webhook_same_message_id_for_another_recipient_is_not_ours(now: datetime, service: Client) -> None:
    [mail] = queued(now)
    OutgoingMail.objects.filter(id=mail.id).update(service_message_id="17")
    assert tell(service, a_bounce("17", "stranger@example.dk")) == 200
    assert not MailEvent.objects.exists()


def test_webhook_opening_is_not_kept(now: datetime, service: Client) -> None:
    [mail] = queued(now)
    OutgoingMail.objects.filter(id=mail.id).update(service_message_id="17")
    body = {
        "RecordType": "Open",
        "MessageID": "17",
        "Recipient": mail.to_address,
        "ReceivedAt": "2019-03-01T10:00:00Z",
    }
    assert tell(service, body) == 200
    assert not MailEvent.objects.exists()


def test_webhook_without_the_secret_is_refused(now: datetime, service: Client) -> None:
    [mail] = queued(now)
    OutgoingMail.objects.filter(id=mail.id).update(service_message_id="17")
    assert tell(Client(), a_bounce("17", mail.to_address)) == 400
    assert not MailEvent.objects.exists()


def test_webhook_in_an_installation_without_secret_does_not_exist(settings: Any) -> None:
    settings.ANYMAIL = {}
    assert tell(Client(), a_bounce("17", "party1@example.dk")) == 404


def test_record_event_kind_that_fails_is_told_again_later(now: datetime) -> None:
    answers: list[Exception | None] = [RuntimeError("locked"), None]
    told: list[int] = []

    def on_event(mail: OutgoingMail, event: MailEvent, at: datetime) -> None:
        answer = answers.pop(0)
        if answer:
            raise answer
        told.append(mail.id)

    with registered(on_event=on_event):
        [mail] = queued(now, kind="probe")
        assert tracking.record_event(mail, EventKind.BOUNCED, key="b", occurred_at=now, now=now)
        assert told == []
        assert reread(mail).bounced_at == now
        due = tracking.next_telling_due()
        assert due == now
        assert tracking.tell_kinds(now + timedelta(minutes=4)) == 0
        assert tracking.tell_kinds(now + timedelta(minutes=5)) == 1
        assert tracking.tell_kinds(now + timedelta(minutes=5)) == 0
    assert told == [mail.id]
    assert tracking.next_telling_due() is None


def test_record_event_delay_does_not_mark_the_mail_undelivered(now: datetime) -> None:
    [mail] = queued(now)
    tracking.record_event(mail, EventKind.DEFERRED, key="d", occurred_at=now, now=now)
    assert reread(mail).bounced_at is None
