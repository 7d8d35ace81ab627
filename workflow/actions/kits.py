"""The kits of all who are asked in a stage, in one ZIP: made by a worker, waiting on the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.actions.files import open_file
from workflow.actions.jobs import enqueue_job
from workflow.actions.long_papers import drop_made, is_waiting, step_when_made
from workflow.dates import in_language
from workflow.job_kinds import JobKind, Tell
from workflow.models import ApprovalRequest, Job, Stage
from workflow.queries.boards import asked_now
from workflow.queries.jobs import done_with_key
from workflow.queries.record import last_entry_id
from workflow.reports.papers import long
from workflow.reports.papers.kit import Kit, common_files, kit_with, name_of_kits
from workflow.reports.papers.naming import plain_name
from workflow.reports.papers.registry import write_zip
from workflow.rules.refusals import Refusal, Refused

KITS: Final = "kits"

_COMMON: Final = 5
"""What is common to all takes about as long as the letters to so many bodies."""


@transaction.atomic
def prepare_kits(stage: Stage, *, url: str, now: datetime) -> Job:
    """Have the kits of all who are asked in a stage made, for an officer to pass on: a folder for each body, with what
    it fetches itself. url: the address at which they are asked for.

    While nothing has been done in the process since, whoever asks again gets the same job, or what it has made while it
    waits. Refuses a stage in which nobody is asked about a set.
    """
    requests = asked_now(stage)
    if not requests:
        text = gettext_lazy("Nobody is asked about a set of documents in this stage yet, so there is no kit to make.")
        raise Refused(Refusal("no_kits", text))
    process = stage.process
    key = f"{stage.public_id}-{last_entry_id(process)}"
    job = done_with_key(KITS, key)
    if job is not None and is_waiting(job):
        return job
    with in_language(process.language):
        # Translators: ends the name of a file: "2026-03-03 For the agenda - Health agreement - kits for all".
        of_all = _("kits for all")
        title = f"{name_of_kits(requests[0])} - {of_all}.zip"
    arguments = {
        "title": title,
        "url": url,
        "stage": str(stage.public_id),
        "papers": [{"name": f"{uuid4().hex}.zip", "pages": 100 * (_COMMON + len(requests)), "lasts": False}],
    }
    return enqueue_job(KITS, arguments, key=key, office=process.office, process=process, now=now)


def _work(job: Job, now: datetime, tell: Tell) -> None:
    """Write the ZIP; killed in the middle it is begun anew, and what is common lies on the disk by then."""
    (paper,) = job.arguments["papers"]
    if long.is_ready(paper["name"]):
        return
    stages = Stage.objects.select_related("process__office", "process__definition", "line", "bundle__line")
    stage = stages.get(public_id=UUID(job.arguments["stage"]))
    requests = asked_now(stage)
    long.mark_asked(paper["name"])
    tell(0, paper["pages"])
    with in_language(stage.process.language):
        is_kept = long.put_ready(paper["name"], partial(_write, requests, lambda done: tell(done, paper["pages"])))
    if not is_kept:
        text = gettext_lazy("Somebody was erased while the kits were made. Ask for them again.")
        raise Refused(Refusal("erased_meanwhile", text))


def _write(requests: Sequence[ApprovalRequest], tell: Callable[[int], None], path: Path) -> None:
    common: dict[int | None, Kit] = {}
    whole = 100 * (_COMMON + len(requests))
    reached = 0

    def follow(percent: int) -> None:
        nonlocal reached
        # Several long papers may follow each other: what is said never goes back.
        reached = max(reached, percent * _COMMON)
        tell(min(reached, whole))

    files: Kit = []
    for number, request in enumerate(requests, start=1):
        if request.bundle_id not in common:
            with long.followed_by(follow):
                common[request.bundle_id] = common_files(request.stage, request.bundle)
        folder = f"{number:02d} {plain_name(request.body.name)}"
        files += [(f"{folder}/{name}", each) for name, each in kit_with(request, common[request.bundle_id])]
        tell(100 * (_COMMON + number))
    with path.open("wb") as target:
        write_zip(target, files, open_file)


KIND: Final = JobKind(KITS, step_when_made, attempts=3, work=_work, drop=drop_made)
