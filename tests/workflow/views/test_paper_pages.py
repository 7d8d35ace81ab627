"""Texts fetched as PDF and Word from the pages they stand on: by whom, and what is said where there is none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import a_file, in_approval, officer_of, request_to
from tests.workflow.factories import an_office, an_officer, make_public
from tests.workflow.papers import bookmarks, opened
from tests.workflow.views.visitors import a_member, holder_of, signed_in
from workflow.actions.documents import add_version, create_document
from workflow.actions.publication import publish, withdraw_publication
from workflow.models import BundleItem, DocumentVersion, Process
from workflow.reports.papers import kept, pdf
from workflow.rules.refusals import Refusal
from workflow.states import PublicThing

pytestmark = pytest.mark.django_db

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def settled(settings: Any, tmp_path: Any, demo: None) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def its_officer(process: Process) -> Client:
    return signed_in(an_officer(process.office, "papers@example.dk"))


def version_of(process: Process) -> DocumentVersion:
    return BundleItem.objects.get(bundle__process=process).version


def paper_url(version: DocumentVersion, ending: str) -> str:
    return reverse("document_paper", args=[version.document.process.public_id, version.public_id, ending])


def without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where the library cannot be loaded."""
    monkeypatch.setattr(pdf, "has_pango", lambda: False)


def test_fetch_text_as_pdf_and_word_the_page_offers_both_and_they_hold_its_sections() -> None:
    process = in_approval(NOW)
    version, browser = version_of(process), its_officer(process)

    page = browser.get(reverse("document_version", args=[process.public_id, version.public_id])).content.decode()
    as_pdf, as_word = (browser.get(paper_url(version, ending)) for ending in ("pdf", "docx"))

    assert all(paper_url(version, ending) in page for ending in ("pdf", "docx", "linjer"))
    assert "Hent som Word" in page
    headings = [str(section) for section in version.sections.all()]
    assert bookmarks(opened(b"".join(as_pdf))) == [version.title, *headings]  # type: ignore[arg-type]
    paragraphs = docx.Document(io.BytesIO(b"".join(as_word))).paragraphs  # type: ignore[arg-type]
    assert [p.text for p in paragraphs if p.style and "Heading" in str(p.style.name)] == headings
    assert as_pdf["Content-Disposition"].startswith('attachment; filename="2019-01-15')


def test_fetch_text_with_line_numbers_it_is_named_so() -> None:
    process = in_approval(NOW)

    answer = its_officer(process).get(paper_url(version_of(process), "linjer"))

    assert "linjenumre" in answer["Content-Disposition"]


def test_fetch_text_of_another_office_or_in_no_format_is_not_found() -> None:
    process = in_approval(NOW)
    stranger = signed_in(an_officer(an_office("fyn"), "fyn@example.dk"))

    assert stranger.get(paper_url(version_of(process), "pdf")).status_code == 404
    assert its_officer(process).get(paper_url(version_of(process), "exe")).status_code == 404


def test_read_document_that_is_a_file_alone_offers_no_paper_and_refuses_one_with_words() -> None:
    process = in_approval(NOW)
    officer = officer_of(process)
    document = create_document(process, title="Bilag", actor=officer, now=NOW)
    version = add_version(document, markdown="", file=a_file(process.office, NOW), actor=officer, now=NOW)
    browser = its_officer(process)

    page = browser.get(reverse("document_version", args=[process.public_id, version.public_id])).content.decode()
    refused = browser.get(paper_url(version, "docx"))

    assert "/hent/" not in page
    assert refused.status_code == 409
    assert "Hent filen" in refused.content.decode()


def test_read_document_without_pango_says_why_there_is_no_pdf_and_offers_word(monkeypatch: pytest.MonkeyPatch) -> None:
    process = in_approval(NOW)
    version, browser = version_of(process), its_officer(process)
    without_pango(monkeypatch)

    page = browser.get(reverse("document_version", args=[process.public_id, version.public_id])).content.decode()

    assert "Pango mangler" in page
    assert paper_url(version, "docx") in page
    assert paper_url(version, "pdf") not in page
    refused = browser.get(paper_url(version, "pdf"))
    assert refused.status_code == 409
    assert "Pango mangler" in refused.content.decode()
    assert browser.get(paper_url(version, "docx")).status_code == 200


def test_look_for_fonts_that_are_not_there_says_that_they_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_fonts", dict)

    refusal = pdf.may_write_pdf()

    assert isinstance(refusal, Refusal)
    assert refusal.code == "no_fonts"


def test_fetch_text_by_a_bodys_link_and_account_gives_the_same_paper() -> None:
    process = in_approval(NOW)
    asked, version = request_to(process, "council-1"), version_of(process)
    by_link, by_account = holder_of(asked.link), signed_in(a_member(process.office, asked.body))

    first = by_link.get(reverse("decision_text_link", args=[asked.link.public_id, version.public_id, "docx"]))
    second = by_account.get(reverse("decision_text_member", args=[asked.public_id, version.public_id, "docx"]))

    assert first.status_code == second.status_code == 200
    assert b"".join(first) == b"".join(second)  # type: ignore[arg-type]
    page = by_link.get(reverse("decision_document_link", args=[asked.link.public_id, version.public_id]))
    assert "Hent som PDF" in page.content.decode()


def test_fetch_text_by_a_bodys_link_that_is_not_of_its_set_is_not_found() -> None:
    process = in_approval(NOW)
    officer = officer_of(process)
    document = create_document(process, title="Udkast", actor=officer, now=NOW)
    draft = add_version(document, markdown="# Hemmeligt\n\nNyt.", actor=officer, now=NOW)
    asked = request_to(process, "council-1")

    answer = holder_of(asked.link).get(
        reverse("decision_text_link", args=[asked.link.public_id, draft.public_id, "docx"])
    )

    assert answer.status_code == 404


def test_fetch_public_text_as_anybody_until_it_is_taken_back() -> None:
    process = make_public(in_approval(NOW), NOW)
    officer, version = officer_of(process), version_of(process)
    item = BundleItem.objects.get(version=version)
    (published,) = publish(process, PublicThing.TEXT, [item.public_id], reason="Endelig tekst", actor=officer, now=NOW)
    address = reverse("public_paper", args=[process.public_id, published.public_id, "docx"])

    page = Client().get(reverse("public_text", args=[process.public_id, published.public_id])).content.decode()
    fetched = Client().get(address)
    withdraw_publication(published, reason="Lagt ud ved en fejl", actor=officer, now=NOW)

    assert address in page
    assert fetched.status_code == 200
    assert Client().get(address).status_code == 404


def test_fetch_pdf_of_a_text_twice_it_is_laid_out_once(settings: Any) -> None:
    process = in_approval(NOW)
    version, browser = version_of(process), its_officer(process)

    first = b"".join(browser.get(paper_url(version, "pdf")))  # type: ignore[arg-type]
    (kept,) = (settings.MEDIA_ROOT / "papers").glob("*.pdf")
    kept.write_bytes(first + b"%")
    second = b"".join(browser.get(paper_url(version, "pdf")))  # type: ignore[arg-type]

    assert second == first + b"%"


def test_fetch_pdf_where_none_can_be_kept_hands_it_out_all_the_same(settings: Any) -> None:
    process = in_approval(NOW)
    (settings.MEDIA_ROOT / "papers").write_bytes(b"a file where the folder should be")

    answer = its_officer(process).get(paper_url(version_of(process), "pdf"))

    assert answer.status_code == 200
    assert opened(b"".join(answer)).pages  # type: ignore[arg-type]


def test_fetch_pdfs_more_than_are_kept_the_oldest_goes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 1)
    process = in_approval(NOW)
    browser, version = its_officer(process), version_of(process)

    first = browser.get(paper_url(version, "pdf"))
    second = browser.get(paper_url(version, "linjer"))

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(list((settings.MEDIA_ROOT / "papers").iterdir())) == 1
