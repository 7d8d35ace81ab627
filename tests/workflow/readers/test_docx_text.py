"""The text of a Word file as Markdown: lists, tables, notes, links, fields, pictures; and what could not be carried."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx as python_docx
import pytest

from tests.workflow.readers.test_docx_numbers import a_level, numbered, numbering
from tests.workflow.readers.word_files import HEADINGS, TITLE, a_docx, a_paragraph, a_run, read
from workflow.readers import docx
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import Paragraph, Words
from workflow.templatetags.texts import markdown

pytestmark = pytest.mark.sqlite

LISTS = numbering(
    a_level(0, "%1."),
    a_level(1, "%2)", "lowerLetter"),
    lists='<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>',
).replace(
    "</w:abstractNum>",
    f'</w:abstractNum><w:abstractNum w:abstractNumId="1">{a_level(0, "•", "bullet")}{a_level(1, "–")}</w:abstractNum>',
)
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


def text(body: str, **parts: str) -> str:
    """The text of the only section."""
    [section] = read(body, **parts).sections
    return section.text


def a_field(instruction: str, result: str) -> str:
    return (
        FIELD.format("begin")
        + f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        + FIELD.format("separate")
        + a_run(result)
        + FIELD.format("end")
    )


def test_read_lists_are_nested_and_numbered_as_they_show() -> None:
    body = "".join(
        a_paragraph(words, properties=numbered(key, depth))
        for key, depth, words in (
            (1, 0, "Mål"),
            (1, 1, "Færre"),
            (1, 1, "Flere"),
            (1, 0, "Midler"),
            (2, 0, "Forfra"),
            (2, 0, "Igen"),
            (3, 0, "Punkt"),
            (3, 1, "Under"),
        )
    )

    assert text(body, numbering=LISTS) == (
        "1. Mål\n\n   a) Færre\n\n   b) Flere\n\n2. Midler\n\n1) Forfra\n2) Igen\n\n- Punkt\n  - Under"
    )


def test_read_items_in_words_own_styles_for_deeper_ones_are_nested() -> None:
    file = python_docx.Document()
    for words, style in (("Punkt", "List Bullet"), ("Under", "List Bullet 2"), ("Derunder", "List Bullet 3")):
        file.add_paragraph(words, style=style)
    stream = io.BytesIO()
    file.save(stream)

    [section] = docx.read(stream.getvalue(), False).sections

    assert section.text == "- Punkt\n  - Under\n    - Derunder"


def test_read_list_that_goes_on_behind_a_paragraph_keeps_counting() -> None:
    items = [a_paragraph(words, properties=numbered(1)) for words in ("Et", "To", "Tre")]

    assert text(items[0] + items[1] + a_paragraph("Imellem.") + items[2], numbering=LISTS) == (
        "1. Et\n2. To\n\nImellem.\n\n3. Tre"
    )


def test_read_list_with_a_further_paragraph_in_an_item_keeps_it_there() -> None:
    further = numbering(a_level(0, "%1."), a_level(1, " ", "bullet"))
    body = (
        a_paragraph("Mål", properties=numbered(1))
        + a_paragraph("Mere om det.", properties=numbered(1, 1))
        + a_paragraph("Midler", properties=numbered(1))
    )

    assert text(body, numbering=further) == "1. Mål\n\n   Mere om det.\n\n2. Midler"


def a_cell(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(content) or a_paragraph()}</w:tc>"


def a_table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_read_table_with_merged_cells_broken_lines_and_a_table_inside() -> None:
    inner = a_table(a_cell(a_paragraph("x")) + a_cell(a_paragraph("y")), a_cell(a_paragraph("z")) + a_cell())
    body = a_table(
        a_cell(a_paragraph(a_run("Mål", "<w:b/>"))) + a_cell(a_paragraph("Hvem | hvad")),
        a_cell(a_paragraph("Fælles"), properties='<w:gridSpan w:val="2"/>'),
        a_cell(a_paragraph("Først"), a_paragraph("Så"), properties='<w:vMerge w:val="restart"/>')
        + a_cell(
            a_paragraph(
                "A<w:br/>B".join(("<w:r><w:t>", "</w:t></w:r>")).replace("A<", "A</w:t><").replace(">B", "><w:t>B")
            )
        ),
        a_cell(a_paragraph("gemt"), properties="<w:vMerge/>") + a_cell(inner),
    )

    found = read(body)

    assert found.sections[0].text == (
        "| Mål | Hvem \\| hvad |\n| --- | --- |\n| Fælles |  |\n| Først<br>Så | A<br>B |\n|  | x; y<br>z |"
    )
    assert found.lost == ["nested_tables 1"]


def test_read_table_with_bars_in_links_and_pictures_keeps_its_columns() -> None:
    relations = (
        f'<Relationship Id="a" Type="{LINK}/hyperlink" Target="https://nord.example/a|b" TargetMode="External"/>'
        f'<Relationship Id="p" Type="{LINK}/image" Target="media/image1.png"/>'
    )
    picture = '<w:r><w:drawing><wp:docPr descr="nord | syd"/><a:blip r:embed="p"/></w:drawing></w:r>'
    link = f'<w:hyperlink r:id="a">{a_run("her")}</w:hyperlink>'
    body = a_table(a_cell(a_paragraph(link)) + a_cell(a_paragraph(picture)))

    assert text(body, relations=relations).splitlines()[0] == (
        "| [her](https://nord.example/a%7Cb) | ![nord \\| syd](image1.png) |"
    )


def test_read_box_of_one_cell_is_the_text_in_it() -> None:
    box = a_table(a_cell(a_paragraph("Vision", style="Overskrift1"), a_paragraph("Borgeren i centrum.")))

    [section] = read(box).sections

    assert (section.heading, section.text) == ("Vision", "Borgeren i centrum.")


def test_read_notes_stand_at_the_end_of_their_section_in_one_count() -> None:
    notes = f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{a_run(" Lov nr. 546.")}</w:p></w:footnote>'
    ends = '<w:endnote w:id="2"><w:p><w:r><w:t>Først.</w:t></w:r></w:p><w:p><w:r><w:t>Så.</w:t></w:r></w:p></w:endnote>'
    body = (
        a_paragraph("Loven", '<w:r><w:footnoteReference w:id="2"/></w:r>', " gælder.")
        + a_paragraph("Mål", '<w:r><w:endnoteReference w:id="2"/></w:r>')
        + a_paragraph("Vision", style="Overskrift1")
    )

    assert [s.text for s in read(body, footnotes=notes, endnotes=ends).sections] == [
        "Loven[^1] gælder.\n\nMål[^2]\n\n[^1]: Lov nr. 546.\n[^2]: Først.\n\n    Så.",
        "",
    ]


def test_read_note_of_a_title_or_a_heading_stands_in_a_paragraph_behind_it() -> None:
    notes = "".join(f'<w:footnote w:id="{n}">{a_paragraph(f"Note {n}.")}</w:footnote>' for n in (2, 3))
    body = a_paragraph("Aftale", '<w:r><w:footnoteReference w:id="2"/></w:r>', style="Titel") + a_paragraph(
        "Vision", '<w:r><w:footnoteReference w:id="3"/></w:r>', style="Overskrift1"
    )

    found = read(body, footnotes=notes)

    assert (found.title, [(s.heading, s.text) for s in found.sections]) == (
        "Aftale",
        [("", "[^1]\n\n[^1]: Note 2."), ("Vision", "[^2]\n\n[^2]: Note 3.")],
    )


def test_read_links_lead_to_the_web_and_to_mail_only() -> None:
    relations = "".join(
        f'<Relationship Id="{key}" Type="{LINK}/hyperlink" Target="{target}" TargetMode="External"/>'
        for key, target in (("a", "https://region.example/a (b)"), ("b", "javascript:alert(1)"), ("c", "file:///H:/x"))
    )
    body = a_paragraph(
        *(f'<w:hyperlink r:id="{key}">{a_run(key.upper())}</w:hyperlink>' for key in "abc"),
        '<w:hyperlink w:anchor="_Ref1">' + a_run(" afsnit 3") + "</w:hyperlink>",
        a_field('HYPERLINK "mailto:a@b.example"', "skriv"),
    )

    assert text(body, relations=relations) == (
        "[A](https://region.example/a%20%28b%29)BC afsnit 3[skriv](mailto:a@b.example)"
    )


def test_read_fields_show_their_results_and_a_table_of_contents_is_no_text() -> None:
    contents = (
        f'<w:p>{FIELD.format("begin")}<w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>{FIELD.format("separate")}'
        f"{a_run('Vision')}{a_field('PAGEREF _Toc1', '3')}</w:p>{a_paragraph('Mål')}<w:p>{FIELD.format('end')}</w:p>"
    )
    gallery = '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = (
        contents
        + f"{gallery}<w:sdtContent>{a_paragraph('Indhold')}</w:sdtContent></w:sdt>"
        + a_paragraph(
            "Se afsnit ",
            a_field("REF _Ref1 \\r", "3.1"),
            '<w:fldSimple w:instr=" SEQ Tabel ">',
            a_run("2"),
            "</w:fldSimple>",
        )
    )

    assert text(body) == "Se afsnit 3.12"


def test_read_contents_that_never_end_swallow_no_heading() -> None:
    body = (
        f"<w:p>{FIELD.format('begin')}<w:r><w:instrText> TOC </w:instrText></w:r>{FIELD.format('separate')}</w:p>"
        + a_paragraph("Vision", style="Overskrift1")
        + a_paragraph("Tekst.")
    )

    assert [(s.heading, s.text) for s in read(body).sections] == [("Vision", "Tekst.")]


def test_read_runs_that_word_split_are_one_and_signs_are_what_they_show() -> None:
    body = a_paragraph(
        a_run("sund", "<w:b/>"),
        '<w:proofErr w:type="spellStart"/>',
        a_run("hed", "<w:b/>"),
        "<w:r><w:noBreakHyphen/><w:t>og</w:t><w:softHyphen/><w:t>så m</w:t></w:r>",
        a_run("2", '<w:vertAlign w:val="superscript"/>'),
        '<w:r><w:tab/><w:sym w:font="Wingdings" w:char="F0FC"/><w:br/><w:t>1. linje</w:t></w:r>',
        "<w:sdt><w:sdtContent>" + a_run(" i felt") + "</w:sdtContent></w:sdt>",
    )

    assert text(body) == "**sundhed**-også m² ✓\\\n1\\. linje i felt"


def test_read_words_struck_through_stay_so_on_the_page_and_in_papers() -> None:
    struck = text(a_paragraph("Fristen er ", a_run("otte", "<w:strike/>"), " ti uger."))

    assert struck == "Fristen er ~~otte~~ ti uger."
    assert "<s>otte</s>" in markdown(struck)
    [paragraph] = blocks_of(struck)
    assert isinstance(paragraph, Paragraph)
    assert [words.text for words in paragraph.words if isinstance(words, Words) and words.is_struck] == ["otte"]


def test_read_what_stands_in_two_forms_is_read_once() -> None:
    body = a_paragraph(
        "<w:r><mc:AlternateContent><mc:Choice Requires='w14'><w:t>én</w:t></mc:Choice><mc:Fallback><w:t>to</w:t>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    )

    assert text(body) == "én"


def test_read_picture_has_its_words_and_the_name_of_its_part() -> None:
    relations = f'<Relationship Id="p" Type="{LINK}/image" Target="media/image1.png"/>'
    drawing = (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Billede 1" descr="Kort [over] regionen"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><a:blip r:embed="p"/>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )

    assert text(a_paragraph("Se: ", drawing), relations=relations) == "Se: ![Kort \\[over\\] regionen](image1.png)"


def test_read_title_is_its_paragraph_else_the_files_else_the_first_heading() -> None:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Fra filen</dc:title></cp:coreProperties>'
    )
    heading = a_paragraph("Vision", style="Overskrift1")
    titled = a_paragraph("Region X") + a_paragraph("Sundhedsaftale", style="Titel") + heading

    def title(body: str, more: dict[str, str]) -> str:
        return docx.read(a_docx(body, more=more), False).title

    assert title(titled, {"docProps/core.xml": core}) == "Sundhedsaftale"
    assert title(heading, {"docProps/core.xml": core}) == "Fra filen"
    assert title(heading, {}) == "Vision"
    assert [s.heading or s.text for s in read(titled).sections] == ["Region X", "Vision"]


def a_drawing(kind: str) -> str:
    uri = f"http://schemas.openxmlformats.org/drawingml/2006/{kind}"
    return (
        f'<w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="{uri}"/></a:graphic></wp:inline></w:drawing></w:r>'
    )


BOX = f"<w:r><w:pict><w:txbxContent>{a_paragraph('Faktaboks')}</w:txbxContent></w:pict></w:r>"
LOSSES: dict[str, Callable[[], list[str]]] = {
    "hidden 1": lambda: read(a_paragraph("Ses. ", a_run("Skjult", "<w:vanish/>"), a_run("også", "<w:vanish/>"))).lost,
    "text_boxes 1": lambda: read(a_paragraph("Ses.", BOX)).lost,
    "equations 1": lambda: read(a_paragraph("Ses.", "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>")).lost,
    "charts 1": lambda: read(a_paragraph("Ses.", a_drawing("chart"))).lost,
    "diagrams 1": lambda: read(a_paragraph("Ses.", a_drawing("diagram"))).lost,
    "embedded 1": lambda: read(a_paragraph("Ses.", "<w:r><w:object/></w:r>")).lost,
    "form_fields 1": lambda: (
        read(a_paragraph("Ses.", '<w:r><w:fldChar w:fldCharType="begin"><w:ffData/></w:fldChar></w:r>')).lost
    ),
    "page_heads 1": lambda: read(a_paragraph("Ses."), header=a_paragraph("Udkast"), footer=a_paragraph("7")).lost,
    "watermarks 1": lambda: (
        read(
            a_paragraph("Ses."),
            header='<w:p><w:r><w:pict><v:shape><v:textpath string="UDKAST"/></v:shape></w:pict></w:r></w:p>',
        ).lost
    ),
    "embedded_documents 1": lambda: read(a_paragraph("Ses.") + '<w:altChunk r:id="x"/>').lost,
    "linked_pictures 1": lambda: (
        read(a_paragraph("Ses.", '<w:r><w:drawing><a:blip r:link="x"/></w:drawing></w:r>')).lost
    ),
    "symbols 1": lambda: read(a_paragraph("Ses.", '<w:r><w:sym w:font="Egen" w:char="F123"/></w:r>')).lost,
    "drawings 1": lambda: read(a_paragraph("Ses.", "<w:r><w:drawing><wps:wsp/></w:drawing></w:r>")).lost,
}


@pytest.mark.parametrize("mark", LOSSES)
def test_read_what_cannot_be_carried_is_left_out_and_named(mark: str) -> None:
    assert LOSSES[mark]() == [mark]


def test_read_hidden_text_by_style_is_left_out() -> None:
    styles = HEADINGS + TITLE + ('<w:style w:type="paragraph" w:styleId="Skjult"><w:rPr><w:vanish/></w:rPr></w:style>')
    body = a_paragraph("Skjult", style="Skjult") + a_paragraph("Ses.")

    found = read(body, styles=styles)

    assert ([s.text for s in found.sections], found.lost) == (["Ses."], ["hidden 1"])


def test_read_text_without_any_heading_is_one_section_without_one() -> None:
    found = read(a_paragraph("Kære alle.") * 3000)

    assert [(s.number, s.level, s.heading, s.proposed) for s in found.sections] == [("", 0, "", False)]
    assert found.sections[0].text.count("Kære alle.") == 3000


def test_read_text_from_right_to_left_stands_in_the_order_in_which_it_is_read() -> None:
    body = a_paragraph(a_run("اتفاق ", "<w:rtl/>"), a_run("\u200fالصحة", "<w:rtl/>"), properties="<w:bidi/>")

    assert text(body) == "اتفاق الصحة"


def test_read_200_pictures_each_is_named() -> None:
    relations = "".join(
        f'<Relationship Id="p{n}" Type="{LINK}/image" Target="media/image{n}.png"/>' for n in range(200)
    )
    body = "".join(
        a_paragraph(f'<w:r><w:drawing><wp:inline><a:blip r:embed="p{n}"/></wp:inline></w:drawing></w:r>')
        for n in range(200)
    )

    assert text(body, relations=relations).split("\n\n") == [f"![](image{n}.png)" for n in range(200)]
