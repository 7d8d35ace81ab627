"""approval_vs_floor and approval_statements: one council's decision by its link, against raw SQL writing the same rows.

The deed is `record_decision` as the request page calls it, by a body that is not the last to decide. The floor is
psycopg with every value at hand: one transaction, one statement a row. They take turns, on one PostgreSQL whose
commits reach the disk.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bench.figures import Figure, against_floor, at_most, empty_database, measure_apart
from tests.servers import postgres

if TYPE_CHECKING:
    from psycopg import Connection

    from workflow.models import ApprovalRequest

NOW = datetime(2019, 5, 20, 9, 0, tzinfo=UTC)
COUNCILS = 17  # and the regional council: the parties of one region
PROCESSES = 10  # in each, 8 decisions of ours take turns with 8 of the floor; the last party never decides
WARM_UP = 8  # decisions of each that are not counted
TARGET = 4.0
STATEMENTS_TARGET = 14  # between BEGIN and COMMIT
WRITTEN = (
    "workflow_decision",
    "notifications_outgoingmail",
    "workflow_auditentry",
    "workflow_auditdetail",
    "workflow_deedkey",
)
"""The tables that gain a row; besides, the request's own row is changed."""


def measure() -> bool:
    """Start a durable PostgreSQL and measure there, in a process of its own."""
    with postgres(durable=True) as address, tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        return measure_apart("bench.approval", {"DATABASE_URL": address, "VAR_DIR": folder, "REDIS_URL": ""})


def figures() -> tuple[Figure, Figure]:
    """Both figures, measured in the configured database, which must have the tables and no rows."""
    import psycopg
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ours: list[float] = []
    floor: list[float] = []
    values = connection.settings_dict
    with psycopg.connect(host=values["HOST"], user=values["USER"], dbname=values["NAME"], autocommit=True) as raw:
        for questions in _questions():
            for number in range(0, len(questions) - 2, 2):
                before = _counts(raw)
                ours.append(_decide(questions[number]))
                between = _counts(raw)
                floor.append(_write(raw, questions[number], questions[number + 1]))
                _insist_on_same_rows(before, between, _counts(raw))
            with CaptureQueriesContext(connection) as captured:
                _decide(questions[-2])
    statements = [query["sql"] for query in captured.captured_queries if query["sql"] not in ("BEGIN", "COMMIT")]
    deed, bare = (statistics.median(times[WARM_UP:]) * 1000 for times in (ours, floor))
    return (
        against_floor("approval_vs_floor", deed, bare, "ms", TARGET, "postgresql", more_is_better=False),
        at_most("approval_statements", len(statements), "statements", STATEMENTS_TARGET, "postgresql"),
    )


def _questions() -> list[list[ApprovalRequest]]:
    """The parties' questions of every process, as their links' page has read them; the letters have gone out."""
    from notifications.models import OutgoingMail
    from notifications.states import MailState
    from tests.workflow.agreements import AGREEMENT, a_locked_bundle, asked, decide, officer_of, the_parties
    from tests.workflow.factories import a_process, an_office
    from workflow.actions.stages import complete_stage
    from workflow.queries.approvals import request_of_link
    from workflow.queries.processes import live_stage

    office = an_office()
    the_parties(office, COUNCILS)
    found = []
    for _number in range(PROCESSES):
        process = a_process(office, NOW, AGREEMENT, parameters={"reply_on": date(2019, 6, 24)})
        a_locked_bundle(process, NOW)
        complete_stage(live_stage(process, "drafting"), actor=officer_of(process), now=NOW)
        decide(process, "committee", NOW, stage="review")
        found.append([request_of_link(request.link) for request in asked(process, "approval")])
    OutgoingMail.objects.update(state=MailState.SENT, sending_at=NOW, sent_at=NOW)
    return found


def _decide(request: ApprovalRequest) -> float:
    """The deed; seconds."""
    from tests.workflow.agreements import the_facts
    from workflow.actions.approvals import record_decision
    from workflow.actors import Actor

    assert request.bundle is not None
    facts = the_facts(NOW)
    actor = Actor.of_link(request.link, request.body.name)
    begun = time.perf_counter()
    record_decision(
        request,
        facts,
        bundle_sha256=request.bundle.sha256,
        actor=actor,
        now=NOW + timedelta(hours=1),
        key=f"form-{request.pk}",
    )
    return time.perf_counter() - begun


def _write(raw: Connection[Any], decided: ApprovalRequest, request: ApprovalRequest) -> float:
    """The floor: what the deed has just written of one request, written for another; seconds."""
    rows = [_last_row(raw, table) for table in WRITTEN]
    decision, mail, entry, detail, key = rows
    decision |= {"public_id": uuid4(), "request_id": request.pk, "body_id": request.body_id}
    mail |= {"public_id": uuid4(), "key": f"floor:{uuid4()}", "message_id": f"<{uuid4()}@localhost>"}
    mail |= {"subject_id": request.public_id, "to_address": request.email}
    entry |= {"public_id": uuid4(), "subject_id": decision["public_id"]}
    key |= {"scope": f"record_decision:{request.public_id}", "result": decision["public_id"]}
    inserts = [_insert(table, row) for table, row in zip(WRITTEN, rows, strict=True)]
    new = raw.execute(
        "SELECT state, closed_at, next_check_at FROM workflow_approvalrequest WHERE id = %s", [decided.pk]
    ).fetchone()
    change = "UPDATE workflow_approvalrequest SET state = %s, closed_at = %s, next_check_at = %s WHERE id = %s"
    assert new is not None
    cursor = raw.cursor()
    begun = time.perf_counter()
    with raw.transaction():
        for sql, row in zip(inserts, rows, strict=True):
            cursor.execute(sql, list(row.values()))
            if row is entry:
                [detail["entry_id"]] = cursor.fetchone() or ()
        cursor.execute(change, [*new, request.pk])
    return time.perf_counter() - begun


def _last_row(raw: Connection[Any], table: str) -> dict[str, Any]:
    """Every column but `id` of the row written last, ready to be written again."""
    from psycopg.rows import dict_row
    from psycopg.types.json import Jsonb

    row = raw.cursor(row_factory=dict_row).execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
    assert row is not None
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items() if name != "id"}


def _insert(table: str, row: dict[str, Any]) -> str:
    marks = ", ".join(["%s"] * len(row))
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING id"


def _counts(raw: Connection[Any]) -> list[int]:
    """Rows of every table that is written to, in the order of `WRITTEN`."""
    return [(raw.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0] for table in WRITTEN]


def _insist_on_same_rows(before: Sequence[int], between: Sequence[int], after: Sequence[int]) -> None:
    deed = [later - earlier for earlier, later in zip(before, between, strict=True)]
    bare = [later - earlier for earlier, later in zip(between, after, strict=True)]
    if deed != bare:
        sys.exit(f"The floor writes other rows than the deed: {bare} instead of {deed} in {WRITTEN}")


def main() -> None:
    """Measure in a database made for it on the configured server, and dropped afterwards."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    with empty_database():
        for figure in figures():
            figure.say()


if __name__ == "__main__":
    main()
