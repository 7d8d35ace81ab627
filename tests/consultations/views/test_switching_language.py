"""The language button in the middle of a form: the page comes in the other language, and every word with it."""

from __future__ import annotations

import re
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consultations.models import Answer
from tests.consultations.factories import a_hearing
from tests.consultations.views.conftest import holder_of, officer_of
from tests.consultations.views.test_words_given_back import an_answer, comment, in_lines, write_url

pytestmark = pytest.mark.django_db


def value_of(page: str, name: str) -> str:
    """What stands in the control of that name."""
    area = re.search(rf'<textarea[^>]*?name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    control = area or re.search(rf'<input[^>]*?name="{name}"[^>]*?value="([^"]*)"', page)
    return in_lines(unescape(control[1])) if control else ""


def test_switch_language_in_the_middle_of_an_answer_keeps_every_word_and_does_nothing(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    sent = an_answer(hearing, do="save", version="0", switch_language="da")
    del sent["do"]

    shown = client.post(write_url(hearing), sent)

    page = shown.content.decode()
    assert shown.status_code == 200
    assert 'lang="da"' in page
    assert "Send svaret" in page
    for name in ("text", "confidential_note", "signed_by", comment(hearing), "version"):
        assert value_of(page, name) == in_lines(sent[name])
    assert "form-error" not in page
    assert not Answer.objects.exists()
    assert "Send svaret" in client.get(write_url(hearing)).content.decode()


def test_switch_language_after_a_colleague_saved_does_not_write_over_the_colleague(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    one, other = holder_of(hearing), holder_of(hearing)
    assert other.post(write_url(hearing), {"do": "save", "version": "0", "text": "Den andens"}).status_code == 302

    page = one.post(write_url(hearing), an_answer(hearing, switch_language="da")).content.decode()
    kept = {"do": "save", "version": value_of(page, "version"), "text": value_of(page, "text")}
    refused = one.post(write_url(hearing), kept)

    assert "Den andens" in refused.content.decode()
    assert Answer.objects.get().text == "Den andens"


def test_switch_language_with_a_draft_and_a_field_emptied_keeps_it_empty(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    assert client.post(write_url(hearing), an_answer(hearing, do="save")).status_code == 302

    page = client.post(write_url(hearing), an_answer(hearing, text="", switch_language="da")).content.decode()

    assert value_of(page, "text") == ""


def test_switch_language_on_the_page_of_a_refused_form_keeps_the_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    sent = an_answer(hearing, switch_language="da")

    page = Client().post(write_url(hearing), sent).content.decode()

    assert in_lines(sent["text"]) in in_lines(unescape(page))


def test_switch_language_of_a_page_that_is_only_pressed_shows_the_words(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = officer_of(hearing.round.stage.process.office)
    stage = hearing.round.stage
    at = reverse("approvals_contact_otherwise", args=[stage.process.public_id, stage.public_id])

    shown = client.post(at, {"reason": "Afventer en ny vejledning", "key": "k", "switch_language": "da"})

    assert shown.status_code == 405
    assert "Afventer en ny vejledning" in shown.content.decode()


def test_show_page_with_a_form_lets_the_language_button_send_it_and_enter_does_not(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()

    page = holder_of(hearing).get(write_url(hearing)).content.decode()

    buttons = re.findall(r'<button[^>]*form="in-progress"[^>]*>', page)
    assert page.count('id="in-progress"') == 1
    assert 'aria-hidden="true"' in buttons[0], "the button that Enter presses does not switch"
    assert "name=" not in buttons[0]
    assert 'name="switch_language"' in buttons[1]
    assert f'formaction="{write_url(hearing)}"' in buttons[1]


def test_switch_language_with_files_chosen_shows_them_as_received_and_sends_them_after(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    file = SimpleUploadedFile("brev.txt", b"Brev\n")

    page = client.post(write_url(hearing), an_answer(hearing, attachments=file, switch_language="da")).content.decode()

    token = re.search(r'name="attachments-received" value="([^"]+)"', page)
    assert token
    assert "brev.txt" in page
    sent = an_answer(hearing, **{"attachments-received": unescape(token[1])})
    assert client.post(write_url(hearing), sent).status_code == 302
    assert Answer.objects.get().files.get().file.name == "brev.txt"


def test_switch_language_with_a_file_that_is_not_taken_says_which(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    file = SimpleUploadedFile("brev.pdf", b"no such thing")

    page = holder_of(hearing).post(write_url(hearing), an_answer(hearing, attachments=file, switch_language="da"))

    assert "brev.pdf" in page.content.decode()


def test_lose_session_with_files_received_before_sends_them_along_unseen(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    token = "WyJhYmMiLDUsImJyZXYudHh0Il0:1vX:abc"

    page = Client().post(write_url(hearing), an_answer(hearing, **{"attachments-received": token})).content.decode()

    assert f'type="hidden" name="attachments-received" value="{token}"' in page
    assert page.count(token) == 1
