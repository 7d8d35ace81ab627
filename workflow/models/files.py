"""Stored files: bytes on disk under their digest, named and typed here."""

from django.db import models

from workflow.models.base import PublicModel
from workflow.models.offices import Office
from workflow.states import ScanState, one_of


class StoredFile(PublicModel):
    """A received or made file. `size` in bytes, `sha256` of the bytes in lower-case hex, `path` below MEDIA_ROOT.

    Erasing removes the bytes and the name; digest and size stay as proof of what was there.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    path = models.CharField(max_length=200, blank=True)
    scan_state = models.CharField(max_length=8, choices=ScanState.choices, default=ScanState.CHECKED)
    created_at = models.DateTimeField()
    erase_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = (one_of("scan_state", ScanState, "file_scan_state_known"),)

    def __str__(self) -> str:
        return self.name
