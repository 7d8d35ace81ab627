"""The list of a case's documents (aktliste), for a request for access: of every row of the journal, fetched or not."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.dates import local_day
from workflow.models import JournalParcel, Process
from workflow.reports.journal.rows import ground_of, journal_rows
from workflow.reports.papers.naming import file_name
from workflow.reports.papers.registry import PDF, XLSX, PaperKind
from workflow.reports.papers.sheets import Cell, Sheet

CASE_FILE: Final = "case_file_list"


def _case_file(process: Process) -> Sheet:
    """Date, direction, from whom or to whom, subject; and under which number it is in the journal."""
    ground = ground_of(process)
    rows = journal_rows(process, ground)
    parcels = JournalParcel.objects.filter(process=process, receipted_at__isnull=False)
    numbers = dict(parcels.values_list("number", "journal_number"))
    columns = (
        _("No."),
        _("Date"),
        _("Direction"),
        _("Sender or recipient"),
        _("Subject"),
        _("Confidential"),
        _("Journal case number"),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            number,
            row.on,
            str(row.direction.label),
            row.counterpart,
            row.subject,
            _("Yes") if row.is_confidential else "",
            numbers.get(ground.parcel_of(row), ""),
        )
        for number, row in enumerate(rows, start=1)
    ]
    at = rows[-1].at if rows else process.started_at
    title = _("The documents of the case")
    name = file_name(local_day(at, process.time_zone), title, process.title)
    return Sheet(CASE_FILE, process, title, columns, cells, at, name)


def find_process(public_id: UUID) -> Process | None:
    """A process with its office."""
    return Process.objects.select_related("office", "definition").filter(public_id=public_id).first()


KINDS: Final = (
    PaperKind(
        CASE_FILE,
        gettext_lazy("The documents of the case"),
        "a process",
        find_process,
        lambda process: process.language,
        _case_file,
        formats=(XLSX, PDF),
    ),
)
