"""Writing a package: its chapters' papers into a ZIP, the index first, a manifest with the SHA-256 of each member, and
a list that `sha256sum -c` reads. The same chapters and facts give the same bytes, on every machine."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflow.audit import canonical
from workflow.dates import in_language
from workflow.models import StoredFile
from workflow.reports.package.chapters import INDEX, Chapter, Content, Placed, PlacedRow, placed
from workflow.reports.package.index import Facts, Held, index_page
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
    *,
    held: Mapping[str, Held] | None = None,
) -> dict[str, object]:
    """Write the ZIP into `target` and return its manifest.

    facts: what manifest and index say beside their papers, JSON-able; `language` is the receiver's. read: opens a
    stored file. held: of a supplement, what the packages it adds to hold, by SHA-256; that is named and not sent again.
    """
    with in_language(facts["language"]):
        places = placed(chapters)
        elsewhere = _elsewhere(places, held or {})
        index = index_page(chapters, places, facts, elsewhere)
        papers = [paper for paper in _papers(places) if paper.path not in elsewhere]
        # The order of rows in the database must not show in the bytes.
        papers.sort(key=lambda paper: paper.path)
        members = [Member(INDEX, index), *(Member(paper.path, paper.paper.content) for paper in papers)]
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


def write_papers(target: BinaryIO, chapter: Chapter, language: str, read: Read) -> None:
    """Write the papers of one chapter alone into `target`, with a list of checksums."""
    with in_language(language), zipfile.ZipFile(target, "w") as archive:
        papers = _papers(placed([chapter]))
        listed = [_listed(archive, Member(paper.path, paper.paper.content), read) for paper in papers]
        _write_checksums(archive, listed, read)


def _papers(places: Mapping[int, list[list[PlacedRow]]]) -> Iterator[Placed]:
    for parts in places.values():
        for rows in parts:
            for row in rows:
                yield from row.papers


def _elsewhere(places: Mapping[int, list[list[PlacedRow]]], held: Mapping[str, Held]) -> dict[str, Held]:
    """By its path here, what lies in an earlier package already, byte by byte."""
    found = ((paper.path, held.get(_digest(paper.paper.content))) for paper in (_papers(places) if held else ()))
    return {path: earlier for path, earlier in found if earlier is not None}


def _digest(content: Content) -> str:
    if isinstance(content, StoredFile):
        return content.sha256
    return hashlib.sha256(content if isinstance(content, bytes) else content()).hexdigest()


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
    if not isinstance(member.content, StoredFile):
        yield member.content if isinstance(member.content, bytes) else member.content()
        return
    with read(member.content) as file:
        yield from iter(lambda: file.read(BLOCK), b"")
