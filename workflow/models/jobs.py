"""Long work as rows, and the keys that make a repeated deed return its first result."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from workflow.models.base import PublicModel
from workflow.models.offices import Office
from workflow.models.processes import Process
from workflow.states import JobState, one_of


class Job(PublicModel):
    """A piece of long work done in resumable steps of under a minute. `progress` of `total` in the job's own units.

    key: what it makes, by its facts; of one kind and key only one is under way. started_at, started_from: when a worker
    last took it, and how far it was then.
    """

    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="jobs")
    process = models.ForeignKey(Process, null=True, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=80, blank=True)
    arguments = models.JSONField(default=dict)
    state = FSMField(default=JobState.WAITING, choices=JobState.choices, editable=False)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    started_from = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            one_of("state", JobState, "job_state_known"),
            models.UniqueConstraint(
                fields=("kind", "key"),
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]) & ~Q(key=""),
                name="job_under_way_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("not_before",),
                condition=Q(state__in=[JobState.WAITING, JobState.RUNNING]),
                name="job_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @transition(field=state, source=[JobState.WAITING, JobState.RUNNING], target=JobState.RUNNING)
    def start(self) -> None:
        pass

    @transition(field=state, source=JobState.RUNNING, target=JobState.WAITING)
    def put_back(self) -> None:
        pass

    @transition(field=state, source=JobState.RUNNING, target=JobState.DONE)
    def finish(self) -> None:
        pass

    @transition(field=state, source=[JobState.WAITING, JobState.RUNNING], target=JobState.CANCELLED)
    def cancel(self) -> None:
        pass

    @transition(field=state, source=JobState.RUNNING, target=JobState.FAILED)
    def fail(self) -> None:
        pass


class DeedKey(models.Model):
    """A key that came with a deed from a form or client; `(scope, key)` is unique and leads to the stored result.

    digest: keyed, of what came with it, so that the same key with other content is told apart from a repeat.
    """

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    result = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("scope", "key"), name="deed_key_once"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
