"""A mail that tells of another text lists what has changed, in few lines, for whoever may read both versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from notifications import delivery
from notifications.models import OutgoingMail
from tests.workflow.agreements import decide, in_approval, request_to
from tests.workflow.test_corrections import changed, corrected
from workflow.dates import in_language
from workflow.models import Contact, CopyAddress, Process
from workflow.rules.change_lines import LONGEST, MOST_LINES, change_lines
from workflow.rules.differences import ReadSection
from workflow.rules.document_differences import DocumentDifference, ReadDocument, document_differences

DAY = timedelta(days=1)


# ── The lines ─────────────────────────────────────────────────────────────────────────────────────────────────
LINEAGES = [UUID(int=number) for number in range(1, 40)]


def a_document(
    title: str, *sections: tuple[str, str], file: str = "", lineages: list[UUID] | None = None
) -> ReadDocument:
    rows = zip(lineages or LINEAGES, sections, strict=False)
    read = tuple(
        ReadSection(lineage, heading, text, str(n)) for n, (lineage, (heading, text)) in enumerate(rows, start=1)
    )
    return ReadDocument(title, uuid4(), file, read)


def lines_between(
    before: Mapping[str, ReadDocument], after: Mapping[str, ReadDocument], language: str = "da"
) -> list[str]:
    differences: list[DocumentDifference] = document_differences(before, after, "da")
    with in_language(language):
        return change_lines(differences)


def lines_of(before: list[tuple[str, str]], after: list[tuple[str, str]], language: str = "da") -> list[str]:
    return lines_between({"a": a_document("Aftale", *before)}, {"a": a_document("Aftale", *after)}, language)


def test_list_changes_of_few_words_says_old_and_new_at_their_heading() -> None:
    before = [("Mål", "Senest den 1. maj 2026 og **mindst 12** møder."), ("Ansvar", "Hver part sit.")]
    after = [("Mål", "Senest den 1. juni 2026 og **mindst 14** møder."), ("Ansvar", "Hver part sit, som aftalt.")]

    assert lines_of(before, after) == [
        "1 Mål: »maj« → »juni«, »12« → »14«",
        "2 Ansvar: », som aftalt« er kommet til",
    ]
    assert lines_of(before, after, "en")[0] == "1 Mål: “maj” → “juni”, “12” → “14”"


def test_list_changes_of_many_or_long_words_names_the_section_alone() -> None:
    long = "helt andre ord " * (LONGEST // 10)
    assert lines_of([("Mål", "Et kort afsnit.")], [("Mål", f"Et kort afsnit. {long}")]) == ["1 Mål: ændret"]
    assert lines_of([("Mål", "a b c d e f g h i j k l m n o p")], [("Mål", "a X c d e f Y h i j k Z m n o p")]) == [
        "1 Mål: ændret"
    ]


def test_list_changes_says_what_is_new_gone_and_moved() -> None:
    before, after = [("Mål", "a")], [("Mål", "a"), ("Nyt", "b")]
    assert lines_of(before, after) == ["2 Nyt: nyt afsnit"]
    assert lines_of(after, before) == ["2 Nyt: afsnittet er udgået"]


def test_list_changes_of_many_sections_is_capped_and_says_how_many_more() -> None:
    before = [(f"Afsnit {n}", "a") for n in range(30)]
    after = [(f"Afsnit {n}", "b") for n in range(30)]

    found = lines_of(before, after)

    assert (len(found), found[-1]) == (MOST_LINES + 1, "og 22 ændringer til")


def test_list_changes_of_several_documents_names_each_and_those_that_come_and_go() -> None:
    before = {"a": a_document("Aftale", ("Mål", "x")), "b": a_document("Bilag"), "c": a_document("Tegning", file="1")}
    after = {"a": a_document("Aftale", ("Mål", "y")), "d": a_document("Notat"), "c": a_document("Tegning", file="2")}

    assert lines_between(before, after) == [
        "Aftale, 1 Mål: »x« → »y«",
        "nyt dokument: Notat",
        "Tegning: filen er en anden",
        "dokumentet er udgået: Bilag",
    ]


def test_list_changes_with_line_breaks_and_marks_in_them_each_is_one_plain_line() -> None:
    [found] = lines_of([("Mål", "| A |\n|---|\n| 1 |")], [("Mål", "| A |\n|---|\n| > 2[^1] |")])

    assert "\n" not in found
    assert not set("|>*[^") & set(found)


# ── The mails ─────────────────────────────────────────────────────────────────────────────────────────────────
def sent_texts(process: Process, at: datetime, kind: str) -> dict[str, str]:
    with delivery.recording():
        delivery.deliver(at, delivery.clock_from(at))
    rows = OutgoingMail.objects.filter(kind=kind).order_by("id")
    return {mail.to_address: mail.text_sent for mail in rows}


@pytest.mark.django_db(transaction=True)
def test_deliver_news_of_a_correction_lists_what_changed_in_the_language_of_the_mail(now: datetime) -> None:
    process = in_approval(now)
    decide(process, "region", now)
    request = request_to(process, "council-1")
    request.language = "en"
    request.save(update_fields=["language"])
    leaves = corrected(process, now + DAY).questions_leave_at
    assert leaves is not None

    texts = sent_texts(process, leaves, "text_corrected")

    assert (
        "Ændringerne afsnit for afsnit:\n– 1 Mål: »borgeren« → »borgerne«\nSiden viser alle ændringer i deres helhed."
        in (texts["post@region.example"])
    )
    assert "The changes, section by section:\n– 1 Mål: “borgeren” → “borgerne”" in texts["post@council-1.example"]


@pytest.mark.django_db(transaction=True)
def test_deliver_a_question_about_a_changed_text_lists_what_changed_and_its_copy_does_not(now: datetime) -> None:
    process = in_approval(now)
    contact = Contact.objects.get(body__key="council-1")
    CopyAddress.objects.create(contact=contact, email="kopi@council-1.example")
    leaves = changed(process, now + DAY).questions_leave_at
    assert leaves is not None

    texts = sent_texts(process, leaves, "decision_asked_again")
    [copy] = OutgoingMail.objects.filter(kind="copy_of_mail", to_address="kopi@council-1.example", sent_at__gte=leaves)

    assert "Ændringerne afsnit for afsnit:" in texts["post@council-1.example"]
    assert "Andet mål" in texts["post@council-1.example"]
    assert "Ændringerne afsnit for afsnit:" not in copy.text_sent
    assert "Andet mål" not in copy.text_sent
    assert "> Det er ændret: Rettelser." in copy.text_sent, "what the office wrote of it"


@pytest.mark.django_db(transaction=True)
def test_deliver_a_first_question_lists_no_changes(now: datetime) -> None:
    process = in_approval(now)

    texts = sent_texts(process, now + DAY, "decision_request")

    assert texts
    assert not [text for text in texts.values() if "Ændringerne afsnit for afsnit:" in text]
