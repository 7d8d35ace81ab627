"""Long work as rows: whoever wants it enqueues a job, a sweep does it in steps. Nothing is lost with a worker."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Min, Q

from notifications import postponed
from notifications.delivery import Clock, clock_from
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.dates import in_language
from workflow.job_kinds import DoStep, Step, UnknownJobKind, heavy_kinds, job_kind
from workflow.models import Job, Office, Process
from workflow.rules import Refused, insist
from workflow.rules.jobs import may_cancel_job
from workflow.states import JOBS_UNDER_WAY, JobState

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # a step takes well under a minute
LONGEST_SWEEP = timedelta(seconds=45)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)


@transaction.atomic
def enqueue_job(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    now: datetime,
    office: Office | None = None,
    process: Process | None = None,
    key: str = "",
    not_before: datetime | None = None,
) -> Job:
    """Put long work into the queue, in the caller's transaction. `arguments`: public ids and numbers, as JSON. key: of
    one kind and key only one is under way, and whoever asks again gets that one.

    Refuses, with `UnknownJobKind`, a kind nobody registered.
    """
    job_kind(kind)
    under_way = Job.objects.filter(kind=kind, key=key, state__in=JOBS_UNDER_WAY)
    if key and (job := under_way.first()):
        return job
    try:
        with transaction.atomic():
            return Job.objects.create(
                kind=kind,
                key=key,
                arguments=dict(arguments),
                office=office,
                process=process,
                created_at=now,
                not_before=not_before or now,
            )
    except IntegrityError:
        # Two asked at one time, and the other was first.
        return under_way.get()


@transaction.atomic
def cancel_job(job: Job, *, actor: Actor, now: datetime) -> Job:
    """Give up work that is under way for an office: the worker stops at its next word, and what it has made so far
    goes. Whoever wants it again asks anew. Refuses what has ended otherwise."""
    assert job.office is not None
    insist_officer(actor, job.office, now)
    job = Job.objects.select_for_update(of=("self",)).select_related("office").get(pk=job.pk)
    if job.state == JobState.CANCELLED:
        return job
    insist(may_cancel_job(job.state))
    job.cancel()
    job.lease_token = job.lease_until = None
    job.ended_at = now
    job.save()
    _drop_after_commit(job)
    return job


def _drop_after_commit(job: Job) -> None:
    try:
        drop = job_kind(job.kind).drop
    except UnknownJobKind:
        return
    if drop is not None:
        transaction.on_commit(lambda: drop(job))


def run_jobs(now: datetime) -> int:
    """The sweep: do the jobs that are due, step by step, for at most 45 seconds. Returns how many steps were done.

    Any number of workers may run at once; each job is held by one of them. A job whose worker was lost goes on with
    the step that was not recorded once its lease has ended.
    """
    # Runs on from `now`: leases are reckoned from when a step begins, not from when the sweep began.
    clock = clock_from(now)
    steps = 0
    while clock() - now < LONGEST_SWEEP:
        job = claim_job(clock())
        if job is None:
            break
        steps += _run(job, clock, until=now + LONGEST_SWEEP)
    return steps


def claim_job(now: datetime) -> Job | None:
    """Take the job that has waited longest, for the length of a lease; None when none is due.

    Asking and taking are one statement, so two workers never take the same job. A job that has been taken too often
    without a step being recorded is given up instead. Of what takes long in one go, one is done at a time: the other
    workers are there for the mail and the other sweeps.
    """
    due = Q(state=JobState.WAITING, not_before__lte=now) | Q(state=JobState.RUNNING, lease_until__lte=now)
    heavy = Q(kind__in=heavy_kinds())
    if Job.objects.filter(heavy, state=JobState.RUNNING, lease_until__gt=now).exists():
        due &= ~heavy
    while True:
        candidate = Job.objects.filter(due).order_by("not_before", "id").first()
        if candidate is None:
            return None
        token = uuid4()
        rows_taken = Job.objects.filter(due, pk=candidate.pk).update(
            state=JobState.RUNNING,
            lease_token=token,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            started_at=now,
            started_from=F("progress"),
        )
        if not rows_taken:
            continue
        job = Job.objects.select_related("office", "process").get(pk=candidate.pk, lease_token=token)
        if job.attempts > _attempts_of(job):
            _give_up(job, token, job.error or "The worker was lost again and again.", now)
            continue
        return job


def next_job_due() -> datetime | None:
    """When a job is next to be taken: its own time, or the end of a lost worker's lease. None without any."""
    earliest = Job.objects.filter(state=JobState.WAITING).aggregate(at=Min("not_before"))["at"]
    lease_end = Job.objects.filter(state=JobState.RUNNING).aggregate(at=Min("lease_until"))["at"]
    return min((at for at in (earliest, lease_end) if at is not None), default=None)


def _attempts_of(job: Job) -> int:
    try:
        return job_kind(job.kind).attempts
    except UnknownJobKind:
        # A kind that only another version knows: the job is given up and shown.
        return 0


def _run(job: Job, clock: Clock, until: datetime) -> int:
    token = job.lease_token
    assert token is not None
    steps = 0
    while True:
        try:
            do_step = _work(job, token, clock) or job_kind(job.kind).step
            assert do_step is not None
            step = _one_step(job, token, clock(), do_step)
        except LeaseLost:
            return steps
        except Refused as refused:
            # Another try would be refused for the same reason.
            _refuse(job, token, refused, clock())
            return steps
        except Exception as error:
            log.exception("job %s failed", job.public_id)
            _put_off(job, token, error, clock())
            return steps
        steps += 1
        if job.error:
            postponed.settle("run_jobs", str(job.public_id))
            job.error = ""
        if step.done:
            return steps
        if clock() >= until:
            # Given back at once; otherwise it would lie still until the lease ends.
            Job.objects.filter(pk=job.pk, lease_token=token).update(
                state=JobState.WAITING, lease_token=None, lease_until=None
            )
            return steps


class LeaseLost(Exception):
    """Another worker holds the job: what this one did last is undone."""


def _work(job: Job, token: UUID, clock: Clock) -> DoStep | None:
    """What of the step takes long. Each word of how far it is keeps the lease, and is its own transaction."""
    work = job_kind(job.kind).work
    if work is None:
        return None

    def tell(progress: int, total: int) -> None:
        rows = Job.objects.filter(pk=job.pk, lease_token=token, state=JobState.RUNNING)
        if not rows.update(progress=progress, total=total, lease_until=clock() + LEASE):
            raise LeaseLost
        job.progress, job.total = progress, total

    return work(job, clock(), tell)


@transaction.atomic
def _one_step(job: Job, token: UUID, now: datetime, do_step: DoStep) -> Step:
    """The step and the record of it are one transaction, and it counts only while the lease is ours."""
    renewed = Job.objects.filter(pk=job.pk, lease_token=token, state=JobState.RUNNING).update(lease_until=now + LEASE)
    if not renewed:
        raise LeaseLost
    step = do_step(job, now)
    # A recorded step starts the count again, so that only failures in a row give a job up.
    values: dict[str, Any] = {"progress": step.progress, "total": step.total, "attempts": 1, "error": ""}
    if step.done:
        values |= {
            "state": JobState.DONE,
            "result": step.result,
            "ended_at": now,
            "lease_token": None,
            "lease_until": None,
        }
    rows_kept = Job.objects.filter(pk=job.pk, lease_token=token).update(**values)
    if not rows_kept:
        raise LeaseLost
    job.progress, job.total = step.progress, step.total
    return step


def _refuse(job: Job, token: UUID, refused: Refused, now: datetime) -> None:
    """It cannot be done, and the reason is kept in words, in the language of its process."""
    language = job.process.language if job.process else settings.LANGUAGE_CODE
    with in_language(language):
        words = str(refused.refusal.text)
    Job.objects.filter(pk=job.pk, lease_token=token).update(
        state=JobState.FAILED,
        lease_token=None,
        lease_until=None,
        ended_at=now,
        error=refused.refusal.code,
        result={"why": words},
    )
    _drop_after_commit(job)


def _put_off(job: Job, token: UUID, error: Exception, now: datetime) -> None:
    """Try again later, at longer and longer pauses; give up after the kind's number of attempts."""
    words = f"{type(error).__name__}: {error}"[:1000]
    attempts = Job.objects.filter(pk=job.pk, lease_token=token).values_list("attempts", flat=True).first()
    if attempts is None:
        return
    if attempts >= _attempts_of(job):
        _give_up(job, token, words, now, error)
        return
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 12), LONGEST_PAUSE)
    _show(job, error, now, now + pause)
    Job.objects.filter(pk=job.pk, lease_token=token).update(
        state=JobState.WAITING, lease_token=None, lease_until=None, not_before=now + pause, error=words
    )


def _show(job: Job, error: Exception, now: datetime, next_try_at: datetime | None) -> None:
    """On the desk of the job's office; None: it is not tried again."""
    postponed.put_off(
        "run_jobs",
        str(job.public_id),
        error,
        now,
        whose=postponed.Whose(job.office.public_id) if job.office else postponed.NOBODY,
        next_try_at=next_try_at,
        is_given_up=next_try_at is None,
    )


def _give_up(job: Job, token: UUID, words: str, now: datetime, error: Exception | None = None) -> None:
    _show(job, error or LeaseLost(words), now, next_try_at=None)
    Job.objects.filter(pk=job.pk, lease_token=token).update(
        state=JobState.FAILED, lease_token=None, lease_until=None, ended_at=now, error=words
    )
    _drop_after_commit(job)
    log.error("job %s (%s) was given up", job.public_id, job.kind)
