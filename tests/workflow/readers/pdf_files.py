"""PDF files made for a test: pages of lines in a font that every program has, at places the test names."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf

Line = tuple[float, float, float, str]
"""x and y of a line's beginning in points from the lower left corner, the size of its letters, its words."""


def a_pdf(
    *pages: Sequence[Line], title: str = "", rotate: int = 0, encryption: pikepdf.Encryption | None = None
) -> bytes:
    """A PDF with these pages of A4; a line in size over 100 is bold in a hundredth of it."""
    document = pikepdf.new()
    fonts = pikepdf.Dictionary(
        {
            f"/{key}": document.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Font,
                    Subtype=pikepdf.Name.Type1,
                    BaseFont=pikepdf.Name(f"/{name}"),
                    Encoding=pikepdf.Name.WinAnsiEncoding,
                )
            )
            for key, name in (("F", "Helvetica"), ("B", "Helvetica-Bold"))
        }
    )
    for lines in pages:
        page = document.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=fonts)
        page.Contents = document.make_stream(b"\n".join(_drawn(*line) for line in lines))
        page.Rotate = rotate
    if title:
        document.docinfo["/Title"] = title
    written = io.BytesIO()
    document.save(written, encryption=encryption or False)
    return written.getvalue()


def _drawn(x: float, y: float, size: float, words: str) -> bytes:
    font, size = ("B", size / 100) if size > 100 else ("F", size)
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET".encode("cp1252")
