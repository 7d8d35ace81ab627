"""States that many tests start from: the actions build each of them once, later tests get the same rows laid anew."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date, time
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from notifications.models import Installation
from workflow.audit.anchor import anchor_path
from workflow.models import StoredFile

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Inserts = list[tuple[str, list[Any] | None]]

_kept: dict[str, tuple[_Inserts, bytes, bytes, str]] = {}


def kept(build: Callable[_P, _T]) -> Callable[_P, _T]:
    """Keep the rows that `build` leaves in an empty database, the anchor of its record, and what it returns, by its
    arguments.

    Where the database holds anything already, or the files it holds were stored in another folder than the one of now,
    it is built by the actions, as if this were not here.
    """

    @wraps(build)
    def state(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if _holds_anything():
            return build(*args, **kwargs)
        name = f"{build.__module__}.{build.__name__}{args}{sorted(kwargs.items())}"
        if name not in _kept:
            made = build(*args, **kwargs)
            anchor = anchor_path().read_bytes() if anchor_path().exists() else b""
            folder = str(settings.MEDIA_ROOT) if StoredFile.objects.exists() else ""
            _kept[name] = _inserts(), anchor, pickle.dumps(made), folder
            return made
        inserts, anchor, pickled, folder = _kept[name]
        if folder not in ("", str(settings.MEDIA_ROOT)):
            return build(*args, **kwargs)
        _lay(inserts)
        if anchor:
            anchor_path().write_bytes(anchor)
        found: _T = pickle.loads(pickled)
        return found

    return state


@cache
def _tables() -> list[str]:
    """Ours but for the installation, which every database knows. Bundles last: what a locked bundle holds can only be
    put in while its row is not there."""
    found = {model._meta.db_table for model in _models()}
    return sorted(found, key=lambda table: (table == "workflow_bundle", table))


def _models() -> list[Any]:
    apps_of_ours = [apps.get_app_config(name) for name in ("workflow", "consultations", "notifications")]
    models = [model for app in apps_of_ours for model in app.get_models(include_auto_created=True)]
    return [model for model in models if model is not Installation]


@cache
def _asked_for_anything() -> str:
    """Only of what can be there alone: every other row has to name one of another table."""
    alone = [
        model._meta.db_table
        for model in _models()
        if all(field.null for field in model._meta.concrete_fields if field.is_relation)
    ]
    return "SELECT " + " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in alone)


def _holds_anything() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_asked_for_anything())
        return bool(cursor.fetchone()[0])


def _inserts() -> _Inserts:
    """What lays all rows that are there now."""
    found: _Inserts = []
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            rows = cursor.fetchall()
            if rows:
                columns = ", ".join(f'"{column[0]}"' for column in cursor.description)
                marks = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
                values = [value for row in rows for value in row]
                found.append((f'INSERT INTO "{table}" ({columns}) VALUES {marks}', values))
    if connection.vendor == "postgresql":
        return [(_in_one(found), None)]
    # SQLite reads dates and times as such and takes them as text.
    return [(sql, [str(v) if isinstance(v, date | time) else v for v in values or ()]) for sql, values in found]


def _in_one(inserts: _Inserts) -> str:
    """All of it as one text for PostgreSQL, with its triggers asleep, or the record would number its entries anew."""
    from psycopg import ClientCursor

    cursor = ClientCursor(connection.connection)
    return ";\n".join(
        [
            "SET LOCAL session_replication_role = replica",
            *(cursor.mogrify(sql, values) for sql, values in inserts),
            "SET LOCAL session_replication_role = DEFAULT",
        ]
    )


def _lay(inserts: _Inserts) -> None:
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at in the end
        for sql, values in inserts:
            cursor.execute(sql, values)
