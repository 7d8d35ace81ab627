"""What asks those of a stage: looked through by an officer, and sent in one."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from workflow.models.base import PublicModel
from workflow.models.processes import Stage
from workflow.states import UNSENT, DispatchState, FellBack, RequestPurpose, one_of


class Dispatch(PublicModel):
    """The questions of one attempt at a stage that are put together: who is on it are its `requests`.

    words: what the office writes to all of them beside what the letter says by itself, in plain text. scheduled_at,
    leaves_at: of one that is scheduled, when an officer set it to leave, and when it does (UTC). caused_by: the public
    id of the entry by which it was scheduled; what follows when it leaves names it. fell_back: why it is a draft again
    though somebody had scheduled it; "" where nobody had, or an officer took it back. sent_at, closed_at: when it left,
    or was given up (UTC).
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="dispatches")
    state = FSMField(default=DispatchState.DRAFT, choices=DispatchState.choices, editable=False)
    words = models.TextField(blank=True)
    scheduled_at = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)
    caused_by = models.UUIDField(null=True, editable=False)
    fell_back = models.CharField(max_length=12, choices=FellBack.choices, blank=True)
    prepared_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            one_of("state", DispatchState, "dispatch_state_known"),
            models.CheckConstraint(
                condition=Q(fell_back="") | Q(fell_back__in=list(FellBack.values)), name="dispatch_fell_back_known"
            ),
            models.CheckConstraint(
                condition=Q(state=DispatchState.SCHEDULED, leaves_at__isnull=False)
                | (~Q(state=DispatchState.SCHEDULED) & Q(leaves_at=None)),
                name="dispatch_leaves_when_scheduled",
            ),
            models.UniqueConstraint(fields=("stage",), condition=Q(state__in=UNSENT), name="dispatch_one_unsent"),
        )
        indexes = (
            models.Index(fields=("leaves_at",), condition=Q(state=DispatchState.SCHEDULED), name="dispatch_due"),
        )

    def __str__(self) -> str:
        return f"{self.stage}: {self.state}"

    @property
    def is_to_join(self) -> bool:
        """Whether those on it are asked to join a sub-agreement, which they can after its stage too. One query."""
        return bool(self.requests.filter(purpose=RequestPurpose.ACCESSION).exists())

    @transition(field=state, source=DispatchState.DRAFT, target=DispatchState.SCHEDULED)
    def schedule(self) -> None:
        pass

    @transition(field=state, source=DispatchState.SCHEDULED, target=DispatchState.DRAFT)
    def recall(self) -> None:
        pass

    @transition(field=state, source=list(UNSENT), target=DispatchState.SENT)
    def send(self) -> None:
        pass

    @transition(field=state, source=list(UNSENT), target=DispatchState.WITHDRAWN)
    def withdraw(self) -> None:
        """Nobody is left to ask."""

    @transition(field=state, source=DispatchState.WITHDRAWN, target=DispatchState.DRAFT)
    def prepare_anew(self) -> None:
        """The set in whose favour its questions were withdrawn has been taken back."""
