"""Definitions as they were loaded: data pinned by the digest of its content."""

from django.db import models

from workflow.models.base import PublicModel
from workflow.models.offices import Office


class ProcessDefinition(PublicModel):
    """One version of a definition. A running process keeps the version it began with.

    body: the checked YAML as JSON; source: the text as given; sha256: digest of the canonical body.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="definitions")
    key = models.SlugField(max_length=80)
    schema_version = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    body = models.JSONField()
    source = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("office", "key", "sha256"), name="definition_version_once"),)

    def __str__(self) -> str:
        return f"{self.key} {self.sha256[:8]}"
