"""The first lock of every deed. After the process come stage, round and invitation, in that order."""

from __future__ import annotations

from workflow.models import Process, Stage
from workflow.rules import insist
from workflow.rules.processes import may_act


def lock_process(process: Process, *, must_run: bool = True) -> Process:
    """The process as it is now, locked until the transaction ends. Refuses a suspended or ended one.

    `must_run` False is for the few deeds that are right in another state, such as resuming.
    """
    locked = (
        Process.objects.select_for_update(of=("self",))
        .select_related("office", "definition")
        .defer("definition__body", "definition__source")
        .get(pk=process.pk)
    )
    if must_run:
        insist(may_act(locked))
    return locked


def lock_stage(process: Process, stage: Stage) -> Stage:
    """A stage of a locked process as it is now, locked as well."""
    locked = Stage.objects.select_for_update().get(pk=stage.pk, process=process)
    locked.process = process
    return locked
