"""The parcels for the journal: of a process, and those that wait for their receipt. Pages and duties come in."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, QuerySet

from workflow.models import JournalParcel, Office, Process, User


def parcels_of(process: Process) -> QuerySet[JournalParcel]:
    """Every parcel of a process, the newest first, with its file and how many lines its list has (`documents`)."""
    rows = JournalParcel.objects.filter(process=process).select_related("file").order_by("-number")
    return rows.annotate(documents=Count("items__row", distinct=True))


def parcels_not_receipted(offices: Collection[Office]) -> QuerySet[JournalParcel]:
    """The parcels of these offices that were fetched and are not known to be in the journal, the oldest first."""
    rows = JournalParcel.objects.filter(process__office__in=offices, receipted_at=None)
    return rows.select_related("process").order_by("made_at", "id")


def journal_number_of(process: Process) -> str:
    """The case number that the newest receipted parcel was given; before the first, the process's own with the office's
    case system."""
    parcels = JournalParcel.objects.filter(process=process, receipted_at__isnull=False)
    number = parcels.order_by("-number").values_list("journal_number", flat=True).first()
    return number or process.external_case_number


def names_of_receipting(parcels: Collection[JournalParcel]) -> dict[int, str]:
    """By the parcel's key, who receipted it, as far as the account is still named. One query."""
    ids = {parcel.receipted_by for parcel in parcels if parcel.receipted_by}
    names = dict(User.objects.filter(public_id__in=ids).values_list("public_id", "name"))
    return {parcel.pk: names.get(parcel.receipted_by, "") for parcel in parcels if parcel.receipted_by}
