"""The reverse proxy in front of gunicorn: nginx takes each request whole before gunicorn hears of it.

`config/nginx.conf` is what the container runs; `python -m config.proxy` writes it anew after a change of the addresses
that take files. `make stack`, the benchmarks and the tests run nginx with the same file on other ports.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

CONFIGURATION = Path(__file__).with_name("nginx.conf")
LISTEN, UPSTREAM, FOLDER = "0.0.0.0:8080", "web:8000", "/tmp/nginx"  # noqa: S108 (in the container)
START_TIMEOUT = 10.0  # seconds
_FIRST, _LAST = "        # ── Addresses that take files\n", "        # ── The rest\n"
_CONVERTERS = {
    "uuid": "[0-9a-f-]{36}",
    "round": "[0-9a-f-]{36}(-[0-9]{1,2})?",
    "int": "[0-9]+",
    "slug": "[-a-zA-Z0-9_]+",
    "str": "[^/]+",
}


class ProxyMissing(RuntimeError):
    """nginx is not installed here; the text says how to get it."""


def program() -> str | None:
    """Where nginx lies; None when it is not installed."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def install() -> bool:
    """Install nginx where that is ours to do: as root on Debian. Whether it is there then."""
    if program() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "nginx-light"]):
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(
                ["apt-get", *command], env=os.environ | quiet, check=False, stdout=subprocess.DEVNULL, timeout=300
            )
    return program() is not None


def configuration(*, listen: str, upstream: str, folder: Path) -> str:
    """The container's configuration for other ports and another folder; addresses as "127.0.0.1:8000"."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for old, new in ((LISTEN, listen), (UPSTREAM, upstream), (FOLDER, f"{folder}/nginx")):
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def proxy(*, listen: str, upstream: str) -> Iterator[subprocess.Popen[bytes]]:
    """nginx in front of `upstream`, answering at `listen`. Raises `ProxyMissing` where it is not installed."""
    nginx = program()
    if nginx is None:
        raise ProxyMissing("nginx is not installed. On Debian: sudo apt install nginx-light.")
    with tempfile.TemporaryDirectory(prefix="samraad-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its workers run as somebody else when we are root
        file = folder / "nginx.conf"
        file.write_text(configuration(listen=listen, upstream=upstream, folder=folder), encoding="utf-8")
        running = subprocess.Popen(
            [nginx, "-e", "stderr", "-c", str(file), "-g", "daemon off;"], cwd=folder, start_new_session=True
        )
        try:
            _wait(listen, running)
            yield running
        finally:
            if running.poll() is None:
                running.terminate()
            running.wait(10)
            with contextlib.suppress(ProcessLookupError):  # its workers outlive a master that was killed
                os.killpg(running.pid, signal.SIGKILL)


def _wait(listen: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_TIMEOUT
    host, _colon, port = listen.rpartition(":")
    while running.poll() is None and time.monotonic() < until:
        connection = HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, int(port), timeout=1)  # noqa: S104
        with contextlib.suppress(OSError):
            connection.connect()
            connection.close()
            return
        time.sleep(0.02)
    raise ProxyMissing(f"nginx did not start (status {running.poll()}).")


def locations() -> str:
    """The part of the configuration that names the addresses whose forms hold files. Django must be set up."""
    from django.conf import settings

    from config.url_policies import addresses, takes_files

    most = -(-settings.MAX_UPLOAD_SIZE // 2**20)
    routes = sorted(route for route, view, _name in addresses() if takes_files(view))
    return "".join(
        f'        location ~ "^/{_expression(route)}$" {{\n'
        f"            client_max_body_size {most}m;\n"
        "            proxy_pass http://web;\n"
        "        }\n"
        for route in routes
    )


def _expression(route: str) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: _CONVERTERS[found[1] or "str"], route)


def current() -> str:
    """The configuration as it should stand, with the addresses of today. Django must be set up."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    before, rest = text.split(_FIRST)
    return before + _FIRST + locations() + _LAST + rest.split(_LAST)[1]


def main() -> int:
    """Write the configuration anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    CONFIGURATION.write_text(current(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
