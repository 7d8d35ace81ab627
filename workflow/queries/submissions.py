"""Packages and what authorities answered: actions, mails, the package itself and pages come in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from notifications.models import OutgoingMail
from notifications.queries import mails_of
from notifications.statements import Given, Read
from workflow.models import (
    Body,
    Bundle,
    Deadline,
    ExternalQuestion,
    ExternalRequest,
    Package,
    PersonalLink,
    Process,
    ProcessBody,
    Stage,
)
from workflow.queries.approvals import ASKING_KINDS, asked_name
from workflow.queries.bodies import primary_contacts
from workflow.queries.documents import standing_bundles
from workflow.queries.processes import bodies_of, definition_of, stage_deadline, stage_spec
from workflow.rules.submissions import odd_in_sending
from workflow.states import DeadlineKind, ExternalState, StageState


def live_external_request(stage: Stage) -> ExternalRequest | None:
    """What has been sent in this attempt of a stage and not withdrawn; None before sending."""
    return _LIVE_REQUEST.first(stage_id=stage.pk)


_LIVE_REQUEST: Final = Read(
    lambda: (
        ExternalRequest.objects.filter(stage_id=Given("stage_id"))
        .exclude(state=ExternalState.WITHDRAWN)
        .select_related("body", "link", "package", "receipt", "ruling")
        .order_by("id")[:1]
    )
)


def latest_external_request(process: Process, *, before: Stage) -> ExternalRequest | None:
    """The latest submission with a package of the process in another stage: what a later ruling is about."""
    return (
        ExternalRequest.objects.filter(stage__process=process, package__isnull=False)
        .exclude(stage=before)
        .exclude(state=ExternalState.WITHDRAWN)
        .exclude(stage__state=StageState.RETURNED)
        .select_related("package", "link")
        .order_by("-id")
        .first()
    )


def packages_of(process: Process) -> QuerySet[Package]:
    """Every package of a process, the newest first, with its file, bundle and what it adds to."""
    return (
        Package.objects.filter(process=process)
        .select_related("file", "bundle__line", "stage", "supplements")
        .order_by("-number")
    )


def packages_at_authority(stage: Stage) -> list[Package]:
    """The packages an authority has got in this stage, in order, with their files. One query."""
    return list(packages_of(stage.process).filter(stage=stage, sent_at__isnull=False).order_by("number"))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the package of a stage: its name, and the language it is written to in."""

    name: str
    language: str


def receiver_of(stage: Stage) -> Receiver:
    """The authority of a stage, as it is or would be written to; the process's language where none is known. Three
    queries at most."""
    terms = stage_spec(stage).external
    request = live_external_request(stage)
    if request is not None:
        return Receiver(request.body.name, request.language)
    body = next(iter(bodies_of(stage.process, terms.body)), None) if terms is not None else None
    contact = primary_contacts(stage.process.office, [body.pk]).get(body.pk) if body is not None else None
    return Receiver(body.name if body else "", contact.language if contact else stage.process.language)


def sent_package(process: Process, bundle_ids: Collection[int], *, before: Stage) -> Package | None:
    """The package that carried one of these bundles, or one that differs only editorially, to an authority in another
    stage of the process: a complete one if there is one, else the latest provisional one.
    """
    packages = Package.objects.filter(process=process, sent_at__isnull=False).exclude(stage__key=before.key)
    in_order = packages.select_related("bundle").order_by("is_provisional", "-number")
    return next(
        (package for package in in_order if not set(bundle_ids).isdisjoint(standing_bundles(package.bundle))), None
    )


def odd_in_sending_now(stage: Stage, bundle: Bundle, now: datetime) -> list[str]:
    """What is odd in sending a set to an authority now in this stage, in sentences: then the deed asks why. None of it
    once the stage has sent its package: what follows then is a supplement. Three queries at most."""
    if live_external_request(stage) is not None:
        return []
    sent_before = packages_of(stage.process).filter(bundle=bundle, sent_at__isnull=False).first()
    deadline = stage_deadline(stage)
    is_its_own = deadline is not None and deadline.kind != DeadlineKind.RULING
    due_on = deadline.on if deadline is not None and is_its_own else None
    return odd_in_sending(sent_before, due_on, now, stage.process.time_zone)


def ruling_deadlines(stages: Collection[Stage]) -> dict[int, Deadline]:
    """By stage, the deadline by which an authority is to rule: where that clock runs and no ruling has come, for the
    stage that waits for the ruling and for the one from whose receipt the clock runs. One query."""
    rows = (
        Deadline.objects.filter(
            process_id__in={stage.process_id for stage in stages},
            kind=DeadlineKind.RULING,
            stage__state=StageState.OPEN,
        )
        .exclude(stage__external_requests__ruling__isnull=False)
        .select_related("stage")
    )
    running = {(row.process_id, row.name): row for row in rows}
    deadlines_by_stage = {}
    for stage in stages:
        for name, rule in definition_of(stage.process).deadline_rules.items() if running else ():
            row = running.get((stage.process_id, name))
            begins_with = (rule.event or "").partition(".")[0]
            if row is not None and (row.stage_id == stage.pk or begins_with == stage.key):
                deadlines_by_stage[stage.pk] = row
    return deadlines_by_stage


def bodies_told_of_rulings(process: Process) -> list[Body]:
    """Who is told of an authority's receipt and ruling: every party that approves and every committee that decides."""
    names = {asked_name(spec) for spec in definition_of(process).stages if spec.kind in ASKING_KINDS}
    places = (
        ProcessBody.objects.filter(process=process, name__in=names).select_related("body").order_by("position", "id")
    )
    return list({place.body_id: place.body for place in places}.values())


# ── What pages show ───────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A stage outside the house: what was sent (with receipt and ruling), its packages newest first, the authority's
    deadline, and the latest mail to it."""

    request: ExternalRequest | None
    packages: list[Package]
    ruling_by: Deadline | None
    mail: OutgoingMail | None


def submission(stage: Stage) -> SubmissionView:
    """Everything about one external stage. Four queries."""
    request = (
        ExternalRequest.objects.filter(stage=stage)
        .exclude(state=ExternalState.WITHDRAWN)
        .select_related("body", "link", "package__file", "receipt__file", "ruling__file")
        .first()
    )
    if request is not None:
        request.stage = stage
    packages = list(packages_of(stage.process).filter(stage=stage))
    mail = mails_of([request.public_id]).filter(kind="authority_submission").last() if request else None
    return SubmissionView(request, packages, ruling_deadlines([stage]).get(stage.pk), mail)


def external_request_of_link(link: PersonalLink) -> ExternalRequest:
    """The latest submission that lies under an authority's link, with all that its page shows, what was withdrawn last;
    `DoesNotExist` for a link of another purpose."""
    return external_requests_of_link(link)[0]


def external_requests_of_link(link: PersonalLink) -> list[ExternalRequest]:
    """Everything that lies under an authority's link, the latest first and what was withdrawn last: the submission, and
    the question for its ruling. `DoesNotExist` for a link of another purpose."""
    # Sorting keeps the order of equals: the latest stays first among those not withdrawn.
    requests = sorted(
        _external_requests().filter(link=link).order_by("-id"), key=lambda row: row.state == ExternalState.WITHDRAWN
    )
    if not requests:
        raise ExternalRequest.DoesNotExist
    return requests


def questions_of(requests: Collection[ExternalRequest]) -> list[ExternalQuestion]:
    """What the authority has asked about these, in order."""
    return list(ExternalQuestion.objects.filter(request__in=requests))


def external_requests_of(process: Process) -> QuerySet[ExternalRequest]:
    """All that was sent to authorities in a process, with what its page shows for an officer."""
    return _external_requests().filter(stage__process=process)


def _external_requests() -> QuerySet[ExternalRequest]:
    return ExternalRequest.objects.select_related(
        "stage__process__office",
        "stage__process__definition",
        "body",
        "link",
        "package__file",
        "receipt__file",
        "ruling__file",
    )


def packages_for_authority(request: ExternalRequest) -> list[Package]:
    """What the authority may fetch on its page: the package sent and the supplements sent after it, in order."""
    if request.package is None:
        return []
    return list(
        Package.objects.filter(stage_id=request.package.stage_id, sent_at__isnull=False)
        .select_related("file", "bundle", "supplements")
        .order_by("number")
    )
