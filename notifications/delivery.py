"""Sends what is due, by SMTP or by any mail service Django has a backend for. The only room that hands out mail.

Claimed in batches under a lease; asked once more whether it is wanted; marked as being sent, just before; sent with
no transaction open; recorded. At least once: a double is possible only between the server's yes and our record, and
is counted. Workers and the sweep come in; nobody else.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, F, TextField, UUIDField, Value, When

from notifications import installation, kinds, render, rules, tracking
from notifications.models import MailQuerySet, OutgoingMail, arrow
from notifications.statements import Change, Given, Read
from notifications.states import ERASED, EventKind, MailState

log = logging.getLogger(__name__)

BATCH = 50  # mails claimed at once
LEASE = timedelta(minutes=5)  # longer than a server may take over one mail (EMAIL_TIMEOUT)
WORKING_TIME = timedelta(seconds=45)  # then the drain ends and asks for the next
NO_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

Clock = Callable[[], datetime]


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


@dataclass(frozen=True, slots=True)
class _Ready:
    """A claimed mail with what it is written from; `secrets` is None when its subject is gone."""

    mail: OutgoingMail
    kind: kinds.MailKind
    facts: Mapping[str, object]
    secrets: Mapping[str, str] | None

    def write(self) -> render.Written:
        if self.secrets is None:
            raise LookupError("what the mail is about is gone")
        return render.write(self.mail, self.kind, self.facts, self.secrets)


class ServerAway(Exception):
    """The mail server cannot be reached or serves nobody: says nothing about the mail at hand."""


class Later(Exception):
    """The server took no decision on this mail: try again."""

    def __init__(self, text: str, *, maybe_sent: bool = False) -> None:
        super().__init__(text)
        self.maybe_sent = maybe_sent


class Never(Exception):
    """The server refused this mail for good."""


# ── Playing without sending ───────────────────────────────────────────────────────────────────────────────────
@dataclass(slots=True)
class Recording:
    """A play's post: where its mails are kept, how many there were, and whether the mail server is away just now."""

    folder: Path | None
    number: int = 0
    is_away: bool = False


_recording: ContextVar[Recording | None] = ContextVar("mail_recording", default=None)


@contextmanager
def recording(folder: Path | None = None) -> Iterator[Recording]:
    """While inside, no mail leaves: each counts as sent, and `folder` gets it as NNNN-kind-public_id.eml. While
    `is_away` of what is yielded is set, sending goes as with a mail server that cannot be reached.

    The file is made from what is recorded, not from what would go over the wire: it shows `[personal link]` and
    `[code]`. The clock stands still at the `now` the sweep was given.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    post = Recording(folder)
    token = _recording.set(post)
    try:
        yield post
    finally:
        _recording.reset(token)


def clock_from(now: datetime) -> Clock:
    """A clock that starts at `now` and runs on; inside `recording` it stands still."""
    if _recording.get() is not None:
        return lambda: now
    start = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - start)


# ── Statements of every mail ──────────────────────────────────────────────────────────────────────────────────
def _ours(**more: Any) -> MailQuerySet:
    """The mail in hand, as long as this worker's claim holds."""
    return OutgoingMail.objects.filter(id=Given("id"), claim_token=Given("token", UUIDField()), **more)


def _on_the_wire(**more: Any) -> MailQuerySet:
    return _ours(state__in=arrow("record_sent")[0], **more)


_SOME_DUE: Final = Read(
    lambda: OutgoingMail.objects.filter(
        state=MailState.QUEUED, next_attempt_at__lte=Given("now", DateTimeField())
    ).values_list("id")[:1]
)
_RENEW: Final = Change(
    lambda: _ours(state=MailState.CLAIMED, erased_at=None),
    sending_at=Given("at", DateTimeField()),
    lease_until=Given("lease_until", DateTimeField()),
)
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


# ── The drain ─────────────────────────────────────────────────────────────────────────────────────────────────
def deliver(now: datetime, clock: Clock, limit: int = 2000) -> DeliveryReport:
    """Send the mails that are due at `now`, at most `limit`, for at most 45 seconds of `clock`.

    `clock` gives the instant of each lease and each record. Any number of workers may drain at once. Sends nothing
    while the installation is held. Refuses, with RuntimeError, to run inside a transaction.
    """
    report = DeliveryReport()
    if installation.is_held(now):
        report.held = True
        return report
    post = _Post()
    try:
        while not report.server_away:
            if report.claimed >= limit or clock() - now >= WORKING_TIME:
                report.more = True
                break
            token = uuid4()
            batch = _claim(now, clock(), token, min(BATCH, limit - report.claimed))
            if not batch:
                break
            report.claimed += len(batch)
            _send_batch(_wanted(batch, token, clock(), report), token, clock, post, report)
    finally:
        post.close()
    return report


def _claim(now: datetime, at: datetime, token: UUID, size: int) -> list[OutgoingMail]:
    """Take up to `size` due mails, those other workers are just taking left to them."""
    if not _SOME_DUE(now=now):
        return []
    due = OutgoingMail.objects.filter(state=MailState.QUEUED, next_attempt_at__lte=now)
    with transaction.atomic(durable=True):
        batch = list(due.select_for_update(skip_locked=True).order_by("priority", "next_attempt_at", "id")[:size])
        OutgoingMail.objects.filter(id__in=[mail.id for mail in batch]).move(
            "claim",
            claim_token=token,
            lease_until=at + LEASE,
            sending_at=None,
            attempts=F("attempts") + 1,
            first_attempt_at=Case(When(first_attempt_at=None, then=Value(at)), default=F("first_attempt_at")),
        )
    for mail in batch:
        mail.attempts += 1
        mail.first_attempt_at = mail.first_attempt_at or at
    return batch


def _wanted(batch: Sequence[OutgoingMail], token: UUID, now: datetime, report: DeliveryReport) -> list[_Ready]:
    """The mails of the batch that are still wanted at `now`, each with all that it is written from, in their order."""
    ready: dict[int, _Ready] = {}
    by_kind: dict[str, list[OutgoingMail]] = {}
    for mail in batch:
        by_kind.setdefault(mail.kind, []).append(mail)
    for key, mails in by_kind.items():
        try:
            kind = kinds.kind(key)
            unwanted = kind.still_wanted(mails, now)
            wanted = [mail for mail in mails if mail.id not in unwanted]
            facts = kind.facts(wanted, now) if wanted else {}
            secrets = kind.secrets(wanted) if wanted else {}
        except Exception as error:  # one kind's mistake must not stop the others' mail
            log.exception("mails of kind %s cannot be prepared", key)
            for mail in mails:
                _put_back(mail, token, now, f"{type(error).__name__}: {error}", report)
            continue
        by_reason: dict[str, list[int]] = {}
        for mail_id, reason in unwanted.items():
            by_reason.setdefault(reason, []).append(mail_id)
        for reason, ids in by_reason.items():
            report.withdrawn += OutgoingMail.objects.filter(id__in=ids, claim_token=token).move(
                "withdraw", withdrawn_at=now, withdrawn_reason=reason
            )
        ready.update({mail.id: _Ready(mail, kind, facts.get(mail.id, {}), secrets.get(mail.id)) for mail in wanted})
    return [ready[mail.id] for mail in batch if mail.id in ready]


def _send_batch(
    batch: Sequence[_Ready],
    token: UUID,
    clock: Clock,
    post: _Post,
    report: DeliveryReport,
) -> None:
    for place, ready in enumerate(batch):
        mail = ready.mail
        try:
            written = ready.write()
            message = _compose(mail, *written.to_send(), clock())
        except Exception as error:  # one mail's mistake must not stop the others
            log.exception("mail %s cannot be written", mail.public_id)
            _put_back(mail, token, clock(), f"{type(error).__name__}: {error}", report)
            continue
        try:
            post.open()
            if not _renew(mail, token, clock()):
                report.lost += 1
                continue
            service_message_id = post.send(message)
        except ServerAway as away:
            report.server_away = str(away)
            log.warning("the mail server is away: %s", away)
            for waiting in batch[place:]:
                _put_back(waiting.mail, token, clock(), str(away), report, server_is_away=True)
            return
        except Later as later:
            if not later.maybe_sent and rules.is_given_up(mail.first_attempt_at, clock()):
                _record_failed(mail, token, clock(), str(later), report)
            else:
                _put_back(mail, token, clock(), str(later), report, maybe_sent=later.maybe_sent)
        except Never as never:
            _record_failed(mail, token, clock(), str(never), report)
        else:
            _record_sent(mail, token, clock(), written, service_message_id, report)


def _renew(mail: OutgoingMail, token: UUID, at: datetime) -> bool:
    """Is the mail still ours, just before it is sent? From here on nobody can take it back."""
    return bool(_RENEW(id=mail.id, token=token, at=at, lease_until=at + LEASE))


def _record_sent(
    mail: OutgoingMail,
    token: UUID,
    at: datetime,
    written: render.Written,
    service_message_id: str,
    report: DeliveryReport,
) -> None:
    subject, text, _html = written.to_keep()
    sent = {"id": mail.id, "token": token, "at": at, "service_message_id": service_message_id}
    recorded = _RECORD_SENT(**sent, subject=subject, text=text)
    if not recorded:  # erased while it was on the wire: then nothing of it is kept
        recorded = _RECORD_SENT_OF_ERASED(**sent)
    if recorded:
        report.sent += 1
        _keep(mail, written, at)
    else:
        report.lost += 1
        log.error("mail %s was sent, but its lease had run out", mail.public_id)


def _put_back(
    mail: OutgoingMail,
    token: UUID,
    at: datetime,
    why: str,
    report: DeliveryReport,
    *,
    server_is_away: bool = False,
    maybe_sent: bool = False,
) -> None:
    ours = OutgoingMail.objects.filter(id=mail.id, claim_token=token)
    ours.filter(erased_at__isnull=False).move("withdraw", withdrawn_at=at, withdrawn_reason=ERASED)
    report.deferred += ours.move(
        "put_back",
        next_attempt_at=rules.next_attempt(mail.attempts, at, server_is_away=server_is_away),
        last_error=why[:1000],
        sending_at=None,
        possible_doubles=F("possible_doubles") + int(maybe_sent),
    )


def _record_failed(mail: OutgoingMail, token: UUID, at: datetime, why: str, report: DeliveryReport) -> None:
    """The mail will not be sent. Its kind is told through an event, so that somebody can find another address."""
    with transaction.atomic(durable=True):
        failed = OutgoingMail.objects.filter(id=mail.id, claim_token=token).move(
            "record_failed",
            failed_at=at,
            last_error=Case(When(erased_at=None, then=Value(why[:1000])), default=Value("")),
        )
        if failed:
            tracking.note(mail, EventKind.FAILED, key=f"failed:{mail.public_id}", occurred_at=at, detail=why, now=at)
    if failed:
        report.failed += 1
        tracking.tell_kinds(at)


def recover(now: datetime) -> int:
    """Put mails back in the queue whose worker was lost: its lease has run out. Returns how many.

    A mail that was being sent just then may have reached its recipient; that is counted as a possible double.
    """
    if installation.hold() is not None:
        return 0
    expired = OutgoingMail.objects.filter(state=MailState.CLAIMED, lease_until__lte=now)
    erased = expired.filter(erased_at__isnull=False).move("withdraw", withdrawn_at=now, withdrawn_reason=ERASED)
    begun = Case(When(sending_at=None, then=Value(0)), default=Value(1))
    return erased + expired.move(
        "put_back",
        next_attempt_at=now,
        possible_doubles=F("possible_doubles") + begun,
        last_error="the worker was lost",
        sending_at=None,
    )


# ── The wire ──────────────────────────────────────────────────────────────────────────────────────────────────
def _compose(mail: OutgoingMail, subject: str, text: str, html: str, at: datetime) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((mail.to_name, mail.to_address)) if mail.to_name else mail.to_address],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _keep(mail: OutgoingMail, written: render.Written, at: datetime) -> None:
    """Write the recorded mail into the folder of `recording`, if there is one."""
    player = _recording.get()
    if player is None or player.folder is None:
        return
    player.number += 1
    name = f"{player.number:04d}-{mail.kind}-{mail.public_id}.eml"
    (player.folder / name).write_bytes(_compose(mail, *written.to_keep(), at).message().as_bytes())


class _Post:
    """One connection for a whole drain, opened when the first mail needs it and again when the server has closed it."""

    def __init__(self) -> None:
        silent = _recording.get() is not None or settings.MAIL_MODE == "mailbox"
        self._backend: BaseEmailBackend = get_connection(NO_BACKEND if silent else settings.EMAIL_BACKEND)
        self._is_open = False

    def open(self) -> None:
        played = _recording.get()
        if played is not None and played.is_away:
            raise ServerAway("the mail server is away")
        if self._is_open:
            return
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAway(_short(error)) from error
        self._is_open = True

    def close(self) -> None:
        self._is_open = False
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            log.info("the mail server closed the connection first")

    def send(self, message: EmailMultiAlternatives) -> str:
        """Hand over one mail; returns the mail service's own id for it, "" when the server gives none."""
        try:
            return self._send(message)
        except smtplib.SMTPSenderRefused as error:
            # Said before the mail itself: 421 when the server has served enough mails on one connection.
            self.close()
            if error.smtp_code >= 500:
                raise ServerAway(_short(error)) from error
            self.open()
            try:
                return self._send(message)
            except smtplib.SMTPSenderRefused as again:
                self.close()
                raise ServerAway(_short(again)) from again

    def _send(self, message: EmailMultiAlternatives) -> str:
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPSenderRefused:
            raise
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            self._judge(code, f"{code} {_decoded(text)}", error)
        except smtplib.SMTPDataError as error:
            self._judge(error.smtp_code, _short(error), error)
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError) as error:
            self.close()
            raise ServerAway(_short(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Never(_short(error)) from error
        except AnymailRecipientsRefused as error:
            raise Never("the mail service refused the recipient") from error
        except AnymailAPIError as error:
            self._judge_service(error)
        except (OSError, smtplib.SMTPException) as error:
            # Broken off in the middle: the server may have taken the mail all the same.
            self.close()
            raise Later(_short(error), maybe_sent=True) from error
        return self._service_message_id(message)

    def _judge(self, code: int, text: str, error: Exception) -> None:
        if code == 421:
            self.close()
        if code >= 500:
            raise Never(text) from error
        raise Later(text) from error

    def _judge_service(self, error: AnymailAPIError) -> None:
        code = getattr(error, "status_code", None)
        text = f"the mail service answered {code}" if code else f"the mail service is away: {type(error).__name__}"
        if code in (400, 413, 422):
            raise Never(text) from error
        self.close()
        raise ServerAway(text) from error

    def _service_message_id(self, message: EmailMultiAlternatives) -> str:
        status = getattr(message, "anymail_status", None)
        if status is None:
            return ""
        for recipient in status.recipients.values():
            if recipient.status in ("rejected", "invalid", "failed"):
                raise Never(f"the mail service says: {recipient.status}")
            return str(recipient.message_id or "")
        return str(status.message_id or "")


def _short(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _decoded(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
