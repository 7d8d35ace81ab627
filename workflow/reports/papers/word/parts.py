"""Parts of a Word file that python-docx knows no call for: footnotes, numbered lists, links, fields, repeated heads,
pictures with words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.shape import CT_Inline
from docx.shared import Emu, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

from workflow.reports.papers.illustrations import shown_size
from workflow.reports.papers.model import Picture, PictureFile
from workflow.rules.pictures import media_type_of

_NAMESPACE: Final = nsdecls("w")
_FOOTNOTES_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_OF_A_DOT: Final = 9_525  # EMU: 96 dots to the inch
INDENT: Final = 397  # twentieths of a point: 7 mm for each level of a list


def element(tag: str, **attributes: str | int) -> Any:
    """An element of Word's own namespace: `element("w:shd", val="clear")`."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def add_field(paragraph: Paragraph, instruction: str) -> None:
    """A field that Word fills in, such as PAGE."""
    for kind in ("begin", "separate", "end"):
        run = paragraph.add_run()
        run._r.append(element("w:fldChar", fldCharType=kind))
        if kind == "begin":
            words = OxmlElement("w:instrText")
            words.text = f" {instruction} "
            run._r.append(words)


def add_link(paragraph: Paragraph, href: str) -> Any:
    """An empty link at the end of a paragraph; runs are moved into it."""
    relation = paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    paragraph._p.append(link)
    return link


def runs_of(paragraph: Paragraph) -> list[Run]:
    """All runs of a paragraph, also those in links and tracked changes."""
    root: Any = paragraph._p
    return [Run(run, paragraph) for run in root.iter(qn("w:r"))]


def repeat_as_head(row: Any) -> None:
    """The row names the columns: it comes again on each page, and a screen reader says it."""
    properties = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    properties.append(element("w:tblHeader"))


def keep_whole(row: Any) -> None:
    """The row is not divided between two pages."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit"))


def shade(cell: Any, colour: str) -> None:
    """The ground of a cell."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour))


class Lists:
    """The numbering of a Word file. Each list gets one of its own, so that it counts from its own beginning."""

    def __init__(self, document: Document) -> None:
        self._numbering: Any = document.part.numbering_part.element
        taken = [int(each.get(qn("w:abstractNumId"))) for each in self._numbering.findall(qn("w:abstractNum"))]
        self._bullets, self._numbers = max(taken, default=-1) + 1, max(taken, default=-1) + 2
        self._define(self._bullets, "bullet", ["–"] * 9)
        self._define(self._numbers, "decimal", [f"%{level}." for level in range(1, 10)])

    def _define(self, abstract: int, look: str, texts: list[str]) -> None:
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{look}"/><w:lvlText w:val="{text}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{INDENT * (level + 1)}" w:hanging="{INDENT}"/></w:pPr>'
            "</w:lvl>"
            for level, text in enumerate(texts)
        )
        definition = parse_xml(
            f'<w:abstractNum {_NAMESPACE} w:abstractNumId="{abstract}"><w:multiLevelType w:val="hybridMultilevel"/>'
            f"{levels}</w:abstractNum>"
        )
        # Word reads no file in which a definition stands behind a list that uses one.
        first = self._numbering.find(qn("w:num"))
        if first is None:
            self._numbering.append(definition)
        else:
            first.addprevious(definition)

    def begin(self, *, is_numbered: bool, level: int, start: int) -> int:
        """A new list; its number, for `put`."""
        number: Any = self._numbering.add_num(self._numbers if is_numbered else self._bullets)
        if is_numbered:
            number.add_lvlOverride(ilvl=level).add_startOverride(start)
        return int(number.numId)

    def put(self, paragraph: Paragraph, number: int, level: int) -> None:
        """Make a paragraph an item of a list."""
        paragraph_properties: Any = paragraph._p.get_or_add_pPr()
        properties = paragraph_properties.get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = number


class Footnotes:
    """The footnotes of a Word file, as a part of its own; made when the first one is written."""

    def __init__(self, document: Document) -> None:
        self._document = document
        # Links and pictures of notes are related to by their own part.
        self.part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, b"", document.part.package)
        self._root: Any = None
        self._count = 0

    def add(self, run: Run) -> Paragraph:
        """A note that the run refers to; returns its paragraph, to be written."""
        if self._root is None:
            self._root = parse_xml(
                f"<w:footnotes {_NAMESPACE}>"
                '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
                '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
                "</w:footnote></w:footnotes>"
            )
        self._count += 1
        run.font.superscript = True
        run._r.append(element("w:footnoteReference", id=self._count))
        note = element("w:footnote", id=self._count)
        words: Any = OxmlElement("w:p")
        note.append(words)
        self._root.append(note)
        paragraph = Paragraph(words, self)  # type: ignore[arg-type]
        paragraph.paragraph_format.space_after = Pt(2)
        mark = paragraph.add_run()
        mark.font.superscript = True
        mark._r.append(OxmlElement("w:footnoteRef"))
        paragraph.add_run(" ")
        return paragraph

    def close(self) -> None:
        """Put the notes into the file, once all are written."""
        if self._root is None:
            return
        self.part._blob = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)
        self._document.part.relate_to(self.part, RELATIONSHIP_TYPE.FOOTNOTES)


class Pictures:
    """The pictures of a Word file; one that stands in several places lies in it once."""

    def __init__(self, document: Document, files: Iterable[PictureFile]) -> None:
        self._document = document
        self._files = {file.name: file for file in files}
        self._parts: dict[str, Part] = {}
        self._count = 0

    def put(self, run: Run, picture: Picture) -> bool:
        """Put a picture into a run, with the words of its author; False where the paper has no file of it."""
        file = self._files.get(picture.name)
        if file is None:
            return False
        if picture.name not in self._parts:
            self._parts[picture.name] = self._part(file)
        relation = run.part.relate_to(self._parts[picture.name], RELATIONSHIP_TYPE.IMAGE)
        self._count += 1
        width, height = (Emu(dots * _OF_A_DOT) for dots in shown_size(file))
        drawing: Any = CT_Inline.new_pic_inline(self._count, relation, file.name, width, height)
        drawing.docPr.set("descr", picture.described)
        run._r.add_drawing(drawing)
        return True

    def _part(self, file: PictureFile) -> Part:
        # Not by the library's own call: it reads no photograph whose first mark is not one of two that it knows.
        kind = file.name.rpartition(".")[2]
        name = PackURI(f"/word/media/picture{len(self._parts) + 1}.{kind}")
        return Part(name, media_type_of(file.name), Path(file.path).read_bytes(), self._document.part.package)
