"""Foreign files: whether one can be opened, and what stands in it.

Whoever takes files in comes here. The files themselves are opened in a fresh interpreter (`starting`), never in ours;
what is imported there knows no Django, so neither does this module when it is imported.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from workflow.readers.document import (
    FoundChange,
    FoundComment,
    FoundDocument,
    FoundPicture,
    FoundSection,
    FoundSheet,
    Unreadable,
)
from workflow.readers.starting import answer_of

__all__ = [
    "FoundDocument",
    "FoundPicture",
    "FoundSheet",
    "Unreadable",
    "is_locked",
    "read_document",
    "read_pasted",
    "read_sheet",
]


def is_locked(kind: str, content: BinaryIO) -> bool:
    """Whether a file cannot be opened without a password; one that only forbids printing or copying can.

    kind: "pdf" or "doc". `content` is a file on the disk, or lies in memory; it stands at its beginning afterwards.
    Raises `Unreadable`.
    """
    content.seek(0)
    if kind == "pdf" and not _holds(content, b"/Encrypt"):
        return False
    try:
        return bool(answer_of("opening", kind, content=content)["is_locked"])
    except KeyError as error:
        raise Unreadable from error


def read_document(name: str, content: BinaryIO, *, original: bool = False) -> FoundDocument:
    """What a reader makes of a Word, OpenDocument or PDF file; what kind it is, its bytes say and not its name.

    name: of the file, for the words of a refusal. content: a file on the disk, or in memory; it stands at its beginning
    afterwards. original: tracked changes are
    taken as rejected, otherwise as accepted. What could not be carried is said in the language of the moment. Raises
    `Unreadable`, which `words.refusal` puts into words.
    """
    return _read(name, content, *(["--original"] if original else []))


def read_pasted(html: str) -> FoundDocument:
    """What stands in HTML that a program put on the clipboard; tracked changes are taken as accepted. Raises
    `Unreadable`."""
    return _read("", io.BytesIO(html.encode("utf-8", "replace")), "--pasted")


def read_sheet(name: str, content: BinaryIO) -> FoundSheet:
    """The first sheet of a spreadsheet (.xlsx) that holds anything. content: stands at its beginning afterwards. Raises
    `Unreadable`, which `words.sheet_refusal` puts into words."""
    try:
        answered = answer_of("sheet", content=content)
        if "refused" in answered:
            raise Unreadable(str(answered["refused"]))
        return FoundSheet(**answered)
    except Unreadable as error:
        raise Unreadable(error.code, name) from error
    except TypeError as error:
        raise Unreadable(name=name) from error


def _read(name: str, content: BinaryIO, *arguments: str) -> FoundDocument:
    # Here and not above: the reader's own interpreter imports this module, and the words are Django's.
    from workflow.readers.words import worded_losses

    try:
        answered = answer_of("reading", *arguments, content=content)
        if "refused" in answered:
            raise Unreadable(str(answered["refused"]))
        found = _found(answered)
    except Unreadable as error:
        raise Unreadable(error.code, name) from error
    except (KeyError, TypeError) as error:
        raise Unreadable(name=name) from error
    found.lost = worded_losses(found.lost)
    return found


def _found(answered: dict[str, Any]) -> FoundDocument:
    return FoundDocument(
        title=answered["title"],
        sections=[
            FoundSection(**{**section, "pages": [(page, offset) for page, offset in section["pages"]]})
            for section in answered["sections"]
        ],
        comments=[FoundComment(**comment) for comment in answered["comments"]],
        changes=[FoundChange(**change) for change in answered["changes"]],
        lost=answered["lost"],
        page_count=answered["page_count"],
        pictures=[FoundPicture(**picture) for picture in answered["pictures"]],
    )


def _holds(content: BinaryIO, mark: bytes) -> bool:
    """Whether the bytes hold a mark; the stream stands at its beginning afterwards. A PDF's trailer, which names how it
    is encrypted, is never packed (ISO 32000-1, 7.5.8)."""
    is_held, rest = False, b""
    for block in iter(lambda: content.read(1024 * 1024), b""):
        if mark in rest + block:
            is_held = True
            break
        # The mark may lie across two blocks.
        rest = block[-len(mark) :]
    content.seek(0)
    return is_held
