"""The production processes against the test's database: started, killed with -9 and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench.stack import commands
from tests.servers import MailSink

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds: a sweep whose request fell with its worker is asked for again a minute later


class Topology:
    """Workers and beat by name, as `make stack` runs them, with one log for all."""

    def __init__(self, sink: MailSink, queue: str, folder: Path) -> None:
        database = connection.settings_dict
        port = f"&port={database['PORT']}" if database["PORT"] else ""
        self.log = folder / "processes.log"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.killed = 0
        self._environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={database['HOST']}{port}",
            "REDIS_URL": queue,
            "VAR_DIR": str(settings.VAR_DIR),  # the same secrets, the same head of the record
            "EMAIL_HOST": sink.host,
            "EMAIL_PORT": str(sink.port),
            "MAIL_MODE": "send",
            "LOG_LEVEL": "WARNING",
        }

    def start(self, *names: str) -> None:
        """Start those processes; one that runs already is left alone."""
        for name in names:
            if name not in self.running:
                with self.log.open("ab") as log:
                    self.running[name] = subprocess.Popen(
                        commands()[name],
                        env=self._environment,
                        cwd=ROOT,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )

    def kill(self, name: str) -> None:
        """End a process and its children without a word."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):  # it fell by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        self.killed += 1

    def wait_until(self, what: str, is_so: Callable[[], bool]) -> None:
        """Wait for a state of affairs; fails with the processes' log when it does not come."""
        until = time.monotonic() + PATIENCE
        while not is_so():
            fallen = [name for name, process in self.running.items() if process.poll() is not None]
            assert not fallen, f"{fallen} ended by itself\n{self.log.read_text()}"
            assert time.monotonic() < until, f"not within {PATIENCE} s: {what}\n{self.log.read_text()}"
            time.sleep(0.05)


@contextmanager
def topology(sink: MailSink, queue: str, folder: Path) -> Iterator[Topology]:
    """A topology with nothing running yet; whatever runs at the end is killed."""
    processes = Topology(sink, queue, folder)
    try:
        yield processes
    finally:
        for name in list(processes.running):
            processes.kill(name)
