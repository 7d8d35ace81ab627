"""Dated facts of a stage: who has recorded them and who has not. The page of a milestone comes in."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.models import (
    Body,
    MilestoneRecord,
    Stage,
)
from workflow.queries.processes import bodies_of, stage_spec


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """One line of a milestone: the body it belongs to (None: the whole process) and its record, if there is one."""

    body: Body | None
    record: MilestoneRecord | None


def milestones_of(stage: Stage) -> list[MilestoneRow]:
    """Who has recorded the dated fact of a stage and who has not, in the list's order. Two queries."""
    terms = stage_spec(stage).milestone
    records = {record.body_id: record for record in MilestoneRecord.objects.filter(stage=stage).select_related("file")}
    if terms is None or not terms.each:
        return [MilestoneRow(None, records.get(None))]
    return [MilestoneRow(body, records.get(body.pk)) for body in bodies_of(stage.process, terms.each)]
