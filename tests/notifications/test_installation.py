"""A database copied to another installation mails nobody until a person has decided."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from notifications import delivery, installation
from notifications.delivery import claims
from notifications.models import Installation, OutgoingMail
from notifications.states import MailState
from notifications.sweeps import SWEEPS
from tests.notifications.factories import queued, reread
from tests.servers import MailSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def copied(settings: Any, now: datetime) -> list[OutgoingMail]:
    """A database with waiting mails, opened by an installation with another identity."""
    mails = queued(now, 3)
    claims.claim(now, now, uuid4(), 1)
    settings.INSTALLATION_ID = str(uuid4())
    return mails


def test_migrate_new_database_binds_it_to_this_installation() -> None:
    assert Installation.objects.count() == 1
    assert installation.hold() is None


def test_deliver_in_a_copied_database_mails_nobody(now: datetime, copied: list[OutgoingMail], smtp: MailSink) -> None:
    before = list(OutgoingMail.objects.order_by("id").values())
    later = now + timedelta(days=1)
    assert delivery.deliver(later, lambda: later).held
    for sweep in SWEEPS:
        assert sweep.run(later) == 0
        assert sweep.next_due(later) is None
    assert smtp.messages == []
    assert list(OutgoingMail.objects.order_by("id").values()) == before
    hold = installation.hold()
    assert hold is not None
    assert (hold.reason, hold.since, hold.waiting) == ("another_installation", later, 3)


def test_deliver_with_mails_but_no_binding_is_held(now: datetime, smtp: MailSink) -> None:
    queued(now)
    Installation.objects.all().delete()
    assert delivery.deliver(now, lambda: now).held
    assert not Installation.objects.exists()


def test_deliver_without_identity_is_held(now: datetime, smtp: MailSink, settings: Any) -> None:
    queued(now)
    settings.INSTALLATION_ID = ""
    assert delivery.deliver(now, lambda: now).held


def test_deliver_back_at_the_first_installation_goes_on(
    now: datetime, copied: list[OutgoingMail], smtp: MailSink, settings: Any
) -> None:
    elsewhere, settings.INSTALLATION_ID = settings.INSTALLATION_ID, "another"
    delivery.deliver(now, lambda: now)
    installation.release("moved", now, withdraw_waiting=False)
    settings.INSTALLATION_ID = elsewhere
    assert delivery.deliver(now, lambda: now).held
    settings.INSTALLATION_ID = "another"
    assert delivery.deliver(now, lambda: now).sent == 2
    assert installation.hold() is None


def test_release_after_a_move_sends_what_waits(now: datetime, copied: list[OutgoingMail], smtp: MailSink) -> None:
    out = StringIO()
    call_command("release_hold", reason="Moved to a new server", send_waiting=True, yes=True, stdout=out)
    later = now + timedelta(hours=1)
    delivery.recover(later)
    assert delivery.deliver(later, lambda: later).sent == 3
    assert Installation.objects.get().release_reason == "Moved to a new server"


def test_release_after_a_restore_withdraws_what_waits(
    now: datetime, copied: list[OutgoingMail], smtp: MailSink
) -> None:
    call_command("release_hold", reason="Restored", withdraw_waiting=True, yes=True, stdout=StringIO())
    later = now + timedelta(hours=1)
    delivery.recover(later)
    [new] = queued(later)
    assert delivery.deliver(later, lambda: later).sent == 1
    assert reread(new).state == MailState.SENT
    assert [reread(mail).withdrawn_reason for mail in copied] == ["hold_released"] * 3


def test_release_asks_and_takes_no_for_an_answer(
    now: datetime, copied: list[OutgoingMail], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda question: "nej")
    with pytest.raises(CommandError):
        call_command("release_hold", reason="Restored", send_waiting=True, stdout=StringIO())
    assert installation.hold() is not None


def test_release_without_a_reason_is_refused(now: datetime, copied: list[OutgoingMail]) -> None:
    with pytest.raises(CommandError):
        call_command("release_hold", reason=" ", send_waiting=True, yes=True, stdout=StringIO())
    assert installation.hold() is not None
