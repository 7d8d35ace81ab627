"""What officers have looked at and dealt with, so that it waits on nobody's desk any more."""

from django.db import models

from workflow.models.base import PublicModel
from workflow.models.processes import Process
from workflow.states import Matter, one_of


class SettledMatter(PublicModel):
    """An officer has dealt with a matter for which there is no other deed; who and why stand in the record.

    subject_id: public id of the decision, question, party or ruling it is about. occasion: tells one time from the next
    where it may happen again: the local day that went by, "" where it cannot.
    """

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="settled_matters")
    matter = models.CharField(max_length=16, choices=Matter.choices)
    subject_id = models.UUIDField()
    occasion = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            one_of("matter", Matter, "matter_known"),
            models.UniqueConstraint(fields=("subject_id", "matter", "occasion"), name="matter_settled_once"),
        )

    def __str__(self) -> str:
        return f"{self.matter} {self.subject_id}"
