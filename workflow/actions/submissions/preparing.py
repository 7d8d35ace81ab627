"""A package of long texts or many papers: made by a worker, who sets them first and then does the officer's deed."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.actions.jobs import enqueue_job
from workflow.actions.sealing import seal_audit
from workflow.actions.submissions.packages import (
    bundle_packed,
    check_package,
    lay_out_package,
    make_package,
    pack,
    papers_to_set,
)
from workflow.actors import Actor
from workflow.dates import in_language
from workflow.job_kinds import DoStep, JobKind, Step, Tell
from workflow.models import Job, Package, Stage, User
from workflow.reports.package.documents import lay_out_texts
from workflow.reports.package.shelf import Shelf
from workflow.reports.papers.long import TakesLong, followed_by, only_at_once
from workflow.rules import Refusal, Refused
from workflow.states import JobState

PACKAGE: Final = "package"

MANY: Final = 100
"""Papers of the record from which on a package takes longer than a page may wait: they take some three seconds."""

_TEXTS: Final = 50
_SET: Final = 90
"""Per cent of the work when the texts are laid out, and when all papers are set; what is left is written in one go."""


def pack_or_prepare(
    stage: Stage,
    *,
    url: str,
    is_provisional: bool = False,
    reason: str = "",
    supplements: Package | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Package | Job:
    """Make a package (`make_package`); where its texts are long and not laid out yet, or its papers are many, have it
    made in this officer's name. url: of the form, for a package that could not be made after all.

    Refuses at once what cannot be packed now; what changes until it is made is judged again then. One package of a
    stage is made at a time: pressed again the same one is followed, and with other words it is refused.
    """
    how: dict[str, Any] = {"is_provisional": is_provisional, "reason": reason, "supplements": supplements}
    if _is_short(stage, supplements, now):
        return make_package(stage, **how, actor=actor, now=now, key=key)
    check_package(stage, **how, actor=actor, now=now)
    return _prepare(stage, how, url, actor, now, key)


def _is_short(stage: Stage, supplements: Package | None, now: datetime) -> bool:
    try:
        with only_at_once():
            lay_out_texts(bundle_packed(stage, supplements))
    except TakesLong:
        return False
    return papers_to_set(stage, supplements, now) < MANY


@transaction.atomic
def _prepare(stage: Stage, how: dict[str, Any], url: str, actor: Actor, now: datetime, key: str) -> Job:
    process, supplements = stage.process, how["supplements"]
    with in_language(process.language):
        title = _("Package for the authority")
    arguments = {
        **how,
        "title": title,
        "url": url,
        "stage": str(stage.public_id),
        "supplements": str(supplements.public_id) if supplements is not None else "",
        # Not the name: it is read when the package is made, and an erasure need not look for it here.
        "account": str(actor.public_id),
        "key": key,
    }
    job = enqueue_job(PACKAGE, arguments, key=str(stage.public_id), office=process.office, process=process, now=now)
    if any(job.arguments[name] != arguments[name] for name in how):
        text = gettext_lazy(
            "A package of this stage is being made already, with other words. Wait until it is made, or break it off on"
            " its page; it stands under My work."
        )
        raise Refused(Refusal("package_under_way", text))
    return job


def package_made(job: Job) -> UUID | None:
    """The public id of the package that a job has made; None while it has made none."""
    if job.kind != PACKAGE or job.state != JobState.DONE or job.result is None:
        return None
    return UUID(job.result["package"])


def _facts(job: Job) -> tuple[Stage, Package | None]:
    stages = Stage.objects.select_related("process__office", "process__definition", "line", "bundle__line")
    stage = stages.get(public_id=UUID(job.arguments["stage"]))
    supplements = job.arguments["supplements"]
    packages = Package.objects.select_related("bundle__line")
    return stage, packages.get(public_id=UUID(supplements)) if supplements else None


def _work(job: Job, now: datetime, tell: Tell) -> DoStep:
    """Seal the record and set the papers, and return the deed that is left."""
    stage, supplements = _facts(job)
    reached = 0

    def reach(percent: int) -> None:
        nonlocal reached
        # Several texts may follow each other: what is said never goes back.
        reached = max(reached, percent)
        tell(reached, 100)

    reach(0)
    with followed_by(lambda percent: reach(percent * _TEXTS // 100)):
        shelf = lay_out_package(
            stage, supplements, now, lambda done, of: reach(_TEXTS + (_SET - _TEXTS) * done // max(1, of))
        )
    head = seal_audit(now=now).head
    reach(_SET)
    return partial(_step, stage, supplements, head, shelf)


def _step(stage: Stage, supplements: Package | None, head: str, shelf: Shelf, job: Job, now: datetime) -> Step:
    """The officer's deed, in one transaction with the job's end: a job that was broken off has made no package."""
    user = User.objects.get(public_id=UUID(job.arguments["account"]))
    how = {name: job.arguments[name] for name in ("is_provisional", "reason", "key")}
    with shelf:
        package = pack(stage, head, shelf, **how, supplements=supplements, actor=Actor.of_user(user), now=now)
    return Step(100, 100, done=True, result={"package": str(package.public_id)})


KIND: Final = JobKind(PACKAGE, step=None, attempts=3, work=_work)
