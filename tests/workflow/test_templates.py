"""An office's own Word templates: what is refused, with its place; what is filled, and with what; who may."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import docx
import pytest
from docx.document import Document
from PIL import Image

from tests.workflow.agreements import a_file, asked, in_approval
from tests.workflow.factories import a_stranger, an_office, an_unnamed_officer
from tests.workflow.template_files import LETTER, a_template, a_word_template, paragraphs_of
from workflow.actions.templates import remove_template, upload_template, use_template
from workflow.models import AuditEntry, Office, PaperTemplate
from workflow.reports.papers.filled import sample
from workflow.reports.papers.registry import kinds_with_templates, make_paper, paper_kind
from workflow.rules import Refused

pytestmark = pytest.mark.django_db

TRANSMITTAL = "transmittal"


def uploaded(
    office: Office, now: datetime, *paragraphs: str, change: Callable[[Document], object] | None = None
) -> Any:
    file = a_file(office, now, "brev.docx", a_word_template(*paragraphs, change=change))
    return upload_template(office, TRANSMITTAL, file=file, actor=an_unnamed_officer(), now=now)


def refusal_of(
    office: Office, now: datetime, *paragraphs: str, change: Callable[[Document], object] | None = None
) -> str:
    with pytest.raises(Refused) as refused:
        uploaded(office, now, *paragraphs, change=change)
    assert not PaperTemplate.objects.exists()
    return str(refused.value.refusal.text)


# ── What a template may say ───────────────────────────────────────────────────────────────────────────────────
def test_fill_sample_every_kind_takes_every_fact_it_is_told_of(now: datetime) -> None:
    office = an_office()
    kinds = kinds_with_templates()
    assert {kind.key for kind in kinds} == {"hearing_letter", "transmittal", "case_presentation"}
    for kind in kinds:
        assert kind.template is not None
        facts = kind.template.all_facts
        content = a_word_template(*(f"{fact.written}" for fact in facts))

        filled = sample(kind.template, office, "alt.docx", io.BytesIO(content))

        words = "\n".join(paragraphs_of(filled))
        for fact in facts:
            if fact.is_list:
                assert "".join(fact.example) in words, (kind.key, fact.name)
            elif not fact.is_long:
                assert str(fact.example) in words, (kind.key, fact.name)
        assert "{{" not in words
        assert sample(kind.template, office, "alt.docx", io.BytesIO(content)) == filled


def test_make_paper_every_kind_gives_its_template_the_facts_it_told_of(now: datetime) -> None:
    process = in_approval(now, councils=1)
    request = asked(process, "approval")[0]
    rows = {"transmittal": request, "case_presentation": request.stage}
    for key, row in rows.items():
        kind = paper_kind(key)
        assert kind.template is not None
        made = kind.make(row)

        values = kind.template.values(row, made)

        assert set(values) == {fact.name for fact in kind.template.facts}, key


def test_make_paper_as_word_with_the_offices_template_has_its_words_and_the_papers(now: datetime) -> None:
    process = in_approval(now, councils=1)
    request = asked(process, "approval")[0]
    a_template(
        process.office,
        now,
        TRANSMITTAL,
        *LETTER,
        "Senest {{ frist }}",
        "{%p for punkt in bilag %}",
        "{{ punkt }}",
        "{%p endfor %}",
    )

    made = make_paper(TRANSMITTAL, request, "docx")

    words = paragraphs_of(made.content)
    assert words[:2] == [process.office.name, request.body.name]
    assert any("til jeres godkendelse" in line for line in words)
    assert words[-3:] == ["Med venlig hilsen ", "Senest fredag den 29. marts 2019 kl. 12.00", "Aftale"]
    assert make_paper(TRANSMITTAL, request, "docx") == made
    document = docx.Document(io.BytesIO(made.content))
    assert document.core_properties.title == f"Oversendelse af {process.title}"
    assert make_paper(TRANSMITTAL, request, "pdf").content.startswith(b"%PDF")


def test_fill_facts_of_several_paragraphs_keep_headings_lists_and_tables(now: datetime) -> None:
    kind = paper_kind(TRANSMITTAL)
    assert kind.template is not None

    filled = sample(kind.template, an_office(), "a.docx", io.BytesIO(a_word_template("Før", "{{ tekst }}", "Efter")))

    document = docx.Document(io.BytesIO(filled))
    styles = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert styles["Bilag"].startswith("Heading")
    assert "1.\tSundhedsaftale 2027–2030" in styles
    assert [run.text for run in document.paragraphs[1].runs if run.bold] == ["godkendelse"]
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["Færre genindlæggelser", "12"]
    assert (document.paragraphs[0].text, document.paragraphs[-1].text) == ("Før", "Efter")


def test_fill_head_and_foot_of_pages_and_tables_with_conditions_and_keep_pictures(now: datetime) -> None:
    kind, office = paper_kind(TRANSMITTAL), an_office()
    assert kind.template is not None

    def everywhere(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ kontor }}"
        document.sections[0].footer.paragraphs[0].text = "{% if undertitel %}{{ sagsnummer }}{% endif %}"
        table = document.add_table(3, 1)
        for row, words in zip(table.rows, ("{%tr for punkt in bilag %}", "{{ punkt }}", "{%tr endfor %}"), strict=True):
            row.cells[0].text = words
        picture = io.BytesIO()
        Image.new("RGB", (9, 9)).save(picture, "PNG")
        document.add_picture(picture)

    content = io.BytesIO(a_word_template("{%p if maerke %}", "{{ maerke }}", "{%p endif %}", change=everywhere))
    document = docx.Document(io.BytesIO(sample(kind.template, office, "a.docx", content)))

    assert document.sections[0].header.paragraphs[0].text == "Sekretariatet for sundhedsaftalen"
    assert document.sections[0].footer.paragraphs[0].text == "SJAE-2026-1"
    assert [row.cells[0].text for row in document.tables[0].rows] == ["Sundhedsaftale 2027–2030", "Høringsnotat"]
    assert len(document.inline_shapes) == 1
    assert [paragraph.text for paragraph in document.paragraphs if paragraph.text] == []


def test_fill_facts_with_signs_of_xml_and_of_templates_they_stay_words(now: datetime) -> None:
    process = in_approval(now, councils=1)
    process.title = "A & B <c> {{ kontor }} {% for x in y %}"
    process.save(update_fields=["title"])
    request = asked(process, "approval")[0]
    a_template(process.office, now, TRANSMITTAL, "{{ titel }}")

    words = paragraphs_of(make_paper(TRANSMITTAL, request, "docx").content)

    assert process.title in words[0]


def test_make_paper_whose_template_fails_with_these_facts_takes_ours(now: datetime) -> None:
    process = in_approval(now, councils=1)
    request = asked(process, "approval")[0]
    ours = make_paper(TRANSMITTAL, request, "docx")
    template = a_template(process.office, now, TRANSMITTAL, "{{ kunde }}")

    assert make_paper(TRANSMITTAL, request, "docx") == ours
    template.ended_at = now
    template.save(update_fields=["ended_at"])
    assert make_paper(TRANSMITTAL, request, "docx") == ours


def test_make_paper_of_another_office_is_made_with_ours(now: datetime) -> None:
    process = in_approval(now, councils=1)
    request = asked(process, "approval")[0]
    ours = make_paper(TRANSMITTAL, request, "docx")
    a_template(an_office("anden"), now, TRANSMITTAL, "{{ titel }}")

    assert make_paper(TRANSMITTAL, request, "docx") == ours


# ── What is refused ───────────────────────────────────────────────────────────────────────────────────────────
def test_upload_template_with_unknown_names_says_each_with_its_place(now: datetime) -> None:
    def everywhere(document: Document) -> None:
        document.add_table(1, 1).cell(0, 0).text = "Til {{ kunde }}"
        document.sections[0].header.paragraphs[0].text = "{{ logo }}"
        document.sections[0].footer.paragraphs[0].text = "Side {{ side }}"

    said = refusal_of(
        an_office(),
        now,
        "{{ titel }}",
        "Hej {{ navn }}, {{ titel }}",
        "{%p for punkt in bilag %}",
        "{{ punkt.titel }} {{ loop.index }} {{ punkter }}",
        "{%p endfor %}",
        "{{ punkt }}",
        change=everywhere,
    )

    for fault in (
        "»navn« er ikke en oplysning i denne slags papir; afsnit 2: »Hej {{ navn }}, {{ titel }}«",
        "»punkt.titel« er ikke en oplysning i denne slags papir; afsnit 4",
        "»punkter« er ikke en oplysning i denne slags papir; afsnit 4",
        "»punkt« er ikke en oplysning i denne slags papir",
        "»kunde« er ikke en oplysning i denne slags papir; tabel 1: »Til {{ kunde }}«",
        "»logo« er ikke en oplysning i denne slags papir; sidehovedet, afsnit 1",
        "»side« er ikke en oplysning i denne slags papir; sidefoden, afsnit 1",
    ):
        assert fault in said, said
    assert "»titel«" not in said


@pytest.mark.parametrize(
    ("paragraphs", "words"),
    [
        (["{%p for punkt in bilag %}", "{{ punkt }}"], "en kode kan ikke læses eller er ikke afsluttet"),
        (["{{ titel "], "en kode kan ikke læses eller er ikke afsluttet"),
        (["{{ titel|hemmelig }}"], "en kode kan ikke læses eller er ikke afsluttet"),
        (["{% include 'andet' %}"], "»include« kan ikke bruges i en skabelon"),
        (["{% macro a() %}{{ a() }}{% endmacro %}"], "»macro« kan ikke bruges i en skabelon"),
        (["{% for a in range(99) %}{% endfor %}"], "»range« er ikke en oplysning"),
        (["Her: {{ tekst }}"], "»tekst« rummer flere afsnit og skal stå alene i sit eget; afsnit 1"),
        (["{{ titel.__class__.__mro__ }}"], "»titel.__class__« er ikke en oplysning"),
        (["{{ 1 / 0 }}"], "den kan ikke udfyldes"),
        (["{{ ''['__class__'] }}"], "den kan ikke udfyldes"),
    ],
)
def test_upload_template_that_cannot_be_filled_says_what_is_wrong(
    paragraphs: list[str], words: str, now: datetime
) -> None:
    assert words in refusal_of(an_office(), now, *paragraphs)


def test_upload_template_with_several_paragraphs_at_the_head_of_pages_is_refused(now: datetime) -> None:
    def head(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ tekst }}"

    assert "»tekst« rummer flere afsnit og kan ikke stå her" in refusal_of(an_office(), now, "{{ titel }}", change=head)


@pytest.mark.slow
@pytest.mark.parametrize(
    "loop",
    [
        "{% set a = 'x' * 9999999 %}"
        + "".join(f"{{% for c{n} in a %}}" for n in range(3))
        + "{{ titel }}"
        + "{% endfor %}" * 3,
        "{{ 'x' * 9999999999 }}",
        "{{ 9 ** 99999999 }}",
    ],
)
def test_upload_template_with_a_loop_that_never_ends_is_refused_and_the_next_is_checked(
    loop: str, now: datetime
) -> None:
    office = an_office()

    assert "tager for meget tid eller hukommelse" in refusal_of(office, now, loop)
    assert uploaded(office, now, "{{ titel }}").used_at is None


def _with_relation(document: Document) -> None:
    part = document.part
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    part.relate_to("https://elsewhere.example/logo.png", kind, is_external=True)


def test_upload_template_that_fetches_from_elsewhere_is_refused_and_one_with_a_link_is_not(now: datetime) -> None:
    office = an_office()

    assert "henter noget et andet sted fra" in refusal_of(office, now, "{{ titel }}", change=_with_relation)

    def link(document: Document) -> None:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
        document.part.relate_to("https://region.example", kind, is_external=True)

    assert uploaded(office, now, "{{ titel }}", change=link)


def _with_macros() -> bytes:
    source, target = io.BytesIO(a_word_template()), io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
        after.writestr("word/vbaProject.bin", b"macro")
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("brev.pdf", b"%PDF-1.4\n%%EOF\n", "er ikke en Word-fil"),
        ("brev.docx", _with_macros(), "makroer"),
        ("brev.docx", a_word_template()[:-40], "beskadiget"),
    ],
)
def test_check_template_that_is_no_word_file_has_macros_or_is_torn_is_refused(
    name: str, content: bytes, words: str, now: datetime
) -> None:
    kind = paper_kind(TRANSMITTAL)
    assert kind.template is not None

    with pytest.raises(Refused) as refused:
        sample(kind.template, an_office(), name, io.BytesIO(content))

    assert words in str(refused.value.refusal.text)


# ── Deeds ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_upload_use_and_remove_template_each_has_its_entry_and_one_is_in_use(now: datetime) -> None:
    office, officer = an_office(), an_unnamed_officer()

    first = use_template(uploaded(office, now, "{{ titel }} 1"), actor=officer, now=now)
    waiting = uploaded(office, now, "{{ titel }} 2")
    second = uploaded(office, now, "{{ titel }} 3")

    waiting.refresh_from_db()
    assert waiting.ended_at == now
    second = use_template(second, actor=officer, now=now)
    first.refresh_from_db()
    assert (first.ended_at, second.used_at) == (now, now)
    remove_template(second, actor=officer, now=now)
    assert not PaperTemplate.objects.filter(ended_at=None).exists()
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    up, use, gone = "upload_template", "use_template", "remove_template"
    assert [verb for verb in verbs if "template" in verb] == [up, use, up, up, use, gone]
    assert AuditEntry.objects.filter(verb=up).first().codes == {"kind": TRANSMITTAL, "sha256": first.file.sha256}  # type: ignore[union-attr]


def test_use_and_remove_template_that_has_ended_is_refused_and_says_so(now: datetime) -> None:
    office, officer = an_office(), an_unnamed_officer()
    template = uploaded(office, now)
    remove_template(template, actor=officer, now=now)

    for deed in (use_template, remove_template):
        with pytest.raises(Refused, match="fjernet eller erstattet"):
            deed(template, actor=officer, now=now)


def test_use_template_twice_is_refused_and_with_its_key_is_one_deed(now: datetime) -> None:
    office, officer = an_office(), an_unnamed_officer()
    template = uploaded(office, now)

    use_template(template, actor=officer, now=now, key="a")
    use_template(template, actor=officer, now=now, key="a")
    with pytest.raises(Refused, match="allerede i brug"):
        use_template(template, actor=officer, now=now)


def test_do_anything_to_templates_of_another_office_is_refused(now: datetime) -> None:
    office = an_office()
    template = uploaded(office, now)

    for deed in (
        lambda: upload_template(office, TRANSMITTAL, file=template.file, actor=a_stranger(), now=now),
        lambda: use_template(template, actor=a_stranger(), now=now),
        lambda: remove_template(template, actor=a_stranger(), now=now),
    ):
        with pytest.raises(Refused):
            deed()
