"""A template filled with facts. Facts of several paragraphs are put in as paragraphs, lists and tables of the
template's own styles, where it has them."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate

from workflow.readers.templates.checking import environment

_BEGIN, _END = "\ue000", "\ue001"  # of nobody's alphabet
_BULLET: Final = "–\u2002"


def fill(template: DocxTemplate, facts: dict[str, Any], target: Path) -> None:
    """Write the template filled. facts: as `workflow.readers.filling` describes them."""
    values = facts["values"]
    long = {name: value["blocks"] for name, value in values.items() if isinstance(value, dict)}
    # A long fact that says nothing is nothing to a condition, too.
    context = {**values, **{name: f"{_BEGIN}{name}{_END}" if blocks else "" for name, blocks in long.items()}}
    template.render(context, environment())
    document: Document = template.docx
    for element in list(document.element.body.iter(qn("w:p"))):
        paragraph = Paragraph(element, document)
        name = paragraph.text.strip().strip(_BEGIN + _END)
        if paragraph.text.strip().startswith(_BEGIN) and name in long:
            _Blocks(document, paragraph).write(long[name])
    _name(document, facts)
    document.save(str(target))


def _name(document: Document, facts: dict[str, Any]) -> None:
    about, made_at = document.core_properties, datetime.fromisoformat(facts["made_at"])
    about.title, about.author, about.language = facts["title"], facts["author"], facts["language"]
    about.last_modified_by = facts["author"]
    about.created = about.modified = made_at
    about.revision = 1


class _Blocks:
    """Writes blocks in the place of one paragraph, whose look the plain ones take over."""

    def __init__(self, document: Document, place: Paragraph) -> None:
        self._document, self._place = document, place
        self._styles = {style.name for style in document.styles}

    def write(self, blocks: list[dict[str, Any]]) -> None:
        """All of them; then the place itself goes. Its cell keeps a paragraph, as every cell must."""
        for block in blocks:
            getattr(self, f"_{block['is']}")(block)
        element: Any = self._place._p
        before, after = element.getprevious(), element.getnext()
        element.getparent().remove(element)
        if before is not None and before.tag == qn("w:tbl") and after is None:
            before.addnext(OxmlElement("w:p"))

    def _new(self, style: str = "", fallback: str = "") -> Paragraph:
        element: Any = OxmlElement("w:p")
        self._place._p.addprevious(element)
        paragraph = Paragraph(element, self._place._parent)
        name = next((each for each in (style, fallback) if each in self._styles), "")
        if name:
            paragraph.style = self._document.styles[name]
        elif self._place._p.pPr is not None:
            element.insert(0, deepcopy(self._place._p.pPr))
        return paragraph

    def _heading(self, block: dict[str, Any]) -> None:
        style = f"Heading {block['level']}"
        paragraph = self._new(style)
        self._runs(paragraph, block["runs"], is_strong=style not in self._styles)
        paragraph.paragraph_format.keep_with_next = True

    def _paragraph(self, block: dict[str, Any]) -> None:
        self._runs(self._new(), block["runs"])

    def _item(self, block: dict[str, Any]) -> None:
        # Its sign is written, for a template's own numbers would count on from list to list.
        paragraph = self._new()
        paragraph.paragraph_format.left_indent = Pt(18 * (block["depth"] + 1))
        paragraph.paragraph_format.first_line_indent = Pt(-18)
        paragraph.add_run(f"{block['sign']}\t" if block["sign"] else _BULLET)
        self._runs(paragraph, block["runs"])

    def _table(self, block: dict[str, Any]) -> None:
        rows = block["rows"]
        table = self._document.add_table(len(rows), max(len(row) for row in rows))
        if "Table Grid" in self._styles:
            table.style = self._document.styles["Table Grid"]
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, runs in zip(cells.cells, row, strict=False):
                self._runs(cell.paragraphs[0], runs, is_strong=row is rows[0] and block["has_head"])
        self._place._p.addprevious(table._tbl)
        self._new()

    def _runs(self, paragraph: Paragraph, runs: list[dict[str, Any]], *, is_strong: bool = False) -> None:
        for each in runs:
            run = paragraph.add_run(each["text"])
            run.bold = True if is_strong or each.get("strong") else None
            run.italic = True if each.get("emphasised") else None
            run.font.strike = True if each.get("struck") else None
            run.font.superscript = True if each.get("raised") else None
