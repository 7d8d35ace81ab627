"""Which files may be taken in: a pure look at name and bytes. A file has to be what its name says, and to open."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal, Refused
from workflow.states import ScanState

if TYPE_CHECKING:
    from workflow.models import StoredFile

MOST_FILES_IN_FORM: Final = 100
"""Files that one form may hold at once, chosen now and received before."""
MOST_BYTES_IN_FORM: Final = 500 * 1024**2
"""Bytes of all the files that one form may hold, and that may wait for the forms of one matter."""

_LONGEST_NAME: Final = 120  # characters
_LONGEST_READ: Final = 400  # characters of a name that are looked at: composing a longer one can take minutes
_LONGEST_DIRECTORY: Final = 1024**2  # bytes of a zip archive's own list of what it holds
_MOST_ENTRIES: Final = 10_000  # of a zip archive
_LONGEST_MANIFEST: Final = 1024**2  # bytes of an OpenDocument's list of its parts, unpacked

_HEAD: Final = 4096  # bytes looked at from the beginning
_OOXML: Final = ("docx", "xlsx", "pptx")
_WITH_MACROS: Final = ("docm", "dotm", "xlsm", "xltm", "pptm", "potm")
_COMPOUND: Final = bytes.fromhex("d0cf11e0a1b11ae1")
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
    "jfif": "image/jpeg",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "zip": "application/zip",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
}
"""Endings that are taken in, and the type each is kept under."""

_OTHER_PICTURES: Final = ("heic", "heif", "avif", "webp", "gif", "bmp", "svg", "jp2", "psd", "dng", "raw")
_PHONE_PICTURES: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
"""Brands that a High Efficiency Image File begins with (ISO/IEC 23008-12), whatever its name says."""

_NOT_WHAT_IT_SAYS = _(
    "“%(name)s” is not a file of the kind its name says. Open it, save it as that kind, and try again."
)
_MACROS = _("“%(name)s” holds macros. Save it without macros, or as PDF, and try again.")
_LOCKED = _("“%(name)s” cannot be opened without a password. Save it without one, and choose it again.")


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that has been received and that no deed has taken yet: its bytes lie on the disk, no row tells of it.

    matter: what the form it came with is about; in no other matter can it be used. size: in bytes. sha256: of the bytes
    in lower-case hex. media_type: under which it may be kept. refusal: why it may not be, which the deed says when it
    has nothing to say itself.
    """

    matter: str
    name: str
    sha256: str
    size: int
    media_type: str
    refusal: Refusal | None = None


if TYPE_CHECKING:
    GivenFile = IncomingFile | StoredFile


def may_use(office_id: int, file: GivenFile) -> Refusal | None:
    """A received file is one that is taken in; a stored one belongs to the office whose matter it is put to, has not
    been erased, and was not refused when it was checked."""
    if isinstance(file, IncomingFile):
        return file.refusal
    if file.office_id != office_id or file.erased_at is not None:
        return Refusal("file_foreign", _("This file cannot be used here. Upload it again."))
    if file.scan_state == ScanState.REFUSED:
        return Refusal("file_refused", _("The file was refused when it was checked. Send it as a PDF."))
    return None


def may_wait(name: str, size: int, bytes_waiting: int) -> Refusal | None:
    """Whether a file of this many bytes may be received to a matter for whose forms `bytes_waiting` wait already."""
    if bytes_waiting + size <= MOST_BYTES_IN_FORM:
        return None
    text = _(
        "“%(name)s” was not received: more than %(limit)d MB have been chosen here without being sent. Send what is "
        "there first, or try again tomorrow."
    )
    return Refusal("files_waiting", _worded(text, name, limit=MOST_BYTES_IN_FORM // 1024**2))


def no_longer_waits(name: str = "") -> Refusal:
    """The words for a file that was received with a form more than a day ago, or with another form."""
    if not name:
        return Refusal("file_gone", _("A file that came with the form before is no longer here. Choose it again."))
    return Refusal("file_gone", _worded(_("“%(name)s” is no longer here. Choose it again."), name))


def safe_name(name: str) -> str:
    """The name as it is kept: no folder, no control or direction characters, at most 120 characters, ending kept."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    last = f"{stem[:_LONGEST_READ]}.{ending[:_LONGEST_READ]}" if dot else last[:_LONGEST_READ]
    plain = unicodedata.normalize("NFC", last)
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in plain)
    plain = re.sub(r'[<>:"|?*]', "_", plain)
    plain = " ".join(plain.split()).lstrip(".")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: _LONGEST_NAME - 1 - len(ending)].rstrip()}.{ending}"
    return plain[:_LONGEST_NAME]


def sniffed_type(name: str, content: BinaryIO, size: int, longest: int) -> str:
    """The media type under which the file may be kept; `content` stands at its beginning afterwards.

    size, longest: in bytes. Raises `Refused` for an empty file ("file_empty"), one that is too large
    ("file_too_large"), a kind that is not taken in ("file_kind_unknown", for pictures "file_other_picture"), one whose
    bytes are not what its name says ("file_is_something_else"), an archive that lists too much
    ("file_too_many_parts"), a document or archive that needs a password ("file_locked"), and an office document with
    macros ("file_has_macros"). PDF and Word 97 files that need a password are found by `workflow.readers`.
    """
    _insist_on_size(name, size, longest)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    content.seek(0)
    head = content.read(_HEAD)
    if ending in _OTHER_PICTURES or (head[4:8] == b"ftyp" and head[8:12] in _PHONE_PICTURES):
        text = _(
            "“%(name)s” is a picture of a kind that not everybody can open. Send it as JPG or PNG. On an iPhone the "
            "camera takes JPG under Settings, Camera, Formats, Most Compatible."
        )
        raise Refused(Refusal("file_other_picture", _worded(text, name)))
    if ending in _WITH_MACROS:
        raise Refused(Refusal("file_has_macros", _worded(_MACROS, name)))
    if ending not in MEDIA_TYPES:
        text = _(
            "“%(name)s” is of a kind that is not taken in. Send it as PDF, Word, Excel, OpenDocument or text, or as a "
            "picture in JPG, PNG or TIFF."
        )
        raise Refused(Refusal("file_kind_unknown", _worded(text, name)))
    try:
        if _is_locked(ending, head, content):
            raise Refused(Refusal("file_locked", _worded(_LOCKED, name)))
        fits = _LOOKS[ending](head, content)
        has_macros = ending in _OOXML and any(n.endswith("vbaProject.bin") for n in _zip_names(content))
    except TooLong:
        text = _("“%(name)s” holds more parts than can be taken in: %(limit)s at most. Send it in several files.")
        most = number_format(_MOST_ENTRIES, force_grouping=True)
        raise Refused(Refusal("file_too_many_parts", _worded(text, name, limit=most))) from None
    finally:
        content.seek(0)
    if not fits:
        raise Refused(Refusal("file_is_something_else", _worded(_NOT_WHAT_IT_SAYS, name)))
    if has_macros:
        raise Refused(Refusal("file_has_macros", _worded(_MACROS, name)))
    return MEDIA_TYPES[ending]


def locked(name: str) -> Refusal:
    """The words for a file that cannot be opened without a password."""
    return Refusal("file_locked", _worded(_LOCKED, name))


def unreadable(name: str) -> Refusal:
    """The words for a file that cannot be read here, or not within the limits."""
    text = _("“%(name)s” could not be opened here. Open it yourself, save it anew as PDF, and choose that file.")
    return Refusal("file_unreadable", _worded(text, name))


def _insist_on_size(name: str, size: int, longest: int) -> None:
    if size == 0:
        raise Refused(Refusal("file_empty", _worded(_("“%(name)s” is empty. Choose the file again."), name)))
    if size > longest:
        text = _("“%(name)s” is larger than %(limit)d MB. Make it smaller, or send it in parts.")
        raise Refused(Refusal("file_too_large", _worded(text, name, limit=longest // 1024**2)))


def _worded(text: object, name: str, **values: object) -> str:
    return str(text) % {"name": name, **values}


class TooLong(Exception):
    """An archive whose list of what it holds is longer than is read."""


class _Bounded(io.RawIOBase):
    """A stream that refuses to be read in large pieces: `zipfile` reads an archive's whole list in one, and makes of
    each of its bytes ten in memory."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        place = self._content.tell()
        bytes_left = self._content.seek(0, io.SEEK_END) - place
        self._content.seek(place)
        if (bytes_left if size < 0 else min(size, bytes_left)) > _LONGEST_DIRECTORY:
            raise TooLong
        return self._content.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()

    def seekable(self) -> bool:
        return True


_TORN: Final = (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error)


def _zip_entries(content: BinaryIO) -> list[zipfile.ZipInfo]:
    """What an archive says it holds; nothing when it is torn. Raises `TooLong`."""
    content.seek(0)
    try:
        with zipfile.ZipFile(_Bounded(content)) as archive:
            entries = archive.infolist()
    except _TORN:
        return []
    if len(entries) > _MOST_ENTRIES:
        raise TooLong
    return entries


def _zip_names(content: BinaryIO) -> list[str]:
    return [entry.filename for entry in _zip_entries(content)]


def _is_locked(ending: str, head: bytes, content: BinaryIO) -> bool:
    """Whether an office document or an archive asks for a password.

    Of Office, what is encrypted is a compound file with this part (MS-OFFCRYPTO 2.3.4.4); of OpenDocument 1.2, part 3,
    the manifest says of a part how it was encrypted.
    """
    if ending in _OOXML and head.startswith(_COMPOUND):
        return _is_compound(("EncryptedPackage",))(head, content)
    if ending in (*_OOXML, "odt", "ods", "zip") and head.startswith(b"PK"):
        is_encrypted = any(entry.flag_bits & 1 for entry in _zip_entries(content))
        return is_encrypted or (ending in ("odt", "ods") and b"encryption-data" in _manifest(content))
    return False


def _manifest(content: BinaryIO) -> bytes:
    content.seek(0)
    try:
        with (
            zipfile.ZipFile(_Bounded(content)) as archive,
            archive.open("META-INF/manifest.xml") as manifest,
        ):
            return manifest.read(_LONGEST_MANIFEST)
    except (KeyError, *_TORN):
        return b""


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
    header_pattern = re.compile(rb"^(from|date|received|subject|to|message-id|return-path):", re.I | re.M)
    return fields is not None and len(header_pattern.findall(fields.group())) >= 2 and b"\x00" not in head


def _is_compound(marks: tuple[str, ...]) -> Callable[[bytes, BinaryIO], bool]:
    """Files of old Office and Outlook: a compound file whose directory names one of `marks`."""

    def look(head: bytes, content: BinaryIO) -> bool:
        if not head.startswith(_COMPOUND):
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
    "jfif": lambda head, content: head.startswith(b"\xff\xd8\xff"),
    "tif": lambda head, content: head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")),
    "tiff": lambda head, content: head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")),
    "zip": _is_zip,
    "eml": _is_mail,
}


def as_stream(content: bytes | BinaryIO) -> tuple[BinaryIO, int]:
    """The content as a stream at its beginning, and its size in bytes."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return stream, size
