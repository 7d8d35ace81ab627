"""The record as people read it, newest first, and what it says of how a process stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max, QuerySet

from workflow.models import AuditEntry, Process
from workflow.states import ProcessState, Verb


def record_entries(process: Process) -> QuerySet[AuditEntry]:
    """Every entry of a process with its kept detail, newest first; page it before showing it all."""
    return AuditEntry.objects.filter(process_id=process.public_id).select_related("detail").order_by("-id")


def last_entry_id(process: Process) -> int:
    """The newest entry of a process: as long as it is the newest, nothing has been done there. 0 without any."""
    entries = AuditEntry.objects.filter(process_id=process.public_id)
    return entries.order_by("-id").values_list("id", flat=True).first() or 0


def causes_of(entries: Sequence[AuditEntry]) -> dict[int, AuditEntry]:
    """Entry id → the entry of the deed that this one follows from, with its kept detail. At most one query."""
    causes = {entry.pk: str(entry.codes["caused_by"]) for entry in entries if entry.codes.get("caused_by")}
    entries_by_id = {str(entry.public_id): entry for entry in entries}
    if missing := set(causes.values()) - set(entries_by_id):
        for entry in AuditEntry.objects.filter(public_id__in=missing).select_related("detail"):
            entries_by_id[str(entry.public_id)] = entry
    return {pk: entries_by_id[cause] for pk, cause in causes.items() if cause in entries_by_id}


def last_resumed_at(process: Process) -> datetime | None:
    """When (UTC) a process was last taken up again after a suspension; None when it never was."""
    at: datetime | None = record_entries(process).filter(verb=Verb.RESUME_PROCESS).aggregate(at=Max("at"))["at"]
    return at


def suspended_because(process: Process) -> str:
    """The reason that was written when a suspended process was suspended; "" for any other, and once it is erased."""
    if process.state != ProcessState.SUSPENDED:
        return ""
    entry = record_entries(process).filter(verb=Verb.SUSPEND_PROCESS).first()
    return str(entry.detail.body.get("reason", "")) if entry is not None and hasattr(entry, "detail") else ""
