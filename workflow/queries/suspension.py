"""The days of a suspended process: what the pause does to each. The resumption and the page before it come in."""

from __future__ import annotations

from datetime import datetime

from workflow.dates import local_day
from workflow.deadlines import Pause
from workflow.models import Deadline, Process
from workflow.queries.processes import definition_of, live_deadlines
from workflow.rules.deadlines import must_be_binding
from workflow.rules.suspension import DayAfterPause, after_pause


def pause_until(process: Process, now: datetime) -> Pause:
    """The pause of a suspended process, as long as it would be if it ended now."""
    assert process.suspended_at is not None
    return Pause(local_day(process.suspended_at, process.time_zone), local_day(now, process.time_zone))


def days_after_pause(process: Process, now: datetime) -> list[DayAfterPause]:
    """Every deadline of a suspended process that had not passed at its suspension and binds, the earliest first, each
    with what the pause does to it if it ends now."""
    assert process.suspended_at is not None
    rules, pause = definition_of(process).deadline_rules, pause_until(process, now)
    return [after_pause(row, rules, pause) for row in still_to_come(process, process.suspended_at)]


def still_to_come(process: Process, since: datetime) -> list[Deadline]:
    """The deadlines that had not passed at that instant (UTC), of stages that are not over."""
    rows = list(live_deadlines(process).filter(at__gt=since).select_related("stage"))
    for row in rows:
        row.process = process
        if row.stage is not None:
            row.stage.process = process
    return [row for row in rows if must_be_binding(row) is None]
