"""OpenDocument texts written by hand: the text a test names, and around it as little as such a file must have."""

from __future__ import annotations

import io
import zipfile

from workflow.readers import odt
from workflow.readers.document import FoundDocument

_SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        **{
            prefix: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"
            for prefix, name in {
                "office": "office",
                "text": "text",
                "table": "table",
                "draw": "drawing",
                "style": "style",
                "fo": "xsl-fo-compatible",
                "svg": "svg-compatible",
                "manifest": "manifest",
            }.items()
        },
        "xlink": "http://www.w3.org/1999/xlink",
        "dc": "http://purl.org/dc/elements/1.1/",
        "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    }.items()
)
TEXT_TYPE = "application/vnd.oasis.opendocument.text"


def an_odt(
    body: str,
    *,
    automatic: str = "",
    styles: str = "",
    manifest: str = "",
    mimetype: str = TEXT_TYPE,
    more: dict[str, str] | None = None,
) -> bytes:
    """An ODT with this text. automatic: styles made at their place. styles: the named ones. manifest: further entries.
    more: further files of the archive, or others in place of these, by their names."""
    files = {
        "mimetype": mimetype,
        "content.xml": (
            f"<office:document-content {_SPACES}><office:automatic-styles>{automatic}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
        ),
        "styles.xml": (
            f"<office:document-styles {_SPACES}><office:styles>{styles}</office:styles></office:document-styles>"
        ),
        "META-INF/manifest.xml": f"<manifest:manifest {_SPACES}>{manifest}</manifest:manifest>",
        **(more or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return written.getvalue()


def a_heading(words: str, level: int = 1) -> str:
    """A heading in XML."""
    return f'<text:h text:outline-level="{level}">{words}</text:h>'


def read(body: str, *, original: bool = False, **parts: str) -> FoundDocument:
    """What the reader makes of an ODT with this text, in this interpreter."""
    return odt.read(an_odt(body, **parts), original)  # type: ignore[arg-type]
