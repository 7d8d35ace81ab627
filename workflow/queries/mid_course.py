"""What was told of stages that were done outside the system. Pages and the package come in."""

from __future__ import annotations

from django.db.models import QuerySet

from workflow.models import DoneElsewhere, Process, Stage


def told_of_stage(stage: Stage) -> DoneElsewhere | None:
    """What was told of a stage done outside the system, with its files; None for one done here. No query for one done
    here."""
    return None if stage.done_on is None else _told(DoneElsewhere.objects.filter(stage=stage)).get()


def told_of_stages(process: Process) -> list[DoneElsewhere]:
    """The same of every stage of a process, also of those sent back since, in the order of the path."""
    return list(_told(DoneElsewhere.objects.filter(stage__process=process)).order_by("stage__position"))


def _told(rows: QuerySet[DoneElsewhere]) -> QuerySet[DoneElsewhere]:
    return rows.select_related("stage").prefetch_related("files__file")
