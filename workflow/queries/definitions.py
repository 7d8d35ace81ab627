"""The definitions an office may start a process from."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max, QuerySet

from workflow.models import Office, ProcessDefinition


def newest_definitions(offices: Sequence[Office]) -> QuerySet[ProcessDefinition]:
    """The newest version of each definition these offices have loaded, by title."""
    newest = (
        ProcessDefinition.objects.filter(office__in=offices)
        .values("office_id", "key")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    return ProcessDefinition.objects.filter(id__in=newest).select_related("office").order_by("title", "id")
