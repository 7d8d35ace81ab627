"""A party writes and sends its answer: no word is lost, and what is in time and what is late is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from consultations.models import Answer
from consultations.states import AnswerKind, AnswerState, InvitationState
from tests.consultations.factories import CLOSES_AT, MICROSECOND, a_hearing
from tests.consultations.views.conftest import holder_of
from tests.consultations.views.reply_addresses import WORDS, comment, url

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


# ── Writing ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_save_draft_keeps_text_comments_and_file_and_does_not_send(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {
        "do": "save",
        "version": "0",
        "text": WORDS,
        comment(hearing): "Afsnit 1 er for kort.",
        "signed_by": "Formanden",
        "attachments": [SimpleUploadedFile("a.txt", b"A\n"), SimpleUploadedFile("b.txt", b"B\n")],
    }

    saved = client.post(url("reply_write", hearing), given)
    page = client.get(saved["Location"]).content.decode()

    assert saved.status_code == 302
    assert "There is something to correct" not in page
    for words in (WORDS, "Afsnit 1 er for kort.", "Formanden", "a.txt", "b.txt", "The draft is saved"):
        assert words in page
    assert Answer.objects.get().state == AnswerState.DRAFT
    assert hearing.party().state == InvitationState.INVITED


def test_remove_file_keeps_the_words_typed_since(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.post(
        url("reply_write", hearing), {"do": "save", "attachments": SimpleUploadedFile("a.txt", b"A\n"), "text": ""}
    )
    draft = Answer.objects.get()
    removal = f"remove-{draft.files.get().file.public_id}"

    client.post(url("reply_write", hearing), {"do": removal, "version": draft.version, "text": WORDS})

    draft.refresh_from_db()
    assert draft.text == WORDS
    assert not draft.files.exists()


def test_save_draft_a_colleague_has_changed_shows_both_texts_and_loses_neither(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    one, other = holder_of(hearing), holder_of(hearing)
    one.post(url("reply_write", hearing), {"do": "save", "version": "0", "text": "Den enes tekst"})

    refused = other.post(url("reply_write", hearing), {"do": "save", "version": "0", "text": "Den andens tekst"})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Den enes tekst" in page
    assert "Den andens tekst" in page
    draft = Answer.objects.get()
    assert draft.text == "Den enes tekst"
    assert f'name="version" value="{draft.version}"' in page
    merged = {"do": "save", "version": draft.version, "text": "Begges tekst"}
    assert other.post(url("reply_write", hearing), merged).status_code == 302


def test_send_with_lost_session_gives_the_typed_words_back(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.session.flush()

    response = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS})

    assert response.status_code == 403
    assert WORDS in response.content.decode()


@pytest.mark.parametrize("do", ["save", "send"])
def test_attach_file_that_is_something_else_is_named_and_the_words_are_kept(
    clock: time_machine.Traveller, do: str
) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {
        "do": do,
        "version": "0",
        "text": WORDS,
        comment(hearing): "Til afsnit 1",
        "attachments": [
            SimpleUploadedFile("svar.pdf", b"MZ this is a program"),
            SimpleUploadedFile("bilag.txt", b"Bilag\n"),
        ],
    }

    refused = client.post(url("reply_write", hearing), given)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "svar.pdf" in page
    assert "not a file of the kind its name says" in page
    assert WORDS in page
    assert "Til afsnit 1" in page
    draft = Answer.objects.get()
    assert (draft.state, draft.text) == (AnswerState.DRAFT, WORDS)
    assert draft.files.get().file.name == "bilag.txt"


def test_send_answer_shows_receipt_with_number_and_the_text_sent(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {"do": "send", "version": "0", "text": WORDS, comment(hearing): "Til afsnit 1", "key": "k1"}

    sent = client.post(url("reply_write", hearing), given)
    receipt = client.get(sent["Location"]).content.decode()

    answer = Answer.objects.get()
    assert answer.receipt_number in receipt
    for words in (WORDS, "Til afsnit 1", "The answer was received before the deadline"):
        assert words in receipt
    assert len(hearing.mails("hearing_receipt")) == 1


def test_send_answer_twice_gives_the_same_receipt(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)

    def press() -> str:
        upload = SimpleUploadedFile("bilag.txt", b"Bilag\n")
        given = {"do": "send", "version": "0", "text": WORDS, "key": "k1", "attachments": upload}
        return client.post(url("reply_write", hearing), given)["Location"]

    assert press() == press()
    assert Answer.objects.count() == 1
    assert len(hearing.mails("hearing_receipt")) == 1


def test_send_empty_answer_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    refused = holder_of(hearing).post(url("reply_write", hearing), {"do": "send", "version": "0", "text": " "})

    assert refused.status_code == 422
    assert "The answer is empty" in refused.content.decode()


def test_say_no_remarks_takes_one_press_and_leaves_drafted_words_out(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    given = {"do": "save", "version": "0", "text": WORDS, comment(hearing): "Til afsnit 1"}
    client.post(url("reply_write", hearing), given)
    assert "Its text is left out" in client.get(url("reply_none", hearing)).content.decode()
    sent = {"key": "k", "version": Answer.objects.get().version}

    first = client.post(url("reply_none", hearing), sent)
    second = client.post(url("reply_none", hearing), sent)

    assert first["Location"] == second["Location"]
    answer = Answer.objects.get()
    assert (answer.kind, answer.text, answer.comments.count()) == (AnswerKind.NO_REMARKS, "", 0)


def test_replace_answer_before_the_deadline_keeps_the_earlier_version_readable(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "Første", "key": "k1"})

    client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "Andet", "key": "k2"})

    assert "Første" in client.get(url("reply_receipt", hearing, 1, 1)).content.decode()
    assert "replaced by a later one" in client.get(url("reply_receipt", hearing, 1, 1)).content.decode()
    second = client.get(url("reply_receipt", hearing, 1, 2)).content.decode()
    assert "Andet" in second
    earlier = Answer.objects.get(number=1)
    assert f"It replaces your answer {earlier.receipt_number}, received" in second
    assert "The secretariat deals with all remarks when the deadline has passed." in second


# ── The deadline ──────────────────────────────────────────────────────────────────────────────────────────────
SPRING = (date(2019, 3, 31), datetime(2019, 3, 31, 10, 0, tzinfo=UTC))  # summer time began that night
AUTUMN = (date(2019, 10, 27), datetime(2019, 10, 27, 11, 0, tzinfo=UTC))  # winter time began that night


@pytest.mark.parametrize(("closes_on", "closes_at"), [(date(2019, 3, 29), CLOSES_AT), SPRING, AUTUMN])
@pytest.mark.parametrize(
    ("before", "state", "words"),
    [
        (MICROSECOND, AnswerState.SUBMITTED, "The answer was received before the deadline"),
        (timedelta(0), AnswerState.LATE, "after the deadline"),
    ],
)
def test_send_answer_around_noon_is_judged_to_the_microsecond(
    clock: time_machine.Traveller,
    closes_on: date,
    closes_at: datetime,
    before: timedelta,
    state: str,
    words: str,
) -> None:
    hearing = a_hearing(closes_on=closes_on, clock=time(12))
    clock.move_to(closes_at - timedelta(hours=1))
    client = holder_of(hearing)
    client.get(url("reply_write", hearing))
    clock.move_to(closes_at - before)

    sent = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": WORDS})

    answer = Answer.objects.get()
    assert (answer.state, answer.received_at) == (state, closes_at - before)
    assert words in client.get(sent["Location"]).content.decode()


def test_open_overview_after_the_deadline_offers_a_late_answer_in_clear_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    clock.move_to(CLOSES_AT)
    client = holder_of(hearing)

    page = client.get(url("reply", hearing)).content.decode()

    assert "The deadline has passed" in page
    assert "You can still send an answer" in page
    assert "Send the late answer" in client.get(url("reply_write", hearing)).content.decode()


def test_replace_answer_after_the_deadline_is_refused_and_the_words_stand_on_the_page(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    clock.move_to(CLOSES_AT - timedelta(hours=1))
    client = holder_of(hearing)
    client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "Første"})
    clock.move_to(CLOSES_AT)

    refused = client.post(url("reply_write", hearing), {"do": "send", "version": "0", "text": "For sent ændret"})

    assert refused.status_code == 422
    assert "For sent ændret" in refused.content.decode()
    assert Answer.objects.get().text == "Første"
    assert "Første" in client.get(url("reply_receipt", hearing, 1, 1)).content.decode()
