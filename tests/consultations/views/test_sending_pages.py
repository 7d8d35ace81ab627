"""The pages on which a round is prepared and sent: what follows is shown first, and nothing is sent unseen or twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine

from consultations.states import RoundState
from tests.consultations.factories import CLOSES_AT, a_hearing, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from tests.consultations.views.round_addresses import party_url, url

pytestmark = pytest.mark.django_db


def test_prepare_round_keeps_title_letter_and_publication(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft()
    given = {"title": "Høring om udkast", "letter": "Hvad mener I?", "publication": "never"}
    officer = officer_of(hearing.process.office)
    seen = re.search(r'name="seen" value="(\w+)"', officer.get(url("round_prepare", hearing)).content.decode())

    response = officer.post(url("round_prepare", hearing), given | {"seen": seen[1] if seen else ""})

    assert response.status_code == 302
    hearing_round = hearing.reread()
    assert (hearing_round.title, hearing_round.letter, hearing_round.publication) == tuple(given.values())


def test_look_at_launch_shows_deadline_with_weekday_and_every_reminder(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft()

    page = officer_of(hearing.process.office).get(
        url("round_launch", hearing), {"closes_on": "29/03/2019", "clock": "12.00"}
    )

    text = page.content.decode()
    assert "Friday 29 March 2019 at 12:00" in text
    assert "29 days, both ends counted" in text
    for day in ("Friday 15 March 2019", "Friday 22 March 2019", "Thursday 28 March 2019"):
        assert day in text
    assert "Send the consultation (3 mails)" in text
    assert hearing.reread().state == RoundState.DRAFT


def test_launch_round_sends_it_once_however_often_the_button_is_pressed(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft()
    officer = officer_of(hearing.process.office)
    given = {"closes_on": "2019-03-29", "clock": "12.00", "shown": "2019-03-29 12:00", "key": "k1"}

    first = officer.post(url("round_launch", hearing), given)
    second = officer.post(url("round_launch", hearing), given)

    assert (first.status_code, second.status_code) == (302, 302)
    assert hearing.reread().closes_at == CLOSES_AT
    assert len(hearing.mails("hearing_invitation")) == 3


def test_launch_round_with_a_deadline_typed_since_the_plan_was_shown_sends_nothing_and_keeps_it(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft()
    officer = officer_of(hearing.process.office)
    proposed = officer.get(url("round_launch", hearing)).context["shown"]
    typed = {"closes_on": "05/04/2019", "clock": "14.00", "reason": "Aftalt", "key": "k1", "do": "send"}

    refused = officer.post(url("round_launch", hearing), {**typed, "shown": proposed})
    unread = officer.post(url("round_launch", hearing), {**typed, "clock": "25.00", "shown": proposed})

    text = refused.content.decode()
    assert (refused.status_code, unread.status_code) == (422, 422)
    assert "The deadline is changed to Friday 5 April 2019 at 14:00" in text
    assert 'value="05/04/2019"' in text
    assert 'value="14.00"' in text
    assert "36 days, both ends counted" in text
    assert 'value="Aftalt"' in text
    assert 'value="05/04/2019"' in unread.content.decode()
    assert hearing.reread().state == RoundState.DRAFT

    sent = officer.post(url("round_launch", hearing), {**typed, "shown": refused.context["shown"]})

    assert sent.status_code == 302
    assert hearing.reread().closes_at == datetime(2019, 4, 5, 12, tzinfo=UTC)
    assert hearing.reread().launch_reason == "", "there were no warnings to give a reason for"


def test_look_at_launch_again_shows_what_follows_from_the_typed_deadline_and_sends_nothing(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft()
    typed = {"closes_on": "05/04/2019", "clock": "14.00", "shown": "2019-04-05 14:00", "do": "look"}

    page = officer_of(hearing.process.office).post(url("round_launch", hearing), typed)

    assert page.status_code == 200
    assert "Friday 5 April 2019 at 14:00" in page.content.decode()
    assert hearing.reread().state == RoundState.DRAFT


def test_launch_round_with_warnings_needs_a_reason(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft()
    officer = officer_of(hearing.process.office)
    given = {"closes_on": "16/03/2019", "clock": "12.00", "shown": "2019-03-16 12:00"}

    refused = officer.post(url("round_launch", hearing), given)

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "the norm is 28" in text
    assert "is a Saturday" in text
    assert hearing.reread().state == RoundState.DRAFT

    sent = officer.post(url("round_launch", hearing), {**given, "reason": "Loven træder i kraft 1. april"})

    assert sent.status_code == 302
    assert hearing.reread().launch_reason == "Loven træder i kraft 1. april"


def test_look_at_launch_for_midnight_counts_the_day_before_and_offers_its_evening(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_round_in_draft()
    officer = officer_of(hearing.process.office)
    given = {"closes_on": "28/03/2019", "clock": "00.00"}

    page = officer.get(url("round_launch", hearing), given).content.decode()

    assert "27 days, both ends counted" in page
    assert "the norm is 28" in page
    assert "00.00 is the night before: the last day to answer is Wednesday 27 March 2019" in page
    offered = re.search(r'href="([^"]*clock=23.59)"', page)
    assert offered
    page = officer.get(unescape(offered[1])).content.decode()
    assert "Wednesday 27 March 2019 at 23:59" in page
    assert "night before" not in page
    refused = officer.post(url("round_launch", hearing), {**given, "shown": "2019-03-28 00:00"})
    assert refused.status_code == 422
    assert hearing.reread().state == RoundState.DRAFT


def test_look_at_launch_for_the_end_of_a_day_takes_it_as_that_day(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft()

    asked = {"closes_on": "28/03/2019", "clock": "24.00"}
    page = officer_of(hearing.process.office).get(url("round_launch", hearing), asked).content.decode()

    assert "Thursday 28 March 2019 at 23:59" in page
    assert "28 days, both ends counted" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"closes_on": "28/02/2019", "clock": "12.00"}, "The deadline has already passed"),
        ({"closes_on": "31/02/2019", "clock": "12.00"}, "for example 28/12/2026"),
        ({"closes_on": "29/03/2019", "clock": "25.00"}, "Write a time of day"),
        ({"closes_on": "", "clock": "12.00"}, "required"),
    ],
)
def test_launch_round_with_impossible_deadline_says_so_and_sends_nothing(
    clock: time_machine.Traveller, given: dict[str, str], words: str
) -> None:
    hearing = a_round_in_draft()

    refused = officer_of(hearing.process.office).post(url("round_launch", hearing), given)

    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert hearing.reread().state == RoundState.DRAFT


def test_launch_round_with_empty_list_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft(parties=0)
    given = {"closes_on": "29/03/2019", "clock": "12.00", "shown": "2019-03-29 12:00"}

    refused = officer_of(hearing.process.office).post(url("round_launch", hearing), given)

    assert refused.status_code == 422
    assert "The list of parties is empty" in refused.content.decode()


def test_add_party_with_impossible_address_says_so_and_keeps_what_was_typed(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft()
    given = {"name": "Danske Patienter", "email": "hoering@@patienter", "channel": "email", "language": "da"}

    refused = officer_of(hearing.process.office).post(url("round_parties", hearing), given)

    assert refused.status_code == 422
    assert "hoering@@patienter" in refused.content.decode()
    assert hearing.round.invitations.count() == 3


def test_correct_and_remove_party_before_the_round_is_sent(clock: time_machine.Traveller) -> None:
    hearing = a_round_in_draft()
    officer = officer_of(hearing.process.office)
    given = {"name": "Ældre Sagen", "email": "post@aeldre.example", "channel": "email", "language": "da"}

    added = officer.post(url("round_parties", hearing), given)
    page = officer.get(party_url("party_correct", hearing, 1)).content.decode()
    [version] = re.findall(r'name="version" value="(\w+)"', page)
    seen = {"seen": hearing.party(1).email, "version": version}
    changed = {**given, "name": "Part A", "email": "a@b.example", **seen}
    corrected = officer.post(party_url("party_correct", hearing, 1), changed)
    removed = officer.post(party_url("party_remove", hearing, 2))

    assert [added.status_code, corrected.status_code, removed.status_code] == [302, 302, 302]
    names = set(hearing.round.invitations.values_list("name", flat=True))
    assert names == {"Part A", "Part 03", "Ældre Sagen"}
    assert hearing.party(1).email == "a@b.example"


def test_prepare_round_that_was_sent_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    given = {"title": "Et andet", "letter": "", "publication": "never"}

    refused = officer_of(hearing.process.office).post(url("round_prepare", hearing), given)

    assert refused.status_code == 422
    assert "has been sent out" in refused.content.decode()
