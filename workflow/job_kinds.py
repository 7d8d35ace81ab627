"""The registry of long work: each kind brings the step that does the next bit of it. Filled in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.models import Job


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


@dataclass(frozen=True, slots=True)
class JobKind:
    """One sort of long work.

    step      does the next bit, of well under a minute, in a transaction that also records its progress: after a
              crash the work goes on from `job.progress`, and no step counts twice
    attempts  how often in a row a step may fail, or be lost with its worker, before the job is given up
    """

    name: str
    step: Callable[[Job, datetime], Step]
    attempts: int = 5


class UnknownJobKind(LookupError):
    """A job of a kind nobody has registered."""


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Make a kind known. Refuses a second one of the same name."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Two kinds of job are called {kind.name}")


def job_kind(name: str) -> JobKind:
    """The kind of that name. Raises `UnknownJobKind`."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJobKind(name) from None
