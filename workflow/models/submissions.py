"""Packages for an authority, what the authority answers, and dated facts such as entry into force."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from workflow.models.asked import Asked
from workflow.models.base import DeedModel, ProvenModel, PublicModel
from workflow.models.bodies import Body
from workflow.models.documents import Bundle
from workflow.models.files import StoredFile
from workflow.models.links import PersonalLink
from workflow.models.processes import Process, Stage
from workflow.states import Channel, ExternalState, Ruling, one_of


class Package(PublicModel, DeedModel):
    """A ZIP with the bundle, the decisions and a manifest of checksums. A supplement names the package it adds to.

    sent_at: when it was given to the authority; None while it is only made.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="packages")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="packages")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="packages")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    manifest = models.JSONField()
    is_provisional = models.BooleanField(default=False)
    supplements = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="supplemented_by")
    audit_head = models.CharField(max_length=64, help_text="Digest of the last seal when the package was made.")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("process", "number"), name="package_number_once"),)

    def __str__(self) -> str:
        return f"{self.process.case_number} · {self.number}"


class ExternalRequest(Asked):
    """Something sent to an outside body that is to acknowledge it and perhaps rule on it.

    link: one for the matter: where the body that has the package is to rule, it does so under the link it has.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="external_requests")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="external_requests")
    package = models.ForeignKey(Package, null=True, on_delete=models.PROTECT, related_name="external_requests")
    link = models.ForeignKey(PersonalLink, on_delete=models.PROTECT, related_name="external_requests")
    state = FSMField(default=ExternalState.SENT, choices=ExternalState.choices, editable=False)
    sent_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            one_of("state", ExternalState, "external_state_known"),
            one_of("channel", Channel, "external_channel_known"),
            models.UniqueConstraint(
                fields=("stage", "body"),
                condition=~Q(state=ExternalState.WITHDRAWN),
                name="external_one_live",
            ),
        )

    def __str__(self) -> str:
        return f"{self.body}: {self.state}"

    @transition(field=state, source=ExternalState.SENT, target=ExternalState.ACKNOWLEDGED)
    def acknowledge(self) -> None:
        pass

    @transition(field=state, source=[ExternalState.SENT, ExternalState.ACKNOWLEDGED], target=ExternalState.RULED)
    def rule(self) -> None:
        pass

    @transition(field=state, source=[ExternalState.SENT, ExternalState.ACKNOWLEDGED], target=ExternalState.WITHDRAWN)
    def withdraw(self) -> None:
        pass


class ExternalReceipt(PublicModel, DeedModel, ProvenModel):
    """The authority's word that it has received a package; `number` is theirs. Starts their clock at `received_at`."""

    request = models.OneToOneField(ExternalRequest, on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.number or str(self.received_at)


class ExternalRuling(PublicModel, DeedModel, ProvenModel):
    """What the authority ruled, on which local date, in which words."""

    request = models.OneToOneField(ExternalRequest, on_delete=models.PROTECT, related_name="ruling")
    outcome = models.CharField(max_length=24, choices=Ruling.choices)
    ruled_on = models.DateField()
    text = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (one_of("outcome", Ruling, "ruling_outcome_known"),)

    def __str__(self) -> str:
        return self.outcome


class ExternalQuestion(PublicModel, DeedModel, ProvenModel):
    """What the authority asks about the submission, in its own words. It stops no clock by itself."""

    request = models.ForeignKey(ExternalRequest, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ("asked_at", "id")

    def __str__(self) -> str:
        return str(self.asked_at)


class MilestoneRecord(PublicModel, DeedModel):
    """A dated fact: the agreement is in force, a council has published it. `body` is None for a fact of the whole.

    bundle: the set of documents it is a fact about; None where none was locked.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="milestones")
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="milestones")
    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="milestones")
    happened_on = models.DateField()
    note = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("stage", "body"), name="milestone_once_per_body"),
            models.UniqueConstraint(fields=("stage",), condition=Q(body__isnull=True), name="milestone_once"),
        )

    def __str__(self) -> str:
        return f"{self.happened_on:%Y-%m-%d}"
