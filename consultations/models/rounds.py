"""Hearing rounds, their invitations, and the reminders each invitation has had."""

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, transition

from consultations.states import InvitationState, MessageTo, Publication, RoundForm, RoundState
from workflow.models import Asked, Body, Bundle, DeedModel, PersonalLink, PublicModel, Stage, StoredFile
from workflow.states import Channel, one_of


class HearingRound(PublicModel):
    """A text sent out for remarks under one stage.

    number: counts from 1 within one attempt at a stage; the stage opens with the first, and further ones are
    supplementary: a changed text heard again by some. One at a time is prepared or under way.
    opened_from: the drafting stage that a supplementary round was opened from, which waits for it.
    receipt_prefix: stands before the party's number in receipts: "H", "I" for early input, "H2." for a second hearing.
    closes_at: copy of the reply deadline (UTC), written by the deadline's own actions alone.
    last_closes_at: the latest effective deadline of any invitation; the round closes then, its stage later.
    reminder_days: calendar days before the party's own deadline, for example [14, 7, 1].
    launch_reason: why the round was sent in spite of warnings.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(default=1)
    opened_from = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="+")
    bundle = models.ForeignKey(Bundle, null=True, on_delete=models.PROTECT, related_name="rounds")
    form = models.CharField(max_length=8, choices=RoundForm.choices)
    state = FSMField(default=RoundState.DRAFT, choices=RoundState.choices, editable=False)
    title = models.CharField(max_length=200)
    letter = models.TextField(blank=True)
    receipt_prefix = models.CharField(max_length=6, default="H", editable=False)
    publication = models.CharField(max_length=16, choices=Publication.choices, default=Publication.AFTER_DEADLINE)
    reminder_days = models.JSONField(default=list)
    launch_reason = models.TextField(blank=True)
    opened_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    last_closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    summary = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            one_of("form", RoundForm, "round_form_known"),
            one_of("state", RoundState, "round_state_known"),
            one_of("publication", Publication, "round_publication_known"),
            models.UniqueConstraint(fields=("stage", "number"), name="round_number_once"),
            models.CheckConstraint(
                condition=Q(number=1, opened_from__isnull=True) | Q(number__gt=1, opened_from__isnull=False),
                name="round_supplementary_is_awaited",
            ),
            models.UniqueConstraint(
                fields=("stage",),
                condition=Q(state__in=(RoundState.DRAFT, RoundState.OPEN)),
                name="round_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(last_closes_at__isnull=True) | Q(last_closes_at__gte=F("closes_at")),
                name="round_last_close_not_before_close",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_check_at",),
                # The sweep asks by the same conditions (`queries/rounds.py`): by others it would read the whole table.
                condition=Q(state=RoundState.OPEN, next_check_at__isnull=False),
                name="round_due",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_supplementary(self) -> bool:
        """Whether the stage had been heard before, and some of its parties are asked once more."""
        return self.number > 1

    @property
    def address(self) -> str:
        """What stands for the round in the address of its pages: its stage, and from the second round on its number."""
        return f"{self.stage.public_id}-{self.number}" if self.is_supplementary else str(self.stage.public_id)

    @transition(field=state, source=RoundState.DRAFT, target=RoundState.OPEN)
    def launch(self) -> None:
        pass

    @transition(field=state, source=RoundState.OPEN, target=RoundState.CLOSED)
    def close(self) -> None:
        pass

    @transition(field=state, source=[RoundState.DRAFT, RoundState.OPEN], target=RoundState.CANCELLED)
    def cancel(self) -> None:
        pass


class Invitation(Asked):
    """One hearing party in one round.

    for_information: the party gets the text without being asked about it; in a supplementary round it may answer.
    number: counts from 1 within the round and stands in receipt numbers.
    name, sort_key: the party as it was invited. A task passed on moves `email` along.
    reply_by_at: the party's own effective deadline (UTC), None where a light round has none. promised_on: local day the
    party said it would answer. refused_on, refused_reason: the day after its deadline that it asked for and was not
    granted, and why; until it names another. remind_from_at: a reminder that fell due before this is not sent: the
    party has heard from us since.
    released_at, released_reason: when and why the office asks the party no longer; what it has sent stays.
    """

    PROCESS = "round__stage__process"

    round = models.ForeignKey(HearingRound, on_delete=models.PROTECT, related_name="invitations")
    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="invitations")
    link = models.OneToOneField(PersonalLink, on_delete=models.PROTECT, related_name="invitation")
    state = FSMField(default=InvitationState.LISTED, choices=InvitationState.choices, editable=False)
    number = models.PositiveIntegerField()
    for_information = models.BooleanField(default=False, editable=False)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200, editable=False)
    invited_at = models.DateTimeField(null=True)
    reply_by_at = models.DateTimeField(null=True)
    promised_on = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)
    refused_reason = models.TextField(blank=True)
    declined_reason = models.TextField(blank=True)
    released_at = models.DateTimeField(null=True, editable=False)
    released_reason = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    remind_from_at = models.DateTimeField(null=True)
    erase_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("sort_key", "id")
        constraints = (
            one_of("state", InvitationState, "invitation_state_known"),
            one_of("channel", Channel, "invitation_channel_known"),
            models.UniqueConstraint(fields=("round", "number"), name="invitation_number_once"),
            models.UniqueConstraint(
                fields=("round", "body"),
                condition=Q(body__isnull=False, released_at__isnull=True),
                name="invitation_body_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("next_check_at",),
                # As above: `watched_invitations` asks by the same.
                condition=Q(state=InvitationState.INVITED, next_check_at__isnull=False),
                name="invitation_due",
            ),
            models.Index(fields=("round", "sort_key"), name="invitation_sorted"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def who(self) -> str:
        """The party as it was invited."""
        return self.name

    @property
    def is_only_informed(self) -> bool:
        """It reads the text and cannot answer: it was asked neither now nor in a round before."""
        return self.for_information and not self.round.is_supplementary

    @property
    def stage(self) -> Stage:
        """The stage under which its round is."""
        return self.round.stage

    @transition(field=state, source=InvitationState.LISTED, target=InvitationState.INVITED)
    def invite(self) -> None:
        pass

    @transition(field=state, source=InvitationState.LISTED, target=InvitationState.INFORMED)
    def inform(self) -> None:
        pass

    @transition(
        field=state,
        source=[
            InvitationState.INVITED,
            InvitationState.INFORMED,
            InvitationState.ANSWERED,
            InvitationState.DECLINED,
        ],
        target=InvitationState.ANSWERED,
    )
    def answer(self) -> None:
        pass

    @transition(field=state, source=InvitationState.INVITED, target=InvitationState.DECLINED)
    def decline(self) -> None:
        pass

    @transition(
        field=state,
        source=[
            InvitationState.LISTED,
            InvitationState.INVITED,
            InvitationState.INFORMED,
            InvitationState.ANSWERED,
            InvitationState.DECLINED,
        ],
        target=InvitationState.WITHDRAWN,
    )
    def withdraw(self) -> None:
        pass


class Forward(PublicModel, DeedModel):
    """A party handed its invitation to someone else, or one of its people took it on (`is_claim`). Erasable.

    Mail follows the new address. link_version: the version of the party's link it was passed on under; both addresses
    may have that link and no later one. ended_at: since when neither may have it for this any more: the task was taken
    back (`is_taken_back`), or the office corrected the address.
    """

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="forwards")
    from_email = models.EmailField(blank=True)
    to_email = models.EmailField(blank=True)
    to_name = models.CharField(max_length=200, blank=True)
    is_claim = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    link_version = models.PositiveIntegerField(default=1)
    ended_at = models.DateTimeField(null=True, editable=False)
    is_taken_back = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.invitation} {self.at:%Y-%m-%d}"


class Reminder(models.Model):
    """One reminder to one party for one occasion ("14d@2019-03-01"); the unique key keeps it to one.

    An occasion that a later one overtook (after downtime) is not kept: only what was queued stands here.
    """

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="reminders")
    occasion = models.CharField(max_length=40)
    queued_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("invitation", "occasion"), name="reminder_once"),)

    def __str__(self) -> str:
        return f"{self.invitation} {self.occasion}"


class RoundMessage(PublicModel, DeedModel):
    """Append-only: what the office wrote to the parties of a round under way, to which of them, and to how many.

    Who got it stands in the mail log.
    """

    round = models.ForeignKey(HearingRound, on_delete=models.PROTECT, related_name="messages")
    to = models.CharField(max_length=12, choices=MessageTo.choices)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    recipients = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (one_of("to", MessageTo, "message_to_known"),)

    def __str__(self) -> str:
        return self.subject


class InputNote(PublicModel, DeedModel):
    """Oral input noted by an officer: where and when it was given, by whom, in short."""

    round = models.ForeignKey(HearingRound, on_delete=models.PROTECT, related_name="notes")
    invitation = models.ForeignKey(Invitation, null=True, on_delete=models.PROTECT, related_name="notes")
    held_on = models.DateField()
    occasion = models.CharField(max_length=200)
    participants = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("held_on", "id")

    def __str__(self) -> str:
        return f"{self.occasion} {self.held_on:%Y-%m-%d}"
