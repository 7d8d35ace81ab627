"""Files as people send them, documents with versions, and bundles."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from datetime import datetime
from typing import Any

from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle
from workflow.actions.documents import add_version, create_document
from workflow.actions.putting_forward import put_forward
from workflow.actors import SYSTEM
from workflow.models import Bundle, Document, DocumentVersion, Process
from workflow.queries.documents import change_since_current
from workflow.states import ChangeKind

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
JPG = b"\xff\xd8\xff\xe0" + bytes(16)
EML = b"Received: by mail.example\r\nFrom: raad@koege.example\r\nSubject: Svar\r\n\r\nIngen bem\xc3\xa6rkninger\r\n"
MSG = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "__properties_version1.0".encode("utf-16-le")
TIFF = b"II*\x00\x08\x00\x00\x00" + bytes(16)
HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(16)
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(64)


def a_zip(*names: str, first: tuple[str, bytes] | None = None, manifest: str = "") -> bytes:
    """An archive with these entries; `first` stands first and uncompressed, `manifest` is an OpenDocument's."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        if manifest:
            archive.writestr("META-INF/manifest.xml", manifest)
        for name in names:
            archive.writestr(name, "<xml/>")
    return content.getvalue()


def a_compound(name: str, content: bytes = b"") -> bytes:
    """A compound file (MS-CFB) of one stream: header, allocation table, directory, and the stream in eight sectors."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    signature = bytes.fromhex("d0cf11e0a1b11ae1")
    header = struct.pack("<8s16xHHHHH6xIIIIIIIII", signature, 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, end, *range(3, 10), end, *[free] * 118)
    directory = b""
    for title, kind, child, start, size in (("Root Entry", 5, 1, end, 0), (name, 2, free, 2, 4096)):
        encoded = title.encode("utf-16-le") + b"\0\0"
        directory += struct.pack("<64sHBBIII36xIQ", encoded, len(encoded), kind, 1, free, free, child, start, size)
    return header + table + directory.ljust(512, b"\0") + content.ljust(4096, b"\0")


_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def a_locked_pdf(*, to_open: bytes, to_print: bytes = b"owner") -> bytes:
    """A PDF of one empty page, encrypted by the standard handler, revision 2 (ISO 32000-1, 7.6.3): with a password to
    open it, or, when that is empty, one that only forbids printing and copying."""
    identity, permissions = b"0123456789abcdef", -64 & 0xFFFFFFFF
    user, owner = ((word + _PADDING)[:32] for word in (to_open, to_print))
    owner_entry = _rc4(hashlib.md5(owner).digest()[:5], user)
    key = hashlib.md5(user + owner_entry + struct.pack("<I", permissions) + identity).digest()[:5]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>"
        % (owner_entry.hex().encode(), _rc4(key, _PADDING).hex().encode(), permissions - 2**32),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<%b><%b>]>>" % ((identity.hex().encode(),) * 2)
    return made + b"xref\n0 5\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        trailer,
        len(made),
    )


def _rc4(key: bytes, content: bytes) -> bytes:
    state, other, made = list(range(256)), 0, bytearray()
    for place in range(256):
        other = (other + state[place] + key[place % len(key)]) % 256
        state[place], state[other] = state[other], state[place]
    other = 0
    for number, byte in enumerate(content, start=1):
        place = number % 256
        other = (other + state[place]) % 256
        state[place], state[other] = state[other], state[place]
        made.append(byte ^ state[(state[place] + state[other]) % 256])
    return bytes(made)


def an_encrypted_zip(*names: str) -> bytes:
    """An archive whose entries say that they are encrypted (APPNOTE 4.4.4, bit 0)."""
    content = bytearray(a_zip(*names))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = content.find(mark)
        while found >= 0:
            content[found + place] |= 1
            found = content.find(mark, found + 1)
    return bytes(content)


DOC = a_compound("WordDocument", bytes.fromhex("eca5c100000000000000") + b"\x00\x00")
LOCKED = {
    "svar.pdf": a_locked_pdf(to_open=b"hemmelig"),
    "svar.docx": a_compound("EncryptedPackage"),
    "tal.xlsx": a_compound("EncryptedPackage"),
    "svar.doc": a_compound("WordDocument", bytes.fromhex("eca5c100000000000000") + b"\x00\x01"),
    "bilag.zip": an_encrypted_zip("bilag.txt"),
    "svar.odt": a_zip(
        "content.xml",
        first=("mimetype", b"application/vnd.oasis.opendocument.text"),
        manifest="<manifest:encryption-data/>",
    ),
}
"""By name, files that cannot be opened without a password."""

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
    bundle = lock_bundle(bundle, weighty_reason="Aftalt", actor=SYSTEM, now=now, **values)
    # A drafting stage that completes by itself has put it forward already.
    bundle.refresh_from_db()
    if bundle.put_forward_at is not None:
        return bundle
    change = change_since_current(bundle)
    return put_forward(bundle, reason="Klar.", change=change, weighty_reason="Aftalt", actor=SYSTEM, now=now)


DRAFTING = """
schema_version: 1
key: drafting-only
title: {da: Udkast, en: Draft}
description: {da: Et udkast, en: A draft}
stages:
  - key: drafting
    kind: drafting
    title: {da: Udkast, en: Draft}
    after: []
    actor: secretariat
    completes: automatic
    bundle: locks
    gates:
      - gate: bundle_locked
  - key: after
    kind: drafting
    title: {da: Efter, en: After}
    after: [drafting]
    actor: secretariat
    completes: manual
    end: true
"""
"""A process that is drafted and no more."""
