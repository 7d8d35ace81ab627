"""What each kind of stage does when it opens and when it is left. The floors above register their kinds here.

The engine comes in to open, leave and re-date; `apps.py` of each floor comes in to register.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.actors import Actor
from workflow.deadlines import Pause
from workflow.models import Deadline, Stage


def _nothing(_subject: object, _actor: Actor, _now: datetime) -> None:
    """Most kinds have nothing to do."""


def _nothing_after(_stage: Stage, _pause: Pause, _actor: Actor, _now: datetime) -> None:
    """Where nobody is asked, a resumption changes nothing."""


def _nobody(_stage: Stage) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class StageKind:
    """What a kind of stage does of its own accord, always in the deed's transaction with the process locked.

    on_open      when a stage of the kind has opened; its deadline is already resolved
    on_leave     when a stage that has begun is about to be sent back or left out: withdraw what is live under it
    on_redo      when the matter has been sent back to this very stage, before its new attempt opens: what was settled
                 in it is no longer
    on_deadline  when a deadline of the stage, once begun, has got its day or another: rewrite the copies of its instant
    on_resume    when the process has been taken up again with the stage under way, after its deadlines got their days:
                 rewrite their copies, plan reminders anew, tell once whoever is asked
    told_on_resume  the names of those whom `on_resume` would tell, for the page that asks before
    """

    name: str
    on_open: Callable[[Stage, Actor, datetime], None] = _nothing
    on_leave: Callable[[Stage, Actor, datetime], None] = _nothing
    on_redo: Callable[[Stage, Actor, datetime], None] = _nothing
    on_deadline: Callable[[Deadline, Actor, datetime], None] = _nothing
    on_resume: Callable[[Stage, Pause, Actor, datetime], None] = _nothing_after
    told_on_resume: Callable[[Stage], Sequence[str]] = _nobody


_kinds: dict[str, StageKind] = {}


def register(kind: StageKind) -> None:
    """Take a kind in; the same one twice is harmless, another of the same name is refused."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The stage kind {kind.name} is already registered.")


def stage_kind(name: str) -> StageKind:
    """The kind by its name; one that does nothing when nobody registered it."""
    return _kinds.get(name) or StageKind(name)
