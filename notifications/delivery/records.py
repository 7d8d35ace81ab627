"""What became of a mail: sent, put back, or failed for good. Recorded only by whoever holds its claim."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, F, TextField, Value, When

from notifications import render, rules, tracking
from notifications.delivery.claims import mail_in_hand
from notifications.delivery.playing import current_recording
from notifications.delivery.wire import compose
from notifications.models import MailQuerySet, OutgoingMail, arrow
from notifications.statements import Change, Given
from notifications.states import ERASED, EventKind

log = logging.getLogger(__name__)


@dataclass(slots=True)
class DeliveryReport:
    """What one drain did, in mails. `more`: it ended before the queue was empty. `held`: nothing may leave."""

    claimed: int = 0
    sent: int = 0
    withdrawn: int = 0
    deferred: int = 0
    failed: int = 0
    lost: int = 0  # taken back or taken over between claim and send
    more: bool = False
    held: bool = False
    server_away: str = ""  # what the mail server said, when it was away


def _on_the_wire(**more: Any) -> MailQuerySet:
    return mail_in_hand(state__in=arrow("record_sent")[0], **more)


_SENT: Final[dict[str, Any]] = {
    "state": arrow("record_sent")[1],
    "sent_at": Given("at", DateTimeField()),
    "service_message_id": Given("service_message_id", CharField()),
    "last_error": "",
}

_RECORD_SENT: Final = Change(
    lambda: _on_the_wire(erased_at=None),
    subject_sent=Given("subject", TextField()),
    text_sent=Given("text", TextField()),
    **_SENT,
)

_RECORD_SENT_OF_ERASED: Final = Change(lambda: _on_the_wire(erased_at__isnull=False), **_SENT)


def record_sent(
    mail: OutgoingMail,
    token: UUID,
    at: datetime,
    written: render.Written,
    service_message_id: str,
    report: DeliveryReport,
) -> None:
    """The server has taken the mail: keep its text with placeholders, or nothing of it when it was erased meanwhile."""
    subject, text, _html = written.to_keep()
    values = {"id": mail.id, "token": token, "at": at, "service_message_id": service_message_id}
    recorded = _RECORD_SENT(**values, subject=subject, text=text)
    if not recorded:  # erased while it was on the wire: then nothing of it is kept
        recorded = _RECORD_SENT_OF_ERASED(**values)
    if recorded:
        report.sent += 1
        _keep(mail, written, at)
    else:
        report.lost += 1
        log.error("mail %s was sent, but its lease had run out", mail.public_id)


def _keep(mail: OutgoingMail, written: render.Written, at: datetime) -> None:
    """Write the recorded mail into the folder of `recording`, if there is one."""
    player = current_recording.get()
    if player is None or player.folder is None:
        return
    player.number += 1
    name = f"{player.number:04d}-{mail.kind}-{mail.public_id}.eml"
    (player.folder / name).write_bytes(compose(mail, *written.to_keep(), at).message().as_bytes())


def put_back(
    mails: Sequence[OutgoingMail],
    token: UUID,
    at: datetime,
    why: str,
    report: DeliveryReport,
    *,
    server_is_away: bool = False,
    maybe_sent: bool = False,
) -> None:
    """Back into the queue for a later attempt, with what the server said. `maybe_sent` counts as a possible double."""
    by_next: dict[datetime, list[int]] = {}
    for mail in mails:
        by_next.setdefault(rules.next_attempt(mail.attempts, at, server_is_away=server_is_away), []).append(mail.id)
    for next_attempt_at, ids in by_next.items():
        in_hand = OutgoingMail.objects.filter(id__in=ids, claim_token=token)
        in_hand.filter(erased_at__isnull=False).move("withdraw", withdrawn_at=at, withdrawn_reason=ERASED)
        report.deferred += in_hand.move(
            "put_back",
            next_attempt_at=next_attempt_at,
            last_error=why[:1000],
            sending_at=None,
            possible_doubles=F("possible_doubles") + int(maybe_sent),
        )


def record_failed(mail: OutgoingMail, token: UUID, at: datetime, why: str, report: DeliveryReport) -> None:
    """The mail will not be sent. Its kind is told through an event, so that somebody can find another address."""
    with transaction.atomic(durable=True):
        failed = OutgoingMail.objects.filter(id=mail.id, claim_token=token).move(
            "record_failed",
            failed_at=at,
            last_error=Case(When(erased_at=None, then=Value(why[:1000])), default=Value("")),
        )
        if failed:
            tracking.store_event(
                mail, EventKind.FAILED, key=f"failed:{mail.public_id}", occurred_at=at, detail=why, now=at
            )
    if failed:
        report.failed += 1
        # After the commit: what a kind makes of it must not undo that the mail has failed.
        tracking.tell_kinds(at)
