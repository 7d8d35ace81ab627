"""Long work as tests of pages come to it: who asks, where, and what is read there."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.workflow.factories import an_officer
from tests.workflow.views.visitors import signed_in
from workflow.models import BundleItem, DocumentVersion, Job, Process

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def its_officer(process: Process, email: str = "papers@example.dk") -> Client:
    return signed_in(an_officer(process.office, email))


def version_of(process: Process) -> DocumentVersion:
    return BundleItem.objects.get(bundle__process=process).version


def paper_url(process: Process, ending: str = "pdf") -> str:
    return reverse("document_paper", args=[process.public_id, version_of(process).public_id, ending])


def job_url(job: Job, name: str = "job") -> str:
    assert job.process is not None
    return reverse(name, args=[job.process.public_id, job.public_id])


def page_of(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def is_pdf(answer: Any) -> bool:
    return answer.status_code == 200 and b"".join(answer).startswith(b"%PDF")


def names_in(answer: Any) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert archive.testzip() is None
        return archive.namelist()
