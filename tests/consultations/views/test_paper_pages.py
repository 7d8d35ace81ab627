"""Papers fetched from the pages of a consultation: all in one file and the own answer by a party, lists by officers."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
import time_machine
from django.http import HttpResponse
from django.urls import reverse

from consultations.actions.answers import AnswerContent
from tests.architecture.estate import an_estate
from tests.consultations.factories import LAUNCHED, Hearing, a_hearing
from tests.consultations.views.conftest import auditor_of, holder_of, officer_of
from tests.consultations.views.reply_addresses import url
from tests.workflow.agreements import a_locked_bundle, request_to
from tests.workflow.factories import an_office
from tests.workflow.papers import opened
from workflow.models import ApprovalRequest, DocumentVersion
from workflow.reports.papers import pdf
from workflow.reports.papers.kit import kit_of
from workflow.states import ChangeKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def content_of(answer: HttpResponse) -> bytes:
    return b"".join(answer)  # type: ignore[arg-type]


def a_hearing_with_letter() -> Hearing:
    """A round under way with a letter, whose document has a file too, "bilag.txt"."""
    estate = an_estate("sjaelland")
    type(estate.round).objects.filter(pk=estate.round.pk).update(letter="Vi beder om jeres bemærkninger.")
    hearing = Hearing(estate.process, estate.round, LAUNCHED)
    hearing.reread()
    return hearing


# ── All in one file ───────────────────────────────────────────────────────────────────────────────────────────
def test_fetch_everything_as_a_party_holds_letter_text_and_original_under_danish_names(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing_with_letter()
    browser = holder_of(hearing)

    page = browser.get(url("reply", hearing)).content.decode()
    fetched = browser.get(url("reply_papers", hearing))

    # Before any button with which an answer is begun.
    assert 0 < page.index(url("reply_papers", hearing)) < page.index(url("reply_write", hearing))
    with zipfile.ZipFile(io.BytesIO(content_of(fetched))) as archive:
        names = archive.namelist()
        assert names == [
            f"0 2019-03-01 Høringsbrev - {hearing.round.title}.pdf",
            "1 2019-03-01 Aftale - version 1.pdf",
            "1 bilag (original).txt",
        ]
        assert archive.read(names[2]) == b"Bilag\n"
        assert str(opened(archive.read(names[1])).Root.Lang) == "da"
        assert {info.date_time[:3] for info in archive.infolist()} == {(1980, 1, 1)}
    assert "2019-03-01" in fetched["Content-Disposition"]
    assert content_of(browser.get(url("reply_papers", hearing))) == content_of(
        browser.get(url("reply_papers", hearing))
    )


def test_fetch_everything_without_pango_holds_word_files(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing = a_hearing_with_letter()
    monkeypatch.setattr(pdf, "has_pango", lambda: False)
    fetched = holder_of(hearing).get(url("reply_papers", hearing))

    with zipfile.ZipFile(io.BytesIO(content_of(fetched))) as archive:
        assert [name.rpartition(".")[2] for name in archive.namelist()] == ["docx", "docx", "txt"]


def test_fetch_text_of_a_document_not_heard_is_not_found(clock: time_machine.Traveller) -> None:
    mine, other = a_hearing(LAUNCHED), a_hearing(LAUNCHED)
    version = DocumentVersion.objects.filter(document__process=other.process).get()

    assert holder_of(mine).get(url("reply_text", mine, 1, version.public_id, "docx")).status_code == 404


# ── The own answer ────────────────────────────────────────────────────────────────────────────────────────────
def test_fetch_own_answer_as_pdf_from_its_receipt_and_no_other_partys(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(LAUNCHED)
    answer = hearing.answers(1, content=AnswerContent(text="Vi støtter udkastet."))
    browser = holder_of(hearing)

    page = browser.get(url("reply_receipt", hearing, 1, answer.number)).content.decode()
    fetched = browser.get(url("reply_receipt_paper", hearing, 1, answer.number, "pdf"))

    assert url("reply_receipt_paper", hearing, 1, answer.number, "pdf") in page
    assert fetched.status_code == 200
    assert answer.receipt_number in fetched["Content-Disposition"] or "H001" in fetched["Content-Disposition"]
    assert opened(content_of(fetched)).pages
    assert holder_of(hearing, 2).get(url("reply_receipt_paper", hearing, 2, answer.number, "pdf")).status_code == 404


def test_fetch_an_answer_as_officer_and_auditor_and_not_from_another_office(clock: time_machine.Traveller) -> None:
    hearing = a_hearing(LAUNCHED)
    answer = hearing.answers(1)
    address = reverse("answer_paper", args=[hearing.process.public_id, hearing.round.address, answer.public_id, "docx"])

    assert officer_of(hearing.process.office).get(address).status_code == 200
    assert auditor_of(hearing.process.office).get(address).status_code == 200
    assert officer_of(an_office("andet-kontor")).get(address).status_code == 404


# ── Lists and letter ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("page", "list_name"),
    [("round_status", "round_parties_list"), ("round_answers", "round_answers_list")],
)
def test_fetch_list_as_a_spreadsheet_from_where_it_stands(
    clock: time_machine.Traveller, page: str, list_name: str
) -> None:
    hearing = a_hearing(LAUNCHED)
    hearing.answers(1)
    browser = officer_of(hearing.process.office)
    at = [hearing.process.public_id, hearing.round.address]

    shown = browser.get(reverse(page, args=at)).content.decode()
    fetched = browser.get(reverse(list_name, args=[*at, "xlsx"]))

    assert reverse(list_name, args=[*at, "xlsx"]) in shown
    rows = list(openpyxl.load_workbook(io.BytesIO(content_of(fetched))).active.values)  # type: ignore[union-attr]
    assert rows[0][0] == "Høringspart"
    assert rows[1][0] == hearing.party(1).name


def test_fetch_letter_of_a_round_as_word_from_its_page(clock: time_machine.Traveller) -> None:
    hearing = a_hearing_with_letter()
    browser = officer_of(hearing.process.office)
    address = reverse("round_letter", args=[hearing.process.public_id, hearing.round.address, "docx"])

    assert (
        address
        in browser.get(
            reverse("round_status", args=[hearing.process.public_id, hearing.round.address])
        ).content.decode()
    )
    assert browser.get(address).status_code == 200


# ── The kit of a council, once its text has been heard ────────────────────────────────────────────────────────
def test_fetch_the_kit_after_a_hearing_holds_what_has_changed_since(clock: time_machine.Traveller) -> None:
    process = an_estate("sjaelland").process
    later = a_locked_bundle(process, LAUNCHED, text="# 1 Mål\n\nEt helt andet mål.\n", change=ChangeKind.MATERIAL)
    # As where the councils decide after the hearing, on what came of it.
    process.stages.filter(key="approval").update(position=20)
    ApprovalRequest.objects.filter(body__key="council-1").update(bundle=later)

    name, files = kit_of(request_to(process, "council-1"))

    assert name.endswith(".zip")
    assert [member.split(" - ")[-1] for member, _file in files][-2:] == [
        "ændringer siden Version 1.pdf",
        "ændringer siden Version 1.docx",
    ]
    assert all(len(member) < 100 for member, _file in files)
