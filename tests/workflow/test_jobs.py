"""Jobs: done step by step, each held by one worker, taken up again after a crash, given up after too many failures."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.workflow.factories import an_office
from workflow import job_kinds
from workflow.actions.jobs import LEASE, claim_job, enqueue_job, next_job_due, run_jobs
from workflow.job_kinds import JobKind, Step, UnknownJobKind
from workflow.models import Job, Office
from workflow.states import JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind() -> Iterator[Callable[..., None]]:
    """Register a kind of job for one test."""
    before = dict(job_kinds._kinds)

    def add(name: str, step: Callable[[Job, datetime], Step], attempts: int = 3) -> None:
        job_kinds.register(JobKind(name, step, attempts))

    yield add
    job_kinds._kinds.clear()
    job_kinds._kinds.update(before)


def count_to(last: int) -> Callable[[Job, datetime], Step]:
    def step(job: Job, now: datetime) -> Step:
        reached = job.progress + 1
        return Step(reached, last, done=reached == last, result={"counted": reached} if reached == last else None)

    return step


def make_offices(last: int, fail_at: int = -1) -> Callable[[Job, datetime], Step]:
    """An office per step, so that a step done twice would be seen."""

    def step(job: Job, now: datetime) -> Step:
        an_office(f"step-{job.progress}")
        if job.progress == fail_at:
            raise RuntimeError("the disk is full")
        return Step(job.progress + 1, last, done=job.progress + 1 == last)

    return step


def test_run_jobs_does_every_step_and_keeps_the_result(now: datetime, kind: Callable[..., None]) -> None:
    kind("count", count_to(5))
    enqueue_job("count", {"to": 5}, now=now)

    assert run_jobs(now) == 5

    job = Job.objects.get()
    assert (job.state, job.progress, job.total, job.result) == (JobState.DONE, 5, 5, {"counted": 5})
    assert job.ended_at is not None
    assert run_jobs(now) == 0
    assert next_job_due() is None


def test_enqueue_job_of_an_unknown_kind_is_refused(now: datetime) -> None:
    with pytest.raises(UnknownJobKind):
        enqueue_job("dig_a_hole", {}, now=now)

    assert not Job.objects.exists()


def test_run_jobs_before_its_time_leaves_the_job(now: datetime, kind: Callable[..., None]) -> None:
    kind("count", count_to(1))
    later = now + timedelta(hours=1)
    enqueue_job("count", {}, now=now, not_before=later)

    assert run_jobs(now) == 0
    assert next_job_due() == later
    assert run_jobs(later) == 1


def test_run_jobs_whose_step_fails_undoes_it_and_tries_later(now: datetime, kind: Callable[..., None]) -> None:
    kind("offices", make_offices(4, fail_at=2))
    enqueue_job("offices", {}, now=now)

    run_jobs(now)

    job = Job.objects.get()
    assert (job.state, job.progress, job.error) == (JobState.WAITING, 2, "RuntimeError: the disk is full")
    assert sorted(Office.objects.values_list("key", flat=True)) == ["step-0", "step-1"]
    assert job.not_before > now


def test_run_jobs_that_fails_too_often_is_given_up(now: datetime, kind: Callable[..., None]) -> None:
    kind("offices", make_offices(4, fail_at=0), attempts=3)
    enqueue_job("offices", {}, now=now)

    for _ in range(5):
        run_jobs(now)
        now += timedelta(hours=1)

    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease_token) == (JobState.FAILED, 3, None)
    assert "disk is full" in job.error
    assert next_job_due() is None


def test_run_jobs_that_went_on_after_a_failure_may_fail_again(now: datetime, kind: Callable[..., None]) -> None:
    """Only failures in a row count: a job of a thousand steps survives a bad hour now and then."""
    failures = iter([True, True, False] * 4)

    def step(job: Job, _now: datetime) -> Step:
        if next(failures):
            raise RuntimeError
        return Step(job.progress + 1, 4, done=job.progress + 1 == 4)

    kind("moody", step, attempts=4)
    enqueue_job("moody", {}, now=now)
    for _ in range(20):
        run_jobs(now)
        now += timedelta(hours=1)

    assert Job.objects.get().state == JobState.DONE


def test_claim_job_under_a_lease_is_refused_until_the_lease_ends(now: datetime, kind: Callable[..., None]) -> None:
    kind("count", count_to(2))
    enqueue_job("count", {}, now=now)
    first = claim_job(now)
    assert first is not None

    assert claim_job(now + LEASE - timedelta(microseconds=1)) is None
    assert next_job_due() == now + LEASE
    second = claim_job(now + LEASE)
    assert second is not None
    assert second.lease_token != first.lease_token


def test_run_jobs_whose_lease_was_taken_over_leaves_no_trace(now: datetime, kind: Callable[..., None]) -> None:
    """A worker so slow that another holds the job by now: its step is undone."""

    def slow(job: Job, _now: datetime) -> Step:
        an_office(f"step-{job.progress}")
        Job.objects.filter(pk=job.pk).update(lease_token="00000000-0000-4000-8000-000000000000")
        return Step(1, 1, done=True)

    kind("slow", slow)
    enqueue_job("slow", {}, now=now)

    assert run_jobs(now) == 0

    assert not Office.objects.exists()
    assert Job.objects.get().state == JobState.RUNNING


def test_claim_job_lost_with_its_worker_again_and_again_is_given_up(now: datetime, kind: Callable[..., None]) -> None:
    kind("count", count_to(2), attempts=3)
    enqueue_job("count", {}, now=now)

    taken = 0
    for _ in range(6):
        taken += claim_job(now) is not None
        now += LEASE

    assert taken == 3
    assert Job.objects.get().state == JobState.FAILED


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_claim_job_by_many_workers_at_once_gives_each_job_to_one(now: datetime, kind: Callable[..., None]) -> None:
    kind("count", count_to(1))
    for _ in range(20):
        enqueue_job("count", {}, now=now)
    barrier = threading.Barrier(4)
    claimed: list[int] = []

    def work() -> None:
        try:
            barrier.wait(10)
            while (job := claim_job(now)) is not None:
                claimed.append(job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == sorted(Job.objects.values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_run_jobs_killed_in_the_middle_of_a_step_goes_on_without_doing_one_twice(
    now: datetime, kind: Callable[..., None]
) -> None:
    kind("make_offices", make_offices(6))
    enqueue_job("make_offices", {}, now=now)
    values = connection.settings_dict
    url = f"postgres://{values['USER']}@/{values['NAME']}?host={values['HOST']}"
    if values["PORT"]:
        url += f"&port={values['PORT']}"

    worker = subprocess.run(
        [sys.executable, "-m", "tests.workflow.job_worker", now.isoformat()],
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=False,
        timeout=60,
    )

    assert worker.returncode == -signal.SIGKILL
    job = Job.objects.get()
    assert (job.state, job.progress) == (JobState.RUNNING, 3)
    assert Office.objects.count() == 3, "the step in which it died is undone"
    assert run_jobs(now) == 0, "its lease still runs"
    assert run_jobs(now + 2 * LEASE) == 3
    job.refresh_from_db()
    assert (job.state, job.progress) == (JobState.DONE, 6)
    assert Office.objects.count() == 6
