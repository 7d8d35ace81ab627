"""The duties of the workflow floor, found again in rows. Beat and the player come in."""

from __future__ import annotations

from datetime import datetime, timedelta

from notifications import postponed
from notifications.sweeps import Sweep
from workflow.actions.approvals import (
    lapse_reservations,
    next_body_reminder_due,
    next_lapse_due,
    remind_bodies,
    repair_reminders,
)
from workflow.actions.dispatches import next_dispatch, send_due_dispatches
from workflow.actions.erasure import next_purge_due, purge_due
from workflow.actions.files import sweep_files
from workflow.actions.jobs import next_job_due, run_jobs
from workflow.actions.links import forget_code_failures, next_forgetting_due
from workflow.actions.long_papers import sweep_long_work
from workflow.actions.mailing_heads import mail_heads, next_head_mail
from workflow.actions.processes import check_process, repair_process
from workflow.actions.sealing import next_seal_due, seal_when_due
from workflow.actions.sign_ins import forget_sign_ins
from workflow.models import Process
from workflow.queries.processes import due_processes, next_process_due, running_processes


def check_processes(now: datetime) -> int:
    """Look at the processes whose time has come: dates reached, deadlines passed. Returns how many there were."""
    # Each in a transaction of its own: one that fails must not hold up the dates of all others.
    return postponed.one_by_one(
        "check_processes", due_processes(now), lambda process: check_process(process, now=now), now, whose=_WHOSE
    )


def repair_processes(now: datetime) -> int:
    """Let running processes move on and reckon anew when to look at them, 2,000 at a time. Returns how many marks were
    wrong."""
    return postponed.walk(
        "repair_processes", running_processes(), lambda process: repair_process(process, now=now), now, whose=_WHOSE
    )


_WHOSE = postponed.belonging(Process, office="office", process="self")


def _next_process_due(now: datetime) -> datetime | None:
    return next_process_due()


def _next_job_due(now: datetime) -> datetime | None:
    return next_job_due()


def _next_purge_due(now: datetime) -> datetime | None:
    return next_purge_due()


def _next_head(now: datetime) -> datetime | None:
    return next_head_mail()


def _never(now: datetime) -> datetime | None:
    """Nothing waits for a repair: every deed keeps its own mark right, and a file can be read before it is settled."""
    return None


# Names stand in the rows of what was put off: under another name those would never be settled.
SWEEPS: tuple[Sweep, ...] = (
    Sweep("check_processes", check_processes, _next_process_due, timedelta(minutes=1)),
    Sweep("repair_processes", repair_processes, _never, timedelta(hours=1)),
    Sweep("remind_bodies", remind_bodies, next_body_reminder_due, timedelta(minutes=1)),
    Sweep("repair_reminders_of_bodies", repair_reminders, _never, timedelta(hours=1)),
    Sweep("send_dispatches", send_due_dispatches, next_dispatch, timedelta(seconds=30)),
    Sweep("lapse_reservations", lapse_reservations, next_lapse_due, timedelta(minutes=1)),
    Sweep("forget_code_failures", forget_code_failures, next_forgetting_due, timedelta(hours=1)),
    Sweep("forget_sign_ins", forget_sign_ins, _never, timedelta(hours=6)),
    Sweep("seal_audit", seal_when_due, next_seal_due, timedelta(seconds=10)),
    Sweep("mail_heads", mail_heads, _next_head, timedelta(minutes=10)),
    Sweep("run_jobs", run_jobs, _next_job_due, timedelta(seconds=5)),
    Sweep("sweep_long_work", sweep_long_work, _never, timedelta(hours=1)),
    Sweep("purge_due", purge_due, _next_purge_due, timedelta(hours=1)),
    Sweep("sweep_files", sweep_files, _never, timedelta(hours=1)),
)
