"""Where papers are made and sent and where the authority reads them, and what it has been sent."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import officer_of, sent_off
from tests.workflow.factories import an_officer, stage_of
from tests.workflow.views.visitors import signed_in
from workflow.actions.submissions import acknowledge
from workflow.models import ExternalRequest, Process

NOW = datetime(2019, 2, 28, 9, 0, tzinfo=UTC)


def stage_url(process: Process, name: str = "submission", stage: str = "submission") -> str:
    return reverse(name, args=[process.public_id, stage_of(process, stage).public_id])


def own_officer(process: Process) -> Client:
    """The browser of an officer of the process's own office."""
    return signed_in(an_officer(process.office, email="own@example.dk"))


def authority_url(sent: ExternalRequest, name: str = "authority", *more: object) -> str:
    return reverse(name, args=[sent.link.public_id, *more])


def awaiting_ruling(now: datetime = NOW) -> ExternalRequest:
    """What the authority is to rule on, once it has given its receipt."""
    process, sent = sent_off(now)
    acknowledge(sent, received_at=now, number="05-1", actor=officer_of(process), now=now)
    return ExternalRequest.objects.select_related("link", "stage__process").get(stage=stage_of(process, "ruling"))


def sent_url(sent: ExternalRequest, name: str) -> str:
    return reverse(name, args=[sent.stage.process.public_id, sent.public_id])
