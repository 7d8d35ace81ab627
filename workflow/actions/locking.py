"""The first lock of every deed, and the one for all that belongs to a process: stages, rounds, sets of documents and
questions are only changed by whoever holds it. After it come invitations and contacts, in that order."""

from __future__ import annotations

from typing import Final

from notifications.statements import Given, Read
from workflow.models import Process, Stage
from workflow.rules import insist
from workflow.rules.processes import may_act

_KNOWN: Final = ("office", "definition")
_LOCK_PROCESS: Final = Read(lambda: Process.objects.select_for_update().filter(pk=Given("pk")))


def lock_process(process: Process, *, must_run: bool = True) -> Process:
    """The process as it is now, locked until the transaction ends. Refuses a suspended or ended one.

    `must_run` False is for the few deeds that are right in another state, such as resuming. Office and definition are
    not read again where the caller has read those that the process belongs to now.
    """
    if all(name in process._state.fields_cache for name in _KNOWN):
        locked = _LOCK_PROCESS.one(pk=process.pk)
        for name in _KNOWN:
            if getattr(locked, f"{name}_id") == getattr(process, f"{name}_id"):
                setattr(locked, name, getattr(process, name))
    else:
        # Of the process alone: with the office's row all its matters would wait for each other. The definition's texts
        # are long, and read once for each digest (`read_definition`), not under every lock.
        rows = Process.objects.select_for_update(of=("self",)).select_related(*_KNOWN)
        locked = rows.defer("definition__body", "definition__source").get(pk=process.pk)
    if must_run:
        insist(may_act(locked))
    return locked


def process_of(stage: Stage) -> Process:
    """The process of a stage as far as it is at hand: to be locked, which reads it anew."""
    return stage.process if "process" in stage._state.fields_cache else Process(pk=stage.process_id)


def stage_in(process: Process, stage: Stage) -> Stage:
    """A stage of a locked process as it is now; the lock of the process is its lock too."""
    stage = Stage.objects.get(pk=stage.pk, process_id=process.pk)
    stage.process = process
    return stage
