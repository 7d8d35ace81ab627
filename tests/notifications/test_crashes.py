"""A worker is killed (-9) between claim, send and record, against a real SMTP server.

Each mail arrives at least once, and twice only in the gap between the server's yes and our record, which is counted.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from celery import Celery
from django.conf import settings as django_settings
from django.db import connection

from notifications import delivery, outbox
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.notifications.factories import possible_doubles, queued
from tests.servers import MailSink

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MAILS = 12
KILLED_AT = 5  # mails that have arrived, or been begun, when the worker is killed
ROOT = Path(__file__).parents[2]


class KillingSink(MailSink):
    """A mail sink that kills the worker at one moment of one mail, once."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.moment = moment
        self.process: subprocess.Popen[bytes] | None = None
        self.started = threading.Event()
        self.begun = 0

    def kill(self) -> None:
        assert self.started.wait(10)
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)
        self.moment = ""

    def connected(self) -> None:
        """The connection is opened after the claim and before anything is marked as being sent."""
        if self.moment == "claimed" and self.process is not None:
            self.kill()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """The mail has been marked as being sent; the server has not got it."""
        self.begun += 1
        if self.moment == "begun" and self.begun == KILLED_AT:
            self.kill()
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """The server has the mail; nothing is recorded."""
        answer = await super().handle_DATA(server, session, envelope)
        if self.moment == "accepted" and len(self.messages) == KILLED_AT:
            self.kill()
        return answer


class KillingController(Controller):
    """Tells the sink of each connection before the server has said a word."""

    def factory(self) -> Any:
        self.handler.connected()
        return super().factory()


@contextmanager
def killing_sink(moment: str) -> Iterator[KillingSink]:
    sink = KillingSink(moment)
    controller = KillingController(sink, hostname=sink.host, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def environment(sink: MailSink, folder: Path, **more: str) -> dict[str, str]:
    """What a worker of this installation gets, with the test's database."""
    database = connection.settings_dict
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "INSTALLATION_ID": django_settings.INSTALLATION_ID,
        "VAR_DIR": str(folder),
        "EMAIL_HOST": sink.host,
        "EMAIL_PORT": str(sink.port),
        "MAIL_MODE": "send",
        "PYTHONPATH": str(ROOT),
        **more,
    }


def start(command: list[str], env: dict[str, str], folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *command], env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )


def stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def doubles(sink: MailSink) -> int:
    return sum(count - 1 for count in Counter(str(message["Message-ID"]) for message in sink.messages).values())


@pytest.mark.parametrize(
    ("moment", "in_the_gap", "arrived_twice"), [("claimed", 0, 0), ("begun", 1, 0), ("accepted", 1, 1)]
)
def test_worker_killed_every_mail_arrives_and_doubles_are_counted(
    now: datetime, settings: Any, tmp_path: Path, moment: str, in_the_gap: int, arrived_twice: int
) -> None:
    mails = queued(now, MAILS)
    with killing_sink(moment) as sink:
        sink.process = start(["tests.notifications.worker", now.isoformat()], environment(sink, tmp_path), tmp_path)
        sink.started.set()
        sink.process.wait(timeout=60)
        assert sink.process.returncode == -signal.SIGKILL, (tmp_path / "worker.log").read_text()
        assert OutgoingMail.objects.filter(state=MailState.CLAIMED).exists()
        assert OutgoingMail.objects.filter(state=MailState.SENT).count() == (
            0 if moment == "claimed" else KILLED_AT - 1
        )

        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        assert delivery.deliver(now, lambda: now).claimed == 0
        later = now + delivery.LEASE
        delivery.recover(later)
        delivery.deliver(later, lambda: later)

        assert {str(message["Message-ID"]) for message in sink.messages} == {mail.message_id for mail in mails}
        assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}
        assert doubles(sink) == arrived_twice
        assert possible_doubles() == in_the_gap


@pytest.mark.valkey
def test_celery_worker_killed_while_sending_another_takes_over(settings: Any, tmp_path: Path, valkey_url: str) -> None:
    """Real worker processes and a real queue; the hint of the killed worker is lost with it, the rows are not."""
    from django.utils import timezone

    started = timezone.now()
    mails = queued(started, MAILS)
    queue = Celery("probe", broker=valkey_url)
    worker = ["celery", "-A", "config.celery", "worker", "--pool=prefork", "--concurrency=1", "--loglevel=WARNING"]
    with killing_sink("accepted") as sink:
        env = environment(sink, tmp_path, REDIS_URL=valkey_url)
        sink.process = first = start(worker, env, tmp_path)
        sink.started.set()
        second = None
        try:
            queue.send_task(outbox.DRAIN_TASK)
            first.wait(timeout=90)
            assert first.returncode == -signal.SIGKILL, (tmp_path / "worker.log").read_text()
            left = OutgoingMail.objects.filter(state=MailState.CLAIMED)
            assert left.count() == MAILS - KILLED_AT + 1
            # Five minutes later, without waiting for them.
            left.update(lease_until=started - timedelta(seconds=1))
            assert delivery.recover(timezone.now()) == MAILS - KILLED_AT + 1

            sink.process = second = start(worker, env, tmp_path)
            queue.send_task(outbox.DRAIN_TASK)
            until = time.monotonic() + 90
            while OutgoingMail.objects.exclude(state=MailState.SENT).exists() and time.monotonic() < until:
                time.sleep(0.1)  # between two looks at another process's work
        finally:
            for process in filter(None, (first, second)):
                stop(process)
        assert {str(message["Message-ID"]) for message in sink.messages} == {mail.message_id for mail in mails}
        assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}
        assert doubles(sink) == possible_doubles() == 1


@pytest.mark.valkey
def test_queue_emptied_after_the_commit_the_sweep_of_a_real_worker_delivers(tmp_path: Path, valkey_url: str) -> None:
    """Redis was away when the hint was published: what beat asks for every ten seconds finds the mail."""
    from django.utils import timezone

    queued(timezone.now(), 3)
    with killing_sink("") as sink:
        env = environment(sink, tmp_path, REDIS_URL=valkey_url)
        worker = start(["celery", "-A", "config.celery", "worker", "--pool=solo", "--loglevel=WARNING"], env, tmp_path)
        try:
            Celery("probe", broker=valkey_url).send_task("run_sweep", args=["deliver_mail"])
            until = time.monotonic() + 90
            while OutgoingMail.objects.exclude(state=MailState.SENT).exists() and time.monotonic() < until:
                time.sleep(0.1)  # between two looks at another process's work
        finally:
            stop(worker)
        assert len(sink.messages) == 3, (tmp_path / "worker.log").read_text()
