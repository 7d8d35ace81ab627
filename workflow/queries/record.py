"""The record as people read it, newest first."""

from __future__ import annotations

from django.db.models import QuerySet

from workflow.models import AuditEntry, Process


def entries_of(process: Process) -> QuerySet[AuditEntry]:
    """Every entry of a process with its kept detail, newest first; page it before showing it all."""
    return AuditEntry.objects.filter(process_id=process.public_id).select_related("detail").order_by("-id")
