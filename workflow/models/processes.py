"""Processes, the bodies in them, stages with their attempts, overrides of gates, and deadlines."""

from django.db import models
from django.db.models import Q
from django_fsm import RETURN_VALUE, FSMField, transition

from workflow.models.base import DeedModel, PublicModel
from workflow.models.bodies import Body
from workflow.models.definitions import ProcessDefinition
from workflow.models.files import StoredFile
from workflow.models.offices import Office
from workflow.states import DeadlineKind, Level, ProcessState, StageKindName, StageState, one_of


class Process(PublicModel):
    """A case on its way, following one pinned definition. `case_number` is ours, `external_case_number` theirs.

    is_public: whether it has a public page; a copy of its published item, written by the deeds on publication alone.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="processes")
    definition = models.ForeignKey(ProcessDefinition, on_delete=models.PROTECT, related_name="processes")
    title = models.CharField(max_length=200)
    case_number = models.CharField(max_length=40)
    external_case_number = models.CharField(max_length=60, blank=True)
    state = FSMField(default=ProcessState.RUNNING, choices=ProcessState.choices, editable=False)
    time_zone = models.CharField(max_length=40, default="Europe/Copenhagen")
    language = models.CharField(max_length=5, default="da")
    parameters = models.JSONField(default=dict)
    is_public = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    linked_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="linked_from")
    erase_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            one_of("state", ProcessState, "process_state_known"),
            models.UniqueConstraint(fields=("office", "case_number"), name="process_case_number_once"),
        )
        indexes = (
            models.Index(
                fields=("next_check_at",),
                # The sweep asks by the same conditions (`queries/processes.py`):
                # by others it would read the whole table.
                condition=Q(state=ProcessState.RUNNING, next_check_at__isnull=False),
                name="process_due",
            ),
        )
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return f"{self.case_number} {self.title}"

    @transition(field=state, source=ProcessState.RUNNING, target=ProcessState.SUSPENDED)
    def suspend(self) -> None:
        pass

    @transition(field=state, source=ProcessState.SUSPENDED, target=ProcessState.RUNNING)
    def resume(self) -> None:
        pass

    @transition(field=state, source=ProcessState.RUNNING, target=ProcessState.COMPLETED)
    def complete(self) -> None:
        pass

    @transition(field=state, source=[ProcessState.RUNNING, ProcessState.SUSPENDED], target=ProcessState.ABANDONED)
    def abandon(self) -> None:
        pass


class ProcessBody(models.Model):
    """A body's place in a process: under which of the definition's names, and at which level it decides there."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="process_bodies")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="process_places")
    name = models.SlugField(max_length=60)
    level = models.CharField(max_length=20, choices=Level.choices, default=Level.COUNCIL)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = (
            one_of("level", Level, "process_body_level_known"),
            models.UniqueConstraint(fields=("process", "name", "body"), name="process_body_once"),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.body}"


class Stage(PublicModel):
    """One attempt at one stage of the definition. A returned stage stays; a new attempt is a new row, with the next
    number. An attempt that was set aside by a set of documents goes on where that set is taken back.

    line: the text it is about. bundle: the set it judged, heard, sent or rests on, kept for ever from the moment that
    this is settled; None before, and where it does nothing with a text. done_on: the local day on which it was over
    outside the system, before the process was started; None where it is done here.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="stages")
    line = models.ForeignKey("workflow.TextLine", on_delete=models.PROTECT, related_name="stages")
    bundle = models.ForeignKey("workflow.Bundle", null=True, on_delete=models.PROTECT, related_name="stages")
    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=16, choices=StageKindName.choices)
    attempt = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField()
    state = FSMField(default=StageState.WAITING, choices=StageState.choices, editable=False)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    done_on = models.DateField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("position", "attempt")
        constraints = (
            one_of("state", StageState, "stage_state_known"),
            one_of("kind", StageKindName, "stage_kind_known"),
            models.UniqueConstraint(fields=("process", "key", "attempt"), name="stage_attempt_once"),
            models.UniqueConstraint(
                fields=("process", "key"), condition=~Q(state=StageState.RETURNED), name="stage_one_live"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.attempt})"

    @transition(field=state, source=StageState.WAITING, target=StageState.OPEN)
    def open(self) -> None:
        pass

    @transition(field=state, source=StageState.OPEN, target=StageState.COMPLETED)
    def complete(self) -> None:
        pass

    @transition(field=state, source=StageState.WAITING, target=StageState.COMPLETED)
    def complete_elsewhere(self) -> None:
        pass

    @transition(field=state, source=[StageState.WAITING, StageState.OPEN], target=StageState.SKIPPED)
    def skip(self) -> None:
        pass

    @transition(
        field=state,
        source=[StageState.WAITING, StageState.OPEN, StageState.COMPLETED, StageState.SKIPPED],
        target=StageState.RETURNED,
    )
    def send_back(self) -> None:
        pass

    @transition(
        field=state,
        source=StageState.RETURNED,
        target=RETURN_VALUE(StageState.OPEN, StageState.COMPLETED, StageState.SKIPPED),
    )
    def go_on(self, state: StageState) -> StageState:
        """As it stood before the set that has been taken back."""
        return state


class DoneElsewhere(PublicModel, DeedModel):
    """What was told of a stage done outside the system (`Stage.done_on`): why, by whom, and with which files."""

    stage = models.OneToOneField(Stage, on_delete=models.PROTECT, related_name="told_elsewhere")
    reason = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "done elsewhere"

    def __str__(self) -> str:
        return str(self.stage)


class DoneElsewhereFile(models.Model):
    """A file that shows what was done in such a stage."""

    told = models.ForeignKey(DoneElsewhere, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return str(self.file)


class GateOverride(PublicModel, DeedModel):
    """A gate opened by a person with a reason: an override, or the confirmation a manual gate asks for.

    bundle: the text it was given for, where the gate is about the text; None for every other gate, and before the first
    text is locked.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="overrides")
    gate = models.CharField(max_length=80)
    bundle = models.ForeignKey("workflow.Bundle", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("stage", "gate", "bundle"), name="override_gate_once"),
            models.UniqueConstraint(
                fields=("stage", "gate"), condition=Q(bundle__isnull=True), name="override_without_bundle_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.stage}: {self.gate}"


class Deadline(PublicModel):
    """A date someone is bound by, and where it comes from.

    `on` and `clock` are local in `zone`; `at` is the instant derived from them (UTC) and decides alone.
    `subject_id` is the public id of the stage, round, invitation or request it binds. A statutory deadline is never
    moved by the software. `name` is what the definition calls it (a stage's key or its own), empty for all others;
    `passed_at` is when a sweep saw it pass with its stage still under way. `outlasts_stage`: it binds although its
    stage is completed, as long as what was begun in that stage since is under way.
    """

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="deadlines")
    stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="deadlines")
    subject_id = models.UUIDField()
    name = models.SlugField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=DeadlineKind.choices)
    source = models.CharField(max_length=300)
    on = models.DateField()
    clock = models.TimeField()
    zone = models.CharField(max_length=40)
    at = models.DateTimeField()
    is_statutory = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)
    outlasts_stage = models.BooleanField(default=False)

    class Meta:
        constraints = (
            one_of("kind", DeadlineKind, "deadline_kind_known"),
            models.UniqueConstraint(fields=("subject_id", "kind", "name"), name="deadline_once"),
        )
        indexes = (models.Index(fields=("process", "at"), name="deadline_of_process"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}Z"


class DeadlineChange(PublicModel, DeedModel):
    """Append-only: what a deadline was, what it became, why and by whom."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="changes")
    old_at = models.DateTimeField()
    new_at = models.DateTimeField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.old_at:%Y-%m-%d %H:%M}Z → {self.new_at:%Y-%m-%d %H:%M}Z"


class DeadlinePause(PublicModel, DeedModel):
    """Append-only: a span in which a clock stood still (a question from the authority, a suspended process)."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="pauses")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    reason = models.TextField()

    class Meta:
        ordering = ("from_at",)

    def __str__(self) -> str:
        return f"{self.from_at:%Y-%m-%d}–"
