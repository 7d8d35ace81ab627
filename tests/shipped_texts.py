"""The Word files of the demo, made from their words beside them in `consultations/scenarios/demo`, and its scan.

`python -m tests.shipped_texts` makes them anew; a test holds that they are as they would be made. A source is written
in a little Markdown: `#` to `###` for headings, which Word numbers; `-` and `1.` for lists; lines of cells between `|`,
of which the first is the head; `**bold**`; `{++inserted++}`, `{--deleted--}` and `{>>comment<<}` for what is tracked.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import docx
from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from PIL import Image, ImageDraw, ImageFont

from workflow.reports.papers.packing import packed_anew

FOLDER: Final = Path(__file__).resolve().parents[1] / "consultations" / "scenarios" / "demo"
SCAN: Final = FOLDER / "scannet-svar.pdf"
_THEN: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_PIECE: Final = re.compile(r"(\*\*.+?\*\*|\{\+\+.+?\+\+\}|\{--.+?--\}|\{>>.+?<<\})")
_LEVELS: Final = "".join(
    f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading{level + 1}"/>'
    f'<w:lvlText w:val="{".".join(f"%{at}" for at in range(1, level + 2))}"/><w:lvlJc w:val="left"/></w:lvl>'
    for level in range(3)
)


def made_texts() -> dict[Path, bytes]:
    """Every file that is made, by where it lies."""
    return {path.with_suffix(".docx"): word_file(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.md"))}


def word_file(source: str) -> bytes:
    """A Word file with these words. The same words give the same bytes."""
    head, _gap, body = source.partition("\n\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    document = docx.Document()
    core = document.core_properties
    core.title, core.author, core.language = facts["title"], facts["author"], "da-DK"
    core.created = core.modified = _THEN
    core.comments = ""
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(11)
    _number_headings(document)
    document.add_paragraph(facts["title"], style="Title")
    for block in body.strip().split("\n\n"):
        _write_block(document, block, facts["author"])
    target = io.BytesIO()
    document.save(target)
    return packed_anew(target.getvalue())


def _number_headings(document: Document) -> None:
    """Let Word number the headings by itself: 1, 1.1, 1.1.1."""
    numbering = document.part.numbering_part.element
    several = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>{_LEVELS}'
        "</w:abstractNum>"
    )
    numbering.insert(0, several)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for level in range(3):
        style = document.styles[f"Heading {level + 1}"].element.get_or_add_pPr()
        style.insert(0, parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'))


def _write_block(document: Document, block: str, author: str) -> None:
    for kind, lines in groupby(block.splitlines(), key=_kind_of):
        if kind == "|":
            _write_table(document, [[cell.strip() for cell in line.strip("|").split("|")] for line in lines])
            continue
        number = _list_of_its_own(document) if kind == "1" else None
        for line in lines:
            marks, _space, words = line.partition(" ")
            if kind == "#":
                document.add_heading(words, len(marks))
            elif kind == "-" or number is not None:
                paragraph = document.add_paragraph(style="List Bullet" if number is None else "List Number")
                if number is not None:
                    paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number
                _write_words(document, paragraph, words, author)
            else:
                _write_words(document, document.add_paragraph(), line, author)


def _kind_of(line: str) -> str:
    """What a line is written as: the mark it begins with, "1" for every number."""
    return "1" if line[:1].isdigit() else line[:1]


def _write_table(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for row, words in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, words, strict=True):
            cell.paragraphs[0].add_run(text).bold = words is rows[0] or None
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


def _list_of_its_own(document: Document) -> int:
    """A numbered list that begins at 1, whatever lists stand before it."""
    numbering = document.part.numbering_part.element
    like = document.styles["List Number"].element.pPr.numPr.numId.val
    number = numbering.add_num(numbering.num_having_numId(like).abstractNumId.val)
    number.add_lvlOverride(0).add_startOverride(1)
    return int(number.numId)


def _write_words(document: Document, paragraph: Paragraph, words: str, author: str) -> None:
    for piece in filter(None, _PIECE.split(words)):
        if piece.startswith("{>>"):
            # On the words before it.
            comment = document.add_comment(paragraph.runs[-1], piece[3:-3], author, "")
            comment._comment_elm.set(qn("w:date"), _as_word_says(_THEN))
        elif piece.startswith("{"):
            _track(paragraph, piece, author)
        elif piece.startswith("**"):
            paragraph.add_run(piece[2:-2]).bold = True
        else:
            paragraph.add_run(piece)


def _track(paragraph: Paragraph, piece: str, author: str) -> None:
    run: Any = Run(OxmlElement("w:r"), paragraph)
    run.text = piece[3:-3]
    change = OxmlElement("w:ins" if piece.startswith("{++") else "w:del")
    known = len(paragraph.part.element.xpath("//w:ins | //w:del"))
    for name, value in (("id", str(1000 + known)), ("author", author), ("date", _as_word_says(_THEN))):
        change.set(qn(f"w:{name}"), value)
    change.append(run._r)
    if change.tag == qn("w:del"):
        for text in run._r.findall(qn("w:t")):
            text.tag = qn("w:delText")
            text.set(qn("xml:space"), "preserve")
    paragraph._p.append(change)


def _as_word_says(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def scan(lines: list[str]) -> bytes:
    """A PDF of one page that is a picture only, as a copier makes one: grey paper, a little askew."""
    page = Image.new("L", (1240, 1754), 246)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(26)
    for place, line in enumerate(lines):
        draw.text((150, 170 + 42 * place), line, fill=45, font=font)
    target = io.BytesIO()
    askew = page.rotate(0.8, fillcolor=246, resample=Image.Resampling.BICUBIC)
    askew.save(target, "PDF", resolution=150, creationDate=_THEN.timetuple(), modDate=_THEN.timetuple())
    return target.getvalue()


SCANNED: Final = """\
Handicaprådet i Brønderslev Kommune

Høringssvar til udkast til sundhedsaftale

Handicaprådet har drøftet udkastet på sit møde og har
følgende bemærkninger:

1. Tilgængelighed og ledsagelse er en forudsætning for, at alle
   kan bruge de tilbud, som aftalen nævner. Det bør stå i aftalen.

2. Den fælles plan skal kunne læses op og findes i en udgave på
   letlæst dansk. Den skal kunne tolkes til tegnsprog.

3. Kontaktpersonen skal kunne nås på sms, når borgeren ikke kan
   bruge telefonen.

4. Rådet ønsker tallene for borgere med handicap vist for sig selv,
   hvor det er muligt.

På rådets vegne

Inger Thomsen
formand
""".splitlines()


if __name__ == "__main__":
    for made, content in made_texts().items():
        made.write_bytes(content)
    SCAN.write_bytes(scan(SCANNED))
