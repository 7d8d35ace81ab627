"""States that many tests start from: the actions build each of them once, later tests get the same rows laid anew."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date, time
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import connection, transaction

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Row = tuple[Any, ...]

_kept: dict[str, tuple[dict[str, tuple[list[str], list[_Row]]], bytes]] = {}


def kept(build: Callable[_P, _T]) -> Callable[_P, _T]:
    """Keep the rows that `build` leaves in an empty database, and what it returns, by its arguments.

    Where the database holds anything already, it is built by the actions, as if this were not here.
    """

    @wraps(build)
    def state(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if _holds_anything():
            return build(*args, **kwargs)
        name = f"{build.__module__}.{build.__name__}{args}{sorted(kwargs.items())}"
        if name not in _kept:
            made = build(*args, **kwargs)
            _kept[name] = _rows(), pickle.dumps(made)
            return made
        rows, pickled = _kept[name]
        _lay(rows)
        found: _T = pickle.loads(pickled)
        return found

    return state


def _tables() -> list[str]:
    """Ours but for the installation, which every database knows. Bundles last: what a locked bundle holds can only be
    put in while its row is not there."""
    found = {model._meta.db_table for app in ("workflow", "consultations", "notifications") for model in _models(app)}
    return sorted(found - {"notifications_installation"}, key=lambda table: (table == "workflow_bundle", table))


def _models(app: str) -> list[Any]:
    return list(apps.get_app_config(app).get_models(include_auto_created=True))


def _holds_anything() -> bool:
    asked = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in _tables())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return bool(cursor.fetchone()[0])


def _rows() -> dict[str, tuple[list[str], list[_Row]]]:
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            rows = cursor.fetchall()
            if rows:
                found[table] = [f'"{column[0]}"' for column in cursor.description], rows
    return found


def _lay(kept_rows: dict[str, tuple[list[str], list[_Row]]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at in the end
        if connection.vendor == "postgresql":  # or the record would number its entries anew
            cursor.execute("SET LOCAL session_replication_role = replica")
        for table, (columns, rows) in kept_rows.items():
            marks = f"({', '.join(['%s'] * len(columns))})"
            values = [_writable(value) for row in rows for value in row]
            cursor.execute(
                f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {", ".join([marks] * len(rows))}', values
            )
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def _writable(value: Any) -> Any:
    """SQLite reads dates and times as such and takes them as text."""
    return str(value) if connection.vendor == "sqlite" and isinstance(value, date | time) else value
