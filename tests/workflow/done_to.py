"""What deeds are done to in tests: each row as it stands just before, and nothing of that in the record."""

from __future__ import annotations

from datetime import datetime

from tests.workflow.agreements import a_file, request_to
from workflow.actions.long_papers import PAPERS
from workflow.models import (
    Deadline,
    Decision,
    DocumentVersion,
    ExternalRequest,
    Job,
    JournalParcel,
    Objection,
    Process,
    PublishedItem,
)
from workflow.queries.processes import live_stage, stage_deadline
from workflow.states import ProcessState, PublicThing


def decided(process: Process) -> Decision:
    return Decision.objects.get(request__stage__process=process, body__key="council-1")


def external(process: Process) -> ExternalRequest:
    return ExternalRequest.objects.select_related("stage", "package").get(stage__process=process)


def resting(process: Process, now: datetime) -> Process:
    Process.objects.filter(pk=process.pk).update(state=ProcessState.SUSPENDED, suspended_at=now)
    return process


def an_item(process: Process, now: datetime) -> PublishedItem:
    """The process made public, and nothing of that in the record."""
    return PublishedItem.objects.create(
        process=process, kind=PublicThing.PATH, subject_id=process.public_id, title=process.title, published_at=now
    )


def a_long_work(process: Process, now: datetime) -> Job:
    """A paper that was asked for, and that no worker has taken."""
    return Job.objects.create(
        kind=PAPERS,
        key=str(process.public_id),
        arguments={"title": "2019-01-15 Aftalen.pdf", "url": "/", "papers": [{"name": "0", "pages": 3, "lasts": True}]},
        office=process.office,
        process=process,
        created_at=now,
        not_before=now,
    )


def a_parcel(process: Process, now: datetime) -> JournalParcel:
    """A parcel for the journal, and nothing of that in the record."""
    file = a_file(process.office, now)
    facts = {"number": 1, "file": file, "index_sha256": "0" * 64, "made_at": now}
    return JournalParcel.objects.get_or_create(process=process, defaults=facts)[0]


def the_text(process: Process) -> DocumentVersion:
    return DocumentVersion.objects.select_related("document").get(document__process=process)


def the_deadline(process: Process) -> Deadline:
    deadline = stage_deadline(live_stage(process, "approval"))
    assert deadline is not None
    return deadline


def an_objection(process: Process, now: datetime) -> Objection:
    """The council objects; nothing of that is in the record."""
    request = request_to(process, "council-1")
    return Objection.objects.create(
        request=request, body=request.body, bundle=request.bundle, text="Nej.", received_at=now, recorded_at=now
    )
