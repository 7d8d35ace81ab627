"""Opens one file as anybody would, without a password, and says whether that went. Run as a program of its own:
`python -m workflow.readers.opening pdf` with the file as its input; it answers in JSON."""

from __future__ import annotations

import io
import json
import sys

from workflow.readers.limits import set_limits


def main(kind: str) -> None:
    """Limits first, then the file: whatever it does, it does within them."""
    set_limits()
    content = sys.stdin.buffer.read()
    is_locked = {"pdf": is_locked_pdf, "doc": is_locked_doc}[kind](content)
    json.dump({"is_locked": is_locked}, sys.stdout)


def is_locked_pdf(content: bytes) -> bool:
    """Needs a password, or a certificate that we do not have."""
    # Within the limits, as all that the file sets to work.
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    try:
        pypdfium2.PdfDocument(content).close()
    except pypdfium2.PdfiumError as error:
        if error.err_code in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            return True
        raise
    return False


def is_locked_doc(content: bytes) -> bool:
    """The head of a Word 97 document says that it is encrypted (MS-DOC 2.5.2, fEncrypted)."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as document, document.openstream("WordDocument") as stream:
        head = stream.read(12)
    if len(head) < 12:
        raise ValueError
    return bool(int.from_bytes(head[10:12], "little") & 0x0100)


if __name__ == "__main__":
    main(sys.argv[1])
