"""Requests to bodies for a decision on a bundle, the decisions given, and what travels with them."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from workflow.models.asked import Asked
from workflow.models.base import DeedModel, ProvenModel, PublicModel
from workflow.models.bodies import Body
from workflow.models.dispatches import Dispatch
from workflow.models.documents import Bundle
from workflow.models.files import StoredFile
from workflow.models.links import PersonalLink
from workflow.models.processes import Stage
from workflow.states import (
    LIVE_REQUESTS,
    Basis,
    Channel,
    DecisionState,
    Ground,
    Level,
    Outcome,
    RequestPurpose,
    RequestState,
    Settlement,
    one_of,
)


class ApprovalRequest(Asked):
    """One body asked for one decision on one bundle in one stage; `bundle` is None where there is no text yet.

    dispatch: what lists it, or asked it; None where it was put by itself. asked_at: when this question was put, or
    listed as long as it is not; anew when the body is asked again. remind_from_at: when the body last heard
    from us of its reply day; a reminder due before is not sent, and none follows within a day. reply_by_at: copy of the
    deadline's instant, None when none is set. meeting_on: local day on which the body will take the matter up, as far
    as it has told; reminders wait until then. level: who within the body decides for good; what one below it decides is
    a step on the way.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="requests")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="requests")
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="requests")
    dispatch = models.ForeignKey(Dispatch, null=True, on_delete=models.PROTECT, related_name="requests")
    link = models.OneToOneField(PersonalLink, on_delete=models.PROTECT, related_name="request")
    purpose = models.CharField(max_length=16, choices=RequestPurpose.choices)
    recommendation = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=20, choices=Level.choices, default=Level.COUNCIL)
    state = FSMField(default=RequestState.ASKED, choices=RequestState.choices, editable=False)
    asked_at = models.DateTimeField()
    remind_from_at = models.DateTimeField()
    reply_by_at = models.DateTimeField(null=True)
    meeting_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            one_of("state", RequestState, "request_state_known"),
            one_of("purpose", RequestPurpose, "request_purpose_known"),
            one_of("level", Level, "request_level_known"),
            one_of("channel", Channel, "request_channel_known"),
            models.UniqueConstraint(
                fields=("stage", "body", "bundle"), condition=~Q(state=RequestState.WITHDRAWN), name="request_once"
            ),
            models.UniqueConstraint(
                fields=("stage", "body"),
                condition=Q(state__in=LIVE_REQUESTS),
                name="request_one_live",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_check_at",),
                # The sweep asks by the same conditions (`queries/approvals.py`):
                # by others it would read the whole table.
                condition=Q(state=RequestState.ASKED, next_check_at__isnull=False),
                name="request_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.body}: {self.purpose}"

    @property
    def was_put(self) -> bool:
        """Whether the body has been asked, and not only listed; its dispatch is read along where it stands on one."""
        return self.dispatch is None or self.dispatch.sent_at is not None

    @transition(field=state, source=RequestState.LISTED, target=RequestState.ASKED)
    def put(self) -> None:
        """Its dispatch leaves."""

    @transition(field=state, source=[RequestState.LISTED, RequestState.ASKED], target=RequestState.DECIDED)
    def decide(self) -> None:
        pass

    @transition(field=state, source=RequestState.DECIDED, target=RequestState.ASKED)
    def reopen(self) -> None:
        pass

    @transition(field=state, source=RequestState.DECIDED, target=RequestState.FALLEN)
    def fall(self) -> None:
        pass

    @transition(field=state, source=[RequestState.LISTED, RequestState.ASKED], target=RequestState.WITHDRAWN)
    def withdraw(self) -> None:
        pass

    @transition(field=state, source=RequestState.WITHDRAWN, target=RequestState.ASKED)
    def ask_on(self) -> None:
        """The set in whose favour it was withdrawn has been taken back."""

    @transition(field=state, source=RequestState.WITHDRAWN, target=RequestState.LISTED)
    def list_anew(self) -> None:
        """So has it, and the question had only been listed."""

    @transition(field=state, source=RequestState.FALLEN, target=RequestState.DECIDED)
    def carry_again(self) -> None:
        """So has the set by which the decision fell."""


class Decision(PublicModel, DeedModel, ProvenModel):
    """What a body decided on exactly one bundle. Corrected only by an addendum; never overwritten.

    meeting_on: local date of the meeting. received_at: when the decision reached us, recorded_at: when it was
    written here; they differ when an officer records on behalf. source: what the officer had it from, such as a mail.
    level: who within the body took it; of a step on the way (`DecisionState.STEP`) one below whom the question asks.
    ground: why a council's chair decided on its behalf. mandate_holder, mandate_scope: who may approve which later
    changes for this body, both or neither. by_mandate: the decision whose mandate this one rests on.
    is_closed_item: the matter was taken up behind closed doors; the decision is never made public. settled_as: what its
    reservation has been found to mean last, None where it is not settled; there only where the query reads it along
    (`with_settlements` in `queries/approvals.py`).
    """

    settled_as: str | None

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="decisions")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="decisions")
    state = FSMField(default=DecisionState.VALID, choices=DecisionState.choices, editable=False)
    outcome = models.CharField(max_length=30, choices=Outcome.choices)
    level = models.CharField(max_length=20, choices=Level.choices)
    basis = models.CharField(max_length=24, choices=Basis.choices)
    ground = models.CharField(max_length=12, choices=Ground.choices, blank=True)
    meeting_on = models.DateField()
    agenda_item = models.CharField(max_length=60, blank=True)
    body_case_number = models.CharField(max_length=60, blank=True)
    is_closed_item = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    remarks = models.TextField(blank=True)
    mandate_holder = models.CharField(max_length=200, blank=True)
    mandate_scope = models.TextField(blank=True)
    by_mandate = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="decided_by_mandate")
    minutes = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            one_of("state", DecisionState, "decision_state_known"),
            one_of("outcome", Outcome, "decision_outcome_known"),
            one_of("basis", Basis, "decision_basis_known"),
            one_of("level", Level, "decision_level_known"),
            models.CheckConstraint(
                condition=Q(ground="") | Q(ground__in=list(Ground.values)), name="decision_ground_known"
            ),
            models.UniqueConstraint(
                fields=("request",), condition=Q(state=DecisionState.VALID), name="decision_one_valid"
            ),
        )

    def __str__(self) -> str:
        return f"{self.body}: {self.outcome}"

    @transition(field=state, source=DecisionState.VALID, target=DecisionState.FALLEN)
    def fall(self) -> None:
        pass

    @transition(field=state, source=DecisionState.FALLEN, target=DecisionState.VALID)
    def carry_again(self) -> None:
        """The set by which it fell has been taken back."""

    @transition(field=state, source=DecisionState.VALID, target=DecisionState.SUPERSEDED)
    def supersede(self) -> None:
        pass


class MinorityStatement(PublicModel):
    """A dissent by named members that travels with the matter (styrelsesloven § 13, stk. 2)."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="minority_statements")
    members = models.CharField(max_length=300)
    text = models.TextField()

    def __str__(self) -> str:
        return self.members


class DecisionAddendum(PublicModel, DeedModel, ProvenModel):
    """A dated correction beside a decision, which itself stays as recorded."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class ReservationSettlement(PublicModel, DeedModel, ProvenModel):
    """What an officer has found one reservation to mean, with the reason; the last one counts, those before stay.

    lapses_on: local day from which the reservation no longer stands in the way. next_check_at: the instant (UTC) at
    which that day begins, where a sweep is still to write that it has lapsed; None otherwise.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="settlements")
    settlement = models.CharField(max_length=12, choices=Settlement.choices)
    reason = models.TextField(blank=True)
    lapses_on = models.DateField(null=True)
    next_check_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (one_of("settlement", Settlement, "reservation_settlement_known"),)
        indexes = (
            models.Index(
                fields=("next_check_at",), condition=Q(next_check_at__isnull=False), name="reservation_lapse_due"
            ),
        )

    def __str__(self) -> str:
        return self.settlement
