"""Long work as an office sees it: what is being made, what waits to be fetched, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from workflow.models import Job, Office, Process
from workflow.states import JobState

ERASED: Final = "erased"
"""As the error of a job: what it was made of has been erased since."""


def jobs_of_process(process: Process) -> QuerySet[Job]:
    """The long work of a process, the newest first; cancelled work too."""
    return Job.objects.filter(process=process).order_by("-created_at", "-id")


def done_with_key(kind: str, key: str) -> Job | None:
    """The newest finished job that made this."""
    return Job.objects.filter(kind=kind, key=key, state=JobState.DONE).order_by("-id").first()


def failed_with_key(kind: str, key: str) -> Job | None:
    """The last job to make this, if it has failed."""
    last = Job.objects.filter(kind=kind, key=key).exclude(state=JobState.CANCELLED).order_by("-id").first()
    return last if last is not None and last.state == JobState.FAILED else None


def jobs_shown(offices: Sequence[Office]) -> QuerySet[Job]:
    """What these offices are shown of their long work: all but what was cancelled or erased, the newest first."""
    rows = Job.objects.filter(office__in=offices, process__isnull=False).exclude(error=ERASED)
    return rows.exclude(state=JobState.CANCELLED).select_related("process").order_by("-created_at", "-id")


def time_left(job: Job, now: datetime) -> timedelta | None:
    """How long a job will still take at the pace it has had since a worker took it; None while there is none to go by.

    At least five seconds of work, and a twentieth of the whole, are needed to tell.
    """
    if job.state != JobState.RUNNING or job.started_at is None or not job.total:
        return None
    taken, done = now - job.started_at, job.progress - job.started_from
    if taken < timedelta(seconds=5) or done * 20 < job.total:
        return None
    return taken * (job.total - job.progress) / done
