"""Objections to corrections: which are open in a text, a body's own, and since when nobody can object any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from notifications.statements import Given, Read
from workflow.definitions import ancestors
from workflow.models import ApprovalRequest, Bundle, Objection, Office, Process, Stage
from workflow.queries.processes import definition_of, live_stages
from workflow.states import ObjectionState, ProcessState, StageKindName, StageState

_OPEN: Final = Read(
    lambda: (
        Objection.objects.filter(bundle__line_id=Given("line_id"), state=ObjectionState.OPEN)
        .select_related("request__body", "body", "bundle")
        .order_by("id")
    )
)


def open_objections(line_id: int) -> list[Objection]:
    """The objections to corrections of a line of text that are not settled. One query."""
    return list(_OPEN(line_id=line_id))


def objections_in(process: Process) -> list[Objection]:
    """The objections of a process that are not settled, in the order they came. One query."""
    rows = Objection.objects.filter(bundle__process=process, state=ObjectionState.OPEN)
    return list(rows.select_related("body", "bundle").order_by("id"))


def objections_waiting(offices: Collection[Office]) -> list[Objection]:
    """The objections that wait for an officer of these offices, the oldest first; none of a process that has ended. One
    query."""
    under_way = (ProcessState.RUNNING, ProcessState.SUSPENDED)
    rows = Objection.objects.filter(state=ObjectionState.OPEN, request__stage__process__office__in=offices)
    rows = rows.filter(request__stage__process__state__in=under_way)
    return list(rows.select_related("request__stage__process__definition", "body", "bundle").order_by("id"))


def objections_of(request: ApprovalRequest) -> list[Objection]:
    """What the body has objected to under its questions on this text, the newest first. No query where there is no
    text; else one."""
    if request.bundle is None:
        return []
    rows = Objection.objects.filter(body=request.body_id, bundle__line=request.bundle.line_id)
    return list(rows.select_related("bundle__line", "source", "body").order_by("-id"))


def objection_to(bundle: Bundle, body_id: int) -> Objection | None:
    """The body's objection to a set, if it has made one."""
    return Objection.objects.filter(bundle=bundle, body=body_id).first()


def objection_of_office(public_id: UUID, process: Process) -> Objection:
    """An objection in a process, with what its page shows; `Objection.DoesNotExist` for another's."""
    rows = Objection.objects.select_related("request__stage", "request__link", "body", "bundle__line", "source")
    return rows.get(public_id=public_id, request__stage__process=process)


def in_force_since(stage: Stage) -> datetime | None:
    """When a dated fact behind a stage, about its text, was complete: the agreement is in force. None before. One
    query."""
    process = stage.process
    definition = definition_of(process)
    complete = [
        row.closed_at
        for row in live_stages(process)
        if row.kind == StageKindName.MILESTONE
        and row.state == StageState.COMPLETED
        and row.line_id == stage.line_id
        and stage.key in ancestors(definition, row.key)
    ]
    return min(filter(None, complete), default=None)
