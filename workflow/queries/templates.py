"""The Word templates of an office."""

from __future__ import annotations

from collections.abc import Collection

from workflow.models import Office, PaperTemplate


def template_in_use(office: Office, kind: str) -> PaperTemplate | None:
    """The template that papers of this kind are made with; None where they are made with ours. One query."""
    rows = PaperTemplate.objects.filter(office=office, kind=kind, used_at__isnull=False, ended_at=None)
    return rows.select_related("file").first()


def templates_of(offices: Collection[Office]) -> dict[tuple[int, str], list[PaperTemplate]]:
    """By office and kind, what is in use and what waits to be looked at, in this order. One query."""
    found: dict[tuple[int, str], list[PaperTemplate]] = {}
    rows = PaperTemplate.objects.filter(office__in=offices, ended_at=None).select_related("file", "office")
    for row in rows:
        found.setdefault((row.office_id, row.kind), []).append(row)
    return {key: sorted(each, key=lambda row: row.used_at is None) for key, each in found.items()}
