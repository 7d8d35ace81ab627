"""`make stack`: the production topology on one machine, without containers.

PostgreSQL, Valkey and a mail sink from wheels, gunicorn with two workers, two Celery workers and beat; in front nginx,
where it is installed. All are stopped together, also when one of them falls over. The data is thrown away at the end;
the mails stay in var/stack/mails.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from config import proxy
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
STOP_TIMEOUT = 40.0  # seconds: a worker may end its task first
READY_TIMEOUT = 60.0  # seconds

CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
WORKER = [*CELERY, "worker", "--pool", "prefork", "--concurrency", "1", "--without-gossip", "--without-mingle"]


class Stopped(Exception):
    """Somebody asked us to stop."""


def commands() -> dict[str, list[str]]:
    """Every process of our own by name, with its command: the same that the containers run."""
    return {
        "web": [sys.executable, "-m", "gunicorn", "-c", "python:config.web", "config.wsgi"],
        "worker-1": [*WORKER, "--hostname", "worker-1@%h"],
        "worker-2": [*WORKER, "--hostname", "worker-2@%h"],
        "beat": [*CELERY, "beat", "--scheduler", "config.beat:CatchUpScheduler", "--max-interval", "1"],
    }


def _stop_all(children: Mapping[str, "subprocess.Popen[bytes]"]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + STOP_TIMEOUT
    for child in children.values():
        try:
            child.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _stop(signal_number: int, frame: FrameType | None) -> None:
    raise Stopped


def _wait_until_ready(url: str, children: Mapping[str, "subprocess.Popen[bytes]"]) -> None:
    until = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=2):  # noqa: S310 (our own loopback address)
                return
        except (urllib.error.URLError, OSError):
            if any(child.poll() is not None for child in children.values()):
                return  # the supervisor says which
            time.sleep(0.1)
    raise TimeoutError("The web process did not become ready.")


def main() -> int:
    """Start everything, supervise, stop everything; 0 when asked to stop, 1 when a process fell over."""
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop_signal, _stop)
    host, port = os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or 8000)
    mails = ROOT / "var" / "stack" / "mails"
    with ExitStack() as stack:
        children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            sink = stack.enter_context(servers.mail_sink(folder=mails))
            environment = os.environ | {
                "BASE_URL": os.environ.get("BASE_URL") or f"http://localhost:{port}",
                "DATABASE_URL": stack.enter_context(servers.postgres(durable=True)),
                "REDIS_URL": stack.enter_context(servers.valkey()),
                "EMAIL_HOST": sink.host,
                "EMAIL_PORT": str(sink.port),
                "MAIL_MODE": "send",
                "VAR_DIR": str(ROOT / "var" / "stack"),
                "DEMO": os.environ.get("DEMO") or "1",
                "HOST": host,
                "PORT": str(port),
                "LOG_LEVEL": os.environ.get("LOG_LEVEL") or "WARNING",
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            in_front = proxy.program() is not None
            if in_front:  # then gunicorn is reached through it alone
                inner = servers.free_port()
                environment |= {"HOST": "127.0.0.1", "PORT": str(inner), "PROXIES": "1"}
            subprocess.run([sys.executable, "-m", "config.run", "--prepare"], env=environment, check=True, cwd=ROOT)
            stack.callback(_stop_all, children)
            for name, command in commands().items():
                children[name] = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
            web = environment["HOST"].replace("0.0.0.0", "127.0.0.1")  # noqa: S104
            _wait_until_ready(f"http://{web}:{environment['PORT']}", children)
            if in_front:
                inner_address = f"127.0.0.1:{inner}"
                children["proxy"] = stack.enter_context(proxy.proxy(listen=f"{host}:{port}", upstream=inner_address))
            else:
                print("nginx is not installed, so gunicorn answers itself. On Debian: apt install nginx-light.")
            print(f"\nSamråd: {environment['BASE_URL']}/", flush=True)
            print(f"Database: {environment['DATABASE_URL']}\nQueue: {environment['REDIS_URL']}", flush=True)
            print(f"Mails: {mails.relative_to(ROOT)}/\nProcesses: ", end="")
            print(", ".join(f"{name} {child.pid}" for name, child in children.items()))
            print("Stop with Ctrl-C.\n", flush=True)
            while True:
                for name, child in children.items():
                    if child.poll() is not None:
                        print(f"{name} ended with status {child.returncode}; stopping the others.", flush=True)
                        return 1
                time.sleep(0.2)
        except Stopped:
            for stop_signal in (signal.SIGINT, signal.SIGTERM):
                signal.signal(stop_signal, signal.SIG_IGN)
            return 0
        except (servers.ServerMissing, proxy.ProxyMissing) as missing:
            print(missing, file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
