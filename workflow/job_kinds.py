"""The registry of long work: each kind brings the step that does the next bit of it. Filled in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.models import Job

Tell = Callable[[int, int], None]
"""Says how far a job is, of how much, and keeps its lease. Raises where the job was cancelled or is another worker's by
now: then the work is to end at once."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step came to.

    progress, total: how far the work is, in the job's own units; total None while nobody knows.
    done: nothing is left to do; `result` is then kept with the job, as JSON.
    """

    progress: int
    total: int | None = None
    done: bool = False
    result: Any = None


DoStep = Callable[[Job, datetime], Step]


@dataclass(frozen=True, slots=True)
class JobKind:
    """One sort of long work.

    step      does the next bit, of well under a minute, in a transaction that also records its progress: after a
              crash the work goes on from `job.progress`, and no step counts twice
    attempts  how often in a row a step may fail, or be lost with its worker, before the job is given up
    work      what of a step takes long, done before it with no transaction open, so that nobody waits for a lock: it
              leaves files, and done again after a crash it leaves the same. Of a kind without a `step` it
              returns what does it, with what it has made in hand. What it refuses is not tried again
    drop      takes away what a job has left that was cancelled or failed
    """

    name: str
    step: DoStep | None
    attempts: int = 5
    work: Callable[[Job, datetime, Tell], DoStep | None] | None = None
    drop: Callable[[Job], None] | None = None


class UnknownJobKind(LookupError):
    """A job of a kind nobody has registered."""


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Make a kind known. Refuses a second one of the same name."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Two kinds of job are called {kind.name}")


def heavy_kinds() -> list[str]:
    """The names of those whose steps take long."""
    return sorted(name for name, kind in _kinds.items() if kind.work is not None)


def job_kind(name: str) -> JobKind:
    """The kind of that name. Raises `UnknownJobKind`."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJobKind(name) from None
