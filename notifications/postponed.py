"""Rows of a sweep that failed: put off, tried again later, shown meanwhile. One bad row stops nobody.

Every sweep of every floor comes in to go through its rows; the desk and the health page read what was put off.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Min, Model, Q, QuerySet

from notifications.models import PostponedRow, SweepCursor

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
BATCH: Final = 500  # rows read at once
LONGEST_WALK: Final = 2000  # rows of one run where a sweep walks through all that is stored; the next run goes on there
SHOWN_FOR: Final = timedelta(days=30)
WHOLE: Final = ""
"""Subject of a sweep that failed as a whole."""

_raising: ContextVar[bool] = ContextVar("postponed_raises", default=False)


@dataclass(frozen=True, slots=True)
class Whose:
    """Who is shown a row that was put off: the office and the process it belongs to, by public id; None for no one."""

    office: UUID | None = None
    process: UUID | None = None


NOBODY: Final = Whose()


@contextmanager
def raising() -> Iterator[None]:
    """While inside, what fails is raised instead of put off: a play or a check wants to know at once."""
    token = _raising.set(True)
    try:
        yield
    finally:
        _raising.reset(token)


def put_off(
    duty: str,
    subject: str,
    error: Exception,
    now: datetime,
    *,
    whose: Whose = NOBODY,
    next_try_at: datetime | None = None,
    is_given_up: bool = False,
) -> None:
    """Note that a row failed, as it happened: which sweep (`duty`), which row, how often, the error's class.

    next_try_at: when it is tried again; by itself after five minutes, then twice as long each time, at most six hours.
    Never when it is given up: then it is shown for a month.
    What the error says is left to the log, for it may hold words of people.
    """
    if _raising.get():
        raise error
    row = PostponedRow.objects.filter(duty=duty, subject=subject).first() or PostponedRow(
        duty=duty, subject=subject, first_at=now
    )
    row.attempts += 1
    row.office, row.process = whose.office, whose.process
    row.error = type(error).__name__[:100]
    row.last_at = now
    row.next_try_at = next_try_at or now + min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 12), LONGEST_PAUSE)
    if is_given_up:
        row.next_try_at = None
    row.save()


def settle(duty: str, subject: str) -> None:
    """The row went well, or nothing is left to try: it is no longer put off."""
    PostponedRow.objects.filter(duty=duty, subject=subject).delete()


def forget_given_up(now: datetime) -> int:
    """The sweep: what was given up a month ago is no longer shown. Returns how many rows were forgotten."""
    return PostponedRow.objects.filter(next_try_at=None, last_at__lte=now - SHOWN_FOR).delete()[0]


def next_forgetting_due() -> datetime | None:
    """When the first row that was given up is to be forgotten."""
    first = PostponedRow.objects.filter(next_try_at=None).aggregate(at=Min("last_at"))["at"]
    return first + SHOWN_FOR if first else None


class Run:
    """One run of a sweep through its rows, each tried by itself; those put off until later are passed by."""

    def __init__(self, duty: str, now: datetime) -> None:
        self.duty = duty
        self.now = now
        rows = PostponedRow.objects.filter(duty=duty, next_try_at__isnull=False).exclude(subject=WHOLE)
        self._known: dict[str, datetime] = {row.subject: row.next_try_at for row in rows if row.next_try_at}

    @property
    def passed_by(self) -> list[str]:
        """The subjects whose next try is still to come."""
        return [subject for subject, at in self._known.items() if at > self.now]

    def attempt(self, subject: str, deed: Callable[[], int], whose: Callable[[], Whose] = Whose) -> int:
        """Do what is due with one row, in a transaction of the deed's own; 0 when it failed and was put off."""
        if self._known.get(subject, self.now) > self.now:
            return 0
        try:
            count = int(deed())
        except Exception as error:
            self._fail(subject, error, whose)
            return 0
        if subject in self._known:
            settle(self.duty, subject)
        return count

    def batch(self, ids: Sequence[int], deed: Callable[[Sequence[int]], int], whose: Callable[[int], Whose]) -> int:
        """Do what is due with many rows in one transaction of the deed's own; when that fails, with each by itself."""
        if len(ids) > 1 and not any(str(number) in self._known for number in ids):
            try:
                return int(deed(ids))
            # The time is up: trying each row would only take longer.
            except SoftTimeLimitExceeded:
                raise
            except Exception:
                log.exception("%s: one of %d rows failed; each is tried by itself", self.duty, len(ids))
        return sum(self.attempt(str(number), lambda: deed([number]), lambda: whose(number)) for number in ids)  # noqa: B023

    def end(self) -> None:
        """All rows that are due were tried: what was put off and did not come up again needs nothing any more."""
        if self._known:
            over = PostponedRow.objects.filter(duty=self.duty, next_try_at__lte=self.now)
            over.exclude(subject=WHOLE).delete()

    def _fail(self, subject: str, error: Exception, whose: Callable[[], Whose]) -> None:
        log.error("%s: row %s failed and was put off", self.duty, subject, exc_info=error)
        put_off(self.duty, subject, error, self.now, whose=whose())
        if isinstance(error, SoftTimeLimitExceeded):
            raise error  # the worker must end; the next run passes this row by


def in_batches(
    duty: str,
    rows: QuerySet[Any],
    deed: Callable[[Sequence[int]], int],
    now: datetime,
    *,
    whose: Callable[[int], Whose],
    size: int = BATCH,
) -> int:
    """Go through `rows` by their keys, `size` at once; `deed` locks those of a batch that still need it.

    Returns the sum of what the deeds said. Each row is looked at once, however the deed leaves it.
    """
    run = Run(duty, now)
    count = sum(run.batch(ids, deed, whose) for ids in _keys(rows, run, size, after=0))
    run.end()
    return count


def one_by_one(
    duty: str,
    rows: QuerySet[Any],
    deed: Callable[[Any], int],
    now: datetime,
    *,
    whose: Callable[[int], Whose],
) -> int:
    """Go through `rows`, each in a transaction of the deed's own. Returns the sum of what the deeds said."""
    run = Run(duty, now)
    count = sum(_attempt_each(run, rows, ids, deed, whose) for ids in _keys(rows, run, BATCH, after=0))
    run.end()
    return count


def walk(
    duty: str,
    rows: QuerySet[Any],
    deed: Callable[[Any], int],
    now: datetime,
    *,
    whose: Callable[[int], Whose],
    most: int = LONGEST_WALK,
) -> int:
    """Go on through all that is stored where the last run ended, at most `most` rows; from the first again at the end.

    Each row in a transaction of the deed's own. Returns the sum of what the deeds said.
    """
    return _walk(Run(duty, now), rows, most, lambda run, ids: _attempt_each(run, rows, ids, deed, whose))


def walk_in_batches(
    duty: str,
    rows: QuerySet[Any],
    deed: Callable[[Sequence[int]], int],
    now: datetime,
    *,
    whose: Callable[[int], Whose],
    most: int = LONGEST_WALK,
) -> int:
    """As `walk`, many rows in one transaction of the deed's own, which is given their keys."""
    return _walk(Run(duty, now), rows, most, lambda run, ids: run.batch(ids, deed, whose))


def _walk(run: Run, rows: QuerySet[Any], most: int, step: Callable[[Run, list[int]], int]) -> int:
    cursor, _is_new = SweepCursor.objects.get_or_create(duty=run.duty)
    count = rows_seen = 0
    for ids in _keys(rows, run, min(BATCH, most), after=cursor.after):
        count += step(run, ids)
        rows_seen += len(ids)
        if rows_seen >= most:
            # Only at the end: when the worker is lost, the rows are walked once more, which does no harm.
            SweepCursor.objects.filter(pk=cursor.pk).update(after=ids[-1])
            return count
    if cursor.after:
        SweepCursor.objects.filter(pk=cursor.pk).update(after=0)
    else:
        run.end()
    return count


def belonging(model: type[Model], *, office: str = "", process: str = "") -> Callable[[int], Whose]:
    """Whose a row of `model` is, by its key: `office` and `process` are the ways there, as filters write them."""

    def whose(number: int) -> Whose:
        ways = [f"{way}__public_id" if way != "self" else "public_id" for way in (office, process) if way]
        public_ids = model._default_manager.filter(pk=number).values(*ways).first() or {}
        ids: list[Any] = [public_ids.get(way) for way in ways]
        return Whose(ids[0] if office else None, ids[-1] if process else None)

    return whose


def _keys(rows: QuerySet[Any], run: Run, size: int, after: int) -> Iterator[list[int]]:
    passed_by = [int(subject) for subject in run.passed_by if subject.isdigit()]
    rest = rows.exclude(pk__in=passed_by) if passed_by else rows
    # By key and not by what makes the rows due: the deeds change that while we walk.
    while ids := list(rest.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]):
        yield ids
        if len(ids) < size:
            return
        after = ids[-1]


def _attempt_each(
    run: Run, rows: QuerySet[Any], ids: Sequence[int], deed: Callable[[Any], int], whose: Callable[[int], Whose]
) -> int:
    count = 0
    for row in rows.filter(pk__in=ids):
        count += run.attempt(str(row.pk), lambda: deed(row), lambda: whose(row.pk))  # noqa: B023
    return count


def postponed_rows(offices: Sequence[UUID]) -> list[PostponedRow]:
    """What was put off and belongs to these offices, or to none in particular, the oldest first."""
    return list(PostponedRow.objects.filter(Q(office__in=offices) | Q(office=None)).order_by("first_at", "id"))


def count_postponed() -> int:
    """How many rows are put off just now."""
    return PostponedRow.objects.count()
