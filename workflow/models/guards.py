"""Triggers that hold history in the database itself: rows that may not be deleted, columns that may not be rewritten.

Installed after every migration; a system check misses them loudly. Upper floors have guards of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.utils.module_loading import module_has_submodule

# What stands where a name was erased: a guarded text may become empty or carry this mark, nothing else.
ERASED_MARK = "█████"

# Shared by every transaction that writes an entry, taken alone by the sealer for an instant (PostgreSQL). Stands in
# installed triggers: not to be changed.
ENTRY_LOCK = 0x53414D52_01


@dataclass(frozen=True, slots=True)
class Guard:
    """What the database refuses of one table.

    model      "app.Model"
    fixed      fields no UPDATE may change; ("*",) for every column
    erasable   text fields that may only become empty or carry the mark of an erased name
    deletable  whether rows may go
    addable    whether rows may come in where the guard holds
    only_when  SQL over OLD, in which "{bundle}" and "{item}" stand for the tables of bundles and their items: the guard
               holds only then
    """

    model: str
    fixed: tuple[str, ...] = ("*",)
    erasable: tuple[str, ...] = ()
    deletable: bool = False
    addable: bool = True
    only_when: str = ""


_NAMED_TABLES = {"bundle": "Bundle", "item": "BundleItem"}

BY = ("by_label", "by_on_behalf_of")

_IN_A_LOCKED_BUNDLE = (
    "EXISTS (SELECT 1 FROM {item} i JOIN {bundle} b ON b.id = i.bundle_id "
    "WHERE i.version_id = OLD.%s AND b.state = 'locked')"
)

GUARDS = (
    Guard("workflow.AuditEntry"),
    Guard("workflow.AuditSeal"),
    # A detail is erased whole or stands as it was written.
    Guard("workflow.AuditDetail", deletable=True),
    Guard(
        "workflow.PublishedItem",
        fixed=("public_id", "process", "kind", "subject_id", "title", "reason", "published_at", "by_kind", "by_id"),
        erasable=("title", "reason", *BY),
    ),
    Guard("workflow.DeadlineChange", erasable=("reason", *BY)),
    Guard(
        "workflow.DecisionAddendum",
        fixed=("public_id", "decision", "text", "file", "at", "by_kind", "by_id", *BY),
        erasable=("text", *BY),
    ),
    # When a sweep looks again is no part of what was found.
    Guard(
        "workflow.ReservationSettlement",
        fixed=("public_id", "decision", "settlement", "reason", "lapses_on", "at", "by_kind", "by_id", *BY),
        erasable=("reason", *BY),
    ),
    Guard(
        "workflow.Decision",
        fixed=(
            "public_id",
            "request",
            "bundle",
            "body",
            "outcome",
            "level",
            "basis",
            "ground",
            "by_mandate",
            "meeting_on",
            "is_closed_item",
            "received_at",
            "recorded_at",
            "by_kind",
            "by_id",
        ),
        erasable=(
            "agenda_item",
            "body_case_number",
            "text",
            "remarks",
            "mandate_holder",
            "mandate_scope",
            *BY,
        ),
    ),
    Guard(
        "workflow.Objection",
        fixed=("public_id", "request", "body", "bundle", "source", "received_at", "recorded_at", "by_kind", "by_id"),
        erasable=("text", *BY),
    ),
    Guard(
        "workflow.Bundle",
        fixed=(
            "public_id",
            "process",
            "line",
            "number",
            "state",
            "predecessor",
            "change",
            "manifest",
            "sha256",
            "created_at",
            "locked_at",
            "by_kind",
            "by_id",
        ),
        erasable=("change_note", *BY),
        only_when="OLD.state = 'locked'",
    ),
    Guard(
        "workflow.DoneElsewhere",
        fixed=("public_id", "stage", "reason", "recorded_at", "by_kind", "by_id", *BY),
        erasable=("reason", *BY),
    ),
    Guard("workflow.DoneElsewhereFile"),
    # What a stage judged, heard or sent is never another set afterwards. One that only judges has none while under way.
    Guard(
        "workflow.Stage",
        fixed=("bundle",),
        deletable=True,
        only_when="OLD.bundle_id IS NOT NULL AND (OLD.state <> 'open' OR OLD.kind IN ('consultation', 'external'))",
    ),
    Guard(
        "workflow.BundleItem",
        addable=False,
        only_when="EXISTS (SELECT 1 FROM {bundle} b WHERE b.id = OLD.bundle_id AND b.state = 'locked')",
    ),
    # The text itself. Who wrote it may be forgotten; what was heard and approved may not.
    Guard("workflow.DocumentVersion", erasable=BY, only_when=_IN_A_LOCKED_BUNDLE % "id"),
    Guard("workflow.Section", addable=False, only_when=_IN_A_LOCKED_BUNDLE % "version_id"),
    Guard("workflow.VersionPicture", addable=False, only_when=_IN_A_LOCKED_BUNDLE % "version_id"),
)
"""Each app has such a tuple in `models/guards.py`, if it has any."""


def all_guards() -> Iterator[Guard]:
    """The guards of every app that has some."""
    for config in apps.get_app_configs():
        if config.models_module and module_has_submodule(config.models_module, "guards"):
            yield from import_module(f"{config.models_module.__name__}.guards").GUARDS


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place whose table exists, replacing older ones."""
    for name, table, statements in _triggers(connection):
        with connection.cursor() as cursor:
            cursor.execute(_drop(connection, name, table))
            for statement in statements:
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away: a test database is emptied between tests."""
    for name, table, _statements in _triggers(connection):
        with connection.cursor() as cursor:
            cursor.execute(_drop(connection, name, table))


@dataclass(frozen=True, slots=True)
class Breach:
    """A trigger that does not stand as it was installed.

    problem: "missing" (also when switched off), "altered" when its name is there with other contents, "foreign" when
    it is none of ours and stands on a table that is held.
    """

    name: str
    table: str
    problem: str


def breaches(connection: BaseDatabaseWrapper) -> list[Breach]:
    """What is wrong with the triggers of this database; nothing for a database without tables."""
    postgres = connection.vendor == "postgresql"
    found = (_postgres_in_place if postgres else _sqlite_in_place)(connection)
    wrong, tables = [], set()
    for name, table, statements in _triggers(connection):
        tables.add(table)
        contents = found.pop((table, name), None)
        if contents is None:
            wrong.append(Breach(name, table, "missing"))
        elif contents != _contents(statements):
            wrong.append(Breach(name, table, "altered"))
    return wrong + [Breach(name, table, "foreign") for table, name in sorted(found) if table in tables]


def _contents(statements: list[str]) -> tuple[str, ...]:
    """What the database says of a trigger that was made by these statements."""
    *function, trigger = statements
    return (*(statement.split("$$")[1] for statement in function), _unquoted(trigger) if function else trigger)


def _unquoted(statement: str) -> str:
    # PostgreSQL writes the statement anew, and quotes only names that need it; ours need none.
    return statement.replace('"', "")


def _sqlite_in_place(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {(table, name): (sql,) for table, name, sql in cursor.fetchall()}


def _postgres_in_place(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, p.prosrc, pg_get_triggerdef(t.oid, true) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            # One that is switched off, or fires for replicas alone, holds nothing here.
            "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') "
            "AND c.relnamespace = current_schema()::regnamespace"
        )
        return {(table, name): (body, _unquoted(text)) for table, name, body, text in cursor.fetchall()}


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, list[str]]]:
    """Name, table and creating statements of each trigger whose table exists."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    for guard in all_guards():
        model = apps.get_model(guard.model)
        table = model._meta.db_table
        if table not in tables:
            continue
        postgres = connection.vendor == "postgresql"
        yield from (_postgres_triggers if postgres else _sqlite_triggers)(guard, model, table)
    if connection.vendor == "postgresql" and "workflow_auditentry" in tables:
        yield _ordered_entries()


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    if connection.vendor == "postgresql":
        return f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"'
    return f'DROP TRIGGER IF EXISTS "{name}"'


def _columns(model: type[Model], fields: Iterable[str]) -> list[str]:
    names = list(fields)
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.column and (field.name in names or (names == ["*"]))
    ]


def _only_when(guard: Guard) -> str:
    tables = {name: f'"{apps.get_model(f"workflow.{model}")._meta.db_table}"' for name, model in _NAMED_TABLES.items()}
    return guard.only_when.format(**tables)


def _guarded_rows(guard: Guard) -> str:
    """SQL that is true when an UPDATE meets the guard: a row of what is held, or one that would come in."""
    before = _only_when(guard)
    return before if guard.addable else f"{before} OR {_coming(before)}"


def _coming(condition: str) -> str:
    """The same condition over the row that is written."""
    return condition.replace("OLD.", "NEW.")


def _changes(guard: Guard, model: type[Model], differs: str) -> str:
    """SQL that is true when an UPDATE changes what it may not. differs: the vendor's null-safe inequality."""
    erasable = set(_columns(model, guard.erasable)) if guard.erasable else set()
    parts = [f'OLD."{c}" {differs} NEW."{c}"' for c in _columns(model, guard.fixed) if c not in erasable]
    parts += [
        f'(OLD."{c}" {differs} NEW."{c}" AND NEW."{c}" <> \'\' AND NEW."{c}" NOT LIKE \'%{ERASED_MARK}%\')'
        for c in sorted(erasable)
    ]
    return " OR ".join(parts)


def _sqlite_triggers(guard: Guard, model: type[Model], table: str) -> Iterator[tuple[str, str, list[str]]]:
    message = f"{table} keeps its history"
    only = f"({_guarded_rows(guard)}) AND " if guard.only_when else ""
    name = f"{table}_keeps_columns"
    yield (
        name,
        table,
        [
            f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}" WHEN {only}({_changes(guard, model, "IS NOT")}) '
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ],
    )
    if not guard.deletable:
        name = f"{table}_keeps_rows"
        when = f"WHEN {_only_when(guard)} " if guard.only_when else ""
        yield (
            name,
            table,
            [f'CREATE TRIGGER "{name}" BEFORE DELETE ON "{table}" {when}BEGIN SELECT RAISE(ABORT, \'{message}\'); END'],
        )
    if not guard.addable:
        name = f"{table}_takes_no_rows"
        when = f"WHEN {_coming(_only_when(guard))} "
        yield (
            name,
            table,
            [f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{table}" {when}BEGIN SELECT RAISE(ABORT, \'{message}\'); END'],
        )


def _postgres_triggers(guard: Guard, model: type[Model], table: str) -> Iterator[tuple[str, str, list[str]]]:
    # A subquery cannot stand in a trigger's WHEN, so the condition is asked inside the function.
    condition = _only_when(guard)
    changes = _changes(guard, model, "IS DISTINCT FROM")
    guarded = f"({_guarded_rows(guard)}) AND ({changes})" if condition else f"({changes})"
    name = f"{table}_keeps_columns"
    body = _postgres_function(f"{name}_fn", f"IF {guarded} THEN", table, "RETURN NEW;")
    yield (
        name,
        table,
        [
            body,
            f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}_fn"()',
        ],
    )
    if not guard.deletable:
        name = f"{table}_keeps_rows"
        body = _postgres_function(f"{name}_fn", f"IF {condition or 'TRUE'} THEN", table, "RETURN OLD;")
        yield (
            name,
            table,
            [
                body,
                f'CREATE TRIGGER "{name}" BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}_fn"()',
            ],
        )
        name = f"{table}_keeps_table"
        body = _postgres_function(f"{name}_fn", "IF TRUE THEN", table, "RETURN NULL;")
        yield (
            name,
            table,
            [
                body,
                f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT '
                f'EXECUTE FUNCTION "{name}_fn"()',
            ],
        )
    if not guard.addable:
        name = f"{table}_takes_no_rows"
        body = _postgres_function(f"{name}_fn", f"IF {_coming(condition)} THEN", table, "RETURN NEW;")
        yield (
            name,
            table,
            [
                body,
                f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}_fn"()',
            ],
        )


def _postgres_function(name: str, condition: str, table: str, otherwise: str) -> str:
    return (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {condition} '
        f"RAISE EXCEPTION '{table} keeps its history' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"{otherwise} END $$"
    )


def _ordered_entries() -> tuple[str, str, list[str]]:
    """Entries get their number under a shared lock, so that nothing is committed below a number once sealed.

    A sequence alone hands out 10 and 11 to two transactions of which the second may commit first; sealed then, entry
    10 would look inserted afterwards. The sealer takes the lock alone for an instant and reads the highest number.
    """
    name = "workflow_auditentry_in_order"
    return (
        name,
        "workflow_auditentry",
        [
            f'CREATE OR REPLACE FUNCTION "{name}_fn"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            f"PERFORM pg_advisory_xact_lock_shared({ENTRY_LOCK}); "
            "NEW.id := nextval(pg_get_serial_sequence('workflow_auditentry', 'id')); RETURN NEW; END $$",
            f'CREATE TRIGGER "{name}" BEFORE INSERT ON "workflow_auditentry" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}_fn"()',
        ],
    )
