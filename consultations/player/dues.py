"""When each sweep is next due, asked again only when a row it reads may have changed. The clock of a play comes in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from notifications.sweeps import Sweep

_TABLES = re.compile(r'"((?:notifications|workflow|consultations)_[a-z]+)"')
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN")


class Dues:
    """The answers of `next_due`, kept as long as nobody writes to the tables they were read from.

    A sweep's next instant follows from rows alone, and half of a play's time would go into asking for it.
    """

    def __init__(self) -> None:
        self._written: Counter[str] = Counter()
        self._kept: dict[str, tuple[datetime | None, dict[str, int]]] = {}
        self._reading: set[str] | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notice every statement inside."""
        with connection.execute_wrapper(self._notice):
            yield

    def _notice(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_READS):
            self._written.update(set(_TABLES.findall(sql)))
        elif self._reading is not None:
            self._reading.update(_TABLES.findall(sql))
        return execute(sql, params, many, context)

    def next_due(self, sweep: Sweep, now: datetime) -> datetime | None:
        """As the sweep itself says."""
        if sweep.name in self._kept:
            at, seen = self._kept[sweep.name]
            if all(self._written[table] == count for table, count in seen.items()):
                return at
        self._reading = set()
        at = sweep.next_due(now)
        self._kept[sweep.name] = at, {table: self._written[table] for table in self._reading}
        self._reading = None
        return at
