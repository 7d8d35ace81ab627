"""What a package is made of: chapters with papers, as each kind of stage lays them in, and the place each paper gets.

All words are those of the language spoken while a chapter is made: the receiver's when a package is written, the
reader's on the page that asks what would be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from workflow.dates import clock_time, short_date
from workflow.models import Bundle, Process, Stage, StoredFile
from workflow.reports.papers.pdf import may_write_pdf
from workflow.rules.slugs import danish_slug
from workflow.storage import is_kept

DOCUMENTS, CONSULTATION, DECISIONS, WHITE_BOOK, RECEIPTS, ELSEWHERE = range(1, 7)
"""The chapters in their order; the number stands before the folder's name."""

INDEX: Final = "index.html"

LONGEST_STEM, LONGEST_PART = 50, 40
"""Characters of a file's name: of whom or what it is about, and of what it is. Together with two folders it stays far
below what Windows can unpack."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Words of the record that are set as a PDF when the package is written. parts: headings and their texts. at: the
    instant (UTC) or the day they are of; the same words give the same bytes in every package."""

    title: str
    parts: tuple[tuple[str, str], ...]
    at: datetime | date


Content = bytes | StoredFile | Callable[[], bytes] | Printed | Path
"""Bytes, the file they are in, or what makes them when they are written: a thousand answers are not held at once."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package is about: the stage that submits, the locked set submitted, and the instant it is made (UTC)."""

    process: Process
    stage: Stage
    bundle: Bundle
    now: datetime

    @property
    def zone(self) -> str:
        """The zone in which its days are said."""
        return self.process.time_zone


@dataclass(frozen=True, slots=True)
class Paper:
    """One file: `label` is what the index calls it, `name` what stands in its file name behind whom it is about,
    `ending` as ".html"."""

    label: str
    name: str
    ending: str
    content: Content


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the index: who or what, what is said of it, how it is marked, its papers.

    tick: whether it is ticked; None where ticks say nothing. stem: how its file names begin; of `name` unless given.
    """

    name: str
    says: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    tick: bool | None = None
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a chapter with a folder of its own: a consultation, the decisions of one stage. `facts` in pairs."""

    title: str
    rows: tuple[Row, ...]
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the package.

    missing: what it ought to hold and does not, in sentences: with any of it the package is provisional. left_out: what
    it does not hold and need not, such as what has been erased, in sentences.
    """

    number: int
    title: str
    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class Gathering:
    """Papers as they are gathered for a chapter, with what turned out to be missing or erased on the way."""

    missing: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def tell_erased(self, whose: str) -> None:
        """Words that named somebody are struck out of what the package holds of this one."""
        self.left_out.append(_("%(whose)s: personal details have been erased.") % {"whose": whose})

    def stored(self, label: str, name: str, file: StoredFile | None, whose: str) -> Iterator[Paper]:
        """A stored file as a paper; one that was erased or is not on the disk is told of instead."""
        if file is None:
            return
        words = {"file": f"{label} ({file.name})" if file.name and file.name not in label else label, "whose": whose}
        if file.erased_at is not None:
            self.left_out.append(_("%(whose)s: %(file)s has been erased.") % words)
        elif not is_kept(file.public_id, file.path):
            self.missing.append(_("%(whose)s: %(file)s is not on this machine's disk.") % words)
        else:
            yield Paper(label, name, _ending(file), file)


def written(
    label: str, name: str, title: str, parts: Iterable[tuple[str, str]], *, at: datetime | date
) -> tuple[Paper, ...]:
    """Words as PDF where this machine can set one, as a page and as plain text; a part is a heading and its text. at:
    what they are of."""
    texts = [(heading, text) for heading, text in parts if text]
    pdf = Paper(_("%(label)s as PDF") % {"label": label}, name, ".pdf", Printed(title, tuple(texts), at))
    return (
        *((pdf,) if may_write_pdf() is None else ()),
        Paper(label, name, ".html", lambda: as_page(title, texts)),
        Paper(_("%(label)s as text") % {"label": label}, name, ".txt", lambda: as_text(title, texts)),
    )


def as_text(title: str, parts: Iterable[tuple[str, str]]) -> bytes:
    """Words as plain text, headings underlined."""
    texts = [f"{title}\n{'=' * len(title)}"]
    texts += [f"{heading}\n{'-' * len(heading)}\n{text}".rstrip() for heading, text in parts]
    return ("\n\n".join(texts) + "\n").encode()


def as_page(title: str, parts: Iterable[tuple[str, str]]) -> bytes:
    """Words as a page that any browser opens."""
    return render_to_string("reports/text.html", {"title": title, "parts": list(parts)}).encode()


def moment(at: datetime, zone: str) -> str:
    """A day and a time of day in the process's zone."""
    return _("%(day)s at %(time)s") % {"day": short_date(at, zone), "time": clock_time(at, zone)}


def _ending(file: StoredFile) -> str:
    stem, dot, ending = file.name.rpartition(".")
    return f".{danish_slug(ending)}" if dot and stem and danish_slug(ending) else ""


# ── Places ────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Placed:
    """A paper with its path in the package."""

    paper: Paper
    path: str


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row with its papers in their places."""

    row: Row
    papers: tuple[Placed, ...]


def placed(chapters: Sequence[Chapter]) -> dict[int, list[list[PlacedRow]]]:
    """Every paper with its path: by the chapter's number, part by part and row by row. Names are readable on every
    machine, cut where they are long, and numbered where two would be the same."""
    taken: set[str] = {INDEX, whole_path()}
    return {
        chapter.number: [[_placed_row(chapter, part, row, taken) for row in part.rows] for part in chapter.parts]
        for chapter in chapters
    }


def whole_path() -> str:
    """Where all PDFs of a package lie in one, by its name in the language spoken now."""
    name = _("The whole package")
    return f"0-{danish_slug(name)}.pdf"


def cut(name: str, longest: int) -> str:
    """A name as part of a file's, ended at a word where it is too long."""
    # A dash between years is none of ASCII's, and would be left out.
    slug = danish_slug(name.replace("–", "-"))
    if len(slug) <= longest:
        return slug
    whole_words, dash, _rest = slug[: longest + 1].rpartition("-")
    return whole_words if dash and len(whole_words) > longest // 2 else slug[:longest]


def _placed_row(chapter: Chapter, part: Part, row: Row, taken: set[str]) -> PlacedRow:
    folders = [f"{chapter.number}-{cut(chapter.title, LONGEST_PART)}".strip("-")]
    if len(chapter.parts) > 1 and part.title:
        folders.append(cut(part.title, LONGEST_PART) or "-")
    stem = row.stem or cut(row.name, LONGEST_STEM)
    papers = []
    for paper in row.papers:
        name = "-".join(filter(None, (stem, cut(paper.name, LONGEST_PART)))) or "-"
        papers.append(Placed(paper, _free("/".join([*folders, name]), paper.ending, taken)))
    return PlacedRow(row, tuple(papers))


def _free(stem: str, ending: str, taken: set[str]) -> str:
    path, number = f"{stem}{ending}", 1
    while path in taken:
        number += 1
        path = f"{stem}-{number}{ending}"
    taken.add(path)
    return path
