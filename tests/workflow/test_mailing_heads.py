"""The head of the record goes by mail, once a day, to those who keep it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from notifications import delivery
from notifications.models import OutgoingMail
from tests.workflow.factories import an_officer
from tests.workflow.record_factories import an_office, record_deeds, sealed_record
from workflow.actions.mailing_heads import mail_heads, next_head_mail
from workflow.actions.sealing import seal_audit, verify_audit
from workflow.models import AuditSeal, Membership
from workflow.states import Role

pytestmark = pytest.mark.django_db
SIX = datetime.fromisoformat("2019-03-02T06:00:00+01:00")


def with_an_auditor() -> None:
    office = an_office()
    for email, changes in (("revisor@region.example", {}), ("forrige@region.example", {"valid_to": "2019-02-28"})):
        user = an_officer(office, email, "Rie Revisor")
        user.memberships.all().delete()
        Membership.objects.create(user=user, office=office, role=Role.AUDITOR, **changes)


def mailed() -> list[tuple[str, int]]:
    mails = OutgoingMail.objects.filter(kind="record_head").order_by("id")
    return [(mail.to_address, mail.facts["number"]) for mail in mails]


def test_mail_heads_at_six_writes_to_the_office_and_its_auditors_once_and_names_the_seal(now: datetime) -> None:
    with_an_auditor()
    sealed_record(now, 2)
    assert next_head_mail() == SIX

    assert mail_heads(SIX - timedelta(seconds=1)) == 0
    assert mail_heads(SIX) == 1
    assert mail_heads(SIX) == 0
    assert next_head_mail() is None

    assert mailed() == [("s@region.example", 1), ("revisor@region.example", 1)]
    delivery.deliver(SIX, lambda: SIX)
    mail = OutgoingMail.objects.get(to_address="revisor@region.example")
    head = AuditSeal.objects.get().digest
    assert mail.subject_sent == "Historikken: segl 1"
    assert f"verify_audit --head {head}" in mail.text_sent
    assert verify_audit(kept=head, now=SIX).ok


def test_mail_heads_the_day_after_a_day_without_deeds_sends_nothing_and_after_one_with_deeds_the_newest(
    now: datetime,
) -> None:
    an_office()
    sealed_record(now, 1)
    mail_heads(SIX)
    assert mail_heads(SIX + timedelta(days=1)) == 0

    for hours in (1, 2):
        record_deeds(1, SIX + timedelta(hours=hours))
        seal_audit(now=SIX + timedelta(hours=hours))

    assert next_head_mail() == SIX + timedelta(days=1)
    assert mail_heads(SIX + timedelta(hours=3)) == 0
    assert mail_heads(SIX + timedelta(days=3)) == 1, "a morning that was missed is made up for once"
    assert mailed() == [("s@region.example", 1), ("s@region.example", 3)]


def test_mail_heads_without_office_or_seal_waits_for_nothing(now: datetime) -> None:
    assert next_head_mail() is None
    assert mail_heads(now) == 0
    an_office()
    assert next_head_mail() is None
