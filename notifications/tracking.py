"""What comes back about a mail: bounces, delays, deliveries; from the sending itself or a mail service's webhook.

Each thing heard is a row with a unique key, so a repeated webhook counts once; the kind of mail is told in a
transaction of its own, and told again by a sweep when that failed. Delivery, webhooks and the player come in.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import update_wrapper

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from anymail.urls import urlpatterns as service_addresses
from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern

from notifications import kinds, postponed
from notifications.models import MailEvent, OutgoingMail
from notifications.states import UNDELIVERED_EVENTS, EventKind

log = logging.getLogger(__name__)

# Openings and clicks are not kept: who reads a letter when is nobody's business, and scanners open everything.
_KEPT = {
    EventType.DELIVERED: EventKind.DELIVERED,
    EventType.DEFERRED: EventKind.DEFERRED,
    EventType.BOUNCED: EventKind.BOUNCED,
    EventType.REJECTED: EventKind.REJECTED,
    EventType.FAILED: EventKind.FAILED,
    EventType.COMPLAINED: EventKind.COMPLAINED,
    EventType.AUTORESPONDED: EventKind.AUTORESPONDED,
}


def store_event(
    mail: OutgoingMail, kind: EventKind, *, key: str, occurred_at: datetime, detail: str, now: datetime
) -> MailEvent | None:
    """Store one thing heard about a mail, once per `key`. None when it has been heard before.

    A bounce, a rejection and a failure mark the mail as undelivered. Its kind is told by `tell_kinds`, after the
    commit.
    """
    event, is_new = MailEvent.objects.get_or_create(
        key=key,
        defaults={
            "mail": mail,
            "kind": kind,
            "detail": "" if mail.erased_at else detail[:1000],
            "occurred_at": occurred_at,
            "recorded_at": now,
            "due_at": now,
        },
    )
    if not is_new:
        return None
    if kind in UNDELIVERED_EVENTS:
        # The first one counts.
        OutgoingMail.objects.filter(id=mail.id, bounced_at=None).update(bounced_at=occurred_at)
    return event


def record_event(
    mail: OutgoingMail, kind: EventKind, *, key: str, occurred_at: datetime, now: datetime, detail: str = ""
) -> bool:
    """Hear one thing about a mail and tell its kind. False when it had been heard before (same `key`)."""
    with transaction.atomic():
        is_new = store_event(mail, kind, key=key, occurred_at=occurred_at, detail=detail, now=now) is not None
    if is_new:
        tell_kinds(now)
    return is_new


def tell_kinds(now: datetime) -> int:
    """Tell the kinds of mail what has been heard and not yet told. Returns how many events are told.

    What a kind refuses with an exception is put off and told again later.
    """
    return postponed.one_by_one(
        "tell_mail_events",
        MailEvent.objects.filter(due_at__lte=now),
        lambda event: _tell(event.pk, now),
        now,
        whose=lambda number: postponed.NOBODY,
    )


def _tell(event_id: int, now: datetime) -> bool:
    with transaction.atomic():
        event = (
            MailEvent.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("mail")
            .filter(id=event_id, due_at__lte=now)
            .first()
        )
        if event is None:
            return False
        on_event = kinds.kind(event.mail.kind).on_event
        if on_event is not None:
            on_event(event.mail, event, now)
        # In the transaction of the kind's deed: told and noted, or neither.
        MailEvent.objects.filter(id=event_id).update(due_at=None)
    return True


def next_telling_due() -> datetime | None:
    """When the next event is to be told, in the past when one waits already."""
    return MailEvent.objects.filter(due_at__isnull=False).aggregate(at=Min("due_at"))["at"]


# ── Webhooks of mail services ─────────────────────────────────────────────────────────────────────────────────
_received_at: ContextVar[datetime | None] = ContextVar("webhook_received_at", default=None)


@contextmanager
def _received(now: datetime) -> Iterator[None]:
    token = _received_at.set(now)
    try:
        yield
    finally:
        _received_at.reset(token)


def hear_service(sender: object, event: AnymailTrackingEvent, esp_name: str, **_: object) -> None:
    """Take one event from a mail service. Unknown mails, and openings and clicks, are passed over.

    The mail is found by the service's message id and the recipient: some services number messages per recipient.
    """
    kind = _KEPT.get(event.event_type)
    now = _received_at.get() or event.timestamp
    if kind is None or now is None or not event.message_id:
        return
    mail = OutgoingMail.objects.filter(
        service_message_id=str(event.message_id), to_address__iexact=event.recipient or ""
    ).first()
    if mail is None:
        log.info("%s tells of a mail that is not ours", esp_name)
        return
    occurred_at = event.timestamp or now
    record_event(
        mail,
        kind,
        key=_event_key(esp_name, event, mail),
        occurred_at=occurred_at,
        detail=" ".join(filter(None, [event.reject_reason, event.mta_response or event.description])),
        now=now,
    )


def _event_key(esp_name: str, event: AnymailTrackingEvent, mail: OutgoingMail) -> str:
    """The same event has the same key however often it is sent: the service's event id, or what the event says."""
    event_identity = event.event_id or f"{event.event_type} {event.timestamp}"
    # Keys stand in the database: made otherwise, what a service repeats would count twice.
    return hashlib.sha256(f"{esp_name} {mail.public_id} {event_identity}".encode()).hexdigest()


def connect() -> None:
    """Listen to the mail services' webhooks."""
    tracking.connect(hear_service, dispatch_uid="notifications.tracking")


def webhook_addresses() -> list[URLPattern]:
    """The tracking webhooks of all mail services django-anymail knows, for `urls`.

    They exist only where `WEBHOOK_SECRET` stands in the setting `ANYMAIL`: without it anybody could report a bounce.
    """
    return [
        URLPattern(address.pattern, _guarded(address.callback), name=address.name)
        for address in service_addresses
        if isinstance(address, URLPattern) and "tracking" in (address.name or "")
    ]


def _guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def webhook(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            raise Http404
        with _received(request.now):  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

    update_wrapper(webhook, view)
    webhook.policy = "webhook"  # type: ignore[attr-defined]
    webhook.csrf_exempt = True  # type: ignore[attr-defined]
    return webhook
