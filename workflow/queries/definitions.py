"""The definitions an office may start a process from."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import OuterRef, QuerySet, Subquery

from workflow.models import Office, ProcessDefinition


def version_of(offices: Sequence[Office], key: str) -> ProcessDefinition | None:
    """The version that a page of these offices named, also one that has been followed by a newer one."""
    return (
        ProcessDefinition.objects.filter(office__in=offices, pk=key).first()
        if key.isascii() and key.isdigit()
        else None
    )


def version_before(definition: ProcessDefinition) -> ProcessDefinition | None:
    """The version of the same definition that the office loaded before this one."""
    rows = ProcessDefinition.objects.filter(office=definition.office_id, key=definition.key)
    # By when each came first: one that is loaded once more keeps its place among them.
    return rows.filter(id__lt=definition.pk).order_by("-id").first()


def newest_definitions(offices: Sequence[Office]) -> QuerySet[ProcessDefinition]:
    """The newest version of each definition these offices have loaded, by title."""
    newest = ProcessDefinition.objects.filter(office=OuterRef("office"), key=OuterRef("key"))
    newest_id = Subquery(newest.order_by("-loaded_at", "-id").values("id")[:1])
    rows = ProcessDefinition.objects.filter(office__in=offices, id=newest_id)
    return rows.select_related("office").order_by("title", "id")


def newest_of(definition: ProcessDefinition) -> ProcessDefinition:
    """The version of the same definition that the office loaded last."""
    rows = ProcessDefinition.objects.filter(office=definition.office_id, key=definition.key)
    return rows.latest("loaded_at", "id")
