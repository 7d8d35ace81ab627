"""A paper's blocks as a Word file: real styles for headings, real lists and tables, notes, language and properties, so
that what is fetched here can be worked on in Word and read in again."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import zip_longest
from typing import Any, Final

import docx
from django.utils.translation import gettext
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from workflow.dates import in_language
from workflow.reports.papers.model import (
    DEEPEST,
    Block,
    Facts,
    Footnote,
    Gap,
    Heading,
    Inline,
    ItemList,
    Line,
    LineBreak,
    PageBreak,
    Paper,
    Paragraph,
    Picture,
    PictureFile,
    Quote,
    Signature,
    Table,
    Verbatim,
    Words,
    line,
    plain,
)
from workflow.reports.papers.packing import packed_anew
from workflow.reports.papers.word.parts import (
    Footnotes,
    Lists,
    Pictures,
    add_field,
    add_link,
    element,
    keep_whole,
    repeat_as_head,
    runs_of,
    shade,
)
from workflow.reports.papers.word.tracking import Tracking
from workflow.rules.compared_words import Fate

# Not the fonts of our pages: a Word file is worked on with the fonts of the machine it is opened on.
FONT: Final = "Arial"
_BRAND: Final = RGBColor(0x0B, 0x4A, 0x5A)
_FAINT: Final = RGBColor(0x5F, 0x5F, 0x5F)
_WIDTH: Final = Mm(160)
_LANGUAGES: Final = {"da": "da-DK", "en": "en-GB"}
_SIZES: Final = {1: 14.0, 2: 12.0, 3: 11.0, 4: 10.5, 5: 10.5, 6: 10.5}


def write_docx(paper: Paper) -> bytes:
    """The paper as a Word file. The same paper gives the same bytes, whenever and wherever it is written."""
    document = docx.Document()
    _set_page(document)
    _set_styles(document, paper.language)
    with in_language(paper.language):
        _set_head_and_foot(document, paper)
        tracking = Tracking(document, paper.sender.name, paper.made_at)
        writing = _Writing(document, tracking, paper.pictures)
        writing.front(paper)
    writing.blocks(paper.blocks)
    writing.notes.close()
    if paper.has_line_numbers:
        numbers = element("w:lnNumType", countBy=5, restart="newPage")
        columns: Any = document.sections[0]._sectPr.find(qn("w:cols"))
        columns.addprevious(numbers)
    _set_properties(document, paper)
    written = io.BytesIO()
    document.save(written)
    return packed_anew(written.getvalue())


# ── The file ──────────────────────────────────────────────────────────────────────────────────────────────────
def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(26), Mm(24)
    section.top_margin, section.bottom_margin = Mm(26), Mm(24)
    section.header_distance = section.footer_distance = Mm(11)
    section.different_first_page_header_footer = True


def _set_styles(document: Document, language: str) -> None:
    styles = document.styles
    defaults: Any = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    tag = _LANGUAGES.get(language, language)
    defaults.append(element("w:lang", val=tag, eastAsia=tag, bidi="ar-SA"))
    _set_font(styles["Normal"], 10.5)
    styles["Normal"].paragraph_format.space_after = Pt(7)
    styles["Normal"].paragraph_format.line_spacing = 1.25
    _set_font(styles["Title"], 20, _BRAND, is_bold=True)
    styles["Title"].paragraph_format.space_after = Pt(4)
    for border in styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    for level, size in _SIZES.items():
        style = styles[f"Heading {level}"]
        _set_font(style, size, _BRAND if level < 4 else None, is_bold=True)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(16 if level == 1 else 11), Pt(4)
        style.paragraph_format.keep_with_next = True
    for name in ("Header", "Footer"):
        _set_font(styles[name], 8, _FAINT)
        # The template's own stops lie where a page of another size ends.
        styles[name].paragraph_format.tab_stops.clear_all()
        styles[name].paragraph_format.tab_stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def _set_font(style: Any, size: float, colour: RGBColor | None = None, *, is_bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), is_bold, False
    style.font.color.rgb = colour or RGBColor(0x1A, 0x1A, 0x1A)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), FONT)


def _set_head_and_foot(document: Document, paper: Paper) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].add_run(f"{paper.sender.name}\t{paper.case_number}")
    page_word, of_word = gettext("Page"), gettext("of")
    for foot in (section.first_page_footer, section.footer):
        paragraph = foot.paragraphs[0]
        paragraph.add_run(f"{paper.sender.name}\t{page_word} ")
        add_field(paragraph, "PAGE")
        paragraph.add_run(f" {of_word} ")
        add_field(paragraph, "NUMPAGES")


def _tab_to_the_right(paragraph: WordParagraph) -> None:
    paragraph.paragraph_format.tab_stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def _set_properties(document: Document, paper: Paper) -> None:
    properties = document.core_properties
    made_at = paper.made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties.title, properties.subject = paper.title[:255], paper.case_number
    properties.author = properties.last_modified_by = paper.sender.name[:255]
    properties.language = _LANGUAGES.get(paper.language, paper.language)
    properties.created = properties.modified = made_at
    properties.comments, properties.keywords, properties.revision = "", "", 1


# ── The blocks ────────────────────────────────────────────────────────────────────────────────────────────────
class _Writing:
    """Writes block after block to the end of a place: the body of the file, or a cell."""

    def __init__(self, document: Document, tracking: Tracking, pictures: Iterable[PictureFile]) -> None:
        self.document = document
        self.tracking = tracking
        self.lists = Lists(document)
        self.notes = Footnotes(document)
        self.pictures = Pictures(document, pictures)

    def front(self, paper: Paper) -> None:
        """What stands before the first block: office, recipient, date and case, title. Of a letter it is part of the
        text; otherwise all but the title stands in the head of the first page, so that a text that is worked on and
        read in again begins with its title."""
        case_words, contact_words = gettext("Case number"), gettext("Contact")
        about = [paper.dated_words, f"{case_words} {paper.case_number}"]
        about += [f"{name}: {words}" for name, words in paper.head_facts]
        if paper.recipient and paper.sender.contact:
            about.append(f"{contact_words}: {paper.sender.contact}")
        if not paper.recipient and paper.subtitle:
            about.append(paper.subtitle)
        head: Any = self.document if paper.recipient else self.document.sections[0].first_page_header
        office = head.add_paragraph() if paper.recipient else head.paragraphs[0]
        run = office.add_run(paper.sender.name)
        run.font.size, run.font.bold, run.font.color.rgb = Pt(14), True, _BRAND
        office.paragraph_format.space_after = Pt(14)
        self._line_under(office)
        for recipient, fact in zip_longest(paper.recipient, about, fillvalue=""):
            paragraph = head.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            _tab_to_the_right(paragraph)
            paragraph.add_run(recipient)
            said = paragraph.add_run(f"\t{fact}" if fact else "")
            said.font.size, said.font.color.rgb = Pt(9), _FAINT
        self._title(paper)

    def _title(self, paper: Paper) -> None:
        if paper.mark:
            mark = self.document.add_paragraph().add_run(paper.mark)
            mark.font.bold, mark.font.color.rgb = True, RGBColor(0x8A, 0x1C, 0x00)
        title = self.document.add_paragraph(style="Title")
        title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(30), Pt(11)
        title.add_run(paper.title)
        if paper.recipient:
            title.runs[0].font.size, title.runs[0].font.color.rgb = Pt(14), RGBColor(0x1A, 0x1A, 0x1A)

    def blocks(self, blocks: Iterable[Block]) -> None:
        """Blocks at the end of the file."""
        for block in blocks:
            self._block(block, indent=0)

    def _block(self, block: Block, indent: int) -> None:
        match block:
            case Heading():
                paragraph = self.document.add_paragraph(style=f"Heading {min(block.level, DEEPEST)}")
                if block.number:
                    paragraph.add_run(f"{block.number} ")
                self._fated(paragraph, block)
                self.tracking.remark(paragraph, block.remark)
            case Paragraph():
                self._fated(self._paragraph(indent), block)
            case Gap():
                shaded = self._paragraph(indent).add_run(f"[{block.text}]")
                shaded._r.get_or_add_rPr().append(element("w:shd", val="clear", color="auto", fill="FFF4DD"))
            case ItemList():
                self._items(block, level=0)
            case Table():
                self._table(block)
            case Facts():
                self._facts(block)
            case Quote():
                for each in block.blocks:
                    self._block(each, indent=indent + 1)
            case Verbatim():
                words = tuple(replace(each, fate=block.fate) for each in line(block.text))
                self._fated(self._paragraph(indent), Paragraph(words, block.fate))
            case PageBreak():
                self.document.add_page_break()
            case Signature():
                greeting = self.document.add_paragraph(block.greeting)
                greeting.paragraph_format.space_before, greeting.paragraph_format.space_after = Pt(22), Pt(18)
                greeting.paragraph_format.keep_with_next = True
                self._line(self.document.add_paragraph(), line("\n".join(block.lines)))

    def _fated(self, paragraph: WordParagraph, block: Paragraph | Heading) -> None:
        self._line(paragraph, block.words)
        self.tracking.paragraph(paragraph, block.fate)

    def _paragraph(self, indent: int) -> WordParagraph:
        paragraph = self.document.add_paragraph()
        if indent:
            paragraph.paragraph_format.left_indent = Mm(6 * indent)
        return paragraph

    def _items(self, items: ItemList, level: int) -> None:
        level = min(level, 8)
        number = self.lists.begin(is_numbered=items.is_numbered, level=level, start=items.start)
        for item in items.items:
            is_first = True
            for block in item or (Paragraph(()),):
                if isinstance(block, ItemList):
                    self._items(block, level + 1)
                elif isinstance(block, Paragraph | Heading):
                    paragraph = self.document.add_paragraph()
                    paragraph.paragraph_format.space_after = Pt(2)
                    if is_first:
                        self.lists.put(paragraph, number, level)
                    else:
                        paragraph.paragraph_format.left_indent = Mm(7 * (level + 1))
                    self._fated(paragraph, block)
                else:
                    self._block(block, indent=level + 1)
                # Where the words of an item were all replaced, either paragraph is the item.
                is_first = is_first and _is_removed(block)

    def _table(self, table: Table) -> None:
        if table.caption:
            caption = self.document.add_paragraph()
            caption.add_run(table.caption).font.bold = True
            caption.paragraph_format.keep_with_next = True
        made = self._grid(_shares(table))
        for place, words in enumerate((table.head, *table.rows)):
            row = made.add_row()
            if place == 0:
                repeat_as_head(row)
            else:
                keep_whole(row)
            for column, (cell, said) in enumerate(zip(row.cells, words, strict=True)):
                paragraph = self._cell(cell, said, is_head=place == 0)
                if column in table.numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self.tracking.row(row, table.fate_of(place))
        self.document.add_paragraph().paragraph_format.space_after = Pt(4)

    def _facts(self, facts: Facts) -> None:
        made = self._grid((0.36, 0.64))
        for name, words in facts.rows:
            row = made.add_row()
            keep_whole(row)
            self._cell(row.cells[0], line(name), is_head=True)
            self._cell(row.cells[1], line(words), is_head=False)
        self.document.add_paragraph().paragraph_format.space_after = Pt(4)

    def _grid(self, shares: Sequence[float]) -> Any:
        """A table with no rows yet; shares: how wide each column is of the whole."""
        made = self.document.add_table(rows=0, cols=len(shares))
        made.style, made.autofit = "Table Grid", False
        borders = element("w:tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            borders.append(element(f"w:{side}", val="single", sz=4, space=0, color="B9C6C9"))
        # Word calls a file broken whose elements stand in another order than its schema's.
        made._tbl.tblPr.find(qn("w:tblLayout")).addprevious(borders)
        for column, share in zip(made.columns, shares, strict=True):
            column.width = int(_WIDTH * share)
        return made

    def _cell(self, cell: Any, words: Line, *, is_head: bool) -> WordParagraph:
        paragraph: WordParagraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        self._line(paragraph, words)
        for run in runs_of(paragraph):
            run.font.size = Pt(9.5)
            run.font.bold = True if is_head else run.font.bold
        if is_head:
            shade(cell, "E9F2F4")
        return paragraph

    def _line_under(self, paragraph: WordParagraph) -> None:
        borders = element("w:pBdr")
        borders.append(element("w:bottom", val="single", sz=12, space=4, color="0B4A5A"))
        paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")

    # ── Within a line ─────────────────────────────────────────────────────────────────────────────────────────
    def _line(self, paragraph: WordParagraph, words: Iterable[Inline]) -> None:
        for inline in words:
            match inline:
                case LineBreak():
                    run = paragraph.add_run()
                    run.add_break()
                    self.tracking.words(run._r, inline.fate)
                case Footnote():
                    run = paragraph.add_run()
                    self._line(self.notes.add(run), inline.words)
                    self.tracking.words(run._r, inline.fate)
                case Picture():
                    run = paragraph.add_run()
                    if not self.pictures.put(run, inline):
                        run.text = inline.words
                    self.tracking.words(run._r, inline.fate)
                case Words():
                    self._words(paragraph, inline)

    def _words(self, paragraph: WordParagraph, words: Words) -> None:
        run = paragraph.add_run(words.text)
        # Left alone where they are as the style has them, so that headings stay bold.
        if words.is_strong:
            run.font.bold = True
        if words.is_emphasised:
            run.font.italic = True
        if words.is_struck:
            run.font.strike = True
        if words.href:
            run.font.underline, run.font.color.rgb = True, _BRAND
            add_link(paragraph, words.href).append(run._r)
        self.tracking.words(run._r, words.fate)


def _shares(table: Table) -> list[float]:
    """How wide each column is of the whole: by its longest words, so that a column of figures takes little room."""
    columns = zip(*(table.head, *table.rows), strict=True)
    longest = [min(60, max(8, *(len(plain(cell)) for cell in column))) for column in columns]
    return [each / sum(longest) for each in longest]


def _is_removed(block: Block) -> bool:
    """Whether nothing of a block is left in the later version."""
    if isinstance(block, ItemList):
        return all(_is_removed(each) for item in block.items for each in item)
    return getattr(block, "fate", Fate.SAME) is Fate.REMOVED
