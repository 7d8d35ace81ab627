"""Deeds in the record, sealed, and what somebody with the database's password can do to them."""

import hashlib
from datetime import datetime, timedelta

from django.db import connection

from workflow import audit
from workflow.actions.sealing import seal_audit
from workflow.actors import Actor
from workflow.audit.anchor import Anchor, write_anchor
from workflow.audit.chain import entry_line, seal_digest
from workflow.audit.rows import ProvenKind, proven_kinds
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


MOVED_BY_DEEDS = {
    *("id", "public_id", "salts"),
    # Who did it stands in the entry itself, and goes with the person.
    *("by_kind", "by_id", "by_label", "by_on_behalf_of"),
    # When it was written here is the entry's own instant.
    *("recorded_at", "at", "asked_at", "created_at", "changed_at", "version"),
    # Deeds of their own, which have entries of their own.
    *("state", "ended_at", "replaced_at", "late_reason", "late_decided_at", "disposition", "disposed_at", "erased_at"),
    "settled_at",
    # When a sweep looks again is no part of what was said.
    "next_check_at",
    # What it was about is proven by that row's own entry.
    *("decision", "request"),
}
"""Columns of proven rows that their entry need not hold."""

IN_THE_ENTRY_AS = {"receipt_number": "receipt"}


def forgotten_columns(kind: ProvenKind) -> list[str]:
    """Columns of a proven table that stand neither in codes nor in words and are not known to move.

    A new column belongs into the codes or words of its kind: else a hand may change it unseen.
    """
    # Of one row several entries may each prove something, such as an objection and its answer.
    kinds = [each for each in proven_kinds() if each.model is kind.model]
    proven = {name for each in kinds for row in each.rows() for name in (*each.codes(row), *each.words(row))}
    proven |= MOVED_BY_DEEDS
    return [
        f"{kind.model._meta.label}.{column.name}"
        for column in kind.model._meta.concrete_fields
        if IN_THE_ENTRY_AS.get(column.name, column.name) not in proven
    ]
