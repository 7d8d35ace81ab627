"""A worker for the crash test of long papers: dies while a text is laid out, after it has said how far it is.
`python -m tests.workflow.paper_worker NOW MEDIA_ROOT`."""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime

import django

django.setup()

from django.conf import settings  # noqa: E402

from workflow.actions.jobs import run_jobs  # noqa: E402
from workflow.reports.papers import long, pdf  # noqa: E402
from workflow.reports.papers.model import Paper  # noqa: E402
from workflow.reports.papers.pdf import write_pdf  # noqa: E402


def write(paper: Paper, ending: str, tell: Callable[[int], None]) -> bytes:
    def die(percent: int) -> None:
        tell(50 + percent)
        os.kill(os.getpid(), signal.SIGKILL)

    return write_pdf(paper, die)


settings.MEDIA_ROOT = sys.argv[2]
pdf.LONG = 6_000
long._write = write  # type: ignore[assignment]
run_jobs(datetime.fromisoformat(sys.argv[1]))
