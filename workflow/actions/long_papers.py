"""Long papers made by a worker: asked for once, followed, and waiting on the disk when they are done."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications import postponed
from workflow.actions.jobs import enqueue_job
from workflow.job_kinds import JobKind, Step, Tell
from workflow.models import Job, Office, Process
from workflow.queries.jobs import ERASED, failed_with_key
from workflow.reports.papers import long
from workflow.reports.papers.long import LongPaper
from workflow.rules.refusals import Refusal, Refused
from workflow.states import JOBS_UNDER_WAY, JobState

PAPERS: Final = "papers"

WAITS: Final = timedelta(days=7)
"""How long what was made waits to be fetched."""


@transaction.atomic
def prepare_papers(
    papers: Sequence[LongPaper],
    *,
    title: str,
    url: str,
    now: datetime,
    office: Office | None = None,
    process: Process | None = None,
) -> Job:
    """Have long papers made. Whoever asks for the very same ones while they are being made gets the same job; the first
    of an office who does sees it on the office's desk, under `title`, with `url` as the address that hands them out.

    What could not be made is tried again for an office alone: a guest is told why it could not.
    """
    names = sorted({paper.name for paper in papers})
    key = hashlib.sha256("\0".join(names).encode()).hexdigest()
    if process is None and (failed := failed_with_key(PAPERS, key)):
        return failed
    rows = [{"name": paper.name, "pages": paper.pages, "lasts": paper.is_lasting} for paper in papers]
    job = enqueue_job(
        PAPERS,
        {"title": title, "url": url, "papers": rows},
        key=key,
        office=office,
        process=process,
        now=now,
    )
    if process is not None and job.process is None:
        # A guest asked first, and the office's own page is another one.
        job.office, job.process = office, process
        job.arguments = {**job.arguments, "title": title, "url": url}
        job.save(update_fields=["office", "process", "arguments"])
    long.ask_for(papers)
    return job


def is_waiting(job: Job) -> bool:
    """Whether all that a finished job has made is there to be fetched. What is no file of its own stays."""
    return job.state == JobState.DONE and all(long.is_ready(name) for name in _names(job))


def forget_long_papers(now: datetime) -> None:
    """Somebody was erased: what may tell of them goes off the disk after the commit, and what is being made of it is
    cancelled, for whoever wants it to ask anew. Texts of documents stay as they are, and so do their papers."""
    for job in Job.objects.filter(arguments__has_key="papers").exclude(state__in=(JobState.FAILED, JobState.CANCELLED)):
        if all(paper["lasts"] for paper in job.arguments["papers"]):
            continue
        # The title may be a name.
        arguments = {**job.arguments, "title": ""}
        values = {"arguments": arguments, "lease_token": None, "lease_until": None, "error": ERASED}
        rows = Job.objects.filter(pk=job.pk)
        rows.filter(state__in=JOBS_UNDER_WAY).update(state=JobState.CANCELLED, ended_at=now, **values)
        rows.filter(state=JobState.DONE).update(**values)
    transaction.on_commit(long.forget)


def sweep_long_work(now: datetime) -> int:
    """Take away what has waited long enough, and the jobs that ended as long ago. Returns how many there were."""
    run = postponed.Run("sweep_long_work", now)
    count = 0
    for path in long.lain_since((now - WAITS).timestamp()):
        count += run.attempt(path.name, partial(long.remove, path))
    run.end()
    jobs, _by_table = Job.objects.filter(ended_at__lt=now - WAITS).delete()
    return count + jobs


def _names(job: Job) -> list[str]:
    return [paper["name"] for paper in job.arguments.get("papers", ())]


def _work(job: Job, now: datetime, tell: Tell) -> None:
    """Make the first paper that is not there yet."""
    ready, total = _pages(job)
    paper = next((paper for paper in job.arguments["papers"] if not long.is_ready(paper["name"])), None)
    tell(ready, total)
    if paper is None:
        return
    is_made = long.make_asked(paper["name"], lambda percent: tell(ready + paper["pages"] * percent // 100, total))
    if not is_made:
        text = _("What the paper was to be made of is no longer there. Fetch it again to have it made as it is now.")
        raise Refused(Refusal("asked_gone", text))


def step_when_made(job: Job, now: datetime) -> Step:
    """The step of a kind whose work leaves files: it is done when all of them are there."""
    ready, total = _pages(job)
    return Step(ready, total, done=ready == total)


def _pages(job: Job) -> tuple[int, int]:
    """How many pages are ready, of how many."""
    papers = job.arguments["papers"]
    return sum(paper["pages"] for paper in papers if long.is_ready(paper["name"])), sum(p["pages"] for p in papers)


def drop_made(job: Job) -> None:
    """Take away what a job was to make, and what it has made of it."""
    for name in _names(job):
        long.drop(name)


KIND: Final = JobKind(PAPERS, step_when_made, attempts=3, work=_work, drop=drop_made)
