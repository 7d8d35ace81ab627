"""Files made from a scenario's words: a plain PDF, a DOCX or a text. The same words give the same bytes."""

from __future__ import annotations

import io
import zipfile
from itertools import accumulate
from textwrap import wrap
from xml.sax.saxutils import escape

_LINE = 90  # characters
_LINES = 50  # on a page
_THEN = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can name: files carry no time of their own
_SCHEMAS = "http://schemas.openxmlformats.org"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_DOCX = {
    "[Content_Types].xml": f'<Types xmlns="{_SCHEMAS}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_SCHEMAS}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{_SCHEMAS}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<w:document xmlns:w="{_SCHEMAS}/wordprocessingml/2006/main">'
    "<w:body>%s</w:body></w:document>",
}


def made_file(name: str, text: str) -> bytes:
    """The bytes of a file of that name with that text in it."""
    makers = {"pdf": _pdf, "docx": _docx}
    make = makers.get(name.rpartition(".")[2].lower(), lambda words: words.encode() + b"\n")
    return make(text or name)


def _pdf(text: str) -> bytes:
    escapes = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)"})
    folded = (wrap(line, _LINE, break_long_words=False, break_on_hyphens=False) or [""] for line in text.splitlines())
    lines = [f"({piece.translate(escapes)}) Tj T*\n" for pieces in folded for piece in pieces]
    pages = ["".join(lines[start : start + _LINES]) for start in range(0, len(lines), _LINES)]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{4 + 2 * at} 0 R' for at in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for page in pages:
        content = f"BT /F1 10 Tf 14 TL 56 780 Td\n{page}ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    parts = ["%PDF-1.4\n", *(f"{number} 0 obj\n{body}\nendobj\n" for number, body in enumerate(objects, start=1))]
    *places, table = accumulate(map(len, parts))
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(parts)}\n0000000000 65535 f \n{entries}trailer\n<< /Size {len(parts)} /Root 1 0 R >>\n"
    # One byte for each character, so that characters may be counted above.
    return f"{''.join(parts)}{tail}startxref\n{table}\n%%EOF\n".encode("cp1252", "replace")


def _docx(text: str) -> bytes:
    paragraph = '<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>'
    paragraphs = "".join(paragraph.format(escape(line)) for line in text.splitlines())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _DOCX.items():
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            archive.writestr(zipfile.ZipInfo(name, _THEN), head + content.replace("%s", paragraphs))
    return file.getvalue()
