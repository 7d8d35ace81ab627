"""An address corrected while workers send, while others correct it and while it is passed on, on real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox_of_tests

from consultations.actions.parties import correct_address, forward, take_back
from consultations.models import Forward
from notifications import delivery
from tests.consultations.factories import LAUNCHED, OFFICER, a_hearing
from tests.consultations.test_races import together
from workflow.links import link_url
from workflow.models import Contact
from workflow.rules import Refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

LATER = LAUNCHED + timedelta(minutes=1)
NEW = "ny@rette.example"


def deliver(at: Any = LATER) -> Any:
    return delivery.deliver(at, lambda: at)


def test_correct_address_while_workers_send_lets_the_new_link_out_to_the_new_address_alone() -> None:
    for _round in range(4):
        hearing = a_hearing(parties=3)
        deliver()
        for number in (1, 2, 3):
            hearing.answers(number, LAUNCHED)
        outbox_of_tests.outbox.clear()

        def correct(number: int, hearing: Any = hearing) -> Any:
            email = f"{number}.{NEW}"
            more: dict[str, Any] = {"stop_old_link": True, "actor": OFFICER, "now": LATER}
            return lambda: correct_address(hearing.party(number), email=email, **more)

        for beside in together(deliver, correct(1), correct(2), deliver, correct(3)):
            beside.done()
        deliver(LATER + timedelta(hours=1))

        for number in (1, 2, 3):
            new_link = link_url(hearing.party(number).link)
            reached = [message.to[0] for message in outbox_of_tests.outbox if new_link in str(message.body)]
            assert reached
            assert all(f"{number}.{NEW}" in to for to in reached), reached
        receipts = [mail.state for mail in hearing.mails("hearing_receipt")]
        assert receipts == ["sent"] * 3, "each leaves, to whom it may"


def test_correct_address_by_two_officers_at_once_refuses_the_second() -> None:
    hearing = a_hearing(parties=1)
    look: dict[str, Any] = {"shown_address": "part1@example.dk", "actor": OFFICER, "now": LATER}

    deeds = together(
        lambda: correct_address(hearing.party(), email="a@rette.example", **look),
        lambda: correct_address(hearing.party(), email="b@rette.example", **look),
    )

    refused = [deed.error for deed in deeds if isinstance(deed.error, Refused)]
    assert [error.refusal.code for error in refused] == ["address_changed_meanwhile"]
    assert Contact.objects.get(body=hearing.party().body).email == hearing.party().email


def test_forward_eight_times_at_once_makes_five() -> None:
    hearing = a_hearing(parties=1)

    deeds = together(
        *[
            lambda number=number: forward(  # type: ignore[misc]
                hearing.party(), to_email=f"{number}@example.dk", actor=hearing.by_link(), now=LATER
            )
            for number in range(8)
        ]
    )

    assert Forward.objects.count() == 5
    codes = {deed.error.refusal.code for deed in deeds if isinstance(deed.error, Refused)}
    assert codes == {"forwarded_too_often"}


def test_take_back_twice_at_once_makes_one_new_link() -> None:
    hearing = a_hearing(parties=1)
    made = forward(hearing.party(), to_email="a@example.dk", actor=hearing.by_link(), now=LATER)

    deeds = together(*[lambda: take_back(made, actor=hearing.by_link(), now=LATER)] * 2)

    refused = [deed.error for deed in deeds if isinstance(deed.error, Refused)]
    assert [error.refusal.code for error in refused] == ["not_passed_on"]
    assert hearing.party().link.version == 2
