"""Objections of bodies to a correction that was put forward as editorial, and what the office made of each."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from workflow.models.approvals import ApprovalRequest
from workflow.models.base import DeedModel, ProvenModel, PublicModel
from workflow.models.bodies import Body
from workflow.models.documents import Bundle
from workflow.models.files import StoredFile
from workflow.states import ObjectionState, one_of


class Objection(PublicModel, DeedModel, ProvenModel):
    """A body does not agree that a correction is editorial. Until it is settled nothing comes into force, and nothing
    is sent to an authority, on that text.

    bundle: the set objected to. received_at: when it reached us, recorded_at: when it was written here (UTC); they
    differ where an officer records it. source: what the officer had it from. answer: what the office replied where the
    correction stands; empty where a changed text took its place.
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="objections")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="objections")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="objections")
    state = FSMField(default=ObjectionState.OPEN, choices=ObjectionState.choices, editable=False)
    text = models.TextField()
    source = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("recorded_at", "id")
        constraints = (
            one_of("state", ObjectionState, "objection_state_known"),
            models.UniqueConstraint(fields=("bundle", "body"), name="objection_once"),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.OPEN, settled_at__isnull=True)
                | ~Q(state=ObjectionState.OPEN) & Q(settled_at__isnull=False),
                name="objection_settled_at",
            ),
        )

    def __str__(self) -> str:
        return str(self.body)

    @transition(field=state, source=ObjectionState.OPEN, target=ObjectionState.ANSWERED)
    def reply(self) -> None:
        pass

    @transition(field=state, source=ObjectionState.OPEN, target=ObjectionState.OVERTAKEN)
    def overtake(self) -> None:
        pass

    @transition(field=state, source=ObjectionState.OVERTAKEN, target=ObjectionState.OPEN)
    def carry_on(self) -> None:
        pass
