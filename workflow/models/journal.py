"""Parcels for the office's journal, and what each of them holds."""

from django.db import models
from django.db.models import Q

from workflow.models.base import DeedModel, PublicModel
from workflow.models.files import StoredFile
from workflow.models.processes import Process


class JournalParcel(PublicModel, DeedModel):
    """A ZIP with what came in and went out since the parcel before, for the office's journal system.

    number: counts from 1 within the process. index_sha256: of the list in it. receipted_at: since when an officer has
    said that it is in the journal, under `journal_number`; `receipted_by` is the public id of that account. The ZIP is
    kept for a while after that, and then it is the journal's alone.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="journal_parcels")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    index_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    receipted_at = models.DateTimeField(null=True)
    receipted_by = models.UUIDField(null=True)
    journal_number = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("process", "number"), name="journal_parcel_number_once"),
            models.CheckConstraint(
                condition=Q(receipted_at__isnull=True) | ~Q(journal_number=""), name="journal_parcel_receipt_has_number"
            ),
        )
        indexes = (
            models.Index(fields=("made_at",), condition=Q(receipted_at__isnull=True), name="journal_parcel_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.process.case_number} · {self.number}"


class JournalItem(models.Model):
    """One thing in a parcel. Who sent it and what it is about stands where it always stood, never here.

    key: the sort of thing and its public id. row: the line of the list it stands in; a sending to many has one line for
    all its mails. sha256: of the file as it lay in the parcel, "" where there was none to be had.
    """

    parcel = models.ForeignKey(JournalParcel, on_delete=models.PROTECT, related_name="items")
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="journal_items")
    key = models.CharField(max_length=80)
    row = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("parcel", "row", "id")
        constraints = (models.UniqueConstraint(fields=("process", "key"), name="journal_item_in_one_parcel"),)

    def __str__(self) -> str:
        return self.key
