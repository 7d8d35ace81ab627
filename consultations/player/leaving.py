"""What a play sends by itself: the dispatches that stages prepare, unless its file says that they are sent by hand."""

from __future__ import annotations

from datetime import datetime

from consultations.player.cast import Play
from consultations.player.scenario import BY_HAND
from workflow.actions.dispatches import schedule_dispatch, send_dispatch
from workflow.actors import Actor
from workflow.models import Dispatch
from workflow.queries.dispatches import listed_on
from workflow.states import DispatchState, ProcessState, StageState


def send_what_was_prepared(play: Play, now: datetime) -> None:
    """Let each dispatch leave at the instant at which it was prepared, in the name of whoever started the process; one
    about a set that can still be taken back when that time is over."""
    if play.scenario.file.dispatches == BY_HAND:
        return
    prepared = Dispatch.objects.filter(
        state=DispatchState.DRAFT,
        stage__process=play.process,
        stage__process__state=ProcessState.RUNNING,
        stage__state=StageState.OPEN,
    )
    for dispatch in prepared.select_related("stage__process__office", "stage__process__definition").order_by("id"):
        officer = Actor.of_user(play.users[play.scenario.file.starts.by])
        sets = [row.bundle for row in listed_on(dispatch) if row.bundle is not None]
        waits = [bundle.questions_leave_at for bundle in sets if bundle.questions_leave_at is not None]
        leaves_at = max(waits, default=now)
        if leaves_at > now:
            schedule_dispatch(dispatch, leaves_at=leaves_at, actor=officer, now=now)
        else:
            send_dispatch(dispatch, actor=officer, now=now)
