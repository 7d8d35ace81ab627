"""Files as people send them, documents with versions, and bundles."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from workflow.actions.documents import BundleEntry, add_version, create_bundle, create_document, lock_bundle
from workflow.actors import SYSTEM
from workflow.models import Bundle, Document, DocumentVersion, Process
from workflow.states import ChangeKind

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
JPG = b"\xff\xd8\xff\xe0" + bytes(16)
EML = b"Received: by mail.example\r\nFrom: raad@koege.example\r\nSubject: Svar\r\n\r\nIngen bem\xc3\xa6rkninger\r\n"
DOC = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "WordDocument".encode("utf-16-le")
MSG = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "__properties_version1.0".encode("utf-16-le")
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(64)


def a_zip(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    """An archive with these entries; `first` stands first and uncompressed."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            archive.writestr(name, "<xml/>")
    return content.getvalue()


DOCX = a_zip("[Content_Types].xml", "word/document.xml")
DOCX_WITH_MACROS = a_zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
XLSX = a_zip("[Content_Types].xml", "xl/workbook.xml")
ODT = a_zip("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text"))
ZIP = a_zip("bilag.txt")

TEXT = """# Sundhedsaftale 2019-2023

Indledning.

## 1. Fælles mål

Vi arbejder sammen.

## 2. Økonomi

Hver part betaler sit.
"""


def a_document(process: Process, now: datetime, key: str = "politisk-aftale") -> Document:
    return create_document(process, slug=key, title=key.replace("-", " ").capitalize(), actor=SYSTEM, now=now)


def a_version(process: Process, now: datetime, text: str = TEXT, key: str = "politisk-aftale") -> DocumentVersion:
    """The next version of the process's document of that key, which is made when there is none."""
    document = process.documents.filter(key=key).first() or a_document(process, now, key)
    return add_version(document, markdown=text, actor=SYSTEM, now=now)


def a_bundle(process: Process, now: datetime, *versions: DocumentVersion) -> Bundle:
    """An open bundle: the first version needs approval, the others go along."""
    entries = [
        BundleEntry(version, "agreement" if n == 0 else "annex", needs_approval=n == 0)
        for n, version in enumerate(versions)
    ]
    return create_bundle(process, entries, actor=SYSTEM, now=now)


def a_locked_bundle(process: Process, now: datetime, text: str = TEXT, **changes: Any) -> Bundle:
    """A new version of the agreement, locked; a material change unless it is the first or `change` says otherwise."""
    bundle = a_bundle(process, now, a_version(process, now, text))
    values = {"change": ChangeKind.MATERIAL if bundle.predecessor else ChangeKind.FIRST, **changes}
    return lock_bundle(bundle, actor=SYSTEM, now=now, **values)
