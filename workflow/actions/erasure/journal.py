"""Nothing is erased before its parcel for the journal is receipted, where the office uses the journal.

Asked of the rows themselves: what they say before and after is compared in the deed's transaction, so that no way of
erasing can be forgotten here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from notifications.queries import mail_log
from notifications.states import MailState
from workflow.actions.files import erase_file
from workflow.erasure_kinds import ErasureKind, Traces, register
from workflow.models import AuditEntry, JournalParcel, Office, Process, StoredFile
from workflow.reports.journal.rows import fingerprints
from workflow.rules import Refused
from workflow.rules.journal import may_erase_before_journal


class NotInTheJournal(Refused):
    """What would be erased is not known to be in the journal. A sweep puts it off under this name and tries again."""


@dataclass(slots=True)
class AllReceipted:
    """What one run of a sweep has found out: processes of which everything is in the journal, as they stood then. A
    thousand parties whose day is the same are not a thousand times held against all that ever came."""

    stood: dict[int, tuple[int, int]] = field(default_factory=dict)

    def holds(self, process: Process) -> bool:
        """Whether nothing has come in or gone out since. Two queries."""
        return process.pk in self.stood and self.stood[process.pk] == _stands(process)


def _stands(process: Process) -> tuple[int, int]:
    """Every deed leaves an entry, and every mail that left is counted."""
    entries = AuditEntry.objects.filter(process_id=process.public_id).aggregate(last=Max("id"))
    return entries["last"] or 0, mail_log(process_id=process.public_id, state=MailState.SENT).count()


@contextmanager
def nothing_before_the_journal(traces: Traces, known: AllReceipted | None = None) -> Iterator[None]:
    """What is done inside, in its transaction, takes no word and no file of what is not in a receipted parcel; raises
    `NotInTheJournal` where it would. For processes of offices that have ever fetched a parcel. known: of a sweep, what
    it has found out so far."""
    known = known or AllReceipted()
    processes = [process for process in _processes(traces) if not known.holds(process)]
    before = {}
    for process in processes:
        # Read before the rows: what comes in between is asked about the next time.
        stood = _stands(process)
        before[process.pk] = fingerprints(process)
        if not before[process.pk]:
            known.stood[process.pk] = stood
    yield
    for process in processes:
        after = fingerprints(process) if before[process.pk] else {}
        _insist_unchanged(process, before[process.pk], after)


@transaction.atomic
def erase_file_on_its_day(file: StoredFile, known: AllReceipted, *, now: datetime, today: date) -> bool:
    """Erase a file whose own day has come (today: local day), unless it waits for the journal."""
    if JournalParcel.objects.filter(file=file).exists():
        return erase_file(file, now=now, due_on=today)
    with nothing_before_the_journal(Traces(office=file.office), known):
        return erase_file(file, now=now, due_on=today)


def _insist_unchanged(process: Process, before: dict[str, str], after: dict[str, str]) -> None:
    changed = [key for key, digest in before.items() if after.get(key) != digest]
    if refusal := may_erase_before_journal(process, changed):
        raise NotInTheJournal(refusal)


def uses_journal() -> QuerySet[Office]:
    """The offices that have fetched a parcel for the journal."""
    return Office.objects.filter(pk__in=JournalParcel.objects.values("process__office"))


def _processes(traces: Traces) -> QuerySet[Process]:
    """The processes in which something may be erased. A row with a day of its own and no process is a contact, an
    account or a substitute, which no row of the journal is made of."""
    rows = Process.objects.filter(office__in=uses_journal()).select_related("office", "definition").order_by("pk")
    if traces.process:
        return rows.filter(pk=traces.process.pk)
    if traces.by_row:
        return rows.none()
    return rows.filter(office=traces.office) if traces.office else rows


def _erase_parcels(traces: Traces, now: datetime) -> int:
    """What was receipted is the journal's: whoever is forgotten here stands in no copy of it."""
    parcels = JournalParcel.objects.filter(receipted_at__isnull=False, file__erased_at=None)
    if traces.process:
        parcels = parcels.filter(process=traces.process)
    elif traces.by_row:
        parcels = parcels.none()
    elif traces.office:
        parcels = parcels.filter(process__office=traces.office)
    files = [parcel.file for parcel in parcels.select_related("file")]
    return sum(erase_file(file, now=now) for file in files)


def register_kinds() -> None:
    """Make the copies of parcels known; called from `apps.py`."""
    register(ErasureKind("journal_parcels", _erase_parcels))
