"""Fetching a parcel for the office's journal, and saying that it is in there."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from typing import BinaryIO, Final, cast

from django.db import transaction
from django.db.models import Max

from workflow.actions.files import store_file
from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.models import JournalItem, JournalParcel, Process, StoredFile, by
from workflow.reports.journal.parcel import Line, write_parcel
from workflow.reports.journal.rows import waiting_rows
from workflow.rules import insist
from workflow.rules.journal import FETCHED_MEANWHILE, NOTHING_NEW, may_receipt_parcel
from workflow.rules.refusals import Refused
from workflow.states import Verb

KEPT_FOR: Final = timedelta(days=30)
"""So long after its receipt a parcel can still be downloaded; then only the journal has it."""

IN_MEMORY: Final = 8 * 1024 * 1024
"""Bytes of a parcel kept in memory while it is written; a larger one goes through a temporary file."""


def make_journal_parcel(process: Process, *, actor: Actor, now: datetime, key: str = "") -> JournalParcel:
    """Fetch all that came in and went out and lies in no parcel yet, also of a suspended or ended process: a numbered
    ZIP with a list first and every file beside it.

    A file that is not on the disk is named in the list. Refuses anyone but an officer, where nothing is new, and where
    a colleague has fetched some of it meanwhile.
    """
    insist_officer(actor, process.office, now)
    rows = waiting_rows(process)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        target = cast(BinaryIO, spool)
        # Before the lock, which is not to be held while a hundred papers are laid out.
        lines, index_sha256 = write_parcel(target, process, rows) if rows else ([], "")
        with transaction.atomic():
            process = lock_process(process, must_run=False)
            once = Once(f"make_journal_parcel:{process.public_id}", key)
            if earlier := once.made:
                return JournalParcel.objects.get(public_id=earlier)
            insist_officer(actor, process.office, now)
            if not lines:
                raise Refused(NOTHING_NEW)
            keys = [item for line in lines for item in line.row.keys]
            if JournalItem.objects.filter(process=process, key__in=keys).exists():
                raise Refused(FETCHED_MEANWHILE)
            # Counting on is safe because the process is locked.
            number = (process.journal_parcels.aggregate(last=Max("number"))["last"] or 0) + 1
            name = f"{process.case_number}-journal-{number}.zip"
            parcel = JournalParcel.objects.create(
                process=process,
                number=number,
                file=store_file(process.office, name, target, now=now, is_ours=True),
                index_sha256=index_sha256,
                made_at=now,
                **by(actor),
            )
            JournalItem.objects.bulk_create(_items(parcel, lines), batch_size=500)
            codes = {
                "number": number,
                "documents": len(lines),
                "index": index_sha256,
                "sha256": parcel.file.sha256,
            }
            record(Verb.MAKE_JOURNAL_PARCEL, parcel, actor=actor, now=now, process=process, codes=codes)
            once.keep(parcel.public_id, now)
            return parcel


def _items(parcel: JournalParcel, lines: list[Line]) -> list[JournalItem]:
    return [
        JournalItem(parcel=parcel, process=parcel.process, key=item, row=line.number, sha256=line.sha256)
        for line in lines
        for item in line.row.keys
    ]


@transaction.atomic
def receipt_journal_parcel(
    parcel: JournalParcel, *, journal_number: str, note: str = "", actor: Actor, now: datetime, key: str = ""
) -> JournalParcel:
    """Say that a parcel is in the journal, and under which case number. What it held may be erased from now on; the ZIP
    itself is for thirty days more to be had here.

    Refuses anyone but an officer, a parcel that has been receipted, and an empty number.
    """
    process = lock_process(parcel.process, must_run=False)
    once = Once(f"receipt_journal_parcel:{parcel.public_id}", key, (journal_number, note))
    if once.made:
        return JournalParcel.objects.get(pk=parcel.pk)
    insist_officer(actor, process.office, now)
    parcel = JournalParcel.objects.select_related("file").get(pk=parcel.pk)
    parcel.process = process
    insist(may_receipt_parcel(parcel, journal_number))
    parcel.receipted_at, parcel.receipted_by = now, actor.public_id
    parcel.journal_number, parcel.note = journal_number.strip(), note.strip()
    parcel.save(update_fields=["receipted_at", "receipted_by", "journal_number", "note"])
    until = local_day(now, process.time_zone) + KEPT_FOR
    StoredFile.objects.filter(pk=parcel.file_id).update(erase_on=until)
    codes = {"number": parcel.number, "index": parcel.index_sha256, "journal_number": parcel.journal_number}
    record(
        Verb.RECEIPT_JOURNAL_PARCEL,
        parcel,
        actor=actor,
        now=now,
        process=process,
        codes=codes,
        detail={"reason": parcel.note} if parcel.note else {},
    )
    once.keep(parcel.public_id, now)
    return parcel
