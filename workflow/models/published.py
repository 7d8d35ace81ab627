"""What of a process is public, since when and by whom, and what was taken back."""

from django.db import models
from django.db.models import Q

from workflow.models.base import DeedModel, PublicModel
from workflow.models.processes import Process
from workflow.states import PublicThing, one_of


class PublishedItem(PublicModel, DeedModel):
    """Something everyone may see, by somebody's press. Taken back, the row stays; publishing anew makes another.

    subject_id: public id of what is shown: the process itself, a round, a document of a set, a decision, a ruling, a
    dated fact. title: what it is. reason: why it is public, in words everyone reads; "" where what it is says so. Both
    are in the language of the process. withdrawn_at, withdrawn_by, withdrawn_reason: when it was taken back, who
    pressed, and why, for the office.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="published_items")
    kind = models.CharField(max_length=12, choices=PublicThing.choices)
    subject_id = models.UUIDField()
    title = models.CharField(max_length=300)
    reason = models.TextField(blank=True)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.CharField(max_length=200, blank=True, editable=False)
    withdrawn_reason = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("published_at", "id")
        constraints = (
            one_of("kind", PublicThing, "published_item_kind_known"),
            models.UniqueConstraint(
                fields=("process", "kind", "subject_id"),
                condition=Q(withdrawn_at__isnull=True),
                name="published_item_once",
            ),
        )

    def __str__(self) -> str:
        return self.title
