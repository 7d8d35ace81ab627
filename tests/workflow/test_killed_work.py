"""Workers killed (-9) in the middle of what officers have them make: on real PostgreSQL, with a program of its own."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.workflow.agreements import in_approval, in_submission, officer_of
from workflow import storage
from workflow.actions.files import LONGEST_DEED, open_file, sweep_files
from workflow.actions.jobs import LEASE, run_jobs
from workflow.actions.kits import prepare_kits
from workflow.actions.long_papers import is_waiting
from workflow.actions.submissions import preparing
from workflow.models import AuditEntry, Job, Package, StoredFile
from workflow.queries.processes import live_stage
from workflow.reports.papers import long
from workflow.states import JobState, Verb

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AFTER_THE_LEASE = NOW + LEASE + timedelta(minutes=1)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


def killed_at_work(media: Path) -> None:
    """A worker begins on what waits, and is killed."""
    values = connection.settings_dict
    url = f"postgres://{values['USER']}@/{values['NAME']}?host={values['HOST']}"
    if values["PORT"]:
        url += f"&port={values['PORT']}"
    worker = subprocess.run(
        [sys.executable, "-m", "tests.workflow.long_deed_worker", NOW.isoformat(), str(media), str(settings.VAR_DIR)],
        env=os.environ
        | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "AUDIT_KEY": settings.AUDIT_KEY},
        check=False,
        timeout=120,
    )
    assert worker.returncode == -signal.SIGKILL


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_make_kits_after_a_worker_was_killed_in_the_middle_another_makes_them_whole(media: Path) -> None:
    stage = live_stage(in_approval(NOW), "approval")
    job = prepare_kits(stage, url="/", now=NOW)

    killed_at_work(media)

    job.refresh_from_db()
    assert (job.state, is_waiting(job)) == (JobState.RUNNING, False)
    assert run_jobs(NOW) == 0  # the lease is still the dead one's
    run_jobs(AFTER_THE_LEASE)
    job.refresh_from_db()
    assert (job.state, is_waiting(job)) == (JobState.DONE, True)
    path = long.ready_path(job.arguments["papers"][0]["name"])
    assert path is not None
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len({name.partition("/")[0] for name in archive.namelist()}) == 3  # the region and two councils


def test_make_package_after_a_worker_was_killed_in_the_deed_another_makes_it_once(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "MANY", 0)
    process = in_submission(NOW)
    stage = live_stage(process, "submission")
    job = preparing.pack_or_prepare(stage, url="/", actor=officer_of(process), now=NOW)
    assert isinstance(job, Job)
    files = StoredFile.objects.count()

    killed_at_work(media)

    job.refresh_from_db()
    assert (job.state, Package.objects.count(), StoredFile.objects.count()) == (JobState.RUNNING, 0, files)
    assert len(list(storage.left_behind((NOW + timedelta(days=3650)).timestamp()))) == 1  # the ZIP of no row
    run_jobs(AFTER_THE_LEASE)
    job.refresh_from_db()
    package = Package.objects.get()
    assert (job.state, preparing.package_made(job)) == (JobState.DONE, package.public_id)
    assert AuditEntry.objects.filter(verb=Verb.MAKE_PACKAGE).count() == 1
    with open_file(package.file) as content, zipfile.ZipFile(io.BytesIO(content.read())) as archive:
        assert archive.testzip() is None
    sweep_files(datetime.now(UTC) + LONGEST_DEED + timedelta(minutes=1))
    assert not list(storage.left_behind((NOW + timedelta(days=3650)).timestamp()))
