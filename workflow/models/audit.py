"""The record: append-only entries, erasable detail, and the seals that chain entries together."""

from django.db import models

from workflow.models.base import PublicModel
from workflow.models.offices import Office


class AuditEntry(PublicModel):
    """One deed. Holds public ids, codes and digests only; personal text is in `AuditDetail`.

    at: instant of the deed (UTC). codes: what was done, as public ids and code words.
    digest: SHA-256 over all the other columns, so that a changed entry can be named.
    detail_digest: SHA-256 of salt and canonical detail, so that a kept detail can be proven and an erased one not read.
    """

    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="+")
    process_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    actor_kind = models.CharField(max_length=8)
    actor_id = models.UUIDField(null=True)
    codes = models.JSONField(default=dict)
    detail_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = (models.Index(fields=("process_id", "id"), name="audit_of_process"),)
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class AuditDetail(models.Model):
    """The personal text of an entry, with its salt. Erased as a whole; the entry and its proof remain."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="detail")
    salt = models.CharField(max_length=64)
    body = models.JSONField()

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditSeal(models.Model):
    """A link in the chain: entries `first_entry_id` to `last_entry_id`, `count` of them, and the seal before.

    `number` runs without gaps from 1.
    """

    number = models.PositiveBigIntegerField(unique=True)
    first_entry_id = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    entries_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:8]}"
