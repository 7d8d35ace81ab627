"""Who acts for a body while its own contact is away."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from workflow.models.base import DeedModel, PublicModel
from workflow.models.bodies import Body
from workflow.models.offices import Office


class Substitute(PublicModel, DeedModel):
    """Mail of an office to a body goes to this person instead, from one local day of the office to another, both
    included. Erasable.

    ended_at: when the office ended it before its last day. bounced_at: since when mail to the address comes back (UTC);
    mail then goes to the body itself again.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="substitutes")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="substitutes")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    from_on = models.DateField()
    until_on = models.DateField()
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)
    bounced_at = models.DateTimeField(null=True, editable=False)
    erase_on = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("from_on", "id")
        constraints = (
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="substitute_days_in_order"),
        )
        indexes = (models.Index(fields=("body", "office"), name="substitute_of_body"),)

    def __str__(self) -> str:
        return f"{self.body} {self.from_on:%Y-%m-%d}"

    def acts_on(self, day: date) -> bool:
        """Whether mail goes to this person on that local day."""
        return self.bounced_at is None and self.ended_at is None and self.from_on <= day <= self.until_on
