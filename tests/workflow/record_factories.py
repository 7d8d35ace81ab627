"""Deeds in the record, sealed, and what somebody with the database's password can do to them."""

import hashlib
from datetime import datetime, timedelta

from django.db import connection

from workflow import audit
from workflow.actions.sealing import seal_audit
from workflow.actors import Actor
from workflow.audit.anchor import Anchor, write_anchor
from workflow.audit.chain import entry_line, seal_digest
from workflow.models import AuditEntry, AuditSeal, Office, User, guards
from workflow.states import Verb

ANNA = "Anna Sørensen"


def an_office() -> Office:
    return Office.objects.get_or_create(
        key="sekretariatet", defaults={"name": "Sekretariatet", "case_prefix": "S", "reply_to": "s@region.example"}
    )[0]


def record_deeds(number: int, now: datetime) -> list[AuditEntry]:
    """That many deeds of Anna's, each with its personal detail."""
    office = an_office()
    anna = User.objects.filter(email="anna@region.example").first()
    anna = anna or User.objects.create_user("anna@region.example", name=ANNA)
    return [
        audit.record(
            Verb.OPEN_STAGE,
            office,
            actor=Actor.of_user(anna),
            now=now + timedelta(seconds=n),
            office=office,
            codes={"stage": "hearing", "attempt": n},
            detail={"note": f"Aftalt med {ANNA}"},
        )
        for n in range(number)
    ]


def sealed_record(now: datetime, *numbers: int) -> list[AuditEntry]:
    """Entries under one seal for each of `numbers`, anchored as after a commit."""
    entries = []
    for number in numbers:
        entries += record_deeds(number, now)
        seal_audit(now=now)
        last = AuditSeal.objects.order_by("number").last()
        assert last is not None
        write_anchor(Anchor(last.number, last.digest))
    return entries


def by_hand(sql: str, *values: object) -> None:
    """What somebody with the database's password can do: take the triggers away and write."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    guards.install(connection)


def make_the_chain_anew() -> str:
    """Reckon every digest and seal anew from what stands, as somebody can who reads our code; returns the head."""
    previous = ""
    for seal in AuditSeal.objects.order_by("number"):
        digest = hashlib.sha256()
        for entry in AuditEntry.objects.filter(id__range=(seal.first_entry_id, seal.last_entry_id)).order_by("id"):
            new = audit.entry_digest(entry)
            by_hand("UPDATE workflow_auditentry SET digest = %s WHERE id = %s", new, entry.pk)
            digest.update(entry_line(entry.pk, new))
        seal.entries_digest, seal.previous_digest = digest.hexdigest(), previous
        previous = seal_digest(seal)
        by_hand(
            "UPDATE workflow_auditseal SET entries_digest = %s, previous_digest = %s, digest = %s WHERE id = %s",
            seal.entries_digest,
            seal.previous_digest,
            previous,
            seal.pk,
        )
    return previous


def hollow_triggers() -> None:
    """Put in triggers of the same names on the same tables that hold nothing."""
    names = [(name, table) for name, table, _statements in guards._triggers(connection)]
    guards.remove(connection)
    with connection.cursor() as cursor:
        for name, table in names:
            when = {"_keeps_rows": "DELETE", "_keeps_table": "TRUNCATE", "_takes_no_rows": "INSERT"}
            event = next((word for end, word in when.items() if name.endswith(end)), "UPDATE")
            if connection.vendor == "postgresql":
                row = "NEW" if event in ("UPDATE", "INSERT") else "OLD"
                cursor.execute(
                    f'CREATE OR REPLACE FUNCTION "{name}_fn"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN '
                    f"{'NULL' if event == 'TRUNCATE' else row}; END $$"
                )
                each = "STATEMENT" if event == "TRUNCATE" else "ROW"
                cursor.execute(
                    f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" FOR EACH {each} '
                    f'EXECUTE FUNCTION "{name}_fn"()'
                )
            else:
                cursor.execute(f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" BEGIN SELECT 1; END')
