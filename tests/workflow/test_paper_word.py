"""A Word file of ours is one that Word opens: its elements stand in the order of the schema (ECMA-376, wml.xsd)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from lxml import etree

from tests.workflow.papers import a_paper, rich_blocks
from workflow.reports.papers.model import Facts, Gap, PageBreak, Paper, Signature, Verbatim
from workflow.reports.papers.word import write_docx

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ORDER = {
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "sectPr": "headerReference|footerReference pgSz pgMar lnNumType pgNumType cols titlePg docGrid",
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind jc outlineLvl rPr",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike color spacing kern sz szCs highlight u shd vertAlign lang",
    "tcPr": "tcW gridSpan vMerge tcBorders shd vAlign",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr rPr",
}
WHOLE = (
    *rich_blocks(),
    Facts((("Modtaget", "3. marts 2026"),)),
    Gap("Økonomi"),
    Verbatim("  fast\n  tekst"),
    PageBreak(),
    Signature("Venlig hilsen", ("Anna Olsen", "Sekretariatet")),
)


def misplaced(content: bytes) -> Iterator[str]:
    """Every element whose children stand in another order than the schema's, with them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            # The styles are the template's own.
            if not (name.startswith("word/") and name.endswith(".xml")) or name.startswith("word/styles"):
                continue
            for each in etree.fromstring(archive.read(name)).iter(*(WORD + tag for tag in ORDER)):
                known = [set(group.split("|")) for group in ORDER[etree.QName(each).localname].split()]
                tags = [etree.QName(child).localname for child in each]
                places = [place for tag in tags for place, group in enumerate(known) if tag in group]
                if len(places) != len(tags) or places != sorted(places):
                    yield f"{name}: {etree.QName(each).localname} holds {tags}"


@pytest.mark.parametrize(
    "paper",
    [
        a_paper(*WHOLE),
        a_paper(*WHOLE, has_line_numbers=True, mark="Lukket punkt"),
        a_paper(*WHOLE, recipient=("Køge Kommune",)),
    ],
    ids=["report", "with line numbers", "letter"],
)
def test_write_docx_its_elements_stand_in_the_order_word_asks_for(paper: Paper) -> None:
    assert list(misplaced(write_docx(paper))) == []
