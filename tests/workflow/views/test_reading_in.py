"""A text read in from a Word file: shown and put in its place first, saved by a press, its original kept."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import an_agreement, officer_of
from tests.workflow.views.consequences import words_of
from tests.workflow.views.visitors import signed_in
from tests.workflow.word_files import a_word_file
from workflow.actions.documents import add_version, begin_document
from workflow.models import AuditEntry, Document, DocumentVersion, Process, User

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)

FILES = Path(__file__).parents[1] / "readers" / "files"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

VISION = "Borgeren skal møde et sammenhængende forløb, uanset hvem der har ansvaret for den enkelte del af det."
GOALS = "Vi vil have ti procent færre genindlæggelser blandt ældre medicinske patienter inden udgangen af 2027."
ECONOMY = "Parterne afholder hver sine udgifter, og ingen opgave flyttes, før det er aftalt, hvem der betaler for den."


def browser_of(process: Process) -> Client:
    return signed_in(User.objects.get(public_id=officer_of(process).public_id))


def upload(content: bytes, name: str = "aftale.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def shown_fields(page: Any) -> dict[str, Any]:
    """What a browser sends back of a page that shows what was found, as it stands."""
    form, placing = page.context["form"], page.context["placing"]
    token = form["file"].as_widget().split('name="file-received" value="')[1].split('"')[0]
    fields = {field.html_name: field.value() for field in placing if field.value() not in (None, False)}
    return {**fields, "file-received": token, "shown": page.context["reading"].digest, "do": "write", "key": "k1"}


def read_in(officer: Client, url: str, content: bytes, **changes: Any) -> Any:
    """Look at what is found in a file, then save it."""
    page = officer.post(url, {"file": upload(content), "do": "look"})
    assert page.status_code == 200, words_of(page.content)
    return officer.post(url, {**shown_fields(page), **changes})


@pytest.fixture
def process() -> Process:
    return an_agreement(NOW)


@pytest.fixture
def officer(process: Process) -> Client:
    return browser_of(process)


@pytest.fixture(autouse=True)
def _at_nine() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def a_read_document(process: Process, officer: Client) -> Document:
    file = a_word_file((1, "1 Vision", VISION), (2, "1.1 Mål", GOALS), (1, "2 Økonomi", ECONOMY))
    answer = read_in(officer, reverse("document_read_in", args=[process.public_id]), file)
    assert answer.status_code == 302
    return process.documents.get()


def url_of(document: Document) -> str:
    return reverse("version_read_in", args=[document.process.public_id, document.public_id])


def test_look_at_a_word_file_shows_what_was_found_and_writes_nothing(process: Process, officer: Client) -> None:
    file = a_word_file((1, "1 Vision", VISION))

    page = officer.post(reverse("document_read_in", args=[process.public_id]), {"file": upload(file), "do": "look"})

    said = words_of(page.content)
    assert page.status_code == 200
    assert "1 Vision" in said
    assert "Borgeren skal møde" in said
    assert page.context["placing"]["title"].value() == "Sundhedsaftale"
    assert not process.documents.exists()
    assert not AuditEntry.objects.filter(verb="create_document").exists()


def test_read_word_file_in_makes_a_document_with_numbers_levels_and_the_original(
    process: Process, officer: Client
) -> None:
    document = a_read_document(process, officer)

    version = document.versions.get()
    rows = version.sections.values_list("level", "number", "heading", "text")
    assert list(rows) == [(1, "1", "Vision", VISION), (2, "1.1", "Mål", GOALS), (1, "2", "Økonomi", ECONOMY)]
    assert document.title == "Sundhedsaftale"
    assert version.file is not None
    assert version.file.name == "aftale.docx"


def test_read_next_version_in_finds_every_section_without_a_hand(process: Process, officer: Client) -> None:
    document = a_read_document(process, officer)
    before = {section.heading: section.lineage_id for section in document.versions.get().sections.all()}
    file = a_word_file(
        (1, "1 Vision", VISION + " Det gælder også børn."),
        (1, "2 Opfølgning", "Vi følger op hvert år."),
        (1, "3 Økonomi", ECONOMY),
        (2, "3.1 Mål", GOALS),
    )

    answer = read_in(officer, url_of(document), file)

    assert answer.status_code == 302
    after = {section.heading: section.lineage_id for section in document.versions.get(number=2).sections.all()}
    assert {heading: after[heading] for heading in before} == before
    assert after["Opfølgning"] not in before.values()


def test_read_next_version_in_a_renamed_section_is_put_in_its_place_by_hand(process: Process, officer: Client) -> None:
    document = a_read_document(process, officer)
    economy = document.versions.get().sections.get(heading="Økonomi").lineage_id
    file = a_word_file(
        (1, "1 Vision", VISION), (2, "1.1 Mål", GOALS), (1, "2 Hvem betaler", "Det aftales senere, hvem der betaler.")
    )
    page = officer.post(url_of(document), {"file": upload(file), "do": "look"})
    assert "Økonomi" in words_of(page.content).partition("ingen fører videre")[2]

    answer = officer.post(url_of(document), {**shown_fields(page), "section-2": str(economy)})

    assert answer.status_code == 302
    assert document.versions.get(number=2).sections.get(heading="Hvem betaler").lineage_id == economy


def test_read_next_version_in_a_section_split_in_two_keeps_where_its_other_half_came_from(
    process: Process, officer: Client
) -> None:
    url = reverse("document_read_in", args=[process.public_id])
    read_in(officer, url, a_word_file((1, "1 Vision og mål", f"{VISION} {GOALS}")))
    document = process.documents.get()
    whole = document.versions.get().sections.get()

    answer = read_in(officer, url_of(document), a_word_file((1, "1 Vision og mål", VISION), (1, "2 Mål", GOALS)))

    assert answer.status_code == 302
    first, second = document.versions.get(number=2).sections.all()
    assert first.lineage_id == whole.lineage_id
    assert second.lineage_id != whole.lineage_id
    assert [origin.lineage_id for origin in second.origins.all()] == [whole.lineage_id]


def test_read_next_version_in_two_for_one_section_is_refused_at_its_place_and_keeps_all(
    process: Process, officer: Client
) -> None:
    document = a_read_document(process, officer)
    economy = document.versions.get().sections.get(heading="Økonomi").lineage_id
    file = a_word_file((1, "Hvem betaler", "Det aftales senere."), (1, "Budget", "Det kommer."))
    page = officer.post(url_of(document), {"file": upload(file), "do": "look"})
    both = {"section-0": str(economy), "section-1": str(economy), "title": "Ny titel"}

    answer = officer.post(url_of(document), {**shown_fields(page), **both})

    assert answer.status_code == 422
    assert "fører det samme afsnit videre" in words_of(answer.content)
    assert answer.context["placing"]["title"].value() == "Ny titel"
    assert "aftale.docx" in answer.content.decode()
    assert document.versions.count() == 1


def test_save_after_a_colleague_has_made_a_version_shows_anew_and_writes_nothing(
    process: Process, officer: Client
) -> None:
    document = a_read_document(process, officer)
    page = officer.post(url_of(document), {"file": upload(a_word_file((1, "1 Vision", VISION))), "do": "look"})
    add_version(document, markdown="# 1 Vision\n\nKollegaens ord.", actor=officer_of(process), now=NOW)

    answer = officer.post(url_of(document), shown_fields(page))

    assert answer.status_code == 409
    assert "Det er ikke det, du har set" in words_of(answer.content)
    assert document.versions.count() == 2


def test_save_twice_makes_one_version(process: Process, officer: Client) -> None:
    document = a_read_document(process, officer)
    page = officer.post(url_of(document), {"file": upload(a_word_file((1, "1 Vision", GOALS))), "do": "look"})
    fields = shown_fields(page)

    first, second = (officer.post(url_of(document), fields) for _press in range(2))

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert document.versions.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("aftale.docx", b"PK\x03\x04 ikke en fil", "aftale.docx"),
        ("regneark.csv", b"a;b\n1;2\n", "gem den som Word"),
    ],
)
def test_look_at_what_cannot_be_read_says_why_with_a_way_out(
    process: Process, officer: Client, name: str, content: bytes, words: str
) -> None:
    url = reverse("document_read_in", args=[process.public_id])

    page = officer.post(url, {"file": upload(content, name), "do": "look"})

    assert page.status_code == 422
    assert words in words_of(page.content)
    assert not DocumentVersion.objects.exists()


def test_read_in_tracked_changes_count_or_are_kept_out_as_is_chosen(process: Process, officer: Client) -> None:
    url = reverse("document_read_in", args=[process.public_id])
    file = with_tracked_change(a_word_file((1, "1 Frist", "Der svares inden ")))
    page = officer.post(url, {"file": upload(file), "do": "look"})
    assert "Registrerede ændringer i filen" in words_of(page.content)
    fields = shown_fields(page)
    kept_out = officer.post(url, {**fields, "tracked": "original", "do": "look"})

    officer.post(url, {**shown_fields(kept_out), "tracked": "original"})

    assert process.documents.get().versions.get().sections.get().text == "Der svares inden fire uger"


def with_tracked_change(content: bytes) -> bytes:
    """The last paragraph ends in words that were changed from "fire uger" to "seks uger"."""
    document = docx.Document(io.BytesIO(content))
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:author="Ida" w:id="1"'
    for tag, text, words in (("del", "delText", "fire"), ("ins", "t", "seks")):
        xml = f"<w:{tag} {namespace}><w:r><w:{text}>{words}</w:{text}></w:r></w:{tag}>"
        document.paragraphs[-1]._p.append(docx.oxml.parse_xml(xml))
    document.paragraphs[-1].add_run(" uger")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_begin_document_by_its_sections_keeps_them(process: Process) -> None:
    from workflow.rules.documents import SectionText

    sections = [SectionText("Bilag A", "Ordliste", "Ord.", level=1)]

    version = begin_document(process, title="Bilag", sections=sections, actor=officer_of(process), now=NOW)

    assert str(version.sections.get()) == "Bilag A Ordliste"


def test_read_a_pdf_in_shows_it_page_by_page_and_where_each_section_begins(process: Process) -> None:
    content = (FILES / "pdf-weasyprint-pages.pdf").read_bytes()

    page = browser_of(process).post(
        reverse("document_read_in", args=[process.public_id]), {"file": upload(content, "aftale.pdf"), "do": "look"}
    )

    assert [one.number for one in page.context["text_pages"]] == [1, 2, 3]
    assert [(row["name"], row["page"]) for row in page.context["rows"]][1:] == [
        ("1 Formål", 1),
        ("1.1 Mål", 1),
        ("2 Organisering", 2),
        ("3 Økonomi", 3),
    ]
    words = words_of(page.content)
    assert "Se teksten side for side" in words
    assert "Side 3" in words


def test_read_a_scan_in_says_that_it_is_one_and_what_saving_it_gives(process: Process) -> None:
    content = (FILES / "pdf-scan.pdf").read_bytes()

    page = browser_of(process).post(
        reverse("document_read_in", args=[process.public_id]), {"file": upload(content, "scan.pdf"), "do": "look"}
    )

    words = words_of(page.content)
    assert "Filens sider er billeder (scannet)" in words
    assert words.count("Der kunne ikke læses nogen ord på denne side") == 2


def test_read_a_file_in_with_a_picture_counts_it_and_what_is_lost_stands_by_itself(process: Process) -> None:
    content = (FILES / "libreoffice-report.docx").read_bytes()

    page = browser_of(process).post(
        reverse("document_read_in", args=[process.public_id]), {"file": upload(content), "do": "look"}
    )

    assert {"value": 1, "label": "billeder"} in page.context["counts"]
    assert page.context["undescribed"] == []
    assert "billede" not in " ".join(page.context["reading"].found.lost)
