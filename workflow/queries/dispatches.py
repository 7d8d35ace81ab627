"""Dispatches: what one holds, when it leaves, and which wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from notifications.queries import least
from notifications.rules import folded_address, may_mail
from workflow.models import ApprovalRequest, Dispatch, Office, Process, Stage
from workflow.queries.bodies import primary_contacts
from workflow.rules.overwriting import digest_of_words
from workflow.states import LIVE_REQUESTS, UNSENT, Channel, DispatchState, ProcessState, RequestState, StageState


def unsent_dispatch(stage: Stage) -> Dispatch | None:
    """What is to ask those listed in an attempt at a stage; None where nobody is. One query."""
    return Dispatch.objects.filter(stage=stage, state__in=UNSENT).first()


def listed_on(dispatch: Dispatch) -> list[ApprovalRequest]:
    """Whom a dispatch asks when it leaves, in the order of the list; each with body, link, documents and stage. One
    without an address has the one that the office has learnt since, and an address from which mail has come back since
    is marked so. Two queries."""
    rows = dispatch.requests.filter(state=RequestState.LISTED)
    requests = list(rows.select_related("body", "bundle__line", "link", "dispatch").order_by("id"))
    contacts = primary_contacts(dispatch.stage.process.office, [request.body_id for request in requests])
    for request in requests:
        request.stage = dispatch.stage
        contact = contacts.get(request.body_id)
        is_known = contact is not None and contact.channel == Channel.EMAIL and may_mail(contact.email) is None
        if contact is not None and is_known and not request.email and request.channel == Channel.EMAIL:
            request.email, request.contact_name, request.language = contact.email, contact.name, contact.language
        if contact is not None and folded_address(contact.email) == folded_address(request.email):
            request.bounced_at = request.bounced_at or contact.bounced_at
    return requests


def listed_about(process: Process) -> QuerySet[ApprovalRequest, int | None]:
    """The row ids of the sets of documents about which somebody in a process is to be asked and has not been."""
    rows = ApprovalRequest.objects.filter(stage__process=process, state=RequestState.LISTED)
    return rows.order_by().values_list("bundle_id", flat=True).distinct()


def stages_only_listed(process: Process) -> set[str]:
    """The keys of open stages whose bodies are listed and of whom none has been asked or has decided. One query."""
    rows = ApprovalRequest.objects.filter(
        stage__process=process, stage__state=StageState.OPEN, state__in=LIVE_REQUESTS
    ).values_list("stage__key", "state")
    states: dict[str, set[str]] = {}
    for key, state in rows:
        states.setdefault(key, set()).add(state)
    return {key for key, found in states.items() if found == {RequestState.LISTED}}


def digest_of_dispatch(dispatch: Dispatch, requests: Sequence[ApprovalRequest], reply_by: datetime | None) -> str:
    """By which a press knows that what it sends is what was looked through: the words, who is asked and where, about
    which documents, and by when."""
    rows = [
        f"{row.public_id} {row.email} {row.channel} {row.bounced_at} {row.bundle.sha256 if row.bundle else ''}"
        for row in requests
    ]
    return digest_of_words(dispatch.words, str(reply_by), *rows)


def due_dispatches(now: datetime) -> QuerySet[Dispatch]:
    """Those whose time to leave has come, the earliest first."""
    rows = Dispatch.objects.filter(state=DispatchState.SCHEDULED, leaves_at__lte=now)
    return rows.select_related("stage__process__office", "stage__process__definition").order_by("leaves_at", "id")


def next_dispatch_due() -> datetime | None:
    """When the next one leaves; None where none is to."""
    return least(Dispatch.objects.filter(state=DispatchState.SCHEDULED), "leaves_at")


def waiting_dispatches(offices: Sequence[Office]) -> list[Dispatch]:
    """Those that wait for an officer of these offices: nobody has looked them through, or they have fallen back. Each
    with its stage and process. One query."""
    rows = Dispatch.objects.filter(
        state=DispatchState.DRAFT, stage__process__office__in=offices, stage__process__state=ProcessState.RUNNING
    )
    return list(rows.select_related(*_WITH_STAGE).order_by("prepared_at", "id"))


_WITH_STAGE: Final = ("stage__process__office", "stage__process__definition", "stage__line")
