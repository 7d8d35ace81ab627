"""Which files may be taken in: a pure look at name and bytes. A file has to be what its name says."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal, Refused

if TYPE_CHECKING:
    from workflow.models import StoredFile

_HEAD: Final = 4096  # bytes looked at from the beginning
_OFFICE = "application/vnd.openxmlformats-officedocument"

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "doc": "application/msword",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "zip": "application/zip",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
}
"""Endings that are taken in, and the type each is kept under."""

_NOT_WHAT_IT_SAYS = _(
    "“%(name)s” is not a file of the kind its name says. Open it, save it as that kind, and try again."
)


def may_use(office_id: int, *files: StoredFile | None) -> Refusal | None:
    """A file put to a matter was received by the office whose matter it is, and has not been erased."""
    if any(file is not None and (file.office_id != office_id or file.erased_at is not None) for file in files):
        return Refusal("file_foreign", _("This file cannot be used here. Upload it again."))
    return None


def safe_name(name: str) -> str:
    """The name as it is kept: no folder, no control or direction characters, at most 120 characters, ending kept."""
    plain = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in plain)
    plain = re.sub(r'[<>:"|?*]', "_", plain)
    plain = " ".join(plain.split()).lstrip(".")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: 119 - len(ending)].rstrip()}.{ending}" if dot and len(ending) <= 10 else plain[:120]


def sniffed_type(name: str, content: BinaryIO, size: int, longest: int) -> str:
    """The media type under which the file may be kept; `content` stands at its beginning afterwards.

    size, longest: in bytes. Raises `Refused` for an empty file ("file_empty"), one that is too large
    ("file_too_large"), a kind that is not taken in ("file_kind_unknown"), one whose bytes are not what its name says
    ("file_is_something_else"), and an office document with macros ("file_has_macros").
    """
    if size == 0:
        raise Refused(Refusal("file_empty", _said(_("“%(name)s” is empty. Choose the file again."), name)))
    if size > longest:
        text = _("“%(name)s” is larger than %(limit)d MB. Make it smaller, or send it in parts.")
        raise Refused(Refusal("file_too_large", _said(text, name, limit=longest // 1024**2)))
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in MEDIA_TYPES:
        text = _("“%(name)s” is of a kind that is not taken in. Send it as PDF, Word, OpenDocument, text or picture.")
        raise Refused(Refusal("file_kind_unknown", _said(text, name)))
    content.seek(0)
    head = content.read(_HEAD)
    try:
        fits = _LOOKS[ending](head, content)
    finally:
        content.seek(0)
    if not fits:
        raise Refused(Refusal("file_is_something_else", _said(_NOT_WHAT_IT_SAYS, name)))
    if ending in ("docx", "xlsx", "pptx") and any(n.endswith("vbaProject.bin") for n in _zip_names(content)):
        text = _("“%(name)s” holds macros. Save it without macros, or as PDF, and try again.")
        raise Refused(Refusal("file_has_macros", _said(text, name)))
    content.seek(0)
    return MEDIA_TYPES[ending]


def _said(text: object, name: str, **values: object) -> str:
    return str(text) % {"name": name, **values}


def _zip_names(content: BinaryIO) -> list[str]:
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError):
        return []


def _holds(*parts: str) -> Callable[[bytes, BinaryIO], bool]:
    def look(head: bytes, content: BinaryIO) -> bool:
        if not head.startswith(b"PK\x03\x04"):
            return False
        names = set(_zip_names(content))
        return all(part in names for part in parts)

    return look


def _open_document(media_type: str) -> Callable[[bytes, BinaryIO], bool]:
    def look(head: bytes, content: BinaryIO) -> bool:
        # OpenDocument 1.2, part 3: the entry "mimetype" stands first and uncompressed.
        return head.startswith(b"PK\x03\x04") and head[30:38] == b"mimetype" and media_type.encode() in head[38:200]

    return look


def _is_zip(head: bytes, content: BinaryIO) -> bool:
    return head.startswith(b"PK") and bool(_zip_names(content))


def _is_text(head: bytes, content: BinaryIO) -> bool:
    """UTF-8, UTF-16 with its mark, or a Western one-byte text: no control characters but line ends and tabs."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if head.startswith((b"%PDF-", b"{\\rtf")) or re.match(rb"\s*<(!doctype|html|script|\?xml|svg)", head, re.I):
        return False
    content.seek(0)
    for block in iter(lambda: content.read(65536), b""):
        if re.search(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]", block):
            return False
    return True


def _is_mail(head: bytes, content: BinaryIO) -> bool:
    fields = re.match(rb"(?:[!-9;-~]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*)+", head)
    known = re.compile(rb"^(from|date|received|subject|to|message-id|return-path):", re.I | re.M)
    return fields is not None and len(known.findall(fields.group())) >= 2 and b"\x00" not in head


def _is_compound(marks: tuple[str, ...]) -> Callable[[bytes, BinaryIO], bool]:
    """Files of old Office and Outlook: a compound file whose directory names one of `marks`."""

    def look(head: bytes, content: BinaryIO) -> bool:
        if not head.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
            return False
        content.seek(0)
        whole = content.read()
        return any(mark.encode("utf-16-le") in whole for mark in marks)

    return look


_LOOKS: Final[Mapping[str, Callable[[bytes, BinaryIO], bool]]] = {
    "pdf": lambda head, content: b"%PDF-" in head[:1024],
    "docx": _holds("[Content_Types].xml", "word/document.xml"),
    "xlsx": _holds("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": _holds("[Content_Types].xml", "ppt/presentation.xml"),
    "odt": _open_document("application/vnd.oasis.opendocument.text"),
    "ods": _open_document("application/vnd.oasis.opendocument.spreadsheet"),
    "doc": _is_compound(("WordDocument",)),
    "msg": _is_compound(("__properties_version1.0",)),
    "rtf": lambda head, content: head.startswith(b"{\\rtf"),
    "txt": _is_text,
    "csv": _is_text,
    "md": _is_text,
    "png": lambda head, content: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "jpg": lambda head, content: head.startswith(b"\xff\xd8\xff"),
    "jpeg": lambda head, content: head.startswith(b"\xff\xd8\xff"),
    "zip": _is_zip,
    "eml": _is_mail,
}


def as_stream(content: bytes | BinaryIO) -> tuple[BinaryIO, int]:
    """The content as a stream at its beginning, and its size in bytes."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return stream, size
