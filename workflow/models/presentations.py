"""What the secretariat has written for those who are to decide, beside what the system knows."""

from django.db import models

from workflow.models.base import PublicModel
from workflow.models.processes import Process


class CasePresentation(PublicModel):
    """The words of a case presentation, part by part in Markdown: one for each stage in which bodies decide, and the
    same in every attempt at it. changed_at: when it was written last (UTC)."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="presentations")
    stage_key = models.CharField(max_length=60)
    abstract = models.TextField(blank=True)
    presentation = models.TextField(blank=True)
    law = models.TextField(blank=True)
    economy = models.TextField(blank=True)
    recommendation = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("process", "stage_key"), name="presentation_once"),)

    def __str__(self) -> str:
        return self.stage_key
