"""What anyone may see of a process: allow-listed, no contacts, no addresses."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from workflow.models import Process


def public_processes() -> QuerySet[Process]:
    """The processes their offices have opened to the public, the newest first."""
    return (
        Process.objects.filter(is_public=True)
        .select_related("office", "definition")
        .defer("definition__source")
        .order_by("-started_at", "-id")
    )


def public_process(public_id: UUID) -> Process:
    """One of them; `Process.DoesNotExist` when it is not public."""
    return public_processes().get(public_id=public_id)
