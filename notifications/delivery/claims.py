"""Whose a mail is while it is being sent: claimed under a lease, renewed just before sending, brought back if lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Case, DateTimeField, F, UUIDField, Value, When
from django.db.models.functions import Coalesce

from notifications import installation
from notifications.models import MailQuerySet, OutgoingMail, arrow
from notifications.statements import Among, Change, Given, Read
from notifications.states import ERASED, MailState

LEASE = timedelta(minutes=5)  # longer than a server may take over one mail (EMAIL_TIMEOUT)


def mail_in_hand(**more: Any) -> MailQuerySet:
    """The mail in hand, as long as this worker's claim holds."""
    return OutgoingMail.objects.filter(id=Given("id"), claim_token=Given("token", UUIDField()), **more)


def _all_due() -> MailQuerySet:
    return OutgoingMail.objects.filter(state=MailState.QUEUED, next_attempt_at__lte=Given("now", DateTimeField()))


_SOME_DUE: Final = Read(lambda: _all_due().values_list("id")[:1])


@cache
def _due(size: int) -> Read[OutgoingMail]:
    first = ("priority", "next_attempt_at", "id")
    return Read(lambda: _all_due().select_for_update(skip_locked=True).order_by(*first)[:size])


_CLAIM: Final = Change(
    lambda: OutgoingMail.objects.filter(Among("id", "ids"), state__in=arrow("claim")[0]),
    state=arrow("claim")[1],
    claim_token=Given("token", UUIDField()),
    lease_until=Given("lease_until", DateTimeField()),
    sending_at=None,
    attempts=F("attempts") + 1,
    first_attempt_at=Coalesce("first_attempt_at", Given("at", DateTimeField())),
)

_RENEW: Final = Change(
    lambda: mail_in_hand(state=MailState.CLAIMED, erased_at=None),
    sending_at=Given("at", DateTimeField()),
    lease_until=Given("lease_until", DateTimeField()),
)


def claim(now: datetime, at: datetime, token: UUID, size: int) -> list[OutgoingMail]:
    """Take up to `size` due mails, those other workers are just taking left to them."""
    # Asked without a lock first: an idle drain opens no transaction.
    if not _SOME_DUE(now=now):
        return []
    # Never within another transaction: until that ended nobody could see the claim, and the mail would go twice.
    with transaction.atomic(durable=True):
        batch = _due(size)(now=now)
        _CLAIM(ids=[mail.id for mail in batch], token=token, lease_until=at + LEASE, at=at)
    for mail in batch:
        mail.attempts += 1
        mail.first_attempt_at = mail.first_attempt_at or at
    return batch


def renew(mail: OutgoingMail, token: UUID, at: datetime) -> bool:
    """Is the mail still ours, just before it is sent? From here on nobody can take it back."""
    return bool(_RENEW(id=mail.id, token=token, at=at, lease_until=at + LEASE))


def recover(now: datetime) -> int:
    """Put mails back in the queue whose worker was lost: its lease has run out. Returns how many.

    A mail that was being sent just then may have reached its recipient; that is counted as a possible double.
    """
    if installation.hold() is not None:
        return 0
    expired = OutgoingMail.objects.filter(state=MailState.CLAIMED, lease_until__lte=now)
    # Before the others: what has been erased must not come back into the queue.
    erased = expired.filter(erased_at__isnull=False).move("withdraw", withdrawn_at=now, withdrawn_reason=ERASED)
    begun = Case(When(sending_at=None, then=Value(0)), default=Value(1))
    return erased + expired.move(
        "put_back",
        next_attempt_at=now,
        possible_doubles=F("possible_doubles") + begun,
        last_error="the worker was lost",
        sending_at=None,
    )
