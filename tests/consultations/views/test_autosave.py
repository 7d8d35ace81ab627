"""A draft saves itself while somebody writes: it says when, that it is not sent, and never writes over a colleague."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from consultations.models import Answer
from tests.consultations.factories import CLOSES_AT, a_hearing
from tests.consultations.views.conftest import holder_of
from tests.consultations.views.test_words_given_back import an_answer, write_url
from workflow.models import AuditEntry

pytestmark = pytest.mark.django_db

ITSELF = {"x-autosave": "1", "accept-language": "da"}


def test_save_by_itself_keeps_the_draft_says_when_and_sends_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    told = holder_of(hearing).post(write_url(hearing), an_answer(hearing, do="save"), headers=ITSELF)

    draft = Answer.objects.get()
    assert told.status_code == 200
    assert told.json() == {"said": "Gemt kl. 10.00, ikke sendt.", "version": draft.version}
    assert draft.receipt_number == ""
    assert draft.comments.count() == 1


def test_save_by_itself_again_with_the_version_told_is_taken_and_stands_in_the_record_once(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client, version = holder_of(hearing), 0

    for text in ("Vi", "Vi er", "Vi er enige"):
        sent = an_answer(hearing, do="save", text=text, version=str(version))
        version = client.post(write_url(hearing), sent, headers=ITSELF).json()["version"]

    assert Answer.objects.get().text == "Vi er enige"
    assert AuditEntry.objects.filter(verb="save_draft").count() == 1


def test_save_by_itself_after_a_colleague_saved_writes_nothing_over_and_stops(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    one, other = holder_of(hearing), holder_of(hearing)
    assert other.post(write_url(hearing), an_answer(hearing, do="save", text="Den andens")).status_code == 302

    told = one.post(write_url(hearing), an_answer(hearing, do="save", text="Mit"), headers=ITSELF)

    assert told.status_code == 409
    assert told.json()["stop"] is True
    assert "kollega" in told.json()["said"]
    assert Answer.objects.get().text == "Den andens"


def test_save_by_itself_too_long_says_so_and_saves_nothing(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    told = holder_of(hearing).post(write_url(hearing), an_answer(hearing, text="x" * 120_000), headers=ITSELF)

    assert told.status_code == 422
    assert "120.000 tegn; højst 100.000. Intet er slettet." in told.json()["said"]
    assert not Answer.objects.exists()


def test_save_by_itself_without_a_session_is_refused(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()

    told = Client().post(write_url(hearing), an_answer(hearing), headers=ITSELF)

    assert told.status_code == 403
    assert "json" not in told["Content-Type"]


def test_save_by_itself_when_the_answer_is_locked_says_why(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    client = holder_of(hearing)
    assert client.post(write_url(hearing), an_answer(hearing)).status_code == 302
    clock.move_to(CLOSES_AT)

    told = holder_of(hearing).post(write_url(hearing), an_answer(hearing, text="Nyt"), headers=ITSELF)

    assert told.status_code == 409
    assert told.json()["said"]
