"""One mail as it goes over the wire, the connection it goes over, and what a server's answer says of it."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications import rules
from notifications.delivery.playing import current_recording
from notifications.models import OutgoingMail

log = logging.getLogger(__name__)

NO_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


class ServerAway(Exception):
    """The mail server cannot be reached or serves nobody: says nothing about the mail at hand."""


class Later(Exception):
    """The server took no decision on this mail: try again."""

    def __init__(self, text: str, *, maybe_sent: bool = False) -> None:
        super().__init__(text)
        self.maybe_sent = maybe_sent


class Never(Exception):
    """The server refused this mail for good."""


def compose(mail: OutgoingMail, subject: str, text: str, html: str, at: datetime) -> EmailMultiAlternatives:
    """The message of a mail, in text and HTML, under its stable id and dated `at`.

    It names the mail that asked, so that mail programs keep them together, and asks machines not to answer (RFC 3834,
    and the word Exchange listens to).
    """
    thread = {"In-Reply-To": mail.in_reply_to, "References": mail.in_reply_to} if mail.in_reply_to else {}
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=_sender(mail.from_name),
        to=[formataddr((rules.one_line(mail.to_name), rules.on_the_wire(mail.to_address)))],
        reply_to=[rules.on_the_wire(mail.reply_to)] if mail.reply_to else None,
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(at),
            **thread,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "Content-Language": mail.language,
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _sender(name: str) -> str:
    """The installation's own address under the name of the office that writes; its own name where none is given."""
    if not name:
        return str(settings.DEFAULT_FROM_EMAIL)
    return formataddr((rules.one_line(name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


class Post:
    """One connection for a whole drain, opened when the first mail needs it and again when the server has closed it."""

    def __init__(self) -> None:
        silent = current_recording.get() is not None or settings.MAIL_MODE == "mailbox"
        self._backend: BaseEmailBackend = get_connection(NO_BACKEND if silent else settings.EMAIL_BACKEND)
        self._is_open = False

    def open(self) -> None:
        """Make sure there is a connection. Raises `ServerAway` when the server cannot be reached."""
        played = current_recording.get()
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
        """End the connection; the next mail opens another."""
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
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return decoded.replace("\x00", "")  # which no database column takes
