"""What is made of a PDF, which has neither paragraphs nor headings: each by itself."""

from __future__ import annotations

import io

import pikepdf
import pytest

from tests.workflow.readers.pdf_files import Line, a_pdf
from workflow.readers import pdf, read_document
from workflow.readers.document import FoundDocument
from workflow.readers.pdf import pages as pdf_pages

pytestmark = pytest.mark.sqlite

BOLD = 100


def column(x: float, y: float, *lines: str, size: float = 11) -> list[Line]:
    """Lines under each other, from a place on the page."""
    return [(x, y - 14 * place, size, words) for place, words in enumerate(lines)]


def read(*pages: list[Line], **parts: object) -> FoundDocument:
    return pdf.read(a_pdf(*pages, **parts), False)  # type: ignore[arg-type]


def texts(found: FoundDocument) -> list[str]:
    return [section.text for section in found.sections]


LEFT = (
    "Sundhedsaftalen beskriver, hvordan",
    "regionen og kommunerne arbejder",
    "sammen om forløb for borgere, der",
    "flytter mellem hospital og hjem,",
    "og hvem der har ansvaret for dem.",
)
RIGHT = (
    "Udvalget mødes hvert kvartal og",
    "følger de mål, som parterne har",
    "aftalt. En rapport om året viser,",
    "hvor langt man er nået, og den er",
    "offentlig for alle på nettet.",
)


def test_read_two_columns_reads_one_after_the_other() -> None:
    rows = [line for pair in zip(column(60, 700, *LEFT), column(320, 700, *RIGHT), strict=True) for line in pair]

    found = read(rows)

    assert texts(found) == [" ".join(LEFT) + "\n\n" + " ".join(RIGHT)]


def test_read_rows_of_a_table_reads_across() -> None:
    cells = (("Part", "Andel"), ("Region", "60"), ("Nordby", "25"), ("Sydby", "10"), ("Vestby", "5"))
    rows = [
        line for row, (a, b) in enumerate(cells) for line in ((60, 700 - 20 * row, 11, a), (360, 700 - 20 * row, 11, b))
    ]

    assert texts(read(rows)) == ["Part Andel\n\nRegion 60\n\nNordby 25\n\nSydby 10\n\nVestby 5"]


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (("Vi aftaler sam-", "arbejde om børn."), "Vi aftaler samarbejde om børn."),
        (("Vi aftaler hospitals-", "og plejeforløb."), "Vi aftaler hospitals- og plejeforløb."),
        (("Vi følger EU-", "Domstolens praksis."), "Vi følger EU-Domstolens praksis."),
        (("I årene 2028–", "2031 gælder det."), "I årene 2028–2031 gælder det."),
    ],
)
def test_read_word_divided_at_a_lines_end_is_joined(lines: tuple[str, str], whole: str) -> None:
    assert texts(read(column(60, 700, *lines))) == [whole]


def test_read_paragraphs_are_parted_where_lines_stand_further_apart() -> None:
    found = read([*column(60, 700, *LEFT), *column(60, 600, *RIGHT)])

    assert texts(found) == [" ".join(LEFT) + "\n\n" + " ".join(RIGHT)]


def test_read_sentence_over_a_pages_end_goes_on_and_the_page_begins_within_it() -> None:
    found = read(column(60, 700, *LEFT[:3]), column(60, 700, *LEFT[3:]))

    [section] = found.sections
    assert section.text == " ".join(LEFT)
    assert section.pages == [(1, 0), (2, section.text.index("flytter"))]


def test_read_headings_by_their_look_are_proposed_with_numbers_split_off() -> None:
    page = [
        (60, 780, 20, "Samarbejdsaftale"),
        (60, 740, 14, "1. Formål"),
        *column(60, 715, *LEFT),
        (60, 600, 11 * BOLD, "1.1 Mål"),
        *column(60, 580, *RIGHT),
        (60, 480, 14, "Bilag A: Ordliste"),
        *column(60, 455, "Borger: den, det handler om, når der tales om forløb."),
    ]

    found = read(page)

    assert [(s.number, s.level, s.heading, s.proposed) for s in found.sections] == [
        ("", 1, "Samarbejdsaftale", True),
        ("1", 1, "Formål", True),
        ("1.1", 2, "Mål", True),
        ("Bilag A", 1, "Ordliste", True),
    ]
    assert found.title == "Samarbejdsaftale"


def test_read_with_a_title_among_the_properties_takes_it_and_not_a_file_name() -> None:
    page = [(60, 780, 20.0, "Samarbejdsaftale"), *column(60, 740, *LEFT)]

    titled, named_by_file = read(page, title="Samarbejdsaftale"), read(page, title="Microsoft Word - udkast3.docx")

    assert (titled.title, len(titled.sections)) == ("Samarbejdsaftale", 1)
    assert (named_by_file.title, named_by_file.sections[0].heading) == ("Samarbejdsaftale", "Samarbejdsaftale")


def test_read_heads_and_feet_of_most_pages_are_left_out_and_named() -> None:
    pages = [
        [
            (60, 810, 9.0, "Region Nordland"),
            *column(60, 700, f"Side med ordet nummer {n}."),
            (280, 30, 9.0, f"Side {n} af 4"),
        ]
        for n in range(1, 5)
    ]

    found = read(*pages)

    assert texts(found) == ["\n\n".join(f"Side med ordet nummer {n}." for n in range(1, 5))]
    assert found.lost == ["page_heads 2"]


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_read_page_that_is_turned_reads_the_same(rotate: int) -> None:
    page = column(60, 700, *LEFT)

    assert texts(read(page, rotate=rotate)) == texts(read(page))


def test_read_that_forbids_printing_is_read() -> None:
    page = column(60, 700, "Ord.")
    forbidden = a_pdf(page, encryption=pikepdf.Encryption(user="", owner="ejer"))

    assert read_document("a.pdf", io.BytesIO(forbidden)).sections[0].text == "Ord."


def test_read_scan_has_no_sections_and_says_that_it_is_one() -> None:
    document = pikepdf.new()
    for _page in range(2):
        page = document.add_blank_page(page_size=(595, 842))
        picture = document.make_stream(
            bytes(100 * 100),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=100,
            Height=100,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
        page.Contents = document.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    written = io.BytesIO()
    document.save(written)

    found = pdf.read(written.getvalue(), False)

    assert (found.sections, found.lost) == ([], ["scanned_pages 2"])


def test_read_more_pages_than_are_read_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MOST_PAGES", 2)

    found = read(*[column(60, 700, f"Side {word}.") for word in ("et", "to", "tre", "fire", "fem")])

    assert (texts(found), found.lost) == (["Side et.\n\nSide to."], ["pages_over 3"])


@pytest.mark.slow
def test_read_three_thousand_pages_within_the_limits() -> None:
    pages = a_pdf(*[column(60, 800, *(LEFT * 10)), column(60, 800, *(RIGHT * 10))] * 1500)

    found = read_document("stor.pdf", io.BytesIO(pages))

    assert found.sections[-1].pages[-1][0] == 3000
    assert found.lost == []
