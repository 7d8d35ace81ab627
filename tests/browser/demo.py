"""The product as `make run` runs it: a process of its own with real settings, laid around today, its mails in the
mailbox. The journeys and the pictures come in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds: the demo is played first


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, and what it has printed."""

    url: str
    printed: str

    @property
    def password(self) -> str:
        """The demo people's password, as printed."""
        found = re.search(r"(?:password|adgangskode\w*) (\S+):$", self.printed, re.M)
        assert found, self.printed
        return found[1]

    @property
    def people(self) -> list[str]:
        """The addresses one can sign in with, as printed, the secretariat's first."""
        return re.findall(r"^ +(\S+@\S+) ", self.printed, re.M)


@contextmanager
def running_demo(folder: Path, scenario: Path | None = None) -> Iterator[Demo]:
    """Run the demo, its data in `folder`, and stop it at the end. `scenario` is played instead of the demo's."""
    port = free_port()
    url = f"http://localhost:{port}"
    of_others = ("DATABASE_URL", "REDIS_URL", "HOST", "MAIL_MODE", "LINK_KEYS", "ALLOWED_HOSTS")
    environment = {name: value for name, value in os.environ.items() if name not in of_others}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(folder),
        "PORT": str(port),
        "BASE_URL": url,
        "DEMO": "1",
    }
    log = folder / "run.log"
    if scenario:
        laying = [sys.executable, "-m", "tests.browser.laying", str(scenario)]
        subprocess.run(laying, env=environment, cwd=ROOT, check=True)
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "config.run"], env=environment, cwd=ROOT, stdout=out, stderr=out
        )
    try:
        until = time.monotonic() + PATIENCE
        while not _is_ready(url):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)  # between two looks at another process's work
        yield Demo(url, log.read_text())
    finally:
        server.terminate()
        server.wait(timeout=30)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
