"""Letters and kinds for the tests of mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import Sum

from notifications import delivery, kinds, outbox
from notifications.kinds import MailKind, no_facts
from notifications.models import OutgoingMail
from notifications.outbox import Letter

SECRET_LINK = "https://samraad.example/l/0190/very-secret-token/"
SECRET_CODE = "ABCD-EFGH-JKLM"


def a_letter(number: int = 1, **changes: Any) -> Letter:
    """A letter of the kind `test_mail`, each number to another party."""
    values: dict[str, Any] = {
        "kind": "test_mail",
        "key": f"test_mail:{number}:{uuid4()}",
        "to": f"party{number}@example.dk",
        "to_name": f"Party {number}",
        "language": "da",
        "subject_id": uuid4(),
        "case_number": "2018-0042",
        "reply_to": "sekretariatet@example.dk",
    }
    return Letter(**{**values, **changes})


def queued(now: datetime, number: int = 1, **changes: Any) -> list[OutgoingMail]:
    """That many mails in the queue, no task hinted at."""
    letters = [a_letter(n, **changes) for n in range(1, number + 1)]
    with outbox.without_hints():
        outbox.enqueue(letters, now)
    return outbox.mails_under(letters)


def wanted_each_time(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, str]:
    """Asked for each batch, and never against it: a kind with secrets must ask."""
    return {}


@contextmanager
def registered(**changes: Any) -> Iterator[MailKind]:
    """A kind for the length of a test, "probe" unless named otherwise, written with the templates of `test_mail`."""
    values: dict[str, Any] = {
        "key": "probe",
        "templates": "mails/test_mail",
        "facts": no_facts,
        "still_wanted": wanted_each_time,
    }
    kind = MailKind(**{**values, **changes})
    kinds.register(kind)
    try:
        yield kind
    finally:
        del kinds._kinds[kind.key]


SECRETS = {"link": SECRET_LINK, "code": SECRET_CODE}
"""A link and a code as a personal link would bring them."""


def secrets_of(mails: Sequence[OutgoingMail]) -> dict[int, dict[str, str]]:
    """The same secrets for each mail."""
    return {mail.id: SECRETS for mail in mails}


def reread(mail: OutgoingMail) -> OutgoingMail:
    """The mail as it stands in the database."""
    return OutgoingMail.objects.get(id=mail.id)


def possible_doubles() -> int:
    """How many times a mail may have reached its recipient twice, because a worker was lost while sending it."""
    return OutgoingMail.objects.aggregate(number=Sum("possible_doubles"))["number"] or 0


def deliver(now: datetime, **options: Any) -> delivery.DeliveryReport:
    """Deliver what is due, by a clock that stands still."""
    return delivery.deliver(now, lambda: now, **options)
