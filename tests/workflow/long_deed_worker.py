"""A worker for the crash tests of what officers have made: dies when the ZIP is half written, or, of a package, in the
transaction that would have made it. `python -m tests.workflow.long_deed_worker NOW MEDIA_ROOT VAR_DIR`."""

import os
import signal
import sys
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402

from workflow.actions import kits  # noqa: E402
from workflow.actions.jobs import run_jobs  # noqa: E402
from workflow.actions.submissions import packages  # noqa: E402
from workflow.models import Package  # noqa: E402
from workflow.reports.papers.registry import write_zip  # noqa: E402


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def write_half(target: Any, files: Any, read: Any) -> None:
    write_zip(target, list(islice(files, len(files) // 2)), read)
    target.flush()
    die()


def die_once_it_is_there(package: Package, *_more: Any) -> None:
    assert package.pk
    die()


settings.MEDIA_ROOT, settings.VAR_DIR = sys.argv[2], Path(sys.argv[3])
kits.write_zip = write_half  # type: ignore[attr-defined]
packages._record = die_once_it_is_there
run_jobs(datetime.fromisoformat(sys.argv[1]))
