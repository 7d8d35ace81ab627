"""Mailing the head of the record once a day, so that it is known in more places than one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from notifications import outbox, postponed
from notifications.models import OutgoingMail
from workflow.dates import COPENHAGEN
from workflow.mails.record import RECORD_HEAD, head_letters, key_of_head
from workflow.models import AuditSeal, Office
from workflow.queries.people import staff_of
from workflow.states import Role

MAILED_AT: Final = time(6)
"""By Danish clocks, before anybody's working day."""


def mail_heads(now: datetime) -> int:
    """The sweep: send each office and its auditors the newest seal made before six this morning, unless it has been
    sent. A day on which nothing was sealed sends nothing. Returns how many offices were written to."""
    seal = _seal_before(_six_o_clock(now))
    if seal is None:
        return 0
    return postponed.one_by_one(
        "mail_heads",
        Office.objects.exclude(public_id__in=_written_to(seal)),
        lambda office: _mail_head(seal, office, now),
        now,
        whose=postponed.belonging(Office, office="self"),
    )


def next_head_mail(now: datetime) -> datetime | None:
    """This morning at six where its head has not been sent yet; tomorrow where something was sealed since; None without
    an office."""
    six = _six_o_clock(now)
    seal, last = _seal_before(six), AuditSeal.objects.order_by("-number").first()
    offices = Office.objects.all()
    if seal is not None and offices.exclude(public_id__in=_written_to(seal)).exists():
        return six
    has_newer = last is not None and (seal is None or last.number > seal.number)
    return _six_o_clock(now, days=1) if has_newer and offices.exists() else None


@transaction.atomic
def _mail_head(seal: AuditSeal, office: Office, now: datetime) -> int:
    outbox.enqueue(head_letters(seal, office, staff_of(office, Role.AUDITOR, now)), now)
    return 1


def _written_to(seal: AuditSeal) -> list[str]:
    keys = {key_of_head(seal, office): str(office.public_id) for office in Office.objects.all()}
    written = OutgoingMail.objects.filter(kind=RECORD_HEAD, key__in=list(keys)).values_list("key", flat=True)
    return [keys[key] for key in written]


def _seal_before(instant: datetime) -> AuditSeal | None:
    return AuditSeal.objects.filter(sealed_at__lt=instant).order_by("-number").first()


def _six_o_clock(now: datetime, days: int = 0) -> datetime:
    """The last time that it was six in Denmark, or so many days after."""
    zone = ZoneInfo(COPENHAGEN)
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=local.time() < MAILED_AT) + timedelta(days=days)
    return datetime.combine(day, MAILED_AT, tzinfo=zone)
