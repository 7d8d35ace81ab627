"""The pages of a round under way: more time, addresses set right, answers entered for a party, late ones decided."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.models import Answer
from consultations.states import AnswerState
from tests.consultations.factories import CLOSES_AT, a_hearing, bounce
from tests.consultations.views.conftest import holder_of, officer_of
from tests.consultations.views.round_addresses import party_url, url
from tests.uploads import received_in
from tests.workflow.factories import an_office
from workflow.models import StoredFile

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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
