"""A worker of its own for the crash tests: does jobs until it is killed. `python -m tests.workflow.job_worker NOW`."""

import os
import signal
import sys
from datetime import datetime

import django

django.setup()

from workflow import job_kinds  # noqa: E402
from workflow.actions.jobs import run_jobs  # noqa: E402
from workflow.job_kinds import JobKind, Step  # noqa: E402
from workflow.models import Job, Office  # noqa: E402


def step(job: Job, now: datetime) -> Step:
    """Makes an office per step; dies in the middle of the fourth, after it has written."""
    Office.objects.create(key=f"step-{job.progress}", name="x", case_prefix="X", reply_to="x@x.example")
    if job.progress == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return Step(job.progress + 1, 6, done=job.progress + 1 == 6)


job_kinds.register(JobKind("make_offices", step))
run_jobs(datetime.fromisoformat(sys.argv[1]))
