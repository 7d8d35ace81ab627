"""delivery_vs_smtplib: the invitations of a hearing with 1,000 parties, sent by one worker, against a bare loop.

The floor renders the same letters from names that are at hand, builds them and hands them to one smtplib connection;
it reads no row and writes none. Both send to one sink in a process of its own, in turns, on a PostgreSQL whose commits
reach the disk. Every mail of ours must be recorded as sent.
"""

from __future__ import annotations

import os
import smtplib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from bench.figures import Figure, against_floor, empty_database, measure_apart
from tests.servers import postgres

if TYPE_CHECKING:
    from notifications.kinds import MailKind
    from notifications.models import OutgoingMail

NOW = datetime(2019, 3, 1, 9, 0, tzinfo=UTC)
MAILS = 1000
ROUNDS = 3
TARGET = 0.4


def measure() -> bool:
    """Start a sink and a durable PostgreSQL and measure there, in a process of its own."""
    with (
        postgres(durable=True) as address,
        sink() as (host, port),
        tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder,
    ):
        mail = {"MAIL_MODE": "send", "EMAIL_HOST": host, "EMAIL_PORT": str(port)}
        return measure_apart("bench.delivery", {"DATABASE_URL": address, "VAR_DIR": folder, "REDIS_URL": "", **mail})


@contextmanager
def sink() -> Iterator[tuple[str, int]]:
    """A mail server in a process of its own that takes every mail and keeps none; its host and port."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_take_mail, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join(10)


def _take_mail(pipe: Connection) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Sink

    from tests.servers import free_port

    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)
    controller.start()
    pipe.send((controller.hostname, controller.port))
    pipe.recv()
    controller.stop()


def figures() -> Figure:
    """The figure, measured in the configured database, which must have the tables and no rows."""
    from notifications.models import OutgoingMail
    from notifications.states import MailState
    from tests.consultations.factories import a_hearing

    a_hearing(NOW, MAILS)
    mails = list(OutgoingMail.objects.filter(state=MailState.QUEUED).order_by("id"))
    prepared = _prepared(mails)
    now = NOW + timedelta(minutes=1)
    ours, floor = [], []
    for _round in range(ROUNDS):
        floor.append(_bare_loop(prepared, now))
        ours.append(_deliver(now))
        recorded = OutgoingMail.objects.filter(state=MailState.SENT, sent_at__isnull=False).exclude(text_sent="")
        if recorded.count() != MAILS:
            sys.exit(f"delivery_vs_smtplib: {recorded.count()} of {MAILS} mails are recorded as sent")
        OutgoingMail.objects.update(state=MailState.QUEUED, sent_at=None, sending_at=None, text_sent="", attempts=0)
    return against_floor(
        "delivery_vs_smtplib",
        statistics.median(ours),
        statistics.median(floor),
        "mails/s",
        TARGET,
        "postgresql",
        more_is_better=True,
    )


def _deliver(now: datetime) -> float:
    """Mails a second, by one worker that takes up each drain where the last one ended."""
    from notifications import delivery

    sent, begun = 0, time.perf_counter()
    while True:
        at = now + timedelta(seconds=time.perf_counter() - begun)
        report = delivery.deliver(at, delivery.clock_from(at))
        sent += report.sent
        if not report.more:
            return sent / (time.perf_counter() - begun)


Prepared = tuple["OutgoingMail", "MailKind", Mapping[str, object], Mapping[str, str]]


def _prepared(mails: Sequence[OutgoingMail]) -> list[Prepared]:
    """Each mail with all that its letter names, secrets too."""
    from notifications import kinds

    kind = kinds.kind(mails[0].kind)
    facts = kind.facts(mails, NOW)
    secrets = kind.secrets(mails)
    return [(mail, kind, facts[mail.pk], secrets[mail.pk]) for mail in mails]


def _bare_loop(prepared: Sequence[Prepared], now: datetime) -> float:
    """Mails a second over one connection."""
    from django.conf import settings

    from notifications import render
    from notifications.delivery.wire import compose

    begun = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=20) as server:
        for mail, kind, facts, secrets in prepared:
            message = compose(mail, *render.write(mail, kind, facts, secrets).to_send(), now)
            server.sendmail("samraad@example.dk", [mail.to_address], message.message().as_bytes(linesep="\r\n"))
    return len(prepared) / (time.perf_counter() - begun)


def main() -> None:
    """Measure in a database made for it on the configured server, and dropped afterwards."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    with empty_database():
        figures().say()


if __name__ == "__main__":
    main()
