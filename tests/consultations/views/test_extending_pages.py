"""More time is looked at before it is given: what was understood, who is told, and what to think of first."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultations.actions.extensions import extend_for_one
from consultations.actions.parties import decline
from consultations.models import Invitation
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, Hearing, a_hearing, make_hearing_public
from tests.consultations.views.conftest import officer_of

pytestmark = pytest.mark.django_db

PAGES = ("round_extend", "party_extend")
TOLD = {"round_extend": 3, "party_extend": 1}


def address(name: str, hearing: Hearing) -> str:
    more = [hearing.party(1).public_id] if name == "party_extend" else []
    return reverse(name, args=[hearing.process.public_id, hearing.round.stage.public_id, *more])


def typed(day: str = "05/04/2019", clock: str = "12.00", **more: str) -> dict[str, str]:
    return {"new_on": day, "new_clock": clock, "reason": "Påsken er tidlig", "key": "k" * 32, **more}


def shown_on(page: Any) -> str:
    found = re.search(r'name="shown" value="(\w*)"', page.content.decode())
    assert found
    return found[1]


def looked_at(officer: Client, url: str, **more: str) -> Any:
    return officer.post(url, typed(do="look", **more))


@pytest.mark.parametrize("name", PAGES)
def test_extend_shows_deadline_and_number_of_mails_before_anything_is_sent(
    clock: time_machine.Traveller, name: str
) -> None:
    hearing = a_hearing()
    officer = officer_of(hearing.process.office)

    page = officer.post(address(name, hearing), typed())

    words = " ".join(re.sub(r"<[^>]+>", " ", unescape(page.content.decode())).split())
    assert page.status_code == 200
    assert "New deadline Friday 5 April 2019 at 12:00" in words
    told = hearing.party(1).name if name == "party_extend" else "3 parties"
    assert f"Gets a mail at once {told}" in words
    assert f"{hearing.party(1).name}: {hearing.party(1).email}" in words
    assert hearing.reread().closes_at == CLOSES_AT
    assert hearing.mails("hearing_extended") == []


def test_extend_says_who_gets_a_mail_who_none_and_why_and_what_becomes_public(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=5)
    make_hearing_public(hearing)
    hearing.answers(1)
    own = {"reason": "Ferie", "actor": OFFICER, "now": LAUNCHED}
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 2), **own)
    extend_for_one(hearing.party(3), new_on=date(2019, 5, 3), **own)
    decline(hearing.party(4), reason="Ikke relevant", actor=hearing.by_link(4), now=LAUNCHED)
    officer = officer_of(hearing.process.office)
    before = {mail.pk for mail in hearing.mails("hearing_extended")}

    page = officer.post(address("round_extend", hearing), typed(do="look"))
    officer.post(address("round_extend", hearing), typed(do="send", shown=shown_on(page)))

    words = " ".join(re.sub(r"<[^>]+>", " ", unescape(page.content.decode())).split())
    told = {mail.subject_id for mail in hearing.mails("hearing_extended") if mail.pk not in before}
    assert told == {hearing.party(number).public_id for number in (1, 2, 5)}
    assert "Gets a mail at once 3 parties" in words
    assert "1 of them has answered already" in words
    assert "it moves along, and they are told again: Part 02." in words
    assert "Part 03: has a later deadline of its own" in words
    assert "Part 04: has said that it will not answer" in words
    assert "not your reason" in words
    assert "Becomes public The new deadline stands on the public page at once." in words


def test_extend_for_one_says_that_the_public_page_goes_on_showing_the_common_deadline(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    make_hearing_public(hearing)
    officer, public = officer_of(hearing.process.office), reverse("process_public", args=[hearing.process.public_id])
    common = "Friday 29 March 2019 at 12:00"
    assert common in officer.get(public).content.decode()

    page = looked_at(officer, address("party_extend", hearing))
    officer.post(address("party_extend", hearing), typed(do="send", shown=shown_on(page)))

    assert "Nothing: the public page shows the common deadline" in page.content.decode()
    shown = officer.get(public).content.decode()
    assert common in shown
    assert "5 April" not in shown


@pytest.mark.parametrize("name", PAGES)
def test_extend_after_looking_moves_the_deadline_once_however_often_it_is_pressed(
    clock: time_machine.Traveller, name: str
) -> None:
    hearing = a_hearing()
    officer = officer_of(hearing.process.office)
    shown = shown_on(looked_at(officer, address(name, hearing)))

    pressed = [officer.post(address(name, hearing), typed(do="send", shown=shown)).status_code for _time in range(2)]

    assert pressed == [302, 302]
    assert hearing.party(1).reply_by_at > CLOSES_AT
    assert len(hearing.mails("hearing_extended")) == TOLD[name]


@pytest.mark.parametrize("name", PAGES)
def test_extend_to_another_day_than_was_shown_sends_nothing_and_shows_that_day(
    clock: time_machine.Traveller, name: str
) -> None:
    hearing = a_hearing()
    officer = officer_of(hearing.process.office)
    shown = shown_on(looked_at(officer, address(name, hearing)))

    page = officer.post(address(name, hearing), {**typed("12/04/2019"), "do": "send", "shown": shown})

    assert page.status_code == 422
    assert "Friday 12 April 2019 at 12:00" in page.content.decode()
    assert hearing.mails("hearing_extended") == []


def test_extend_after_a_mail_came_back_shows_the_other_number_first(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    officer = officer_of(hearing.process.office)
    shown = shown_on(looked_at(officer, address("round_extend", hearing)))
    Invitation.objects.filter(pk=hearing.party(1).pk).update(bounced_at=LAUNCHED)

    page = officer.post(address("round_extend", hearing), typed(do="send", shown=shown))

    assert page.status_code == 422
    assert "2 parties" in page.content.decode()
    assert hearing.mails("hearing_extended") == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("day", "hour", "warning"),
    [
        ("06/04/2019", "12.00", "is a Saturday"),
        ("19/04/2019", "12.00", "is a public holiday"),
        ("05/04/2019", "00.00", "the last day to answer is Thursday 4 April 2019"),
        ("31/03/2019", "02.30", "occurs 0 times"),
        ("27/10/2019", "02.30", "occurs 2 times"),
    ],
)
def test_extend_to_an_unlucky_day_or_clock_time_says_so_first(
    clock: time_machine.Traveller, name: str, day: str, hour: str, warning: str
) -> None:
    hearing = a_hearing()

    page = officer_of(hearing.process.office).post(address(name, hearing), typed(day, hour))

    assert page.status_code == 200
    assert warning in unescape(page.content.decode())


@pytest.mark.parametrize("name", PAGES)
def test_extend_to_an_earlier_day_is_refused_when_looked_at(clock: time_machine.Traveller, name: str) -> None:
    hearing = a_hearing()

    page = officer_of(hearing.process.office).post(address(name, hearing), typed("20/03/2019"))

    assert page.status_code == 422
    assert "later time" in page.content.decode()
