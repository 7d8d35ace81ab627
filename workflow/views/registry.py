"""What the floors above add to our pages: the page of a kind of stage, duties on the home page, public parts.

`apps.py` of each floor comes in to register.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflow.models import Office, Process, Stage


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that waits for an officer. due_at: instant (UTC) or local day; tone as the badge component has it."""

    title: str
    url: str
    why: str
    process: str
    due_at: datetime | date | None = None
    is_overdue: bool = False
    badge: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class PublicPart:
    """A part of a process's public page: a template of its own and what it shows."""

    template: str
    context: dict[str, object]


DutySource = Callable[[Sequence[Office], datetime], list[Duty]]
StagePage = Callable[[Stage], str | None]
PublicSource = Callable[[Process, datetime], PublicPart | None]

duty_sources: list[DutySource] = []
stage_pages: dict[str, StagePage] = {}
public_sources: list[PublicSource] = []


def duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """All that waits for the officers of these offices, overdue first, then by date; undated last."""
    found = [duty for source in duty_sources for duty in source(offices, now)]
    return sorted(found, key=lambda duty: (not duty.is_overdue, duty.due_at is None, _moment(duty.due_at)))


def page_of_stage(stage: Stage) -> str | None:
    """The address of the page where the work of this stage is done, when its kind has one."""
    page = stage_pages.get(stage.kind)
    return page(stage) if page else None


def _moment(at: datetime | date | None) -> str:
    return at.isoformat() if at else ""
