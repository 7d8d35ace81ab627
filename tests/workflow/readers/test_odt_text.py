"""What an OpenDocument holds besides what the programs' own files show: each by itself."""

from __future__ import annotations

import unicodedata

import pytest

from tests.workflow.readers import word_files
from tests.workflow.readers.odt_files import a_heading, read
from workflow.readers.document import FoundDocument

pytestmark = pytest.mark.sqlite

PICTURE = '<draw:frame><draw:image xlink:href="Pictures/{0}.png"/><svg:desc>Figur {0}</svg:desc></draw:frame>'
WORD_PICTURE = (
    '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="Figur {0}"/><a:graphic><a:graphicData><pic:pic>'
    '<a:blip r:embed="i"/></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
)
WORD_RELATION = (
    '<Relationship Id="i" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
    'Target="media/a.png"/>'
)


def texts(found: FoundDocument) -> list[str]:
    return [section.text for section in found.sections]


# ── Of both formats alike ─────────────────────────────────────────────────────────────────────────────────────
def in_word(*paragraphs: str) -> FoundDocument:
    return word_files.read("".join(word_files.a_paragraph(each) for each in paragraphs))


def in_odt(*paragraphs: str) -> FoundDocument:
    return read("".join(f"<text:p>{each}</text:p>" for each in paragraphs))


READERS = pytest.mark.parametrize("read_paragraphs", [in_word, in_odt])


@READERS
def test_read_text_from_right_to_left_keeps_its_words_and_no_direction_signs(read_paragraphs) -> None:  # type: ignore[no-untyped-def]
    found = read_paragraphs("\u202bمرحبا بكم\u202c i \u200fעברית\u200f")

    assert texts(found) == ["مرحبا بكم i עברית"]


@READERS
def test_read_text_with_combining_signs_composes_them(read_paragraphs) -> None:  # type: ignore[no-untyped-def]
    found = read_paragraphs(unicodedata.normalize("NFD", "Århus, Ærø og Ålborg é"))

    assert texts(found) == ["Århus, Ærø og Ålborg é"]


def test_read_two_hundred_pictures_names_each() -> None:
    pictures = "".join(f"<text:p>{PICTURE.format(n)}</text:p>" for n in range(200))
    word = "".join(word_files.a_paragraph(WORD_PICTURE.format(n)) for n in range(200))

    of_odt = texts(read(pictures))[0].split("\n\n")
    of_word = texts(word_files.read(word, relations=WORD_RELATION))[0].split("\n\n")

    assert of_odt == [f"![Figur {n}]({n}.png)" for n in range(200)]
    assert of_word == [f"![Figur {n}](a.png)" for n in range(200)]


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        (
            '<draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="x.png"/></draw:frame>',
            "equations",
        ),
        ('<draw:frame><draw:object xlink:href="./Object 2"/></draw:frame>', "charts"),
        ('<draw:frame><draw:object xlink:href="./Object 3"/></draw:frame>', "embedded"),
        ('<draw:frame><draw:object-ole xlink:href="./Object 4"/></draw:frame>', "embedded"),
        ('<draw:frame><draw:image xlink:href="https://nord.example/a.png"/></draw:frame>', "linked_pictures"),
        ("<draw:frame><draw:text-box><text:p>Boks</text:p></draw:text-box></draw:frame>", "text_boxes"),
        ("<draw:custom-shape><text:p/></draw:custom-shape>", "drawings"),
        ("<draw:control/>", "form_fields"),
        ('<text:hidden-text text:is-hidden="true" text:string-value="x"/>', "hidden"),
    ],
)
def test_read_what_cannot_be_carried_names_it(inside: str, kind: str) -> None:
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="Object {n}/" '
        f'manifest:media-type="application/vnd.oasis.opendocument.{name}"/>'
        for n, name in ((1, "formula"), (2, "chart"), (3, "spreadsheet"))
    )

    found = read(f"<text:p>Før{inside} efter</text:p>", manifest=entries)

    assert (texts(found), found.lost) == (["Før efter"], [f"{kind} 1"])


# ── Of OpenDocument ───────────────────────────────────────────────────────────────────────────────────────────
def test_read_table_in_a_table_keeps_its_words_in_one_cell_and_says_so() -> None:
    inner = "<table:table><table:table-row>{}</table:table-row></table:table>".format(
        "".join(f"<table:table-cell><text:p>{word}</text:p></table:table-cell>" for word in ("marts", "juni"))
    )
    outer = (
        "<table:table><table:table-row><table:table-cell><text:p>Møder</text:p></table:table-cell>"
        f"<table:table-cell>{inner}</table:table-cell></table:table-row></table:table>"
    )

    found = read(outer)

    assert (texts(found), found.lost) == (["| Møder | marts; juni |\n| --- | --- |"], ["nested_tables 1"])


def test_read_reply_to_a_comment_names_the_one_it_replies_to() -> None:
    def note(name: str, words: str, more: str = "") -> str:
        return (
            f'<office:annotation office:name="{name}" {more}><dc:creator>{name}</dc:creator>'
            f"<dc:date>2026-04-0{len(words)}T10:00:00</dc:date><text:p>{words}</text:p></office:annotation>"
        )

    reply = note("Ida", "Vi to", 'loext:parent-name="Ole"')
    body = (
        f"<text:p>Vi {note('Ole', 'Hvem')}{reply}alle"
        '<office:annotation-end office:name="Ole"/><office:annotation-end office:name="Ida"/> mødes.</text:p>'
    )
    found = read(body)

    assert [(c.author, c.quote, c.text, c.reply_to) for c in found.comments] == [
        ("Ole", "alle", "Hvem", None),
        ("Ida", "alle", "Vi to", 0),
    ]


OUTLINE = (
    '<text:outline-style><text:outline-level-style text:level="1" style:num-format="1" {}/>'
    '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
)


def test_read_headings_numbered_by_the_chapter_order_have_their_printed_numbers() -> None:
    body = "".join(
        (
            a_heading("Formål"),
            a_heading("Mål", 2),
            a_heading("Midler", 2),
            '<text:h text:outline-level="1" text:is-list-header="true">Uden nummer</text:h>',
            '<text:h text:outline-level="1" text:restart-numbering="true" text:start-value="5">Økonomi</text:h>',
            a_heading("Udgift", 2),
            a_heading("6.2 Indtægt", 2),
        )
    )

    found = read(body, styles=OUTLINE.format('style:num-suffix="."'))

    assert [(s.number, s.heading) for s in found.sections] == [
        ("1", "Formål"),
        ("1.1", "Mål"),
        ("1.2", "Midler"),
        ("", "Uden nummer"),
        ("5", "Økonomi"),
        ("5.1", "Udgift"),
        ("5.2", "6.2 Indtægt"),
    ]


def test_read_heading_with_its_number_typed_and_reckoned_has_it_once() -> None:
    annexes = OUTLINE.format('style:num-prefix="Bilag "').replace('format="1"', 'format="A"', 1)

    found = read(a_heading("Bilag A: Ordliste") + a_heading("Økonomi"), styles=annexes)

    assert [(s.number, s.heading) for s in found.sections] == [("Bilag A", "Ordliste"), ("Bilag B", "Økonomi")]


def test_read_bold_lines_without_headings_proposes_them() -> None:
    bold = (
        '<style:style style:name="P" style:family="paragraph"><style:text-properties fo:font-weight="bold"/>'
        "</style:style>"
    )

    found = read('<text:p text:style-name="P">2.1 Mål</text:p><text:p>Ord.</text:p>', automatic=bold)

    assert [(s.number, s.level, s.heading, s.proposed) for s in found.sections] == [("2.1", 2, "Mål", True)]


def test_read_words_that_markdown_takes_for_markup_are_escaped() -> None:
    found = read("<text:p># ikke *en* overskrift</text:p><text:p>1. april</text:p><text:p>a_b og [^1]</text:p>")

    assert texts(found) == ["\\# ikke \\*en\\* overskrift\n\n1\\. april\n\na_b og \\[^1]"]


def test_read_field_shows_what_it_shows_and_contents_are_no_text() -> None:
    body = (
        "<text:table-of-content><text:index-body><text:p>Formål 1</text:p></text:index-body></text:table-of-content>"
        '<text:p>Se <text:bookmark-ref text:ref-name="m">afsnit 2</text:bookmark-ref> af <text:date>1. maj 2026'
        "</text:date>.</text:p>"
    )

    assert texts(read(body)) == ["Se afsnit 2 af 1. maj 2026."]


def test_read_insertion_over_a_paragraphs_end_is_gone_from_the_original() -> None:
    region = (
        '<text:tracked-changes><text:changed-region text:id="i"><text:insertion><office:change-info><dc:creator>Ida'
        "</dc:creator></office:change-info></text:insertion></text:changed-region></text:tracked-changes>"
    )
    body = (
        f'{region}<text:p>Vi mødes<text:change-start text:change-id="i"/> i marts.</text:p><text:p>Vi spiser'
        '<text:change-end text:change-id="i"/> sammen.</text:p>'
    )

    accepted, original = read(body), read(body, original=True)

    assert texts(accepted) == ["Vi mødes i marts.\n\nVi spiser sammen."]
    assert texts(original) == ["Vi mødes sammen."]
    assert [(c.kind, c.after, c.start) for c in accepted.changes] == [
        ("inserted", "i marts.", 9),
        ("inserted", "Vi spiser", 19),
    ]


def test_read_three_thousand_paragraphs_and_deep_lists_in_time() -> None:
    deep = "<text:list><text:list-item>" * 60 + "<text:p>Inderst</text:p>" + "</text:list-item></text:list>" * 60

    found = read(deep + "".join(f"<text:p>Afsnit {n} om samarbejdet.</text:p>" for n in range(3000)))

    assert texts(found)[0].startswith("- Inderst")
    assert texts(found)[0].endswith("Afsnit 2999 om samarbejdet.")
