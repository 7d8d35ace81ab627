"""An office's own Word templates, which take the place of ours for a kind of paper."""

from django.db import models
from django.db.models import Q

from workflow.models.base import DeedModel, PublicModel
from workflow.models.files import StoredFile
from workflow.models.offices import Office


class PaperTemplate(PublicModel, DeedModel):
    """A Word template for a kind of paper of an office (`kind`: its key).

    It is uploaded, looked at, and put in use; it ends when it is removed or another takes its place. Instants in UTC.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="templates")
    kind = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("uploaded_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("office", "kind"),
                condition=Q(used_at__isnull=False, ended_at=None),
                name="template_in_use_once",
            ),
            models.UniqueConstraint(
                fields=("office", "kind"), condition=Q(used_at=None, ended_at=None), name="template_waiting_once"
            ),
        )

    def __str__(self) -> str:
        return self.kind
