"""A supplementary consultation on the pages: chosen on the drafting stage, sent, answered, waited for, shown."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from consultations.actions.rounds import close_due_rounds
from consultations.models import HearingRound
from consultations.queries.rounds import rounds_of
from consultations.states import RoundState
from notifications.models import OutgoingMail
from tests.consultations.factories import OFFICER, Hearing, make_hearing_public
from tests.consultations.supplementary import (
    AGAIN_AT,
    AGAIN_SETTLED,
    REVISED,
    a_heard_text,
    fresh,
    hear_again,
    heard_again,
    named,
    revising,
)
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.consultations.views.round_addresses import party_url
from tests.workflow.factories import stage_of
from workflow.actions.processes import suspend_process

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(REVISED)


def choosing(hearing: Hearing) -> str:
    """The page on which those asked again are chosen."""
    return reverse("supplementary_new", args=[hearing.process.public_id, revising(hearing).public_id])


def page_of(name: str, hearing_round: HearingRound) -> str:
    return reverse(name, args=[hearing_round.stage.process.public_id, hearing_round.address])


def test_journey_of_a_supplementary_consultation(clock: time_machine.Traveller) -> None:
    hearing = make_hearing_public(a_heard_text())
    officer = officer_of(hearing.process.office)
    drafting = reverse("stage", args=[hearing.process.public_id, revising(hearing).public_id])

    # From the drafting stage to the choice of parties, which says what follows.
    assert choosing(hearing) in officer.get(drafting).content.decode()
    page = officer.get(choosing(hearing)).content.decode()
    assert "Those you choose are asked about version 2" in page
    assert "cannot be completed before it has closed" in page
    assert "Nobody gets a mail." in page
    assert "Nothing new becomes public." in page
    chosen = {"title": "Supplerende høring", "parties": [str(hearing.party(1).public_id)], "informs_others": "on"}
    made = officer.post(choosing(hearing), {**chosen, "key": "k"})
    again = rounds_of(stage_of(hearing.process, "hearing"))[1]
    assert made.headers["Location"] == page_of("round_status", again)

    # The list, and the page that sends it: who is asked, who is informed, both mails, what becomes public.
    assert "2 of them for information" in officer.get(page_of("round_status", again)).content.decode()
    listed = officer.get(page_of("round_parties", again)).content.decode()
    assert listed.count(">For information<") == 2
    day = {"closes_on": "29/04/2019", "clock": "12.00"}
    looked = officer.post(page_of("round_launch", again), {**day, "do": "look"}).content.decode()
    assert "2 parties, which may answer too and are not reminded" in looked
    assert "Dette er en supplerende høring" in looked
    assert "I får den ændrede tekst til orientering" in looked
    assert "The period, and the name of 1 party." in looked
    shown = re.search(r'name="shown" value="([^"]+)"', looked)
    assert shown
    sent = officer.post(page_of("round_launch", again), {**day, "shown": shown[1], "do": "send", "reason": ""})
    assert sent.status_code == 302, sent.content.decode()
    assert OutgoingMail.objects.filter(kind="hearing_information").count() == 2

    # The drafting stage waits and says until when; both rounds stand beside each other.
    waiting = officer.get(drafting).content.decode()
    assert "The supplementary consultation" in waiting
    assert "29 April 2019" in waiting
    completing = reverse("stage_complete", args=[hearing.process.public_id, revising(hearing).public_id])
    refused = officer.post(completing, {})
    assert refused.status_code in (409, 422)
    first_page = officer.get(page_of("round_status", hearing.round)).content.decode()
    assert page_of("round_status", again) in first_page
    assert "Round 2: Under way" in first_page
    board = officer.get(page_of("round_status", again)).content.decode()
    assert "For information" in board

    # An informed party reads why it got this, and may answer.
    heard = Hearing(hearing.process, again, REVISED)
    second = named(heard, "Part 02")
    reply = holder_of(heard, second.number).get(reverse("reply", args=[second.link.public_id])).content.decode()
    assert "You have this for information" in reply
    assert "Write an answer" in reply
    assert reverse("reply_decline", args=[second.link.public_id]) not in reply

    # Everyone sees both rounds with their numbers.
    public = officer.get(reverse("process_public", args=[hearing.process.public_id])).content.decode()
    assert "Hearing, round 2 (supplementary)" in public

    # It closes by its deadline, and the stage goes on.
    close_due_rounds(AGAIN_AT)
    clock.move_to(AGAIN_SETTLED + timedelta(minutes=1))
    closed = officer_of(hearing.process.office).get(drafting).content.decode()
    assert "The supplementary consultation has closed" in closed


def test_choose_nobody_is_refused_and_keeps_what_was_written() -> None:
    hearing = a_heard_text()

    page = officer_of(hearing.process.office).post(choosing(hearing), {"title": "Min egen titel"})

    assert page.status_code == 422
    assert "Nobody is asked as it is" in page.content.decode()
    assert "Min egen titel" in page.content.decode()


def test_choose_while_another_is_prepared_leads_to_that_one() -> None:
    hearing = a_heard_text()
    again = hear_again(hearing, [1])
    officer = officer_of(hearing.process.office)

    assert officer.get(choosing(hearing)).status_code == 409
    stage_page = officer.get(reverse("stage", args=[hearing.process.public_id, revising(hearing).public_id]))
    assert page_of("round_status", again.round) in stage_page.content.decode()


def test_stage_page_before_a_newer_set_is_locked_says_what_is_needed() -> None:
    hearing = a_heard_text(changed=False)

    page = officer_of(hearing.process.office).get(
        reverse("stage", args=[hearing.process.public_id, revising(hearing).public_id])
    )

    assert choosing(hearing) not in page.content.decode()
    assert "once a new set of documents has been locked" in page.content.decode()


def test_choose_from_another_kind_of_stage_is_not_there() -> None:
    hearing = a_heard_text()
    stage = stage_of(hearing.process, "hearing")

    found = officer_of(hearing.process.office).get(
        reverse("supplementary_new", args=[hearing.process.public_id, stage.public_id])
    )

    assert found.status_code == 404


def test_choose_while_the_process_rests_is_refused() -> None:
    hearing = a_heard_text()
    suspend_process(hearing.process, reason="Sygdom i sekretariatet", actor=OFFICER, now=REVISED)

    assert officer_of(hearing.process.office).get(choosing(hearing)).status_code == 409


def test_choose_as_auditor_is_refused_with_words() -> None:
    hearing = a_heard_text()

    assert auditor_of(hearing.process.office).get(choosing(hearing)).status_code == 403


def test_call_a_supplementary_round_off_says_who_is_told_and_lifts_the_hold() -> None:
    again = heard_again(a_heard_text(), [1])
    officer = officer_of(again.process.office)

    asked = officer.get(page_of("round_cancel", again.round)).content.decode()
    done = officer.post(page_of("round_cancel", again.round), {"reason": "Ændringen udgår igen"})

    assert "3 recipients" in asked
    assert done.status_code == 302
    assert fresh(again.round).state == RoundState.CANCELLED


def test_read_home_leads_to_the_supplementary_round_itself() -> None:
    again = hear_again(a_heard_text(), [1])

    home = officer_of(again.process.office).get("/").content.decode()

    assert page_of("round_status", again.round) in home


def test_read_party_of_a_supplementary_round_its_pages_are_its_own() -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1])
    officer = officer_of(hearing.process.office)
    address = reverse("party", args=[hearing.process.public_id, again.round.address, again.party(1).public_id])

    assert officer.get(address).status_code == 200
    assert officer.get(party_url("party", hearing, 1)).status_code == 200
    elsewhere = reverse("party", args=[hearing.process.public_id, again.round.address, hearing.party(1).public_id])
    assert officer.get(elsewhere).status_code == 404


def test_read_what_has_changed_as_a_party_asked_again_and_nothing_of_it_as_one_asked_first(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_heard_text()
    again = heard_again(hearing, [1])
    asked = again.round.invitations.select_related("link").get(for_information=False)
    address = reverse("reply_compared", args=[asked.link.public_id])
    browser = holder_of(again, asked.number)

    assert address in browser.get(reverse("reply", args=[asked.link.public_id])).content.decode()
    page = browser.get(address).content.decode()
    assert "Version 1" in page
    assert "(new section)" in page
    assert b"".join(browser.get(address, {"som": "docx"})).startswith(b"PK")
    first = reverse("reply_compared", args=[hearing.party(1).link.public_id])
    assert holder_of(hearing, 1).get(first)["Location"] == reverse("reply", args=[hearing.party(1).link.public_id])
