"""Headings and numbers of a Word file, as they are printed: reckoned where Word numbers by itself, never twice."""

from __future__ import annotations

import pytest

from tests.workflow.readers.word_files import HEADINGS, a_paragraph, a_run, deleted, read
from workflow.readers.assembling import number_and_words

pytestmark = pytest.mark.sqlite


def a_level(depth: int, text: str, form: str = "decimal", more: str = "") -> str:
    written = f'<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/>{written}</w:lvl>'


def numbered(key: int, depth: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{key}"/></w:numPr>'


def numbering(*levels: str, lists: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{lists}'


LEGAL = numbering(
    a_level(0, "%1.", more='<w:pStyle w:val="Overskrift1"/>'),
    a_level(1, "%1.%2", more='<w:pStyle w:val="Overskrift2"/>'),
    a_level(2, "%1.%2.%3", more='<w:pStyle w:val="Overskrift3"/>'),
)
IN_LIST = HEADINGS.replace("<w:outlineLvl", '<w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl')


def numbers(body: str, **parts: str) -> list[tuple[str, int, str]]:
    return [(s.number, s.level, s.heading) for s in read(body, **parts).sections]


def test_read_headings_numbered_by_their_styles_have_the_numbers_word_prints() -> None:
    body = "".join(
        a_paragraph(words, style=f"Overskrift{level}")
        for level, words in (
            (1, "Indledning"),
            (2, "Formål"),
            (2, "Parter"),
            (3, "Regionen"),
            (1, "Vision"),
            (2, "Mål"),
        )
    )

    assert numbers(body, styles=IN_LIST, numbering=LEGAL) == [
        ("1", 1, "Indledning"),
        ("1.1", 2, "Formål"),
        ("1.2", 2, "Parter"),
        ("1.2.1", 3, "Regionen"),
        ("2", 1, "Vision"),
        ("2.1", 2, "Mål"),
    ]


def test_read_headings_typed_and_numbered_by_word_are_not_numbered_twice() -> None:
    body = a_paragraph("1. Vision", style="Overskrift1") + a_paragraph("3.1 Mål", style="Overskrift2")

    assert numbers(body) == [("1", 1, "Vision"), ("3.1", 2, "Mål")]
    assert numbers(body, styles=IN_LIST, numbering=LEGAL)[0] == ("1", 1, "Vision")


def test_read_headings_that_skip_a_level_keep_theirs() -> None:
    body = a_paragraph("Vision", style="Overskrift1") + a_paragraph("Mål", style="Overskrift3")

    assert numbers(body, styles=IN_LIST, numbering=LEGAL) == [("1", 1, "Vision"), ("1.1.1", 3, "Mål")]


@pytest.mark.parametrize(
    ("form", "text", "printed"),
    [
        ("upperLetter", "Bilag %1", ["Bilag A", "Bilag B"]),
        ("upperLetter", "Bilag %1:", ["Bilag A", "Bilag B"]),
        ("lowerLetter", "%1)", ["a", "b"]),
        ("lowerLetter", "(%1)", ["(a)", "(b)"]),
        ("upperLetter", "Bilag %1 –", ["Bilag A", "Bilag B"]),
        ("upperRoman", "%1.", ["I", "II"]),
        ("decimalZero", "§ %1", ["§ 01", "§ 02"]),
        ("bullet", "•", ["", ""]),
        ("none", "", ["", ""]),
    ],
)
def test_read_headings_in_a_list_have_its_form_of_number(form: str, text: str, printed: list[str]) -> None:
    body = "".join(a_paragraph(word, style="Overskrift1", properties=numbered(1)) for word in ("Ordliste", "Økonomi"))

    assert [one for one, _level, _words in numbers(body, numbering=numbering(a_level(0, text, form)))] == printed


def test_read_list_that_says_where_it_begins_starts_there_and_one_without_goes_on() -> None:
    lists = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = "".join(a_paragraph("x", style="Overskrift1", properties=numbered(key)) for key in (1, 1, 2, 2, 3))

    found = numbers(body, numbering=numbering(a_level(0, "%1."), lists=lists))

    assert [number for number, _level, _words in found] == ["1", "2", "5", "6", "7"]


def test_read_level_in_figures_only_writes_those_above_in_figures_too() -> None:
    levels = numbering(a_level(0, "%1.", "upperRoman"), a_level(1, "%1.%2", more="<w:isLgl/>"))
    body = a_paragraph("x", style="Overskrift1", properties=numbered(1)) + a_paragraph(
        "y", style="Overskrift2", properties=numbered(1, 1)
    )

    assert [number for number, _level, _words in numbers(body, numbering=levels)] == ["I", "1.1"]


@pytest.mark.parametrize(
    ("heading", "split"),
    [
        ("3.1 Vision", ("3.1", "Vision")),
        ("3.1. Vision", ("3.1", "Vision")),
        ("3 Vision", ("3", "Vision")),
        ("3. Vision", ("3", "Vision")),
        ("Bilag A: Ordliste", ("Bilag A", "Ordliste")),
        ("Bilag 2 – Økonomi", ("Bilag 2", "Økonomi")),
        ("Kapitel IV. Ikrafttræden", ("Kapitel IV", "Ikrafttræden")),
        ("§ 3 a. Klage", ("§ 3 a", "Klage")),
        ("A. Vision", ("A", "Vision")),
        ("I Danmark", ("", "I Danmark")),
        ("5 mål for 2027", ("", "5 mål for 2027")),
        ("1. januar 2027", ("", "1. januar 2027")),
        ("2027 og frem", ("", "2027 og frem")),
        ("Bilag til aftalen", ("", "Bilag til aftalen")),
        ("Bilag A", ("", "Bilag A")),
        ("3.1", ("", "3.1")),
    ],
)
def test_split_heading_takes_off_a_typed_number_and_nothing_else(heading: str, split: tuple[str, str]) -> None:
    assert number_and_words(heading) == split


def test_read_styles_made_after_a_heading_or_named_as_one_make_headings() -> None:
    styles = (
        HEADINGS
        + '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="Egen"/><w:basedOn w:val="Overskrift2"/>'
        + "</w:style>"
        + '<w:style w:type="paragraph" w:styleId="x"><w:name w:val="Overskrift 3"/></w:style>'
        + '<w:style w:type="paragraph" w:styleId="n"><w:name w:val="Uden"/><w:basedOn w:val="Overskrift1"/>'
        + '<w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>'
    )
    body = (
        a_paragraph("efter", style="a1")
        + a_paragraph("navn", style="x")
        + a_paragraph("ingen", style="n")
        + a_paragraph("selv", properties='<w:outlineLvl w:val="0"/>')
    )

    found = read(body, styles=styles)

    assert [(s.level, s.heading, s.text) for s in found.sections] == [
        (2, "efter", ""),
        (3, "navn", "ingen"),
        (1, "selv", ""),
    ]


def test_read_bold_lines_are_proposed_headings_only_where_there_are_no_others() -> None:
    bold = a_paragraph(a_run("2.1 Mål", "<w:b/>"))
    body = bold + a_paragraph("Vi ", a_run("skal", "<w:b/>"), " nå det.")

    alone = read(body).sections
    beside = read(a_paragraph("Vision", style="Overskrift1") + body).sections

    assert [(s.number, s.level, s.heading, s.text, s.proposed) for s in alone] == [
        ("2.1", 2, "Mål", "Vi **skal** nå det.", True)
    ]
    assert [(s.heading, s.text, s.proposed) for s in beside] == [
        ("Vision", "**2.1 Mål**\n\nVi **skal** nå det.", False)
    ]


def test_read_heading_of_the_contents_is_no_heading_and_counts_where_its_style_numbers_it() -> None:
    gallery = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    contents = a_paragraph("Indhold", style="Overskrift1")
    body = f"{gallery}<w:sdtContent>{contents}</w:sdtContent></w:sdt>" + a_paragraph("Vision", style="Overskrift1")

    assert numbers(body, styles=IN_LIST, numbering=LEGAL) == [("2", 1, "Vision")]


def test_read_level_that_never_begins_anew_counts_on_and_one_with_a_start_of_its_own_begins_there() -> None:
    lists = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="4"/></w:lvlOverride></w:num>'
    )
    deeper = a_level(1, "%1.%2", more='<w:lvlRestart w:val="0"/>')
    body = "".join(
        a_paragraph("x", style=f"Overskrift{depth + 1}", properties=numbered(1, depth)) for depth in (0, 1, 1, 0, 1)
    )
    overridden = body.replace('<w:numId w:val="1"/>', '<w:numId w:val="2"/>')

    never = numbers(body, numbering=numbering(a_level(0, "%1"), deeper, lists=lists))
    own = numbers(overridden, numbering=numbering(a_level(0, "%1"), a_level(1, "%1.%2"), lists=lists))

    assert [number for number, _level, _words in never] == ["1", "1.1", "1.2", "2", "2.3"]
    assert [number for number, _level, _words in own] == ["1", "1.4", "1.5", "2", "2.4"]


def test_read_list_that_is_made_after_a_style_counts_as_that_style_says() -> None:
    own = '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>'
    styles = f'{HEADINGS}<w:style w:type="numbering" w:styleId="Stil">{own}</w:style>'
    lists = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Stil"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
    )
    made = numbering('<w:styleLink w:val="Stil"/>', a_level(0, "Kapitel %1", "upperRoman"), lists=lists)
    body = "".join(a_paragraph(word, style="Overskrift1", properties=numbered(1)) for word in ("Mål", "Midler"))

    found = numbers(body, styles=styles, numbering=made)

    assert [number for number, _level, _words in found] == ["Kapitel I", "Kapitel II"]


def test_read_paragraph_taken_off_the_list_of_its_style_has_no_number() -> None:
    body = a_paragraph("Forord", style="Overskrift1", properties=numbered(0)) + a_paragraph("Mål", style="Overskrift1")

    assert numbers(body, styles=IN_LIST, numbering=LEGAL) == [("", 1, "Forord"), ("1", 1, "Mål")]


def test_read_heading_that_was_taken_out_does_not_count() -> None:
    gone = a_paragraph(
        deleted("Udgår"), style="Overskrift1", properties='<w:rPr><w:del w:id="1" w:author="Ole"/></w:rPr>'
    )
    body = a_paragraph("Vision", style="Overskrift1") + gone + a_paragraph("Mål", style="Overskrift1")

    assert numbers(body, styles=IN_LIST, numbering=LEGAL) == [("1", 1, "Vision"), ("2", 1, "Mål")]
    whole = read(body, original=True, styles=IN_LIST, numbering=LEGAL).sections
    assert [section.number for section in whole] == ["1", "2", "3"]


def test_read_heading_without_words_is_none_and_counts_unless_it_is_hidden() -> None:
    hidden = a_paragraph(a_run("Skjult", "<w:vanish/>"), style="Overskrift1", properties="<w:rPr><w:vanish/></w:rPr>")
    empty = a_paragraph(style="Overskrift1")
    body = a_paragraph("Vision", style="Overskrift1") + hidden + empty + a_paragraph("Mål", style="Overskrift1")

    assert numbers(body, styles=IN_LIST, numbering=LEGAL) == [("1", 1, "Vision"), ("3", 1, "Mål")]
