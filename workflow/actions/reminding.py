"""Reminding those who are asked: the row says when to look, the facts then decide. Each kind brings its plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from notifications import outbox, postponed
from notifications.outbox import Letter
from notifications.queries import least
from workflow.models import Asked

Row = TypeVar("Row", bound=Asked)


@dataclass(frozen=True, slots=True)
class Reminding(Generic[Row]):
    """How those asked in one table are reminded.

    sweep, repair_sweep  the names of both sweeps, by which failed rows are put off
    watched              those who wait, in processes under way, whom no bounce and no deed has taken out
    related              what plan and letters need read along
    marks                when to look at each of them again, by key; None when no reminder is left
    letters              the reminders due to them now, with what the deed keeps of them
    reckoned_from        the columns from which a mark is reckoned: whoever changes one writes the mark anew
    """

    model: type[Row]
    sweep: str
    repair_sweep: str
    watched: Callable[[], QuerySet[Row]]
    related: tuple[str, ...]
    marks: Callable[[Sequence[Row], datetime], Mapping[int, datetime | None]]
    letters: Callable[[Sequence[Row], datetime], list[Letter]]
    reckoned_from: tuple[str, ...]

    def send(self, now: datetime) -> int:
        """The sweep: queue a reminder to all whose occasion has come, and note when to look next. Of several missed
        while the system was down only the latest is sent. Returns how many rows were looked at."""
        due = self.watched().filter(next_check_at__lte=now)
        return postponed.in_batches(self.sweep, due, lambda ids: self._send(ids, now), now, whose=self._whose)

    @transaction.atomic
    def _send(self, ids: Sequence[int], now: datetime) -> int:
        """One batch, its rows locked; those another sweep is looking at are left to it."""
        rows = list(self._locked(ids).filter(next_check_at__lte=now).order_by("next_check_at", "id"))
        outbox.enqueue(self.letters(rows, now), now)
        # Also those that were passed over, or the next sweep would meet them again.
        self.plan(rows, now)
        return len(rows)

    def next_due(self, now: datetime) -> datetime | None:
        """When the first of them is to be looked at; in the past when one waits already."""
        at: datetime | None = least(self.watched(), "next_check_at")
        return at

    def plan(self, rows: Sequence[Row], now: datetime) -> None:
        """Rewrite when the sweep looks at these again, in the transaction of the deed that moved their facts."""
        by_moment: dict[datetime | None, list[int]] = defaultdict(list)
        marks = self.marks(rows, now)
        for row in rows:
            if marks[row.pk] != row.next_check_at:
                row.next_check_at = marks[row.pk]
                by_moment[row.next_check_at].append(row.pk)
        for at, ids in by_moment.items():
            self.model._default_manager.filter(pk__in=ids).update(next_check_at=at)

    def repair(self, now: datetime) -> int:
        """Reckon anew when to look at those who wait, 2,000 at a time. Returns how many marks were wrong.

        One that is due now keeps its place: the sweep has it next. What a deed has written since the row was read
        stands, and whom another deed holds is being planned just now.
        """
        return postponed.walk_in_batches(
            self.repair_sweep, self.watched(), lambda ids: self._repair(ids, now), now, whose=self._whose
        )

    def _repair(self, ids: Sequence[int], now: datetime) -> int:
        # Let go again at once, so that the repair holds up no deed; the update at the end compares.
        with transaction.atomic():
            rows = list(self._locked(ids).exclude(next_check_at__lte=now))
        marks = self.marks(rows, now)
        read = {row.pk: {name: getattr(row, name) for name in (*self.reckoned_from, "next_check_at")} for row in rows}
        with transaction.atomic():
            return sum(
                self.model._default_manager.filter(pk=row.pk, **read[row.pk]).update(next_check_at=marks[row.pk])
                for row in rows
                if marks[row.pk] != row.next_check_at
            )

    def _locked(self, ids: Sequence[int]) -> QuerySet[Any]:
        # Of the row alone: the process comes before it in the order of locks.
        rows = self.watched().filter(pk__in=ids).select_for_update(of=("self",), skip_locked=True)
        return rows.select_related(*self.related)

    @property
    def _whose(self) -> Callable[[int], postponed.Whose]:
        process = self.model.PROCESS
        return postponed.belonging(self.model, office=f"{process}__office", process=process)
