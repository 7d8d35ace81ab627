"""`make run`: the embedded default in one process. Prepares the database and the static files, plays the demo the
first time, prints where to go, and serves until it is stopped."""

import os
import socket
import sys
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = int(os.environ.get("PORT") or 8000)


def _settle_environment() -> None:
    hostname = "localhost" if HOST in ("127.0.0.1", "0.0.0.0", "::", "localhost") else HOST  # noqa: S104
    os.environ.setdefault("BASE_URL", f"http://{f'[{hostname}]' if ':' in hostname else hostname}:{PORT}")
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def refuse_taken_port(host: str, port: int) -> None:
    """Stop with a plain sentence when somebody else listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            sys.exit(f"{host}:{port} cannot be used ({error.strerror}). Choose another: PORT={port + 1} make run")


def hold_data_folder(folder: Path) -> TextIO:
    """Keep a second `make run` away from the same data; the lock goes when the returned file is closed or we die."""
    import fcntl

    lock = (folder / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"Another `make run` uses {folder}. Stop it first, or choose another folder: VAR_DIR=… make run")
    return lock


def collect_static_when_changed() -> None:
    """Copy the static files to STATIC_ROOT when one of them is newer or another than last time."""
    import hashlib

    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest.hexdigest())


def refuse_older_database() -> None:
    """Stop with a plain sentence when an earlier version, before the first release, laid the database."""
    from config.checks import database_is_of_this_version

    for message in database_is_of_this_version(None, databases=["default"]):
        sys.exit(f"{message.msg} {message.hint}")


def migrate_when_needed() -> None:
    """Apply migrations that are not applied yet."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def serve(options: dict[str, Any]) -> None:
    """Run gunicorn in this very process, which has Django loaded already."""
    from gunicorn.app.base import BaseApplication

    class Web(BaseApplication):
        def load_config(self) -> None:
            for key, value in options.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Any:
            return import_module("config.wsgi").application

    Web().run()


def prepare() -> None:
    """Check the installation, migrate, collect static files, play the demo into an empty database."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command, get_commands
    from django.db import connections

    call_command("check", "--fail-level", "ERROR", stdout=StringIO())
    refuse_older_database()
    migrate_when_needed()
    collect_static_when_changed()
    if settings.DEMO and "demo" in get_commands():
        play_demo()
    connections.close_all()  # a connection must not cross a fork


def play_demo() -> None:
    """Play the demo where it has not been played; print its people. Stop with a plain sentence when another version of
    the demo lies in the database."""
    from django.core.management import call_command

    from workflow.rules import Refused

    try:
        call_command("demo")
    except Refused as refused:
        sys.exit(
            f"Another version of the demo lies in the database and cannot be carried on ({refused.refusal.text}) "
            "Choose another folder for a new one: VAR_DIR=… make run"
        )


def directions() -> str:
    """Where to go and what to do there, in the installation's language."""
    from django.conf import settings
    from django.utils.translation import gettext as _

    lines = [f"Samråd: {settings.BASE_URL}/"]
    if settings.MAIL_MODE == "mailbox":
        lines += [
            _("Mailbox: %(address)s (no mail leaves this machine)") % {"address": f"{settings.BASE_URL}/mailbox/"},
            _(
                "Choose on the front page where to begin. Press a party's link in the mailbox, answer, "
                "and see the board change."
            ),
        ]
    return "\n".join([*lines, _("Stop with Ctrl-C.")])


def main(arguments: list[str]) -> None:
    """Prepare, print, serve; with `--prepare` only the first."""
    _settle_environment()
    if arguments == ["--prepare"]:
        prepare()
        return
    refuse_taken_port(HOST, PORT)
    from django.conf import settings

    lock = hold_data_folder(settings.VAR_DIR)
    prepare()
    from config.server import options

    print(f"\n{directions()}\n", flush=True)
    import_module("config.urls")  # shared by the worker process instead of loaded again
    bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
    with lock:
        serve(options(bind=bind, embedded=not settings.REDIS_URL))


if __name__ == "__main__":
    from config.outages import told_in_a_sentence

    with told_in_a_sentence():
        main(sys.argv[1:])
