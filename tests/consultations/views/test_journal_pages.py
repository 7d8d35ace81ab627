"""The page of a process's journal: what waits, the parcel fetched, downloaded and receipted; who may do what."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from consultations.actions.answers import AnswerContent
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.consultations.views.conftest import auditor_of, officer_of
from tests.workflow.factories import an_office
from workflow.models import JournalParcel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.LANGUAGE_CODE = "da"


@pytest.fixture
def hearing() -> Hearing:
    """A consultation that one party has answered, in part confidentially."""
    hearing = a_hearing(LAUNCHED)
    hearing.answers(1, content=AnswerContent(text="Ord", confidential_note="Navne"))
    return hearing


def url(hearing: Hearing, name: str = "process_journal", *ids: Any) -> str:
    return reverse(name, args=[hearing.process.public_id, *ids])


def body(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def bytes_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_fetch_for_the_journal_on_its_page_says_before_what_it_does_and_leads_to_download_and_receipt(
    hearing: Hearing,
) -> None:
    client = officer_of(hearing.process.office)
    before = body(client.get(url(hearing)))
    assert "Der laves én ZIP-fil med de" in before
    assert "Ingen får mail, og intet bliver offentligt." in before
    assert "slettes intet i nogen af jeres processer, før" in before
    assert "Fortroligt" in before

    after = body(client.post(url(hearing, "journal_fetch"), {"key": "k"}, follow=True))
    parcel = JournalParcel.objects.get()
    download = client.get(url(hearing, "journal_file", parcel.public_id))

    assert "Journalpakken er lavet." in after
    assert "Intet er kommet ind eller gået ud siden sidste journalpakke." in after
    assert "Ikke journaliseret endnu" in after
    assert zipfile.ZipFile(io.BytesIO(bytes_of(download))).namelist()[0] == "index.csv"
    assert f"{hearing.process.case_number}-journal-1.zip" in download["Content-Disposition"]


def test_receipt_on_its_page_is_shown_with_number_and_name_and_the_next_begins_with_the_same_number(
    hearing: Hearing,
) -> None:
    client = officer_of(hearing.process.office)
    client.post(url(hearing, "journal_fetch"), {"key": "a"})
    first = JournalParcel.objects.get()

    done = client.post(
        url(hearing, "journal_receipt", first.public_id), {"key": "b", "journal_number": "24/1234"}, follow=True
    )
    hearing.answers(2, at=LAUNCHED + timedelta(minutes=1))
    client.post(url(hearing, "journal_fetch"), {"key": "c"})
    second = client.get(url(hearing, "journal_receipt", JournalParcel.objects.get(number=2).public_id))

    assert "på sagsnummer 24/1234 · Olga Officer" in body(done)
    assert 'value="24/1234"' in body(second)
    refused = client.post(url(hearing, "journal_receipt", first.public_id), {"key": "d", "journal_number": "24/9"})
    assert refused.status_code == 422
    assert "Journalpakke 1 er allerede journaliseret på 24/1234." in body(refused)


def test_fetch_for_the_journal_where_nothing_waits_has_no_button_and_is_refused_in_words(hearing: Hearing) -> None:
    client = officer_of(hearing.process.office)
    client.post(url(hearing, "journal_fetch"), {"key": "a"})

    page = body(client.get(url(hearing)))
    refused = client.post(url(hearing, "journal_fetch"), {"key": "b"})

    assert "Lav en pakke til journalen" not in page
    assert refused.status_code == 409
    assert "Der er ikke noget at hente til journalen endnu." in body(refused)


def test_read_journal_as_an_auditor_shows_all_and_does_nothing(hearing: Hearing) -> None:
    officer_of(hearing.process.office).post(url(hearing, "journal_fetch"), {"key": "a"})
    parcel = JournalParcel.objects.get()
    auditor = auditor_of(hearing.process.office)

    page = body(auditor.get(url(hearing)))

    assert "Journalpakke 1" in page
    assert "Den er journaliseret" not in page
    assert auditor.get(url(hearing, "journal_file", parcel.public_id)).status_code == 200
    assert auditor.get(url(hearing, "case_file_list", "xlsx")).status_code == 200
    assert auditor.post(url(hearing, "journal_fetch"), {"key": "b"}).status_code == 403
    assert auditor.get(url(hearing, "journal_receipt", parcel.public_id)).status_code == 403


def test_read_journal_of_another_office_or_a_parcel_of_another_process_answers_404(hearing: Hearing) -> None:
    stranger = officer_of(an_office("midtjylland"))
    officer = officer_of(hearing.process.office)
    officer.post(url(hearing, "journal_fetch"), {"key": "a"})
    parcel = JournalParcel.objects.get()
    other = a_hearing(LAUNCHED)

    assert stranger.get(url(hearing)).status_code == 404
    assert stranger.get(url(hearing, "journal_file", parcel.public_id)).status_code == 404
    assert officer.get(url(other, "journal_file", parcel.public_id)).status_code == 404


def test_read_journal_costs_the_same_for_one_answer_and_for_three(
    hearing: Hearing, django_assert_num_queries: Any
) -> None:
    client = officer_of(hearing.process.office)
    client.get(url(hearing))

    with django_assert_num_queries(26) as first:
        client.get(url(hearing))
    for number in (2, 3):
        hearing.answers(number)
    with django_assert_num_queries(len(first)):
        client.get(url(hearing))
