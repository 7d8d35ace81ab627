"""The kinds of papers: what each is about, in which formats it comes, and what makes it of the facts. Filled in
`apps.py`; pages, packages and the command come in."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.dates import in_language
from workflow.models import StoredFile
from workflow.reports.papers.facts import Template
from workflow.reports.papers.filled import filled
from workflow.reports.papers.kept import kept_docx, kept_pdf
from workflow.reports.papers.long import is_long, long_paper
from workflow.reports.papers.model import Paper
from workflow.reports.papers.packing import add_member
from workflow.reports.papers.pdf import may_write_pdf, write_pdf
from workflow.reports.papers.sheets import Sheet, paper_of_sheet, write_xlsx
from workflow.reports.papers.word import write_docx
from workflow.rules.refusals import Refusal, insist

PDF, DOCX, XLSX = FORMATS = ("pdf", "docx", "xlsx")
MEDIA_TYPES: Final = {
    PDF: "application/pdf",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper.

    key       what the command and the code call it
    label     what people call it
    about     what its id names, for the command's help: "a set's document, or a version of a document"
    find      the row of that public id; None where there is none
    language  of a row: the language the paper is written in, its process's
    make      a row's paper, made while that language is spoken; a list makes a `Sheet` instead. Raises `Refused`
    formats   those it comes in, the usual one first
    template  what an office's own Word template of it may say; None where it can have none
    is_kept   whether its files are kept on the disk to be handed out again: for papers many fetch that hold nothing
              which may be erased
    """

    key: str
    label: Promise | str
    about: str
    find: Callable[[UUID], Any]
    language: Callable[[Any], str]
    make: Callable[[Any], Paper | Sheet]
    formats: tuple[str, ...] = (PDF, DOCX)
    is_kept: bool = False
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper as a file."""

    name: str
    content: bytes
    media_type: str


_kinds: dict[str, PaperKind] = {}


def register_kinds(kinds: Iterable[PaperKind]) -> None:
    """Make kinds known, each once."""
    for kind in kinds:
        _kinds[kind.key] = kind


def paper_kinds() -> list[PaperKind]:
    """Every kind, by its key."""
    return [_kinds[key] for key in sorted(_kinds)]


def kinds_with_templates() -> list[PaperKind]:
    """Those an office may make with a Word template of its own, by their names in the language spoken now."""
    return sorted((kind for kind in _kinds.values() if kind.template), key=lambda kind: str(kind.label))


def paper_kind(key: str) -> PaperKind:
    """The kind of that key. Raises KeyError for one nobody registered."""
    return _kinds[key]


def may_make(kind: PaperKind, ending: str) -> Refusal | None:
    """A paper comes in the formats of its kind; as PDF where the machine can write one."""
    if ending not in kind.formats:
        words = {"paper": kind.label, "formats": ", ".join(kind.formats)}
        return Refusal("no_such_format", _("%(paper)s comes as %(formats)s. Choose one of these.") % words)
    return may_write_pdf() if ending == PDF else None


def make_paper(key: str, row: Any, ending: str = PDF) -> PaperFile:
    """A row's paper as a file. Raises `Refused` where it does not come in this format, or has nothing to say."""
    kind = _kinds[key]
    insist(may_make(kind, ending))
    with in_language(kind.language(row)):
        return _as_file(kind, row, kind.make(row), ending)


def make_in_each_format(key: str, row: Any) -> list[PaperFile]:
    """A row's paper in each of its formats that can be written here, made of one model. Raises `Refused` where it has
    nothing to say."""
    kind = _kinds[key]
    with in_language(kind.language(row)):
        made = kind.make(row)
        return [_as_file(kind, row, made, ending) for ending in kind.formats if may_make(kind, ending) is None]


def write_zip(
    target: BinaryIO, files: Iterable[tuple[str, PaperFile | StoredFile]], read: Callable[[StoredFile], BinaryIO]
) -> None:
    """Papers and stored files as one ZIP, by their names in it. read: opens a stored file."""
    with zipfile.ZipFile(target, "w") as archive:
        for member, each in files:
            if isinstance(each, StoredFile):
                with read(each) as original:
                    add_member(archive, member, original)
            else:
                add_member(archive, member, each.content)


def _as_file(kind: PaperKind, row: Any, made: Paper | Sheet, ending: str) -> PaperFile:
    if isinstance(made, Sheet):
        content = _sheet_content(kind, made, ending)
    else:
        content = _own_content(kind, row, made, ending) or _paper_content(kind, made, ending)
    return PaperFile(f"{made.file_name}.{ending}", content, MEDIA_TYPES[ending])


def _sheet_content(kind: PaperKind, sheet: Sheet, ending: str) -> bytes:
    return write_xlsx(sheet) if ending == XLSX else _paper_content(kind, paper_of_sheet(sheet), ending)


def _own_content(kind: PaperKind, row: Any, paper: Paper, ending: str) -> bytes | None:
    """The Word edition made with the office's own template; None where ours is to be taken."""
    if ending != DOCX or kind.template is None:
        return None
    return filled(kind.key, kind.template, row, paper)


def _paper_content(kind: PaperKind, paper: Paper, ending: str) -> bytes:
    if is_long(paper, ending):
        return long_paper(paper, ending, is_lasting=kind.is_kept)
    if ending == DOCX:
        return kept_docx(paper) if kind.is_kept else write_docx(paper)
    return kept_pdf(paper) if kind.is_kept else write_pdf(paper)
