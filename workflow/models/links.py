"""Personal links: one row per link, holding a version and a keyed digest, never the token or the code."""

from django.db import models

from workflow.models.base import PublicModel
from workflow.models.offices import Office
from workflow.states import LinkPurpose, one_of


class PersonalLink(PublicModel):
    """The right to one thing, given by mail. Raising `version` makes every earlier token and code useless.

    code_digest: keyed HMAC of the typed code in hex. opened_at: the first press of the start button.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=10, choices=LinkPurpose.choices)
    version = models.PositiveIntegerField(default=1)
    code_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (one_of("purpose", LinkPurpose, "link_purpose_known"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.public_id}"


class CodeFailure(models.Model):
    """A wrong typed code, counted per digest of the sender's address so that guessing is slowed. Swept after a day."""

    origin = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("origin", "at"), name="code_failure_recent"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
