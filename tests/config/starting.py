"""Settings loaded in a process of their own, with an environment of their own; nothing of ours is imported here."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SHOW = """
import json
from config import settings
names = ["SECRET_KEY", "LINK_KEYS", "CODE_KEY", "AUDIT_KEY", "INSTALLATION_ID", "ALLOWED_HOSTS",
         "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "CELERY_BROKER_URL", "DATABASES", "DEBUG"]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""

# What the settings import, but for our own: loaded once, in the process from which each of the others is forked.
LIBRARIES = ["celery", "csp.constants", "django_stubs_ext", "environ", "gunicorn.glogging", "redis", "structlog"]
forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload(LIBRARIES)


def _run(code: str, environment: dict[str, str], said: Path) -> None:
    """In the new process: nothing of ours is loaded yet."""
    assert not [name for name in sys.modules if name.partition(".")[0] == "config"]
    os.environ.clear()
    os.environ.update(environment)
    for name, number in (("stdout", 1), ("stderr", 2)):
        with (said / name).open("w") as file:
            os.dup2(file.fileno(), number)
        setattr(sys, name, os.fdopen(number, "w", closefd=False))
    exec(code, {})


def start(var: Path, code: str = SHOW, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Load the settings in a process of their own, with nothing in the environment but what is given."""
    given = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), **environment}
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder)
        process = forking.Process(target=_run, args=(code, given, said))
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            [], process.exitcode, (said / "stdout").read_text(), (said / "stderr").read_text()
        )
