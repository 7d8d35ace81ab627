"""Other questions at an address that has been corrected: each is corrected by its own deed. Pages come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from workflow.actions.approvals import readdress_request
from workflow.actions.submissions import readdress_submission
from workflow.actors import Actor
from workflow.asked_kinds import AskedKind, AskedRow, kind_of, register
from workflow.models import ApprovalRequest, ExternalRequest, Office, Stage
from workflow.queries.processes import stage_spec
from workflow.rules import Refused
from workflow.states import ExternalState, ProcessState, RequestState

UNDER_WAY = (ProcessState.RUNNING, ProcessState.SUSPENDED)


def correct_also(keys: Sequence[str], *, old: str, email: str, actor: Actor, now: datetime) -> list[str]:
    """Correct where further questions are asked, from the address they had to another.

    Each in a transaction of its own, so that no deed holds two processes. Returns the reasons of those that were
    refused; the others are corrected.
    """
    refused = []
    for key in keys:
        kind, public_id = kind_of(key)
        try:
            kind.correct(public_id, old, email, actor, now)
        except Refused as refusal:
            refused.append(str(refusal.refusal.text))
    return refused


def _of_stage(stage: Stage) -> str:
    return f"{stage.process.case_number} {stage.process.title}: {stage_spec(stage).title}"


def _requests_at(office: Office, address: str) -> list[AskedRow]:
    rows = ApprovalRequest.objects.filter(
        email__iexact=address,
        state=RequestState.ASKED,
        stage__process__office=office,
        stage__process__state__in=UNDER_WAY,
    ).select_related("body", "stage__process__definition")
    requests = rows.order_by("id")
    return [AskedRow(f"request:{row.public_id}", row.body.name, _of_stage(row.stage)) for row in requests]


def _correct_request(public_id: UUID, old: str, email: str, actor: Actor, now: datetime) -> object:
    request = ApprovalRequest.objects.select_related("stage", "body", "link").get(public_id=public_id)
    name = request.contact_name
    return readdress_request(request, email=email, name=name, for_later=False, shown_address=old, actor=actor, now=now)


def _submissions_at(office: Office, address: str) -> list[AskedRow]:
    rows = ExternalRequest.objects.filter(
        email__iexact=address,
        state__in=(ExternalState.SENT, ExternalState.ACKNOWLEDGED),
        closed_at=None,
        stage__process__office=office,
        stage__process__state__in=UNDER_WAY,
    ).select_related("body", "stage__process__definition")
    return [AskedRow(f"submission:{row.public_id}", row.body.name, _of_stage(row.stage)) for row in rows.order_by("id")]


def _correct_submission(public_id: UUID, old: str, email: str, actor: Actor, now: datetime) -> object:
    request = ExternalRequest.objects.select_related("stage").get(public_id=public_id)
    name = request.contact_name
    return readdress_submission(
        request, email=email, name=name, for_later=False, shown_address=old, actor=actor, now=now
    )


def register_kinds() -> None:
    """Called once by the app."""
    register(AskedKind("request", _requests_at, _correct_request))
    register(AskedKind("submission", _submissions_at, _correct_submission))
