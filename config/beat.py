"""The schedule, on one page: every sweep of every app, asked for at its own interval.

A sweep finds its work in rows, so a beat that was away, or two beats at once, lose and double nothing.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from celery.beat import ScheduleEntry, Scheduler

from consultations.sweeps import SWEEPS as HEARINGS
from notifications.sweeps import SWEEPS as MAIL
from notifications.sweeps import Sweep
from workflow.sweeps import SWEEPS as PROCESSES


@cache
def sweeps() -> dict[str, Sweep]:
    """Every sweep by name. Two of the same name are refused."""
    sweeps_by_name: dict[str, Sweep] = {}
    for sweep in (*MAIL, *PROCESSES, *HEARINGS):
        if sweep.name in sweeps_by_name:
            raise ValueError(f"Two sweeps are called {sweep.name}")
        sweeps_by_name[sweep.name] = sweep
    return sweeps_by_name


def schedule() -> dict[str, dict[str, Any]]:
    """The beat schedule: one entry per sweep; a request nobody took within two intervals is dropped."""
    return {
        name: {
            "task": "run_sweep",
            "schedule": sweep.every,
            "args": (name,),
            "options": {"expires": max(2 * sweep.every, timedelta(seconds=30)).total_seconds()},
        }
        for name, sweep in sweeps().items()
    }


class CatchUpScheduler(Scheduler):
    """Keeps no file: at start every sweep is due at once, which catches up what was missed while beat was away."""

    Entry = ScheduleEntry

    def setup_schedule(self) -> None:
        """Read the schedule and mark every entry as long overdue."""
        long_ago = self.app.now() - timedelta(days=3650)
        self.merge_inplace(schedule())
        for entry in self.schedule.values():
            entry.last_run_at = long_ago
