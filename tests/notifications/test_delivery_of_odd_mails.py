"""Delivery of mails that are odd, or fail through a fault of ours: the others are sent once, and those alone wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend

from notifications import outbox
from notifications.models import OutgoingMail, PostponedRow
from notifications.states import MailState
from tests.notifications.factories import a_letter, deliver, queued, reread
from tests.servers import MailSink

pytestmark = pytest.mark.django_db

ODD_NAMES = [
    "=?utf-8?b?//?=",
    "=?us-ascii?q?=0d=0aBcc:x?=",
    "=?utf-8?Q?K=F8ge_Kommune?=",
    "=?nothing-known?q?K=F8ge?=",
    "=?utf-8?q?=00?=",
    "=?utf-8?b?=",
    '"=?utf-8?b?//?="',
    "(=?utf-8?b?//?=) <x@y.example>",
]
"""Names that are, or look like, encoded words (RFC 2047), which mail software reads as other letters than it sees."""


def test_deliver_mails_with_odd_names_of_any_sort_sends_every_one_of_the_batch_once(
    now: datetime, smtp: MailSink
) -> None:
    letters = [a_letter(number, to_name=name) for number, name in enumerate(ODD_NAMES, start=1)]
    letters += [a_letter(20 + number, from_name=name) for number, name in enumerate(ODD_NAMES, start=1)]
    letters += [a_letter(40 + number, case_number=name[:20]) for number, name in enumerate(ODD_NAMES, start=1)]
    letters.append(a_letter(99))
    with outbox.without_hints():
        outbox.enqueue(letters, now)

    for hour in range(3):
        deliver(now + timedelta(hours=hour))

    assert sorted(to for [to] in smtp.recipients) == sorted(letter.to for letter in letters)
    assert not any(message["Bcc"] for message in smtp.messages)
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


@pytest.mark.parametrize("field", ["to_name", "from_name"])
def test_deliver_mails_whose_odd_names_stand_in_the_queue_already_sends_every_one(
    now: datetime, smtp: MailSink, field: str
) -> None:
    mails = queued(now, len(ODD_NAMES) + 1)
    for mail, name in zip(mails, ODD_NAMES, strict=False):
        OutgoingMail.objects.filter(id=mail.id).update(**{field: name})

    assert deliver(now).sent == len(mails)
    assert len(smtp.messages) == len(mails)


@pytest.mark.parametrize("error", [ValueError("odd"), UnicodeError("odd"), KeyError("odd"), RuntimeError("odd")])
@pytest.mark.parametrize("place", ["to_address", "reply_to"])
def test_deliver_one_mail_that_fails_while_it_is_handed_over_sends_the_others_once_and_is_shown(
    now: datetime, smtp: MailSink, monkeypatch: pytest.MonkeyPatch, error: Exception, place: str
) -> None:
    sending = EmailBackend.send_messages

    def fails_for_one(self: EmailBackend, messages: Sequence[Any]) -> Any:
        address = messages[0].to[0] if place == "to_address" else (messages[0].reply_to or [""])[0]
        if "odd@" in address:
            raise error
        return sending(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fails_for_one)
    before = queued(now, 2)
    [odd] = queued(now, **({"to": "odd@example.dk"} if place == "to_address" else {"reply_to": "odd@example.dk"}))
    queued(now, 2)

    report = deliver(now)

    assert (report.sent, report.deferred, len(smtp.messages)) == (4, 1, 4)
    found = reread(odd)
    assert (found.state, found.last_error) == (MailState.QUEUED, f"{type(error).__name__}: {error}")
    assert found.next_attempt_at > now
    assert found.possible_doubles == (0 if isinstance(error, ValueError) else 1)
    assert PostponedRow.objects.get().subject == str(odd.public_id)
    assert {reread(mail).state for mail in before} == {MailState.SENT}


def test_deliver_to_an_odd_address_of_before_puts_off_that_mail_alone(now: datetime, smtp: MailSink) -> None:
    odd, good = queued(now, 2)
    OutgoingMail.objects.filter(id=odd.id).update(to_address="=?utf-8?b?//?=@example.dk")

    report = deliver(now)

    assert (report.sent, report.deferred) == (1, 1)
    assert reread(good).state == MailState.SENT
    assert reread(odd).last_error
