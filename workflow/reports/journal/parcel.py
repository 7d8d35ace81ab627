"""The parcel for the journal as bytes: the list first, then every file. The same rows give the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from workflow.dates import in_language
from workflow.models import Process, StoredFile
from workflow.reports.journal.rows import JournalRow
from workflow.reports.papers.naming import file_name
from workflow.reports.papers.packing import add_member
from workflow.reports.papers.pdf import may_write_pdf, write_pdf
from workflow.reports.papers.registry import DOCX, PDF
from workflow.reports.papers.word import write_docx
from workflow.storage import is_kept, open_stored

INDEX: Final = "index.csv"
_FORMULA: Final = ("=", "+", "-", "@")  # a spreadsheet reckons with a cell that begins so
_ENDING: Final = re.compile(r"[a-z0-9]{1,8}\Z")
_BLOCK: Final = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list. number: counts from 1. name: of its file in the parcel, "" where there is none, and `remark`
    then says why."""

    number: int
    row: JournalRow
    name: str
    sha256: str
    remark: str = ""


def columns() -> tuple[str, ...]:
    """The heads of the list, in the language spoken."""
    return (
        _("No."),
        _("Date"),
        _("Direction"),
        _("Sender or recipient"),
        _("Subject"),
        _("File"),
        "SHA-256",
        _("Confidential"),
        _("Remark"),
    )


def write_parcel(target: BinaryIO, process: Process, rows: Sequence[JournalRow]) -> tuple[list[Line], str]:
    """Write the ZIP into `target`; returns the lines of its list, and the SHA-256 of that list. A file that has been
    erased, or is not on the disk, is named in the list and stops nothing."""
    with in_language(process.language):
        lines, papers = _lines(rows)
        index = write_index(lines)
        with zipfile.ZipFile(target, "w") as archive:
            add_member(archive, INDEX, index)
            for line in lines:
                content = line.row.content
                if not line.name:
                    continue
                if isinstance(content, StoredFile):
                    with open_stored(content.public_id, content.path) as stored:
                        add_member(archive, line.name, stored)
                else:
                    add_member(archive, line.name, papers[line.number])
    return lines, hashlib.sha256(index).hexdigest()


def write_index(lines: Sequence[Line]) -> bytes:
    """The list as CSV that Danish Excel opens with its letters and columns right: a mark of UTF-8 first, semicolons,
    and nothing that it would take for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns())
    for line in lines:
        writer.writerow([plain_cell(cell) for cell in _cells(line)])
    return text.getvalue().encode("utf-8-sig")


def plain_cell(words: str) -> str:
    """Words as one line of a cell that stays words: an apostrophe stands before what would be a formula."""
    text = " ".join(words.split())
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(line: Line) -> Iterator[str]:
    row = line.row
    yield str(line.number)
    yield f"{row.on:%d-%m-%Y}"
    yield str(row.direction.label)
    yield row.counterpart
    yield row.subject
    yield line.name
    yield line.sha256
    yield _("Yes") if row.is_confidential else _("No")
    yield line.remark


def _lines(rows: Sequence[JournalRow]) -> tuple[list[Line], dict[int, bytes]]:
    """Every row with its file's name and digest, and the bytes of those that are written here, by the line's number."""
    taken: set[str] = {INDEX}
    lines: list[Line] = []
    papers: dict[int, bytes] = {}
    for number, row in enumerate(rows, start=1):
        content = row.content
        if isinstance(content, StoredFile):
            lines.append(_stored(number, row, content, taken))
        elif content is not None:
            stem = file_name(row.on, row.subject, row.counterpart)
            ending = PDF if may_write_pdf() is None else DOCX
            paper = content()
            papers[number] = write_pdf(paper) if ending == PDF else write_docx(paper)
            digest = hashlib.sha256(papers[number]).hexdigest()
            lines.append(Line(number, row, _free(stem, f".{ending}", taken), digest))
    return lines, papers


def _stored(number: int, row: JournalRow, file: StoredFile, taken: set[str]) -> Line:
    if file.erased_at is not None:
        return Line(number, row, "", file.sha256, _("The file has been erased"))
    if not is_kept(file.public_id, file.path):
        return Line(number, row, "", file.sha256, _("The file is not on the server's disk"))
    stem, dot, last = file.name.rpartition(".")
    ending = f".{last.lower()}" if stem and _ENDING.match(last.lower()) else ""
    # The subject ends with the file's own name, and the ending is not to stand there twice.
    subject = row.subject.removesuffix(f"{dot}{last}") if ending else row.subject
    name = _free(file_name(row.on, subject, row.counterpart), ending, taken)
    digest = hashlib.sha256()
    with open_stored(file.public_id, file.path) as stored:
        for block in iter(lambda: stored.read(_BLOCK), b""):
            digest.update(block)
    is_altered = digest.hexdigest() != file.sha256
    remark = _("The file is not the one that was received") if is_altered else ""
    return Line(number, row, name, digest.hexdigest(), remark)


def _free(stem: str, ending: str, taken: set[str]) -> str:
    # A disk of Windows knows no difference between large and small letters.
    name, number = f"{stem}{ending}", 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} ({number}){ending}"
    taken.add(name.casefold())
    return name
