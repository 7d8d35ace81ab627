"""All PDFs of a package in one: a page that says what it holds, then paper by paper, with bookmarks.

What is no PDF, or one that cannot be laid in, stands on the first pages with the name of its file in the package.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.models import StoredFile
from workflow.readers.starting import lines_of
from workflow.reports.package.chapters import Chapter, Placed, PlacedRow, Printed
from workflow.reports.package.chapters import Paper as ChapterPaper
from workflow.reports.package.index import Facts, Held
from workflow.reports.package.shelf import Shelf
from workflow.reports.papers.model import Block, Heading, ItemList, Line, Paragraph, Table, Words, line

LONGEST_JOIN: Final = 180  # seconds

_WHY: Final[Mapping[str, Promise | str]] = {
    "locked": gettext_lazy("needs a password"),
    "portfolio": gettext_lazy("is a collection of files"),
    "form": gettext_lazy("is a form that only certain programs show"),
    "layers": gettext_lazy("has hidden layers"),
    "damaged": gettext_lazy("cannot be opened"),
    "too_much": gettext_lazy("is too large or too complex"),
}

Read = Callable[[StoredFile], BinaryIO]


@dataclass(frozen=True, slots=True)
class _Laid:
    """A paper in its place. file: name in the folder, "" for one that cannot be laid in, with why."""

    placed: Placed
    file: str = ""
    pages: int = 0
    why: str = ""

    @property
    def is_ours(self) -> bool:
        return not isinstance(self.placed.paper.content, StoredFile)


def whole_of(
    chapters: Sequence[Chapter],
    places: Mapping[int, list[list[PlacedRow]]],
    facts: Facts,
    elsewhere: Mapping[str, Held],
    read: Read,
    shelf: Shelf,
) -> Path | None:
    """The PDF, to be asked for in the receiver's language; None where it is too much to be made. elsewhere: by its path
    here, what lies in an earlier package and is named only."""
    papers = [paper for parts in places.values() for rows in parts for row in rows for paper in row.papers]
    laid = _lay(shelf, [paper for paper in papers if paper.path not in elsewhere], read)
    contents, first = _contents(chapters, places, facts, elsewhere, laid, shelf)
    parts: list[dict[str, Any]] = [_part(first.name, _("Contents"), 1, brings_bookmarks=False)]
    for chapter in chapters:
        parts += _parts(chapter, places[chapter.number], laid)
    plan = {
        "title": contents,
        "author": facts["office"],
        "language": facts["language"],
        "made_at": facts["made_at"].astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat(),
        "parts": parts,
    }
    text = json.dumps(plan)
    path = shelf.folder / f"whole-{hashlib.sha256(text.encode()).hexdigest()}.pdf"
    (shelf.folder / "plan.json").write_text(text, encoding="utf-8")
    is_whole, _lines = lines_of("joining", "join", str(shelf.folder), wait=LONGEST_JOIN)
    if not is_whole:
        return None
    return (shelf.folder / "whole.pdf").rename(path)


# ── What can be laid in ───────────────────────────────────────────────────────────────────────────────────────
def lay_foreign(shelf: Shelf, papers: Iterable[ChapterPaper], read: Read) -> None:
    """Make the PDFs that were handed in ready to be laid in, those that are not yet: each is opened by a program of its
    own, which takes its time, and is not opened again when the package is written."""
    new: dict[str, StoredFile] = {}
    for paper in papers:
        if isinstance(paper.content, StoredFile) and paper.ending == ".pdf":
            name = _foreign(paper.content)
            if name not in shelf.foreign:
                new[name] = paper.content
    for name, stored in new.items():
        with read(stored) as file, (shelf.folder / f"{name}.pdf").open("wb") as target:
            shutil.copyfileobj(file, target)
    shelf.foreign.update(_answers(shelf, list(new)))


def _foreign(stored: StoredFile) -> str:
    return f"foreign-{stored.sha256}"


def _lay(shelf: Shelf, papers: Sequence[Placed], read: Read) -> dict[str, _Laid]:
    """By its path in the package, each paper that is a PDF or a file that was handed in."""
    lay_foreign(shelf, (placed.paper for placed in papers), read)
    laid = {}
    for placed in papers:
        content, is_pdf = placed.paper.content, placed.paper.ending == ".pdf"
        if isinstance(content, StoredFile):
            name = _foreign(content)
            answer = shelf.foreign.get(name, {}) if is_pdf else {}
            pages, why = answer.get("pages", 0), str(answer.get("why", ""))
            laid[placed.path] = _Laid(placed, f"{name}.laid.pdf" if pages else "", pages, why)
        elif is_pdf:
            path = shelf.printed(content) if isinstance(content, Printed) else shelf.keep(_bytes(content))
            laid[placed.path] = _Laid(placed, path.name, _pages_of(path))
    return laid


def _answers(shelf: Shelf, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the program says of each foreign file; one that ends it is too much, and the others go on."""
    answers: dict[str, dict[str, Any]] = {}
    while waiting := [name for name in names if name not in answers]:
        _is_whole, lines = lines_of("joining", "lay", str(shelf.folder), *waiting)
        answers |= {str(each["name"]): each for each in lines}
        if not lines:
            answers[waiting[0]] = {"why": "too_much"}
    return answers


def _bytes(content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    assert callable(content)
    made = content()
    assert isinstance(made, bytes)
    return made


def _pages_of(path: Path) -> int:
    """Of a PDF of ours."""
    import pikepdf

    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


# ── Its parts ─────────────────────────────────────────────────────────────────────────────────────────────────
def _part(file: str, title: str, level: int, *, is_ours: bool = True, brings_bookmarks: bool = True) -> dict[str, Any]:
    """As the program reads it."""
    words = {"file": file, "title": title, "level": level}
    return {**words, "is_ours": is_ours, "brings_bookmarks": brings_bookmarks}


def _parts(chapter: Chapter, places: Sequence[Sequence[PlacedRow]], laid: Mapping[str, _Laid]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for part, rows in zip(chapter.parts, places, strict=True):
        below = [
            _part(each.file, _title(row, each), 3 if part.title else 2, is_ours=each.is_ours)
            for row in rows
            for each in _laid_of(row, laid)
            if each.file
        ]
        parts += [_part("", part.title, 2), *below] if below and part.title else below
    return [_part("", f"{chapter.number}. {chapter.title}", 1), *parts] if parts else []


def _laid_of(row: PlacedRow, laid: Mapping[str, _Laid]) -> Iterator[_Laid]:
    yield from (laid[paper.path] for paper in row.papers if paper.path in laid)


def _title(row: PlacedRow, each: _Laid) -> str:
    return f"{row.row.name}: {each.placed.paper.label}"


# ── The first pages ───────────────────────────────────────────────────────────────────────────────────────────
def _contents(
    chapters: Sequence[Chapter],
    places: Mapping[int, list[list[PlacedRow]]],
    facts: Facts,
    elsewhere: Mapping[str, Held],
    laid: Mapping[str, _Laid],
    shelf: Shelf,
) -> tuple[str, Path]:
    """The title, and the pages that say on which page what begins. They are counted themselves, so they are set until
    their number is the one they reckon with."""
    number = _("package %(number)d") % {"number": facts["number"]}
    title = f"{facts['title']}: {number}"
    length = 1
    for _attempt in range(4):
        blocks = list(_blocks(chapters, places, facts, elsewhere, laid, length + 1))
        path = shelf.set(shelf.paper(title, blocks, facts["made_at"]))
        if (pages := _pages_of(path)) == length:
            break
        length = pages
    return title, path


def _blocks(
    chapters: Sequence[Chapter],
    places: Mapping[int, list[list[PlacedRow]]],
    facts: Facts,
    elsewhere: Mapping[str, Held],
    laid: Mapping[str, _Laid],
    page: int,
) -> Iterator[Block]:
    """page: the number of the first page behind these."""
    yield Paragraph(line(_("To %(receiver)s from %(office)s.") % facts))
    if facts["provisional"]:
        yield Paragraph((Words(_("The package is provisional: something is missing"), is_strong=True),))
        yield ItemList(tuple((Paragraph(line(sentence)),) for sentence in facts["missing"]))
        why = _("Why it did not wait")
        yield Paragraph(line(f"{why}: {facts['provisional_reason']}"))
    yield Paragraph(
        line(
            _(
                "All PDF files of the package are gathered here, in its order. A file of another kind lies in the "
                "package beside this one, under the name given. What was signed digitally is to be checked in its own "
                "file."
            )
        )
    )
    head = (line(_("Name")), line(_("What it is")), line(_("Page")))
    for chapter in chapters:
        yield Heading(1, line(f"{chapter.number}. {chapter.title}"))
        for part, rows in zip(chapter.parts, places[chapter.number], strict=True):
            cells: list[tuple[Line, ...]] = []
            for row in rows:
                found, page = _rows(row, elsewhere, laid, page)
                cells += found
            if cells:
                yield Table(head, tuple(cells), caption=part.title, numeric=frozenset({2}))
        for sentence in (*chapter.missing, *chapter.left_out):
            yield Paragraph(line(sentence))


def _rows(
    row: PlacedRow, elsewhere: Mapping[str, Held], laid: Mapping[str, _Laid], page: int
) -> tuple[list[tuple[Line, ...]], int]:
    """The lines of a row of the index, and the number of the page behind what it brings."""
    says = " · ".join((*row.row.marks, *row.row.says))
    cells: list[tuple[Line, ...]] = [(line(row.row.name), line(says), line(""))]
    for paper in row.papers:
        label = paper.paper.label
        if (held := elsewhere.get(paper.path)) is not None:
            words = {"number": held.package, "path": held.path}
            where = _("in package %(number)d: %(path)s") % words
            cells.append((line(""), line(f"{label} ({where})"), line("")))
        elif (each := laid.get(paper.path)) is None:
            continue
        elif each.file:
            cells.append((line(""), line(label), line(str(page))))
            page += each.pages
        else:
            why = f"{_WHY[each.why]}; " if each.why else ""
            beside = _("%(why)slies beside: %(path)s") % {"why": why, "path": paper.path}
            cells.append((line(""), line(f"{label} ({beside})"), line("–")))
    # Data for programs alone, of which there is nothing to read here.
    has_nothing = row.papers and not says and len(cells) == 1
    return ([] if has_nothing else cells), page
