"""A dispatch that was to leave is being prepared again, because what an officer looked through has changed. Deeds that
change it come in, with the process locked."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Dispatch, Process
from workflow.states import DispatchState, FellBack, Verb


def scheduled_in(process: Process) -> QuerySet[Dispatch]:
    """The dispatches of a process that are to leave at their time."""
    return Dispatch.objects.filter(stage__process=process, state=DispatchState.SCHEDULED)


def fall_back(dispatches: QuerySet[Dispatch], why: FellBack, process: Process, actor: Actor, now: datetime) -> None:
    """Let those of these dispatches that were to leave wait for an officer, who finds it as a duty, with the reason."""
    scheduled = dispatches.filter(state=DispatchState.SCHEDULED)
    for dispatch in scheduled.select_related("stage").order_by("id"):
        codes = {"stage": dispatch.stage.key, "why": why, "leaves_at": dispatch.leaves_at}
        dispatch.recall()
        dispatch.leaves_at, dispatch.caused_by, dispatch.fell_back = None, None, why
        dispatch.save(update_fields=["state", "leaves_at", "caused_by", "fell_back"])
        record(Verb.FALL_BACK, dispatch, actor=actor, now=now, process=process, codes=codes)
