"""The officer's pages of a round: who is let in, what the board shows, what it costs, and lists of many."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consultations.models import Answer, Invitation
from consultations.states import AnswerState, RoundState
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.factories import (
    CLOSES_AT,
    LAUNCHED,
    MICROSECOND,
    NO_REMARKS,
    OFFICER,
    a_hearing,
    a_round_in_draft,
    an_input_round,
    bounce,
    make_hearing_public,
)
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.consultations.views.round_addresses import party_url, url
from tests.notifications.factories import deliver
from tests.workflow.factories import an_office
from workflow.models import by

pytestmark = pytest.mark.django_db

READ = ("round_status", "round_answers", "round_parties")
OFFICER_ONLY = ("round_prepare", "round_launch", "round_extend", "note_new", "round_summary")


# ── Who is let in ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", [*READ, *OFFICER_ONLY])
def test_read_round_page_as_own_officer_is_shown(clock: time_machine.Traveller, name: str) -> None:
    hearing = a_hearing()

    response = officer_of(hearing.process.office).get(url(name, hearing))

    assert response.status_code == 200
    assert hearing.process.case_number in response.content.decode()


@pytest.mark.parametrize("name", [*READ, *OFFICER_ONLY])
def test_read_round_page_as_another_offices_officer_is_not_found(clock: time_machine.Traveller, name: str) -> None:
    hearing = a_hearing()

    assert officer_of(an_office("midtjylland")).get(url(name, hearing)).status_code == 404


@pytest.mark.parametrize("name", [*READ, *OFFICER_ONLY])
def test_read_round_page_without_account_leads_to_sign_in(clock: time_machine.Traveller, name: str) -> None:
    hearing = a_hearing()

    response = Client().get(url(name, hearing))

    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


def test_read_round_as_auditor_shows_board_and_no_deeds(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    auditor = auditor_of(hearing.process.office)

    for name in READ:
        page = auditor.get(url(name, hearing))
        assert page.status_code == 200
        assert url("round_extend", hearing) not in page.content.decode()
    assert auditor.get(party_url("party", hearing)).status_code == 200
    for name in OFFICER_ONLY:
        assert auditor.get(url(name, hearing)).status_code == 403
    for name in ("party_extend", "party_address", "party_answer"):
        assert auditor.get(party_url(name, hearing)).status_code == 403
    for name in ("party_grant", "party_remove"):
        assert auditor.post(party_url(name, hearing)).status_code == 403
    pressed = auditor.post(url("round_parties", hearing), {"name": "Ny"})
    assert pressed.status_code == 403
    assert "only an officer of its office may change it" in pressed.content.decode()


def test_read_party_of_another_round_is_not_found(clock: time_machine.Traveller) -> None:
    hearing, other = a_hearing(), a_hearing()

    response = officer_of(hearing.process.office).get(url("party", hearing, other.party().public_id))

    assert response.status_code == 404


# ── The board ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_board_shows_each_party_from_the_first_second(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=3)

    page = officer_of(hearing.process.office).get(url("round_status", hearing)).content.decode()

    for number in (1, 2, 3):
        assert hearing.party(number).name in page
        assert hearing.party(number).email in page
    assert page.count("Not opened") == 3
    assert page.count("Queued") == 3
    assert page.count("next 15 March 2019") == 3
    assert "Friday 29 March 2019 at 12:00" in page


def test_read_round_says_how_far_its_mails_have_come(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=3)
    officer = officer_of(hearing.process.office)
    OutgoingMail.objects.filter(subject_id=hearing.party(1).public_id).update(state=MailState.SENT, sent_at=LAUNCHED)

    under_way = officer.get(url("round_status", hearing)).content.decode()
    deliver(LAUNCHED)
    all_sent = officer.get(url("round_status", hearing)).content.decode()

    assert "1 of 3 have been sent" in under_way
    assert "Load the page again to see how far they are." in under_way
    assert "3 have been sent" in all_sent
    assert "Load the page again" not in all_sent


def test_read_board_shows_answers_bounces_promises_and_forwards(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=5)
    hearing.answers(1, LAUNCHED + timedelta(days=1), NO_REMARKS)
    bounce(hearing, 2)
    party = holder_of(hearing, 3)
    party.post(reverse("reply_promise", args=[hearing.party(3).link.public_id]), {"promised_on": "05/04/2019"})
    party = holder_of(hearing, 4)
    party.post(reverse("reply_forward", args=[hearing.party(4).link.public_id]), {"email": "colleague@example.dk"})
    clock.move_to(LAUNCHED + timedelta(days=2))

    page = officer_of(hearing.process.office).get(url("round_status", hearing)).content.decode()

    assert "No remarks" in page
    assert "Mail came back" in page
    assert "Asks for more time" in page
    assert "passed on to colleague@example.dk" in page


def test_read_board_counts_those_who_will_not_answer_and_shows_why(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=3)
    hearing.answers(1)
    party = holder_of(hearing, 2)
    link = hearing.party(2).link.public_id
    party.post(reverse("reply_promise", args=[link]), {"promised_on": "20/03/2019"})
    party.post(reverse("reply_decline", args=[link]), {"reason": "Forkert modtager, spørg handicaprådet"})
    officer = officer_of(hearing.process.office)

    page = officer.get(url("round_status", hearing))
    declined = officer.get(url("round_status", hearing) + "?vis=svarer-ikke").content.decode()

    figures = {tile["label"]: tile["value"] for tile in page.context["tiles"]}
    assert figures["Invited"] == figures["Answered"] + figures["Missing"] + figures["Will not answer"] == 3
    assert "Forkert modtager, spørg handicaprådet" in page.content.decode()
    assert hearing.party(2).name in declined
    assert hearing.party(3).name not in declined


def test_read_round_after_its_deadline_on_the_same_day_says_that_it_has_passed(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    clock.move_to(CLOSES_AT - timedelta(hours=1))
    officer = officer_of(hearing.process.office)
    before = officer.get(url("round_status", hearing)).content.decode()
    clock.move_to(CLOSES_AT + timedelta(hours=1))
    after = officer.get(url("round_status", hearing)).content.decode()

    assert "today" in before
    assert "today" not in after
    assert "The deadline has passed" in after


def test_filter_board_by_missing_leaves_out_those_who_answered(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    hearing.answers(1)

    page = officer_of(hearing.process.office).get(url("round_status", hearing) + "?vis=mangler").content.decode()

    assert hearing.party(1).name not in page
    assert hearing.party(2).name in page


@pytest.mark.parametrize(("name", "queries"), [("round_status", 21), ("round_answers", 7)])
def test_read_page_costs_the_same_for_two_and_for_twenty_parties(
    clock: time_machine.Traveller, django_assert_num_queries: Any, name: str, queries: int
) -> None:
    few, many = a_hearing(parties=2), a_hearing(parties=20)
    for hearing, number in ((few, 1), (many, 9)):
        for party in range(1, number + 1):
            hearing.answers(party)
        client = officer_of(hearing.process.office)
        client.get(url(name, hearing))
        with django_assert_num_queries(queries):
            client.get(url(name, hearing))


# ── Early input ───────────────────────────────────────────────────────────────────────────────────────────────
def test_note_oral_input_and_close_light_round(clock: time_machine.Traveller) -> None:
    hearing = an_input_round()
    Invitation.objects.filter(round=hearing.round).update(channel="none")
    officer = officer_of(hearing.process.office)

    launched = officer.post(url("round_launch", hearing), {"closes_on": "", "clock": ""})
    note = {"held_on": "01/03/2019", "occasion": "Temadrøftelse", "text": "Mere om ældre.", "participants": "PIU"}
    noted = officer.post(url("note_new", hearing), {**note, "file": SimpleUploadedFile("referat.txt", b"Referat\n")})
    summed = officer.post(url("round_summary", hearing), {"summary": "Ældre fylder for lidt."})
    page = officer.get(url("round_notes", hearing)).content.decode()
    asked = officer.get(url("round_close", hearing)).content.decode()
    assert hearing.reread().state == RoundState.OPEN
    closed = officer.post(url("round_close", hearing))

    assert "Nobody gets a mail." in asked
    assert "Shortly afterwards the stage goes on, and whoever is asked next gets a mail." in asked
    assert [launched.status_code, noted.status_code, summed.status_code, closed.status_code] == [302, 302, 302, 302]
    assert "Mere om ældre." in page
    assert "Ældre fylder for lidt." in page
    assert hearing.reread().state == RoundState.CLOSED


# ── On other pages ────────────────────────────────────────────────────────────────────────────────────────────
def test_read_home_names_late_answers_and_bounces_as_duties(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    bounce(hearing, 2)
    hearing.answers(1, CLOSES_AT)
    clock.move_to(CLOSES_AT + timedelta(hours=1))

    page = officer_of(hearing.process.office).get("/").content.decode()

    assert "Decide what happens with 1 late answer" in page
    assert "The mail to 1 party came back" in page
    assert url("round_status", hearing) in page


def test_read_public_page_shows_period_and_parties_but_no_address_and_no_text(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=2)
    make_hearing_public(hearing)
    hearing.answers(1, LAUNCHED + timedelta(days=1))
    address = reverse("process_public", args=[hearing.process.public_id])

    clock.move_to(CLOSES_AT - MICROSECOND)
    before = Client().get(address).content.decode()
    clock.move_to(CLOSES_AT)
    after = Client().get(address).content.decode()

    assert "(29 days)" in before
    assert "2 parties consulted" in before
    assert "2 parties were consulted" in after
    assert hearing.party(1).name in before
    assert 'badge-success">has answered' not in before
    assert 'badge-success">has answered' in after
    for page in (before, after):
        assert "@example.dk" not in page
        assert "savner et afsnit" not in page


# ── Lists of many ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["round_status", "round_parties", "round_answers"])
def test_read_list_of_205_rows_shows_a_hundred_to_a_page_and_keeps_the_search_in_its_links(
    clock: time_machine.Traveller, name: str
) -> None:
    hearing = a_hearing(parties=205) if name != "round_parties" else a_round_in_draft(parties=205)
    if name == "round_answers":
        parties = hearing.round.invitations.all()
        Answer.objects.bulk_create(
            Answer(
                invitation=party,
                number=1,
                state=AnswerState.SUBMITTED,
                receipt_number=f"H{party.number}",
                created_at=LAUNCHED,
                changed_at=LAUNCHED,
                received_at=LAUNCHED,
                **by(OFFICER),
            )
            for party in parties
        )
    officer = officer_of(hearing.process.office)

    pages = [officer.get(url(name, hearing), {"page": page, "q": "part"}) for page in ("1", "3", "99", "²", "-1")]
    found = officer.get(url(name, hearing), {"q": "Part 204"})
    nothing = officer.get(url(name, hearing), {"q": "Findes ikke", "vis": "noget-andet", "page": "7" * 5000})

    assert [len(page.context["board"]["rows"]) for page in pages] == [100, 5, 5, 100, 5]
    assert "1–100 of 205" in pages[0].content.decode()
    assert "?page=2&amp;q=part#board" in pages[0].content.decode()
    assert 'aria-current="page"' in pages[1].content.decode()
    assert [row["cells"][0]["text"] for row in found.context["board"]["rows"]] == ["Part 204"]
    assert "1 in all" in found.content.decode()
    assert nothing.status_code == 200
    assert "Findes ikke" in nothing.content.decode()
    assert nothing.context["board"]["rows"] == []


def test_read_round_with_many_wishes_for_more_time_shows_the_first_and_leads_to_the_others(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing(parties=13)
    hearing.round.invitations.exclude(number=13).update(promised_on=date(2019, 4, 10))
    officer = officer_of(hearing.process.office)

    page = officer.get(url("round_status", hearing))
    others = officer.get(url("round_status", hearing), {"vis": "mere-tid"})

    assert len(page.context["asking"]) == 10
    assert "2 more ask for more time" in page.content.decode()
    assert len(others.context["board"]["rows"]) == 12


def test_filter_answers_by_what_is_left_to_do(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(parties=3)
    hearing.answers(1, LAUNCHED)
    hearing.answers(2, LAUNCHED, NO_REMARKS)
    hearing.answers(3, CLOSES_AT)
    officer = officer_of(hearing.process.office)

    shown = {
        which: [row["cells"][0]["text"] for row in page.context["board"]["rows"]]
        for which in ("", "ubehandlet", "ingen-bemaerkninger", "for-sent", "bemaerkninger")
        if (page := officer.get(url("round_answers", hearing), {"vis": which}))
    }

    assert shown == {
        "": ["Part 01", "Part 02", "Part 03"],
        "ubehandlet": ["Part 01"],
        "ingen-bemaerkninger": ["Part 02"],
        "for-sent": ["Part 03"],
        "bemaerkninger": ["Part 01", "Part 03"],
    }
