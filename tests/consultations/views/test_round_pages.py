"""The officer's pages of a round: who is let in, what the board shows, what it costs, what the deeds leave behind."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consultations.models import Answer, Invitation
from consultations.states import AnswerState, RoundState
from tests.consultations.factories import (
    CLOSES_AT,
    LAUNCHED,
    MICROSECOND,
    NO_REMARKS,
    OFFICER,
    Hearing,
    a_hearing,
    a_round_in_draft,
    an_input_round,
)
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.uploads import received_in
from tests.workflow.factories import an_office
from workflow.models import StoredFile, by

pytestmark = pytest.mark.django_db

READ = ("round_status", "round_answers", "round_parties")
OFFICER_ONLY = ("round_prepare", "round_launch", "round_extend", "note_new", "round_summary")


def url(name: str, hearing: Hearing, *more: object) -> str:
    return reverse(name, args=[hearing.process.public_id, hearing.round.stage.public_id, *more])


def party_url(name: str, hearing: Hearing, number: int = 1) -> str:
    return url(name, hearing, hearing.party(number).public_id)


def bounce(hearing: Hearing, number: int) -> None:
    Invitation.objects.filter(pk=hearing.party(number).pk).update(
        bounced_at=LAUNCHED + timedelta(hours=1), bounce_reason="No such user", next_check_at=None
    )


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


@pytest.mark.parametrize(("name", "queries"), [("round_status", 20), ("round_answers", 7)])
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


# ── Preparing and sending ─────────────────────────────────────────────────────────────────────────────────────
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


# ── Under way ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_extend_for_all_moves_deadline_and_shows_what_it_was(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    officer = officer_of(hearing.process.office)
    given = {"new_on": "05/04/2019", "new_clock": "12.00", "reason": "Påsken er tidlig"}

    looked_at = officer.post(url("round_extend", hearing), given).content.decode()
    shown = re.search(r'name="shown" value="(\w+)"', looked_at)
    assert shown
    sent = {**given, "do": "send", "shown": shown[1]}
    assert officer.post(url("round_extend", hearing), sent).status_code == 302

    page = officer.get(url("round_status", hearing)).content.decode()
    assert "Friday 5 April 2019 at 12:00" in page
    assert "extended from Friday 29 March 2019 at 12:00" in page


def test_extend_for_all_to_an_earlier_day_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    given = {"new_on": "20/03/2019", "new_clock": "12.00", "reason": "Vi har travlt"}

    refused = officer_of(hearing.process.office).post(url("round_extend", hearing), given)

    assert refused.status_code == 422
    assert "later time" in refused.content.decode()
    assert hearing.reread().closes_at == CLOSES_AT


def test_grant_promised_day_says_who_is_told_and_extends_until_the_end_of_it(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    party = holder_of(hearing)
    party.post(reverse("reply_promise", args=[hearing.party().link.public_id]), {"promised_on": "05/04/2019"})
    officer = officer_of(hearing.process.office)

    assert party_url("party_grant", hearing) in officer.get(url("round_status", hearing)).content.decode()
    said = officer.get(party_url("party_grant", hearing)).content.decode()
    assert f"Told of a new deadline: 1 recipient ({hearing.party().name})" in said
    assert f"{hearing.party().name}: {hearing.party().email}" in said
    assert "Friday 5 April 2019 at 23:59" in said
    assert not hearing.mails("hearing_extended")
    granted = officer.post(party_url("party_grant", hearing), {"key": "k"})

    assert granted.status_code == 302
    assert str(hearing.party().reply_by_at) == "2019-04-05 21:59:00+00:00"
    assert party_url("party_grant", hearing) not in officer.get(url("round_status", hearing)).content.decode()


def test_refuse_promised_day_keeps_the_deadline_tells_the_party_why_and_lets_reminders_go_on(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    party = holder_of(hearing)
    party.post(reverse("reply_promise", args=[hearing.party().link.public_id]), {"promised_on": "05/04/2019"})
    officer = officer_of(hearing.process.office)

    board = officer.get(url("round_status", hearing)).content.decode()
    wordless = officer.post(party_url("party_refuse", hearing), {"reason": " "})
    refused = officer.post(party_url("party_refuse", hearing), {"reason": "Udvalget mødes 1. april", "key": "k"})
    again = officer.post(party_url("party_refuse", hearing), {"reason": "Udvalget mødes 1. april", "key": "k"})
    theirs = party.get(reverse("reply", args=[hearing.party().link.public_id])).content.decode()

    assert "Reminders rest until then." in board
    assert "rest until 5 April 2019" in board
    assert party_url("party_refuse", hearing) in board
    assert [wordless.status_code, refused.status_code, again.status_code] == [422, 302, 302]
    found = hearing.party()
    assert (found.promised_on, found.refused_on, found.reply_by_at) == (None, date(2019, 4, 5), CLOSES_AT)
    assert found.next_check_at is not None
    assert [mail.to_address for mail in hearing.mails("hearing_extension_refused")] == [found.email]
    assert "Your wish to answer on Friday 5 April 2019 is not granted" in theirs
    assert "Udvalget mødes 1. april" in theirs
    after = officer.get(url("round_status", hearing)).content.decode()
    assert party_url("party_refuse", hearing) not in after
    assert "next 15 March 2019" in after


def test_wish_for_more_time_is_not_offered_to_be_granted_once_the_round_is_over(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    party = holder_of(hearing)
    party.post(reverse("reply_promise", args=[hearing.party().link.public_id]), {"promised_on": "05/04/2019"})
    clock.move_to(CLOSES_AT)
    officer = officer_of(hearing.process.office)

    pages = [officer.get(page).content.decode() for page in (url("round_status", hearing), party_url("party", hearing))]
    refused = officer.post(party_url("party_refuse", hearing), {"reason": "For sent"})

    for page in pages:
        assert party_url("party_grant", hearing) not in page
        assert party_url("party_refuse", hearing) not in page
    assert refused.status_code == 422


def test_correct_address_after_bounce_sends_the_link_again(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    bounce(hearing, 1)
    officer = officer_of(hearing.process.office)

    shown = officer.get(party_url("party_address", hearing)).content.decode()
    given = {"email": "ny@part.example", "seen": hearing.party().email, "key": "k"}
    sent = officer.post(party_url("party_address", hearing), given)

    assert "No such user" in shown
    assert "It goes to the address that stands in the field." in shown
    assert "With another address the mail goes there instead" in shown
    assert sent.status_code == 302
    party = hearing.party()
    assert (party.email, party.bounced_at) == ("ny@part.example", None)
    assert [mail.to_address for mail in hearing.mails("hearing_invitation")][-1] == "ny@part.example"


def test_correct_address_offers_to_stop_the_link_at_the_wrong_one(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    officer = officer_of(hearing.process.office)
    before = hearing.party().link.version

    shown = officer.get(party_url("party_address", hearing)).content.decode()
    given = {"email": "ny@part.example", "seen": hearing.party().email, "stop_old_link": "on", "key": "k"}
    officer.post(party_url("party_address", hearing), given)

    assert 'name="stop_old_link"' in shown
    assert hearing.party().link.version == before + 1


def test_record_answer_on_behalf_is_judged_by_when_it_was_received(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    clock.move_to(CLOSES_AT + timedelta(days=3))
    given = {
        "road": "email",
        "received_on": "29/03/2019",
        "received_clock": "11.59",
        "kind": "remarks",
        "text": "",
        "signed_by": "Formanden",
        "source": SimpleUploadedFile("svar.txt", b"Vi er enige.\n"),
    }

    response = officer_of(hearing.process.office).post(party_url("party_answer", hearing), given)

    assert response.status_code == 302
    answer = Answer.objects.get(invitation=hearing.party())
    assert (answer.state, answer.road) == (AnswerState.SUBMITTED, "email")
    assert answer.source is not None


def test_record_answer_on_behalf_with_wrong_file_keeps_the_text(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    given = {
        "road": "email",
        "received_on": "01/03/2019",
        "received_clock": "10.00",
        "kind": "remarks",
        "text": "Vi er enige i det meste.",
        "source": SimpleUploadedFile("svar.pdf", b"MZ this is a program"),
    }

    refused = officer_of(hearing.process.office).post(party_url("party_answer", hearing), given)

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "not a file of the kind its name says" in text
    assert "Vi er enige i det meste." in text
    assert not Answer.objects.exists()


def test_record_answer_on_behalf_refused_keeps_the_words_and_the_files_until_it_is_recorded(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    officer, address = officer_of(hearing.process.office), party_url("party_answer", hearing)
    given = {
        "road": "paper",
        "received_on": "01/03/2019",
        "received_clock": "10.00",
        "kind": "remarks",
        "text": "Vi er enige i det meste.",
        "signed_by": "Formanden",
        "key": "k",
    }
    files = {
        "source": SimpleUploadedFile("brev.txt", b"Brev\n"),
        "attachments": [SimpleUploadedFile("bilag-<1>.txt", b"Et\n"), SimpleUploadedFile("bilag-2.txt", b"To\n")],
    }

    lacking = officer.post(address, {**given, **files, "received_on": ""})
    refused = officer.post(address, {**given, **received_in(lacking), "received_on": "01/01/2019"})
    stranger = officer.post(party_url("party_answer", hearing, 2), {**given, "text": "", **received_in(refused)})
    recorded = officer.post(address, {**given, **received_in(refused)})

    for page in (lacking, refused):
        text = page.content.decode()
        assert page.status_code == 422
        for kept in ("Vi er enige i det meste.", "Formanden", "brev.txt", "bilag-_1_.txt", "bilag-2.txt"):
            assert kept in text
    assert stranger.status_code == 422
    assert recorded.status_code == 302
    answer = Answer.objects.get()
    assert (answer.text, answer.source and answer.source.name) == ("Vi er enige i det meste.", "brev.txt")
    assert [row.file.name for row in answer.files.order_by("position")] == ["bilag-_1_.txt", "bilag-2.txt"]
    assert StoredFile.objects.count() == 3, "a form that is refused keeps none"


def test_decide_late_answer_with_reason_and_dispose_of_its_remarks(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    answer = hearing.answers(1, CLOSES_AT)
    clock.move_to(CLOSES_AT + timedelta(hours=1))
    officer = officer_of(hearing.process.office)
    page = officer.get(party_url("answer", hearing)).content.decode()

    late = url("answer_late", hearing, answer.public_id)
    assert late in page
    missing = officer.post(late, {"decision": "accept", "reason": ""})
    decided = officer.post(late, {"decision": "accept", "reason": "Byrådet mødtes aftenen før"})
    disposed = officer.post(url("answer_dispose", hearing, answer.public_id), {"note": "Afsnit 2 er ændret."})

    assert (missing.status_code, decided.status_code, disposed.status_code) == (422, 302, 302)
    answer.refresh_from_db()
    assert (answer.state, answer.disposition) == (AnswerState.LATE_ACCEPTED, "Afsnit 2 er ændret.")


def test_dispose_of_remarks_shows_them_above_the_form(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    link_id = hearing.party().link.public_id
    given = {
        "do": "send",
        "text": "Vi savner et afsnit om ældre.",
        f"comment_{hearing.sections[1].lineage_id.hex}": "Afsnit 2 er for kort.",
        "attachments": SimpleUploadedFile("bilag.txt", b"Bilag\n"),
    }
    holder_of(hearing).post(reverse("reply_write", args=[link_id]), given)
    answer = Answer.objects.get()

    page = officer_of(hearing.process.office).get(url("answer_dispose", hearing, answer.public_id)).content.decode()

    words = ("Vi savner et afsnit om ældre.", str(hearing.sections[1]), "Afsnit 2 er for kort.", "bilag.txt")
    for word in words:
        assert -1 < page.find(word) < page.find("<textarea"), word


def test_fetch_file_of_answer_as_own_office_and_not_as_another(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    link_id = hearing.party().link.public_id
    upload = SimpleUploadedFile("bilag.txt", b"Bilag\n")
    holder_of(hearing).post(reverse("reply_write", args=[link_id]), {"do": "send", "attachments": upload})
    answer = Answer.objects.get()
    address = url("answer_file", hearing, answer.public_id, answer.files.get().file.public_id)

    fetched = officer_of(hearing.process.office).get(address)

    assert b"".join(fetched.streaming_content) == b"Bilag\n"  # type: ignore[attr-defined]
    assert officer_of(an_office("nord")).get(address).status_code == 404


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
    hearing.process.is_public = True
    hearing.process.save(update_fields=["is_public"])
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
