"""Mailing the head of the record once a day, so that it is known in more places than one."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from notifications import outbox, postponed
from notifications.models import OutgoingMail
from notifications.rules import may_mail
from workflow.dates import COPENHAGEN
from workflow.mails.record import head_letters, key_of_heads, number_in
from workflow.models import AuditSeal, Office
from workflow.queries.people import staff_of
from workflow.states import Role

MAILED_AT: Final = time(6)
"""By Danish clocks, before anybody's working day."""


def mail_heads(now: datetime) -> int:
    """The sweep: send each office and its auditors the newest seal made before six this morning, where they have not
    had it. A day on which nothing was sealed sends nothing. Returns how many offices were written to."""
    due = [office.pk for office, at in _dues() if at <= now]
    seal = AuditSeal.objects.filter(sealed_at__lt=_six_after(now) - timedelta(days=1)).order_by("-number").first()
    if not due or seal is None:
        return 0
    return postponed.one_by_one(
        "mail_heads",
        Office.objects.filter(pk__in=due),
        lambda office: _mail_head(seal, office, now),
        now,
        whose=postponed.belonging(Office, office="self"),
    )


def next_head_mail() -> datetime | None:
    """Six in the morning after the first seal that an office has not been sent; None when all have been."""
    return min((at for _office, at in _dues()), default=None)


@transaction.atomic
def _mail_head(seal: AuditSeal, office: Office, now: datetime) -> int:
    outbox.enqueue(head_letters(seal, office, staff_of(office, Role.AUDITOR, now)), now)
    return 1


def _dues() -> list[tuple[Office, datetime]]:
    """The offices that have not been sent the newest seal, and from when on each is to be."""
    dues = []
    for office in Office.objects.order_by("pk"):
        if may_mail(office.reply_to) is not None:
            continue
        first = AuditSeal.objects.filter(number__gt=_last_sent(office)).order_by("number").first()
        if first is not None:
            dues.append((office, _six_after(first.sealed_at)))
    return dues


def _last_sent(office: Office) -> int:
    keys = OutgoingMail.objects.filter(key__startswith=key_of_heads(office))
    key = keys.order_by("-key").values_list("key", flat=True).first()
    return number_in(key) if key else 0


def _six_after(instant: datetime) -> datetime:
    """The first time after it that it is six in Denmark."""
    zone = ZoneInfo(COPENHAGEN)
    local = instant.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= MAILED_AT)
    return datetime.combine(day, MAILED_AT, tzinfo=zone)
