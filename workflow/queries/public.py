"""Which processes have a public page: allow-listed, no contacts, no addresses."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from workflow.models import Process
from workflow.states import PublicThing


def public_processes() -> QuerySet[Process]:
    """The processes their offices have made public, the newest first."""
    return (
        Process.objects.filter(published_items__kind=PublicThing.PATH, published_items__withdrawn_at=None)
        .select_related("office", "definition")
        .defer("definition__source")
        .order_by("-started_at", "-id")
    )


def public_process(public_id: UUID) -> Process:
    """One of them; `Process.DoesNotExist` when it is not public."""
    return public_processes().get(public_id=public_id)
