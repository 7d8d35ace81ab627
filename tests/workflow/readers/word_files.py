"""Word files written by hand: the parts a test names, and around them as little as a Word file must have."""

from __future__ import annotations

import io
import zipfile

from workflow.readers import docx
from workflow.readers.document import FoundDocument

_SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
    }.items()
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOTS = {"comments": "comments", "commentsExtended": "w15:commentsEx", "header": "hdr", "footer": "ftr"}

HEADINGS = "".join(
    f'<w:style w:type="paragraph" w:styleId="Overskrift{level}"><w:name w:val="heading {level}"/>'
    f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr></w:style>'
    for level in (1, 2, 3)
)
"""Styles of headings as Danish Word names them."""

TITLE = '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>'


def a_docx(
    body: str,
    *,
    styles: str = HEADINGS + TITLE,
    relations: str = "",
    main_type: str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    more: dict[str, str] | None = None,
    **parts: str,
) -> bytes:
    """A DOCX with this body. parts: content of further parts by their kind, such as "numbering" or "comments".
    relations: further relations of the text. more: further files of the archive by their names."""
    parts = {"styles": styles, **parts}
    named = "".join(f'<Relationship Id="p-{k}" Type="{_OFFICE}/{k}" Target="{k}.xml"/>' for k in parts)
    files = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_RELATIONS}">'
            f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{named}{relations}</Relationships>',
        "word/document.xml": f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
        **{f"word/{kind}.xml": _part(kind, content) for kind, content in parts.items()},
        **(more or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return written.getvalue()


def _part(kind: str, content: str) -> str:
    root = _ROOTS.get(kind, kind)
    root = root if ":" in root else f"w:{root}"
    return f"<{root} {_SPACES}>{content}</{root}>"


def a_paragraph(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph. runs: XML, or words, which become a run."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{''.join(map(a_run, runs))}</w:p>"


def a_run(words: str, look: str = "") -> str:
    """A run of words; XML is left as it is. look: its properties in XML."""
    if words.startswith("<"):
        return words
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def inserted(words: str, author: str = "Kirsten", at: str = "2026-03-04T10:00:00Z") -> str:
    """Words put in with track changes on."""
    return f'<w:ins w:id="1" w:author="{author}" w:date="{at}">{a_run(words)}</w:ins>'


def deleted(words: str, author: str = "Kirsten", at: str = "2026-03-04T10:00:00Z") -> str:
    """Words taken out with track changes on."""
    run = a_run(words).replace("<w:t ", "<w:delText ").replace("</w:t>", "</w:delText>")
    return f'<w:del w:id="1" w:author="{author}" w:date="{at}">{run}</w:del>'


def read(body: str, *, original: bool = False, **parts: str) -> FoundDocument:
    """What the reader makes of a DOCX with this body, in this interpreter."""
    return docx.read(a_docx(body, **parts), original)
