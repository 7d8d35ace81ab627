"""Writing a package: its chapters' papers into a ZIP, the index first, a manifest with the SHA-256 of each member, and
a list that `sha256sum -c` reads. The same chapters and facts give the same bytes, on every machine."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.audit import canonical
from workflow.dates import in_language
from workflow.models import StoredFile
from workflow.reports.package.chapters import (
    INDEX,
    Chapter,
    Content,
    Placed,
    PlacedRow,
    Printed,
    placed,
    whole_path,
)
from workflow.reports.package.index import Facts, Held, index_page
from workflow.reports.package.shelf import Shelf
from workflow.reports.package.whole import whole_of
from workflow.reports.papers.pdf import may_write_pdf
from workflow.rules.refusals import Refusal, Refused

FORMAT = 2
"""Version of the manifest's layout."""

MANIFEST = "manifest.json"
CHECKSUMS = "CHECKSUMS.sha256"
BLOCK = 1024 * 1024  # bytes
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold: the bytes must not depend on the clock

Read = Callable[[StoredFile], BinaryIO]


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the package: its path there, and its bytes or the stored file they are in."""

    path: str
    content: Content


def write_package(
    target: BinaryIO,
    chapters: Sequence[Chapter],
    facts: Facts,
    read: Read,
    shelf: Shelf,
    *,
    held: Mapping[str, Held] | None = None,
) -> dict[str, object]:
    """Write the ZIP into `target` and return its manifest.

    facts: what manifest and index say beside their papers, JSON-able; `language` is the receiver's. read: opens a
    stored file. shelf: where papers are set, or lie set already. held: of a supplement, what the packages it adds to
    hold, by SHA-256; that is named and not sent again.
    """
    with in_language(facts["language"]):
        places = placed(chapters)
        elsewhere = _elsewhere(places, held or {}, shelf)
        whole, why_no_whole = None, ""
        if may_write_pdf() is None:
            whole = whole_of(chapters, places, facts, elsewhere, read, shelf)
            if whole is None:
                why_no_whole = gettext("The PDF files are not gathered in one: they are too large, or too many.")
                facts = {**facts, "left_out": [*facts["left_out"], why_no_whole]}
        index = index_page(chapters, places, facts, elsewhere, whole_path() if whole else "", why_no_whole)
        papers = [paper for paper in _papers(places) if paper.path not in elsewhere]
        # The order of rows in the database must not show in the bytes; PDFs are what people open.
        papers.sort(key=lambda paper: (paper.paper.ending != ".pdf", paper.path))
        members = [
            Member(INDEX, index),
            *([Member(whole_path(), whole)] if whole else []),
            *(Member(paper.path, _on_shelf(paper.paper.content, shelf)) for paper in papers),
        ]
        with zipfile.ZipFile(target, "w") as archive:
            listed = [_listed(archive, member, read) for member in members]
            manifest: dict[str, object] = {"format": FORMAT, **facts, "members": listed}
            if held:
                manifest["elsewhere"] = [elsewhere[path].listed() for path in sorted(elsewhere)]
            # What is returned is stored and compared with the ZIP: both go through the same canonical form.
            text = json.dumps(json.loads(canonical(manifest)), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
            _size, sha256 = _write(archive, Member(MANIFEST, text.encode()), read)
            _write_checksums(archive, [*listed, {"path": MANIFEST, "sha256": sha256}], read)
    stored_manifest: dict[str, object] = json.loads(text)
    return stored_manifest


def _papers(places: Mapping[int, list[list[PlacedRow]]]) -> Iterator[Placed]:
    for parts in places.values():
        for rows in parts:
            for row in rows:
                yield from row.papers


def _on_shelf(content: Content, shelf: Shelf) -> Content:
    return shelf.printed(content) if isinstance(content, Printed) else content


def _elsewhere(places: Mapping[int, list[list[PlacedRow]]], held: Mapping[str, Held], shelf: Shelf) -> dict[str, Held]:
    """By its path here, what lies in an earlier package already, byte by byte."""
    papers = _papers(places) if held else ()
    found = ((paper.path, held.get(_digest(_on_shelf(paper.paper.content, shelf)))) for paper in papers)
    return {path: earlier for path, earlier in found if earlier is not None}


def _digest(content: Content) -> str:
    if isinstance(content, StoredFile):
        return content.sha256
    return hashlib.sha256(_whole_bytes(content)).hexdigest()


def _whole_bytes(content: Content) -> bytes:
    """Of what is no stored file, and is set already."""
    if isinstance(content, Path):
        return content.read_bytes()
    assert not isinstance(content, StoredFile | Printed)
    return content if isinstance(content, bytes) else content()


def _listed(archive: zipfile.ZipFile, member: Member, read: Read) -> dict[str, object]:
    size, sha256 = _write(archive, member, read)
    return {"path": member.path, "size": size, "sha256": sha256}


def _write_checksums(archive: zipfile.ZipFile, listed: Iterable[Mapping[str, object]], read: Read) -> None:
    lines = [f"{member['sha256']}  {member['path']}" for member in listed]
    _write(archive, Member(CHECKSUMS, "\n".join([*lines, ""]).encode()), read)


def _write(archive: zipfile.ZipFile, member: Member, read: Read) -> tuple[int, str]:
    info = zipfile.ZipInfo(member.path, _DATE)
    info.compress_type = zipfile.ZIP_STORED  # not every zlib packs alike, and every byte is to be proven
    info.create_system = 3  # as on Unix, whatever this runs on
    info.external_attr = 0o644 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w") as place:
        for block in _blocks(member, read):
            digest.update(block)
            size += len(block)
            place.write(block)
    if isinstance(member.content, StoredFile) and digest.hexdigest() != member.content.sha256:
        text = _(
            "The file “{path}” is not the one that was received. Ask the administrator to bring it from the backup."
        )
        raise Refused(Refusal("file_altered", format_lazy(text, path=member.content.name)))
    return size, digest.hexdigest()


def _blocks(member: Member, read: Read) -> Iterator[bytes]:
    if not isinstance(member.content, StoredFile | Path):
        yield _whole_bytes(member.content)
        return
    with member.content.open("rb") if isinstance(member.content, Path) else read(member.content) as file:
        yield from iter(lambda: file.read(BLOCK), b"")
