"""The page on which a suspended process is taken up again: every day and everybody who is told stands there before."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultations.actions.extensions import extend_for_one
from consultations.actions.parties import decline
from consultations.queries.rounds import reply_deadline
from tests.consultations.factories import CLOSES_AT, LAUNCHED, OFFICER, Hearing, a_hearing, make_hearing_public
from tests.consultations.views.conftest import officer_of
from workflow.actions.processes import suspend_process
from workflow.models import Deadline, DeadlineChange
from workflow.states import ProcessState

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SUSPENDED = CLOSES_AT - timedelta(days=4)
RESUMED = CLOSES_AT + timedelta(days=6)


@pytest.fixture(autouse=True)
def danish(settings: Any) -> None:
    """The pages are read in Danish here."""
    settings.LANGUAGE_CODE = "da"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(RESUMED, tick=False) as traveller:
        yield traveller


def a_suspended_hearing() -> Hearing:
    hearing = a_hearing(parties=3)
    extend_for_one(hearing.party(2), new_on=date(2019, 4, 5), reason="Rådet mødes", actor=OFFICER, now=LAUNCHED)
    decline(hearing.party(3), actor=hearing.by_link(3), now=LAUNCHED)
    suspend_process(hearing.process, reason="Der er udskrevet valg", actor=OFFICER, now=SUSPENDED)
    return hearing


def url_of(hearing: Hearing) -> str:
    return reverse("process_resume", args=[hearing.process.public_id])


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send back with a button: every input that has a value and is no unticked box."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and 'type="checkbox"' not in tag:
            found[name[1]] = unescape(value[1])
    return found


def page_of(client: Client, hearing: Hearing) -> str:
    return unescape(client.get(url_of(hearing)).content.decode())


def test_look_at_resuming_shows_each_new_day_and_who_is_told_and_changes_nothing(clock: Any) -> None:
    hearing = a_suspended_hearing()

    page = page_of(officer_of(hearing.process.office), hearing)

    assert "Pausen har varet 10 dage" in page
    assert "Den var fredag den 29. marts 2019 kl. 12.00. Beregnet: torsdag den 11. april 2019" in page
    assert "Beregnet: mandag den 15. april 2019" in page
    assert "Høring: 2 får en mail med deres frist" in page
    assert "Part 01" in page
    assert "Part 03" not in page[page.index("Hvem der får en mail") :]
    assert "Genoptag og send 2 mails" in page
    assert not DeadlineChange.objects.filter(at=RESUMED).exists()


def test_press_resume_gives_the_days_that_were_shown(clock: Any) -> None:
    hearing = a_suspended_hearing()
    client = officer_of(hearing.process.office)
    sent = fields_of(client.get(url_of(hearing)).content.decode())

    responses = [client.post(url_of(hearing), {**sent, "do": "resume"}) for _press in (1, 2)]

    assert [response.status_code for response in responses] == [302, 302]
    hearing.process.refresh_from_db()
    assert hearing.process.state == ProcessState.RUNNING
    assert {row.on for row in Deadline.objects.filter(kind="reply")} == {date(2019, 4, 11), date(2019, 4, 15)}
    assert len([mail for mail in hearing.mails("hearing_extended") if mail.facts.get("resumed")]) == 2


def test_press_resume_with_another_day_than_was_shown_shows_it_first(clock: Any) -> None:
    hearing = a_suspended_hearing()
    client = officer_of(hearing.process.office)
    common = reply_deadline(hearing.round)
    assert common is not None
    sent = fields_of(client.get(url_of(hearing)).content.decode())
    sent[f"day_{common.public_id.hex}"] = "19/4/2019"

    first = client.post(url_of(hearing), {**sent, "do": "resume"})
    page = unescape(first.content.decode())
    assert first.status_code == 422
    assert "Dagene er andre end dem, du har set" in page
    assert "Langfredag" in page

    again = fields_of(page)
    refused = client.post(url_of(hearing), {**again, "do": "resume"})
    assert refused.status_code == 422
    assert "Skriv, hvorfor dagen vælges på trods af dette" in unescape(refused.content.decode())
    assert not DeadlineChange.objects.filter(at=RESUMED).exists()

    done = client.post(url_of(hearing), {**fields_of(refused.content.decode()), "do": "resume", "reason": "Aftalt."})
    assert done.status_code == 302
    assert Deadline.objects.get(pk=common.pk).on == date(2019, 4, 19)


def test_press_resume_the_day_after_it_was_shown_shows_the_days_anew(clock: Any) -> None:
    hearing = a_suspended_hearing()
    client = officer_of(hearing.process.office)
    sent = fields_of(client.get(url_of(hearing)).content.decode())

    clock.move_to(RESUMED + timedelta(days=1))
    response = client.post(url_of(hearing), {**sent, "do": "resume"})

    assert response.status_code == 422
    assert "Pausen har varet 11 dage" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1/4/2019", "ville allerede være udløbet"),
        ("1/3/2019", "forkortes aldrig"),
        ("31/4/2019", "Skriv dag, måned og år"),
    ],
)
def test_press_resume_with_a_day_that_cannot_be_keeps_what_was_typed(clock: Any, typed: str, words: str) -> None:
    hearing = a_suspended_hearing()
    client = officer_of(hearing.process.office)
    common = reply_deadline(hearing.round)
    assert common is not None
    sent = fields_of(client.get(url_of(hearing)).content.decode())
    sent |= {f"day_{common.public_id.hex}": typed, "reason": "Vi skynder os."}

    page = client.post(url_of(hearing), {**sent, "do": "resume"}).content.decode()
    page = client.post(
        url_of(hearing), {**fields_of(page), "reason": "Vi skynder os.", "do": "resume"}
    ).content.decode()

    assert words in page
    assert "Vi skynder os." in page
    assert not DeadlineChange.objects.filter(at=RESUMED).exists()


def test_look_at_resuming_on_the_day_of_the_suspension_says_that_nobody_is_told(clock: Any) -> None:
    hearing = a_suspended_hearing()
    clock.move_to(SUSPENDED + timedelta(hours=1))

    page = page_of(officer_of(hearing.process.office), hearing)

    assert "Processen blev sat i bero i dag, så ingen dag flyttes, og ingen får besked." in page
    assert "Ingen." in page[page.index("Hvem der får en mail") :]


def test_look_at_resuming_says_which_own_deadline_moves_along_and_that_the_new_one_becomes_public(clock: Any) -> None:
    hearing = a_suspended_hearing()
    make_hearing_public(hearing)
    client = officer_of(hearing.process.office)
    common = reply_deadline(hearing.round)
    assert common is not None
    sent = fields_of(client.get(url_of(hearing)).content.decode())
    sent[f"day_{common.public_id.hex}"] = "26/4/2019"

    reckoned = page_of(client, hearing)
    looked = unescape(client.post(url_of(hearing), {**sent, "do": "look"}).content.decode())
    client.post(url_of(hearing), {**fields_of(looked), "do": "resume", "reason": "Aftalt med parterne"})

    assert "flyttes med" not in reckoned, "the own deadline is later than the common one"
    follows = (
        "En egen frist, der ligger før den nye fælles frist, flyttes med: Svarfrist, Part 02, til fredag den 26. april"
    )
    assert follows in looked
    assert "En ny fælles høringsfrist står der med det samme." in looked
    assert {row.on for row in Deadline.objects.filter(kind="reply")} == {date(2019, 4, 26)}
    public = Client().get(reverse("process_public", args=[hearing.process.public_id])).content.decode()
    assert "26. april 2019" in public


def test_look_at_resuming_names_nobody_twice_and_what_cannot_be_undone_only_where_it_happens(clock: Any) -> None:
    hearing = a_suspended_hearing()
    client = officer_of(hearing.process.office)

    moves = page_of(client, hearing)
    clock.move_to(SUSPENDED + timedelta(hours=1))
    rests = page_of(client, hearing)

    assert moves[moves.index("Hvem der får en mail") :].count("Part 01") == 2, "in the count, and with its address"
    assert "De flyttede datoer og de sendte mails kan ikke tages tilbage" in moves
    last_words = rests[rests.index("Kan det tages tilbage?") :]
    assert "kan ikke" not in last_words, "on the day of the suspension the press mails nobody and moves nothing"
    assert "Processen kan sættes i bero igen." in rests
