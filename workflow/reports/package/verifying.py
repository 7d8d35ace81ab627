"""Is a package what it was when it was made? Read from the file alone: without database, network or this installation.

Everything in the file is foreign until it has been checked: nothing is unpacked to disk, and of no member more is read
than the manifest says it holds.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from workflow.reports.package.writing import BLOCK, CHECKSUMS, FORMAT, MANIFEST

LARGEST_MANIFEST = 32 * 1024 * 1024
"""Bytes of a manifest that are read: some two hundred thousand members."""

_DIGEST: Final = re.compile("[0-9a-f]{64}")
_BROKEN: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, struct.error, ValueError)
"""What `zipfile` raises over bytes that are not as they were packed."""


class NoPackage(Exception):
    """The file is no package at all; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a package gave: its own SHA-256, its manifest, how many members it lists, and each fault in a
    sentence; none where it is whole."""

    sha256: str
    manifest: dict[str, Any]
    members: int
    faults: list[str]

    @property
    def number(self) -> object:
        """The package's number in its matter, as its manifest tells it."""
        return self.manifest.get("number", "?")


def verify_package(file: BinaryIO) -> Verdict:
    """Check every byte of a package: each member against the manifest, the manifest against the list of checksums, and
    the container, which holds nothing else. Raises `NoPackage` for a file that is none."""
    sha256 = _digest_of(file)
    try:
        with zipfile.ZipFile(file) as archive:
            names = [info.filename for info in archive.infolist()]
            text = _manifest_text(archive, names)
            manifest, members = _read(text)
            faults = [
                *_faults_of_list(archive, names, text, members),
                *_faults_of_members(archive, names, members),
            ]
            # Last, for a fault above says more precisely what is wrong.
            if not faults and not _is_as_packed(file, archive.infolist()):
                faults.append(_("The ZIP file holds bytes beside its files, or its directory has been changed."))
    except _BROKEN as error:
        raise NoPackage(_("The file cannot be read as a ZIP: it is damaged, or something else.")) from error
    return Verdict(sha256, manifest, len(members), faults)


def faults_between(supplement: Verdict, others: Sequence[Verdict]) -> list[str]:
    """What does not fit between a supplement and the packages it adds to, as far as they were given along: one it does
    not name, one whose checksum is another than it names, a file it counts on that is not there."""
    faults: list[str] = []
    adds_to = _adds_to(supplement.manifest)
    for other in others:
        words = {"number": other.number, "sha256": other.sha256}
        if other.sha256 in adds_to.values():
            faults += _faults_of_what_is_counted_on(supplement, other)
        elif other.number in adds_to:
            text = _("Package %(number)s is not the one that is added to: its SHA-256 is %(sha256)s and not %(named)s.")
            faults.append(text % {**words, "named": adds_to[other.number]})
        elif adds_to:
            faults.append(_("Package %(number)s is not one that this supplement adds to.") % words)
        else:
            faults.append(
                _("The package is no supplement: it adds to no other, and package %(number)s is none.") % words
            )
    return faults


def unchecked(supplement: Verdict, others: Sequence[Verdict]) -> list[tuple[object, object]]:
    """Number and SHA-256 of each package that a supplement adds to and that was not given along."""
    given = {other.sha256 for other in others}
    return [(number, sha256) for number, sha256 in _adds_to(supplement.manifest).items() if sha256 not in given]


def _adds_to(manifest: dict[str, Any]) -> dict[object, object]:
    """Number → SHA-256 of each package that a supplement names."""
    named = manifest.get("adds_to")
    rows = [row for row in named if isinstance(row, dict)] if isinstance(named, list) else []
    return {row.get("number"): row.get("sha256") for row in rows if isinstance(row.get("number"), int)}


def _faults_of_what_is_counted_on(supplement: Verdict, other: Verdict) -> Iterator[str]:
    held = {(member["path"], member["sha256"]) for member in other.manifest["members"]}
    elsewhere = supplement.manifest.get("elsewhere")
    for row in elsewhere if isinstance(elsewhere, list) else []:
        if not isinstance(row, dict) or row.get("package") != other.number:
            continue
        if (row.get("path"), row.get("sha256")) not in held:
            words = {"name": row.get("path"), "number": other.number}
            yield _("%(name)s is to lie in package %(number)s, and does not.") % words


def _digest_of(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for block in iter(lambda: file.read(BLOCK), b""):
        digest.update(block)
    return digest.hexdigest()


# ── The manifest ──────────────────────────────────────────────────────────────────────────────────────────────
def _manifest_text(archive: zipfile.ZipFile, names: Sequence[str]) -> bytes:
    if MANIFEST not in names:
        raise NoPackage(_("The file holds no %(name)s: it is no package.") % {"name": MANIFEST})
    text = b"".join(_blocks(archive, MANIFEST, LARGEST_MANIFEST))
    if len(text) > LARGEST_MANIFEST:
        raise NoPackage(_("%(name)s is too large to be that of a package.") % {"name": MANIFEST})
    return text


def _read(text: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The manifest and its list of members, once both have the shape of ours."""
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoPackage(_("%(name)s cannot be read.") % {"name": MANIFEST}) from error
    members = manifest.get("members") if isinstance(manifest, dict) else None
    if not isinstance(members, list) or not all(_is_member(member) for member in members):
        raise NoPackage(_("%(name)s does not list the files of a package.") % {"name": MANIFEST})
    if not isinstance(manifest.get("format"), int) or manifest["format"] > FORMAT:
        raise NoPackage(_("The package was made by a newer version of the software, and is checked by that."))
    return manifest, members


def _is_member(member: object) -> bool:
    if not isinstance(member, dict):
        return False
    path, size, sha256 = (member.get(key) for key in ("path", "size", "sha256"))
    is_digest = isinstance(sha256, str) and _DIGEST.fullmatch(sha256) is not None
    return isinstance(path, str) and isinstance(size, int) and size >= 0 and is_digest


# ── The members ───────────────────────────────────────────────────────────────────────────────────────────────
def _faults_of_list(
    archive: zipfile.ZipFile, names: Sequence[str], text: bytes, members: Sequence[dict[str, Any]]
) -> Iterator[str]:
    """The manifest is what the list of checksums says; nothing stands twice, is too much or is lacking."""
    listed = [*(member["path"] for member in members), MANIFEST, CHECKSUMS]
    for name, count in sorted(Counter(names).items()):
        if count > 1:
            yield _("%(name)s is in the package %(count)d times.") % {"name": name, "count": count}
    for name in sorted(set(names) - set(listed)):
        yield _("%(name)s is in the package and not in its manifest.") % {"name": name}
    for name in listed:
        if name not in names:
            yield _("%(name)s is missing.") % {"name": name}
    if CHECKSUMS in names:
        lines = [f"{member['sha256']}  {member['path']}" for member in members]
        expected = "\n".join([*lines, f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}", ""]).encode()
        if _content(archive, CHECKSUMS, len(expected)) != expected:
            words = {"manifest": MANIFEST, "checksums": CHECKSUMS}
            yield _("%(manifest)s and %(checksums)s do not fit: one of them has been changed.") % words


def _faults_of_members(
    archive: zipfile.ZipFile, names: Sequence[str], members: Sequence[dict[str, Any]]
) -> Iterator[str]:
    for member in members:
        if member["path"] not in names:
            continue  # said above
        digest, size = hashlib.sha256(), 0
        try:
            for block in _blocks(archive, member["path"], member["size"]):
                digest.update(block)
                size += len(block)
        except _BROKEN:
            yield _("%(name)s is damaged.") % {"name": member["path"]}
            continue
        if (size, digest.hexdigest()) != (member["size"], member["sha256"]):
            yield _("%(name)s is not the file that was packed: its checksum is another.") % {"name": member["path"]}


def _content(archive: zipfile.ZipFile, name: str, size: int) -> bytes | None:
    try:
        return b"".join(_blocks(archive, name, size))
    except _BROKEN:
        return None


def _blocks(archive: zipfile.ZipFile, name: str, size: int) -> Iterator[bytes]:
    """A member's bytes, and of one that is larger than told no more than shows it. Raises `BadZipFile` where they are
    packed otherwise than ours, which lie in the file as they are."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile("packed otherwise")
    with archive.open(info) as content:
        left = size + 1
        while left > 0 and (block := content.read(min(BLOCK, left))):
            left -= len(block)
            yield block


# ── The container ─────────────────────────────────────────────────────────────────────────────────────────────
def _is_as_packed(file: BinaryIO, infos: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether the file is its members, one behind the other, and the directory of them as `writing` makes it: then no
    byte of it can be another without being seen, and none lies in between. ZIPs beyond two gigabytes are laid out
    otherwise and are told by their members alone."""
    file.seek(0, 2)
    end = file.tell()
    if end > zipfile.ZIP64_LIMIT:
        return True
    at = 0
    for info in infos:
        header = info.FileHeader(zip64=False)
        file.seek(at)
        if info.header_offset != at or file.read(len(header)) != header:
            return False
        at += len(header) + info.file_size
    directory = b"".join(_directory_entry(info) for info in infos)
    closing = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(infos), len(infos), len(directory), at, 0)
    file.seek(at)
    return file.read(len(directory) + len(closing) + 1) == directory + closing


def _directory_entry(info: zipfile.ZipInfo) -> bytes:
    """An entry of the ZIP's directory as it is written for our members (APPNOTE.TXT 4.3.12)."""
    name = info.filename.encode()
    flags = 0 if info.filename.isascii() else 0x800
    midnight, first_day = 0, 33  # 1 January 1980, as ZIPs count
    return (
        struct.pack(
            "<4s4B4HL2L5H2L",
            b"PK\1\2",
            *(20, 3, 20, 0),
            *(flags, zipfile.ZIP_STORED, midnight, first_day),
            info.CRC,
            *(info.file_size, info.file_size),
            *(len(name), 0, 0, 0, 0),
            *(0o644 << 16, info.header_offset),
        )
        + name
    )
