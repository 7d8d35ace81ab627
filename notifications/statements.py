"""Statements on the path of every deed, which Django builds once and then runs with other values.

Building a statement takes Django several times as long as running it takes the database. Queries and actions come in
where a statement always has the same shape; everything else asks the ORM as usual.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression
from django.db.models.query import ValuesListIterable, get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql import UpdateQuery
from django.db.transaction import TransactionManagementError

_T = TypeVar("_T")


class Given(Expression):
    """Stands in a query for a value that is given at each call; `field` says how the database wants it."""

    def __init__(self, name: str, field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=field or models.BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """One mark, and this itself in the place of its value."""
        return "%s", [self]

    def value(self, values: dict[str, Any], connection: Any) -> Any:
        """The value of this call as the database wants it."""
        return self.output_field.get_db_prep_value(values[self.name], connection, prepared=False)


class Among(Expression):
    """Says in a query that a column is one of the values given under `name` at each call, however many they are."""

    conditional = True

    def __init__(self, column: str, name: str) -> None:
        super().__init__(output_field=models.BooleanField())
        self._column: Any = models.F(column)
        self.name = name

    def get_source_expressions(self) -> list[Any]:
        return [self._column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        [self._column] = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """One mark for all the values, so that the statement does not change with their number."""
        column, params = compiler.compile(self._column)
        test = "= ANY (%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"
        return f"{column} {test}", [*params, _GivenMany(self.name, self._column.output_field)]


class _GivenMany(Given):
    def value(self, values: dict[str, Any], connection: Any) -> Any:
        prepared = [
            self.output_field.get_db_prep_value(value, connection, prepared=False) for value in values[self.name]
        ]
        return prepared if connection.vendor == "postgresql" else json.dumps(prepared)


def _filled(params: Sequence[Any], values: dict[str, Any], connection: Any) -> list[Any]:
    return [param.value(values, connection) if isinstance(param, Given) else param for param in params]


class Read(Generic[_T]):
    """A query with `Given` values: called with those, it returns the rows as a list, read anew at each call.

    build: returns the query set, with `select_related`, `values_list` and `select_for_update` as wanted, without
    `prefetch_related` and annotations. It is asked once for each sort of database.
    """

    def __init__(self, build: Callable[[], models.QuerySet[Any, _T]]) -> None:
        self._build = build
        self._built: dict[str, _Built] = {}

    def __call__(self, **values: Any) -> list[_T]:
        """Read the rows with these values. Refuses to lock rows outside a transaction, as Django does."""
        connection = connections[DEFAULT_DB_ALIAS]
        built = self._built.get(connection.vendor)
        if built is None:
            # Without a lock: two threads that come first build the same.
            built = self._built[connection.vendor] = _Built(self._build())
        if built.locks and not connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(built.sql, _filled(built.params, values, connection))
            rows = cursor.fetchall()
        return built.made_of(rows, connection)

    def first(self, **values: Any) -> _T | None:
        """The first row, or None."""
        rows = self(**values)
        return rows[0] if rows else None

    def one(self, **values: Any) -> _T:
        """The one row there is, or `DoesNotExist`."""
        rows = self(**values)
        if not rows:
            raise self._build().model.DoesNotExist(f"No row for {values}.")
        [row] = rows
        return row


class Change:
    """An `update()` with `Given` values, in its query or among what it writes: called with those, it says how many
    rows it changed.

    build: returns the query set to change. columns: what is written, as for `update()`.
    """

    def __init__(self, build: Callable[[], models.QuerySet[Any]], **columns: Any) -> None:
        self._build, self._columns = build, columns
        self._built: dict[str, tuple[str, Sequence[Any]]] = {}

    def __call__(self, **values: Any) -> int:
        """Change the rows with these values; returns how many there were."""
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self._built:
            query = self._build().query.chain(UpdateQuery)
            query.add_update_values(self._columns)  # type: ignore[attr-defined]
            self._built[connection.vendor] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        sql, params = self._built[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(params, values, connection))
            return int(cursor.rowcount)


class _Built:
    """What Django made of a query, in the form of `ModelIterable`: text, marks, and how a row becomes an instance."""

    def __init__(self, query_set: models.QuerySet[Any, Any]) -> None:
        compiler = query_set.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        self.locks = query_set.query.select_for_update
        expressions = [column[0] for column in compiler.select[: compiler.col_count]]
        self._converters = list(compiler.get_converters(expressions).items())
        self._is_plain = issubclass(query_set._iterable_class, ValuesListIterable)
        if self._is_plain:
            return
        information = compiler.klass_info
        positions = information["select_fields"]
        self._model = information["model"]
        self._own = slice(positions[0], positions[-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._own]]
        self._populators = get_related_populators(information, compiler.select, DEFAULT_DB_ALIAS)

    def made_of(self, rows: Sequence[Sequence[Any]], connection: Any) -> list[Any]:
        """Instances with what `select_related` read along, or tuples."""
        if self._is_plain:
            return list(map(tuple, self._converted(rows, connection)))
        instances = []
        for row in self._converted(rows, connection):
            instance = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._own])
            for populator in self._populators:
                populator.populate(row, instance)
            instances.append(instance)
        return instances

    def _converted(self, rows: Sequence[Sequence[Any]], connection: Any) -> Iterator[list[Any]]:
        for row in rows:
            values = list(row)
            for position, (converters, expression) in self._converters:
                for convert in converters:
                    values[position] = convert(values[position], expression, connection)
            yield values


def insert(row: models.Model) -> None:
    """Write a new row, as `save(force_insert=True)` does without signals, and give it its id."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _insertion(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])
        [row.pk] = cursor.fetchone()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _insertion(model: type[models.Model], vendor: str) -> tuple[str, list[models.Field[Any, Any]]]:
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    key = model._meta.auto_field
    assert key is not None
    fields = [field for field in model._meta.concrete_fields if field is not key]
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table, number = quote(model._meta.db_table), quote(key.column)
    # Names from the models' own definitions, no value among them.
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {number}", fields  # noqa: S608
