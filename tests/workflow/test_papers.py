"""The model of a paper and its writers: what a PDF and a Word file hold, and that they hold the same."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import docx
import pikepdf
import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from tests.workflow.papers import MADE_AT, RICH, a_paper, bookmarks, fonts, opened, rich_blocks, tags, untagged
from workflow.reports.papers.heads import in_steps
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import (
    Block,
    Footnote,
    Heading,
    ItemList,
    Paragraph,
    Quote,
    Table,
    Words,
    line,
    plain,
)
from workflow.reports.papers.naming import LONGEST, file_name
from workflow.reports.papers.pdf import write_pdf
from workflow.reports.papers.word import write_docx


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_markdown_with_everything_each_becomes_its_block() -> None:
    paragraph, heading, items, table, quote = blocks_of(RICH, below=1)

    assert isinstance(paragraph, Paragraph)
    assert Words("fede ord", is_strong=True) in paragraph.words
    assert Words("link", href="https://region.example") in paragraph.words
    assert Footnote((Words("Noten."),)) in paragraph.words
    assert isinstance(heading, Heading)
    assert (heading.level, heading.text) == (4, "Under punktet")
    assert isinstance(items, ItemList)
    assert items.is_numbered
    assert isinstance(items.items[1][1], ItemList)
    assert isinstance(table, Table)
    assert [plain(cell) for cell in table.head] == ["Mål", "Antal"]
    assert table.numeric == {1}
    assert isinstance(quote, Quote)


@pytest.mark.parametrize(
    "text",
    [
        "[her](javascript:alert(1))",
        "[her](file:///etc/passwd)",
        "<script>alert(1)</script>",
        "![her](https://x.example/a.png)",
    ],
)
def test_read_markdown_with_what_no_page_takes_leaves_words_alone(text: str) -> None:
    words = [inline for block in blocks_of(text) if isinstance(block, Paragraph) for inline in block.words]

    assert words
    assert not any(isinstance(inline, Words) and inline.href for inline in words)


def test_step_headings_that_skip_levels_each_lies_at_most_one_below() -> None:
    stepped = in_steps([Heading(3, line("a")), Heading(6, line("b")), Paragraph(line("x")), Heading(2, line("c"))])

    assert [block.level for block in stepped if isinstance(block, Heading)] == [1, 2, 2]


# ── PDF ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_write_pdf_is_tagged_titled_in_its_language_with_bookmarks_and_our_fonts() -> None:
    pdf = opened(write_pdf(a_paper(has_contents=True)))

    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "da"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Sundhedsaftale 2027–2030"
    found = tags(pdf)
    assert [tag for tag in found if tag in ("H1", "H2", "H3")] == ["H1", "H2", "H3", "H2", "H2"]
    assert {"P", "L", "LI", "Table", "TR", "TH", "TD", "Link"} <= set(found)
    assert found.count("TH") == 2
    assert untagged(pdf) == 0
    assert bookmarks(pdf) == ["Sundhedsaftale 2027–2030", "1 Fælles mål", "Under punktet", "2 Økonomi", "Noter"]
    assert fonts(pdf)
    assert all(fonts(pdf).values())
    assert all(name.startswith("Plex") for name in fonts(pdf))


def test_write_pdf_bears_the_papers_instant_and_no_other() -> None:
    pdf = opened(write_pdf(a_paper()))

    assert str(pdf.docinfo["/CreationDate"]) == str(pdf.docinfo["/ModDate"]) == "D:20260303233000Z"


def test_write_pdf_with_line_numbers_they_stand_beside_the_text_and_not_among_its_tags() -> None:
    blocks = (Heading(1, line("Fælles mål"), "1", "a"), *(Paragraph(line(f"Linje {n}")) for n in range(1, 60)))
    plainly, numbered = (opened(write_pdf(a_paper(*blocks, has_line_numbers=has))) for has in (False, True))

    assert len(plainly.pages) == len(numbered.pages) == 3
    assert tags(plainly) == tags(numbered)
    assert untagged(numbered) == 0
    assert all(len(page.Contents.read_bytes()) for page in numbered.pages)
    assert len(write_pdf(a_paper(*blocks, has_line_numbers=True))) > len(write_pdf(a_paper(*blocks)))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "https://x.example/a.png", "paper:../settings.py"])
def test_write_pdf_whose_words_name_a_file_or_address_opens_neither(address: str) -> None:
    from weasyprint.urls import FatalURLFetchingError

    from workflow.reports.papers.typesetting import Page, fetcher_of

    with pytest.raises(FatalURLFetchingError):
        fetcher_of(Page("", "", {}, False), {}).fetch(address)
    assert write_pdf(a_paper(Paragraph(line(f'<img src="{address}"> url({address})'))))


# ── Word ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_write_docx_has_styles_lists_heads_of_tables_notes_language_and_properties() -> None:
    content = write_docx(a_paper())
    document = docx.Document(io.BytesIO(content))

    assert [
        (p.style.name, p.text) for p in document.paragraphs if p.style and p.style.name.startswith(("Title", "Head"))
    ] == [
        ("Title", "Sundhedsaftale 2027–2030"),
        ("Heading 1", "1 Fælles mål"),
        ("Heading 2", "Under punktet"),
        ("Heading 1", "2 Økonomi"),
    ]
    items = [p.text for p in document.paragraphs if p._p.pPr is not None and p._p.pPr.numPr is not None]
    assert items == ["det første", "det andet", "herunder"]
    (table,) = document.tables
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[1].cells] == ["Færre genindlæggelser", "12"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        notes = archive.read("word/footnotes.xml").decode()
        assert "Noten." in notes
        assert "Den anden note." in notes
        assert 'w:lang w:val="da-DK"' in archive.read("word/styles.xml").decode()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = document.core_properties
    assert (properties.title, properties.author) == ("Sundhedsaftale 2027–2030", "Sekretariatet for sundhedsaftalen")
    assert properties.created == properties.modified == MADE_AT


def test_write_docx_with_line_numbers_word_numbers_them() -> None:
    document = docx.Document(io.BytesIO(write_docx(a_paper(has_line_numbers=True))))

    assert document.sections[0]._sectPr.find(qn("w:lnNumType")) is not None


# ── Both ──────────────────────────────────────────────────────────────────────────────────────────────────────
FILLER = "Region og kommuner er enige om at styrke samarbejdet. " * 12
_WORDS = st.text(alphabet="abcæøåÆØÅ 0123456789<>&\"'[]*_#|–é", min_size=1, max_size=40).filter(
    lambda text: text.strip()
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(1, 6), _WORDS), min_size=1, max_size=6))
def test_write_both_every_heading_of_the_paper_is_in_both(headings: list[tuple[int, str]]) -> None:
    blocks = tuple(
        in_steps(
            Heading(level, line(" ".join(text.split())), str(place), f"a{place}")
            for place, (level, text) in enumerate(headings)
        )
    )
    paper = a_paper(*blocks)

    in_word = [
        p.text
        for p in docx.Document(io.BytesIO(write_docx(paper))).paragraphs
        if p.style and "Heading" in str(p.style.name)
    ]

    assert in_word == [heading.text for heading in paper.headings]
    assert bookmarks(opened(write_pdf(paper)))[1:] == in_word


_PLACES = (
    "Ord{}",
    "- punkt{}\n- et andet",
    "| A{} | B |\n|---|---|\n| x | y |",
    "| A | B |\n|---|---|\n| x{} | y |",
    "> ord{}",
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(_PLACES), min_size=1, max_size=40), st.booleans(), st.booleans())
def test_write_both_every_paragraph_and_note_of_the_paper_is_in_both(
    places: list[str], has_contents: bool, has_line_numbers: bool
) -> None:
    blocks: list[Block] = []
    for number, place in enumerate(places):
        words = f"{place.format(f'[^{number}]')}\n\nTekst{number:03} {FILLER}\n\n[^{number}]: Note{number:03}"
        blocks += [Heading(1, line(f"Afsnit {number}"), str(number), f"a{number}"), *blocks_of(words)]
    paper = a_paper(*blocks, has_contents=has_contents, has_line_numbers=has_line_numbers)

    in_pdf = "".join(page.get_textpage().get_text_range() for page in PdfDocument(write_pdf(paper)))
    with zipfile.ZipFile(io.BytesIO(write_docx(paper))) as archive:
        in_word = archive.read("word/footnotes.xml").decode()

    assert [n for n in range(len(places)) if in_pdf.count(f"Tekst{n:03}") != 1] == []
    assert [n for n in range(len(places)) if in_pdf.count(f"Note{n:03}") != 1] == []
    assert [n for n in range(len(places)) if f"Note{n:03}" not in in_word] == []


def test_write_both_twice_gives_the_same_bytes() -> None:
    paper = a_paper(has_contents=True, has_line_numbers=True)

    assert write_pdf(paper) == write_pdf(a_paper(has_contents=True, has_line_numbers=True))
    assert write_docx(paper) == write_docx(a_paper(has_contents=True, has_line_numbers=True))
    assert write_pdf(paper) != write_pdf(a_paper(*rich_blocks()[:1]))


def test_write_both_of_a_letter_the_recipient_stands_in_both() -> None:
    paper = a_paper(recipient=("Køge Kommune", "Byrådet"))
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(write_docx(paper))).paragraphs)

    assert "Køge Kommune\t4. marts 2026" in text
    assert opened(write_pdf(paper)).pages


@pytest.mark.parametrize("signs", ["سلام שלום", "日本語", "😀", "a\u0301" * 5])
def test_write_both_with_signs_our_fonts_lack_still_writes_them(signs: str) -> None:
    paper = a_paper(Paragraph(line(signs)))

    assert signs in "\n".join(p.text for p in docx.Document(io.BytesIO(write_docx(paper))).paragraphs)
    assert all(fonts(opened(write_pdf(paper))).values())


# ── Names ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_name_a_file_is_danish_dated_and_fit_for_windows() -> None:
    assert file_name(date(2026, 3, 4), "Høringsbrev", "Sundhedsaftale 2027–2030") == (
        "2026-03-04 Høringsbrev - Sundhedsaftale 2027-2030"
    )


@given(st.lists(st.text(max_size=200), max_size=3))
def test_name_a_file_of_any_words_is_short_and_holds_no_sign_windows_refuses(words: list[str]) -> None:
    name = file_name(date(2026, 3, 4), *words)

    assert len(name) <= LONGEST
    assert name.startswith("2026-03-04")
    assert not set(name) & set('<>:"/\\|?*\0\n\t')
    assert name == name.rstrip(" .")


def test_read_pdf_of_a_paper_made_at_a_later_instant_is_another_file() -> None:
    later = datetime(2026, 3, 5, tzinfo=UTC)

    assert write_pdf(a_paper(made_at=later)) != write_pdf(a_paper())
    assert isinstance(opened(write_pdf(a_paper(made_at=later))), pikepdf.Pdf)
