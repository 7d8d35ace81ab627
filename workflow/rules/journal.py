"""When a parcel for the journal may be made and receipted, and what may not be erased before it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from workflow.rules.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow.models import JournalParcel, Process

NOTHING_NEW: Final = Refusal(
    "journal_nothing_new",
    _("Nothing has come in or gone out since the last parcel. There is nothing to fetch for the journal yet."),
)
FETCHED_MEANWHILE: Final = Refusal(
    "journal_fetched_meanwhile",
    _("A colleague has just fetched the same for the journal. Go back to the journal's page; the parcel is there."),
)


def may_receipt_parcel(parcel: JournalParcel, journal_number: str) -> Refusal | None:
    """A parcel is receipted once, with the case number it has in the journal."""
    if parcel.receipted_at is not None:
        text = _("Parcel {number} is in the journal already, under {journal_number}.")
        words = {"number": parcel.number, "journal_number": parcel.journal_number}
        return Refusal("journal_receipted", format_lazy(text, **words))
    if not journal_number.strip():
        return Refusal("journal_number_missing", _("Write the case number under which the parcel is in the journal."))
    return None


def may_erase_before_journal(process: Process, waiting: Sequence[str]) -> Refusal | None:
    """Nothing that is not known to be in the journal is erased or struck. waiting: keys of what would be."""
    if not waiting:
        return None
    text = ngettext_lazy(
        "{count} document in {case_number} is not in the journal yet and would be erased. Fetch it for the journal on "
        "the page of the process and say when it is journalised; then it can be erased.",
        "{count} documents in {case_number} are not in the journal yet and would be erased. Fetch them for the journal "
        "on the page of the process and say when they are journalised; then they can be erased.",
        len(waiting),
    )
    return Refusal("journal_first", format_lazy(text, count=len(waiting), case_number=process.case_number))
