"""Where the papers of a package lie as files while it is written: each is set once, however often it is asked for.

The folder goes when the package is written: what lies in it may be erased one day, and is found nowhere then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from workflow.dates import in_language, local_day, short_date
from workflow.reports.package.chapters import Chapter, Printed
from workflow.reports.package.chapters import Paper as ChapterPaper
from workflow.reports.papers.heads import said
from workflow.reports.papers.model import Block, Paper, Sender
from workflow.reports.papers.pdf import made_of, write_pdf

Tell = Callable[[int, int], None]


def papers_in(chapters: Iterable[Chapter]) -> list[ChapterPaper]:
    """All papers of these chapters, in their order."""
    return [paper for chapter in chapters for part in chapter.parts for row in part.rows for paper in row.papers]


def printed_in(chapters: Iterable[Chapter]) -> list[Printed]:
    """What of these chapters is words of the record, to be set."""
    return [paper.content for paper in papers_in(chapters) if isinstance(paper.content, Printed)]


@dataclass(frozen=True, slots=True)
class Head:
    """What every paper of a package bears: the office, the case, the receiver's language, the zone of its days."""

    office: str
    case_number: str
    language: str
    zone: str


@dataclass(slots=True)
class Shelf:
    """A folder for the time of the writing, to be entered with `with`. foreign: by its name in the folder, what is
    known of each PDF from elsewhere that lies there (`lay_foreign`)."""

    head: Head
    foreign: dict[str, dict[str, Any]] = field(default_factory=dict)
    _folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    @property
    def folder(self) -> Path:
        """The folder itself."""
        return Path(self._folder.name)

    def lay_out(self, chapters: Iterable[Chapter], tell: Tell) -> None:
        """Set all that is printed in these chapters, so that it is there when the package is written. tell: how many
        are set, of how many."""
        printed = printed_in(chapters)
        for number, words in enumerate(printed, start=1):
            self.printed(words)
            tell(number, len(printed))

    def printed(self, words: Printed) -> Path:
        """Words of the record as PDF."""
        return self.set(self.paper(words.title, said(words.parts), words.at))

    def paper(self, title: str, blocks: Iterable[Block], at: datetime | date) -> Paper:
        """A paper with the head of this package."""
        head = self.head
        day = local_day(at, head.zone) if isinstance(at, datetime) else at
        with in_language(head.language):
            return Paper(
                kind="package",
                title=title,
                language=head.language,
                sender=Sender(head.office),
                dated=day,
                dated_words=short_date(day),
                made_at=at if isinstance(at, datetime) else datetime.combine(at, time(), UTC),
                case_number=head.case_number,
                blocks=tuple(blocks),
                file_name=title,
            )

    def set(self, paper: Paper) -> Path:
        """A paper as PDF."""
        path = self.folder / f"{made_of(paper)}.pdf"
        if not path.exists():
            path.write_bytes(write_pdf(paper))
        return path

    def keep(self, content: bytes) -> Path:
        """A PDF made elsewhere."""
        path = self.folder / f"{hashlib.sha256(content).hexdigest()}.pdf"
        if not path.exists():
            path.write_bytes(content)
        return path
