"""Deeds in the record, sealed, and what somebody with the database's password can do to them."""

from datetime import datetime, timedelta

from django.db import connection

from workflow import audit
from workflow.actions.sealing import seal_audit
from workflow.actors import Actor
from workflow.audit.anchor import Anchor, write_anchor
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
