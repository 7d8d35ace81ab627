"""A row of the journal, where rows come from, and all of a process's in their order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from workflow.dates import in_language, local_day
from workflow.models import JournalItem, JournalParcel, Process, StoredFile
from workflow.reports.papers.model import Paper
from workflow.reports.papers.registry import paper_kind
from workflow.states import Direction

Content = StoredFile | Callable[[], Paper]
"""The file as it came or left, or what lays its words out as a paper."""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One thing that came in or went out. All words are in the process's language.

    keys: what it tells of, such as "answer:<public id>"; each key stands in one parcel at most. A sending to many is
    one row with a key for each of its mails. at: the instant (UTC) it came or left. on: its local day, which may be
    older than anything recorded here. content: None where there is no file to it.
    """

    keys: tuple[str, ...]
    at: datetime
    on: date
    direction: Direction
    counterpart: str
    subject: str
    content: Content | None
    is_confidential: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows are made of: the process, and in which parcel (its number) each key lies that lies in one."""

    process: Process
    parcels: Mapping[str, int]

    def row(
        self,
        key: str,
        at: datetime,
        direction: Direction,
        counterpart: str,
        subject: str,
        content: Content | None,
        *,
        is_confidential: bool = False,
    ) -> JournalRow:
        """A row of one thing, on the process's local day."""
        on = local_day(at, self.process.time_zone)
        return JournalRow((key,), at, on, direction, counterpart, subject, content, is_confidential)

    def parcel_of(self, row: JournalRow) -> int:
        """The number of the parcel that a row lies in; 0 while it waits for one."""
        return self.parcels.get(row.keys[0], 0)


def laid_out(kind: str, row: object) -> Callable[[], Paper]:
    """What lays a row out as a paper of that kind."""
    return partial(_lay_out, kind, row)


def _lay_out(kind: str, row: object) -> Paper:
    paper = paper_kind(kind).make(row)
    assert isinstance(paper, Paper)
    return paper


Source = Callable[[Ground], Iterable[JournalRow]]

_sources: list[Source] = []


def register(*sources: Source) -> None:
    """Make known where rows come from; called from `apps.py`."""
    _sources.extend(source for source in sources if source not in _sources)


def key_of(word: str, public_id: UUID) -> str:
    """What stands for a thing in a parcel for ever: its sort and its public id."""
    return f"{word}:{public_id}"


def key_of_file(file: StoredFile) -> str:
    """A file is journalised once, whatever refers to it."""
    return key_of("file", file.public_id)


def ground_of(process: Process) -> Ground:
    """What has been fetched so far. One query."""
    items = JournalItem.objects.filter(process=process)
    return Ground(process, dict(items.values_list("key", "parcel__number")))


def journal_rows(process: Process, ground: Ground | None = None) -> list[JournalRow]:
    """All that came in and went out, the oldest first; what refers to the same thing once. As many queries as the
    sources make, however much came."""
    ground = ground or ground_of(process)
    rows: dict[str, JournalRow] = {}
    with in_language(process.language):
        found = [row for source in _sources for row in source(ground)]
    # What came in one instant stays as its source has it: an answer, then its files.
    for row in sorted(found, key=lambda row: row.at):
        rows.setdefault(row.keys[0], row)
    return list(rows.values())


def waiting_rows(process: Process) -> list[JournalRow]:
    """Those that no parcel holds yet, the oldest first."""
    ground = ground_of(process)
    return [row for row in journal_rows(process, ground) if not ground.parcel_of(row)]


def unreceipted_rows(process: Process) -> list[JournalRow]:
    """Those that are in no parcel of which the office has said that it is in the journal, the oldest first."""
    receipted = set(
        JournalParcel.objects.filter(process=process, receipted_at__isnull=False).values_list("number", flat=True)
    )
    ground = ground_of(process)
    return [row for row in journal_rows(process, ground) if ground.parcel_of(row) not in receipted]


def fingerprints(process: Process) -> dict[str, str]:
    """By its key, what each row says that is not known to be in the journal: another digest means that words or a file
    were taken away or struck."""
    with in_language(process.language):
        return {key: digest for row in unreceipted_rows(process) for key, digest in _fingerprint(row)}


def _fingerprint(row: JournalRow) -> Iterator[tuple[str, str]]:
    content = row.content
    if isinstance(content, StoredFile):
        said: object = (content.sha256, content.name, content.erased_at)
    else:
        said = content() if content else None
    digest = hashlib.sha256(repr((row.counterpart, row.subject, said)).encode()).hexdigest()
    for key in row.keys:
        yield key, digest
