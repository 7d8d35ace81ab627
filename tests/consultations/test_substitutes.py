"""A hearing party whose contact is away: the substitute gets reminders and receipts, unless the task was passed on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from consultations.actions.parties import forward
from consultations.actions.reminders import send_reminders
from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing
from workflow.actions.substitutes import name_substitute
from workflow.models import Substitute

pytestmark = pytest.mark.django_db

STAND_IN = "vikar@kommune.example"


def reminder_day(hearing: Hearing) -> datetime:
    """When the first party is reminded first."""
    at = hearing.party(1).next_check_at
    assert at is not None
    return at


def name(hearing: Hearing, number: int = 1, last: date = date(2019, 3, 22)) -> Substitute:
    body = hearing.party(number).body
    assert body is not None
    days = {"from_on": date(2019, 3, 4), "until_on": last}
    office = hearing.process.office
    return name_substitute(office, body, name="Vera Vikar", email=STAND_IN, **days, actor=OFFICER, now=LAUNCHED)


def addresses(kind: str, hearing: Hearing, number: int = 1) -> list[str]:
    mails = OutgoingMail.objects.filter(kind=kind, subject_id=hearing.party(number).public_id).order_by("id")
    return list(mails.values_list("to_address", flat=True))


def remind(hearing: Hearing) -> None:
    delivery.deliver(LAUNCHED, lambda: LAUNCHED)
    at = reminder_day(hearing)
    send_reminders(at)
    delivery.deliver(at, lambda: at)


def test_send_reminders_to_a_party_on_the_days_of_its_substitute_reach_the_substitute_alone() -> None:
    hearing = a_hearing(parties=2)
    name(hearing)

    remind(hearing)

    assert addresses("hearing_invitation", hearing) == ["part1@example.dk"]
    assert addresses("hearing_reminder", hearing) == [STAND_IN]
    assert addresses("hearing_reminder", hearing, 2) == ["part2@example.dk"]
    assert hearing.party(1).email == "part1@example.dk"


def test_send_reminders_after_the_days_of_the_substitute_reach_the_party() -> None:
    hearing = a_hearing(parties=1)
    name(hearing, last=date(2019, 3, 8))

    remind(hearing)

    assert addresses("hearing_reminder", hearing) == ["part1@example.dk"]


def test_send_reminders_of_a_task_passed_on_go_to_the_one_who_has_it() -> None:
    hearing = a_hearing(parties=1)
    name(hearing)
    forward(hearing.party(), to_email="kollega@kommune.example", actor=hearing.by_link(), now=LAUNCHED)

    remind(hearing)

    assert addresses("hearing_reminder", hearing) == ["kollega@kommune.example"]


def test_submit_answer_by_the_link_on_the_days_of_the_substitute_sends_it_the_receipt() -> None:
    hearing = a_hearing(parties=1)
    name(hearing)
    at = LAUNCHED + timedelta(days=7)

    hearing.answers(1, at)
    delivery.deliver(at, lambda: at)

    assert addresses("hearing_receipt", hearing) == [STAND_IN]
