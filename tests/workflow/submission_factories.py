"""A matter that lies with the authority."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from tests.kept import kept
from tests.workflow.agreements import AGREEMENT, in_submission, officer_of, sent
from workflow.actions.approvals import add_addendum
from workflow.actions.files import open_file
from workflow.actions.milestones import record_milestone
from workflow.actions.submissions import acknowledge, make_package
from workflow.actors import Actor
from workflow.models import Decision, ExternalRequest, Package, Process
from workflow.queries.processes import live_stage
from workflow.states import DecisionState


def the_zip(package: Package) -> zipfile.ZipFile:
    with open_file(package.file) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def a_package(process: Process, now: datetime, **changes: object) -> Package:
    return make_package(live_stage(process, "submission"), actor=officer_of(process), now=now, **changes)  # type: ignore[arg-type]


def something_new(process: Process, now: datetime) -> None:
    """A correction of a decision has come, which a supplement can hold."""
    decision = Decision.objects.filter(request__stage__process=process, state=DecisionState.VALID).earliest("id")
    add_addendum(decision, text="Protokollen er rettet.", actor=officer_of(process), now=now)


def authority(request: ExternalRequest) -> Actor:
    return Actor.of_link(request.link, request.body.name)


def acknowledged(process: Process, now: datetime) -> ExternalRequest:
    """The authority has given its receipt by its link; returns what awaits its ruling."""
    request = sent(process, now)
    acknowledge(request, received_at=now, number="05-0600-7", actor=authority(request), now=now)
    return ExternalRequest.objects.select_related("stage", "link", "body").get(stage=live_stage(process, "ruling"))


def in_force(process: Process, now: datetime) -> None:
    """Every party has put the agreement into force, so that the stage of the status report opens."""
    for place in process.process_bodies.filter(name="parties").select_related("body"):
        stage = live_stage(process, "in_force")
        record_milestone(stage, body=place.body, happened_on=now.date(), actor=officer_of(process), now=now)


@kept
def in_ruling(now: datetime, text: str = AGREEMENT) -> tuple[Process, ExternalRequest]:
    """The authority has given its receipt."""
    process = in_submission(now, text=text)
    return process, acknowledged(process, now)
