"""When a process may be started, stopped for a while, taken up again or given up, and what a reason must be."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from workflow.dates import clock_time
from workflow.rules.refusals import Refusal
from workflow.states import ProcessState

if TYPE_CHECKING:
    from workflow.models import Process

REASON_LENGTH = 10
"""Characters in the shortest reason for suspending a process, giving it up or opening a gate by hand: enough for a
sentence someone else can follow. Their forms say the same."""


def may_act(process: Process) -> Refusal | None:
    """A deed that changes a process is refused while it is suspended and after it has ended. Reading is always fine."""
    if process.state == ProcessState.SUSPENDED:
        return Refusal("process_suspended", _("The process is suspended. Resume it before anything is done in it."))
    return must_not_have_ended(process)


def must_not_have_ended(process: Process) -> Refusal | None:
    """A deed that is right in a suspended process too is refused only after the process has ended."""
    if process.state == ProcessState.COMPLETED:
        return Refusal("process_completed", _("The process is completed and can only be read."))
    if process.state == ProcessState.ABANDONED:
        return Refusal("process_abandoned", _("The process was given up and can only be read."))
    return None


def may_take_in(process: Process) -> Refusal | None:
    """What guests send, and officers record on their behalf, is taken in while a process is suspended as well; only
    once it has ended is it refused. What follows from it waits for the resumption."""
    return None if process.state == ProcessState.SUSPENDED else may_act(process)


def now_or_suspended_at(process: Process, now: datetime) -> datetime:
    """Now (UTC), or the instant at which the clock of a suspended process stopped: what had not run out then has not
    run out since."""
    return min(now, process.suspended_at or now)


def may_suspend(process: Process, reason: str, leave_at: datetime | None) -> Refusal | None:
    """Only a running process is suspended, and with a reason; not while questions about a set that has been put forward
    wait to leave, for nobody is asked in a pause.

    leave_at: when (UTC) the last of those questions leaves, None where none waits.
    """
    refusal = may_act(process)
    if refusal is None and leave_at is not None:
        text = format_lazy(
            _(
                "Questions about a set that has just been put forward leave at {time}, and nobody is asked while the "
                "process rests. Take the set back first, or suspend the process when they have left."
            ),
            time=clock_time(leave_at, process.time_zone),
        )
        refusal = Refusal("questions_waiting", text)
    return refusal or must_give_reason(reason, REASON_LENGTH)


def may_resume(process: Process) -> Refusal | None:
    """Only a suspended process is taken up again."""
    if process.state == ProcessState.RUNNING:
        return Refusal("process_not_suspended", _("The process is under way already; there is nothing to resume."))
    if process.state == ProcessState.SUSPENDED:
        return None
    return may_act(process)


def may_abandon(process: Process, reason: str) -> Refusal | None:
    """A running or suspended process may be given up, with a reason."""
    if process.state == ProcessState.SUSPENDED:
        return must_give_reason(reason, REASON_LENGTH)
    return may_act(process) or must_give_reason(reason, REASON_LENGTH)


def must_give_reason(reason: str, least: int = 1) -> Refusal | None:
    """A reason must be written, of at least so many characters when spaces around it are left out."""
    length = len(reason.strip())
    if length == 0:
        return Refusal("reason_missing", _("Write a reason; it stands in the record."))
    if length < least:
        text = ngettext_lazy(
            "The reason is too short; write at least %(count)d character, so that others understand it.",
            "The reason is too short; write at least %(count)d characters, so that others understand it.",
            "count",
        )
        return Refusal("reason_too_short", text % {"count": least})
    return None


def must_be_officer(is_officer: bool) -> Refusal | None:
    """Some deeds stand on a person's word: an officer of the secretariat, signed in."""
    if is_officer:
        return None
    return Refusal("not_an_officer", _("Only an officer of the secretariat, signed in as a person, may do this."))
