"""Answers to a round in all their versions, with comments per section and attachments."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from consultations.models.rounds import Invitation
from consultations.states import ANSWER_STANDING, AnswerKind, AnswerState, Road
from workflow.models import DeedModel, ProvenModel, PublicModel, Section, StoredFile
from workflow.states import one_of


class Answer(PublicModel, DeedModel, ProvenModel):
    """One version of a party's answer. A replaced version stays as it was.

    received_at: the instant by which it is judged in time or late (UTC): arrival of the request, or the date an
    officer gives for an answer that came by another road. recorded_at: when it was written here.
    receipt_number: what the receipt calls it; unique within the office, as case numbers are. confidential_note: what is
    confidential and why.
    source: the mail or letter an officer entered it from. disposition: what was done with its remarks, set when done.
    provisional_on: local day by which its party makes it final, for its council has yet to decide; None for an answer
    that is final. confirmed_at: when the confirmation reached us (UTC); is_confirmed_late: after that day.
    next_check_at: when the party is asked to confirm (UTC); None when it is not, or has been.
    """

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveIntegerField()
    state = FSMField(default=AnswerState.DRAFT, choices=AnswerState.choices, editable=False)
    kind = models.CharField(max_length=12, choices=AnswerKind.choices, default=AnswerKind.REMARKS)
    road = models.CharField(max_length=12, choices=Road.choices, default=Road.LINK)
    text = models.TextField(blank=True)
    signed_by = models.CharField(max_length=200, blank=True)
    confidential_note = models.TextField(blank=True)
    receipt_number = models.CharField(max_length=60, blank=True, db_index=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    late_reason = models.TextField(blank=True)
    late_decided_at = models.DateTimeField(null=True)
    source = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    disposition = models.TextField(blank=True)
    disposed_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    provisional_on = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    is_confirmed_late = models.BooleanField(default=False, editable=False)
    next_check_at = models.DateTimeField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("number",)
        constraints = (
            one_of("state", AnswerState, "answer_state_known"),
            one_of("kind", AnswerKind, "answer_kind_known"),
            one_of("road", Road, "answer_road_known"),
            models.UniqueConstraint(fields=("invitation", "number"), name="answer_number_once"),
            models.UniqueConstraint(
                fields=("invitation",), condition=Q(state=AnswerState.DRAFT), name="answer_one_draft"
            ),
            models.UniqueConstraint(
                fields=("invitation",), condition=Q(state__in=ANSWER_STANDING), name="answer_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(state=AnswerState.DRAFT) | Q(received_at__isnull=False),
                name="answer_given_has_time",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(provisional_on__isnull=False),
                name="answer_confirmed_was_provisional",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_check_at",), condition=Q(next_check_at__isnull=False), name="answer_to_be_confirmed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.invitation} {self.number}"

    @property
    def is_provisional(self) -> bool:
        """Its party has yet to confirm it."""
        return self.provisional_on is not None and self.confirmed_at is None

    @transition(field=state, source=AnswerState.DRAFT, target=AnswerState.SUBMITTED)
    def submit(self) -> None:
        pass

    @transition(field=state, source=AnswerState.DRAFT, target=AnswerState.LATE)
    def submit_late(self) -> None:
        pass

    @transition(field=state, source=AnswerState.LATE, target=AnswerState.LATE_ACCEPTED)
    def accept_late(self) -> None:
        pass

    @transition(field=state, source=AnswerState.LATE, target=AnswerState.LATE_FILED)
    def file_late(self) -> None:
        pass

    @transition(field=state, source=[*ANSWER_STANDING], target=AnswerState.REPLACED)
    def replace(self) -> None:
        pass


class SectionComment(models.Model):
    """A remark on one section of the heard version; `lineage_id` follows the section into later versions."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="comments")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="comments")
    lineage_id = models.UUIDField(db_index=True)
    text = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("answer", "section"), name="comment_section_once"),)

    def __str__(self) -> str:
        return f"{self.answer} {self.section}"


class AnswerFile(models.Model):
    """A file that belongs to an answer; carried over when the answer is replaced."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="answer_files")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("answer", "file"), name="answer_file_once"),)

    def __str__(self) -> str:
        return str(self.file)
