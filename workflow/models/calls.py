"""Calls to those who are asked, noted by the office."""

from django.db import models

from workflow.models.base import DeedModel, PublicModel
from workflow.models.links import PersonalLink


class CallNote(PublicModel, DeedModel):
    """An officer has called somebody who is asked. Erasable.

    link: theirs, the row that all who are asked share. text: what came of it. next_on: local day on which to call
    again; of several notes the latest says.
    """

    link = models.ForeignKey(PersonalLink, on_delete=models.PROTECT, related_name="calls")
    text = models.TextField()
    next_on = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
