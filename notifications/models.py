"""The tables of mail: what is to be sent and was sent, what was heard of it, and which installation may send at all."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition
from uuid6 import uuid7

from notifications.states import EventKind, MailState, Priority


@cache
def arrow(name: str) -> tuple[frozenset[str], str]:
    """Where a mail may stand for a transition of its state machine, and where it then goes."""
    field = OutgoingMail._meta.get_field("state")
    transitions = [step for step in field.get_all_transitions(OutgoingMail) if step.name == name]
    return frozenset(str(step.source) for step in transitions), str(transitions[0].target)


TRIED_IN_VAIN = 8
"""Attempts after which a mail that still waits counts as not arrived: half an hour without a server, two hours with
one."""

UNDELIVERED = (
    Q(state=MailState.FAILED) | Q(bounced_at__isnull=False) | Q(state=MailState.QUEUED, attempts__gte=TRIED_IN_VAIN)
)


class MailQuerySet(models.QuerySet["OutgoingMail"]):
    def move(self, transition: str, **values: Any) -> int:
        """Take many mails along one arrow of the state machine in one statement; returns how many went.

        Mails that are not where the arrow starts stay as they are: asking and acting are the same statement, so two
        workers cannot take the same mail.
        """
        sources, target = arrow(transition)
        return self.filter(state__in=sources).update(state=target, **values)


class OutgoingMail(models.Model):
    """One mail to one address. It is written in the transaction of the deed that wants it and sent after the commit."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    state = FSMField(_("state"), default=MailState.QUEUED, choices=MailState.choices, editable=False)
    kind = models.CharField(_("kind"), max_length=64)
    # What the mail is about, once: a second letter under the same key is not stored. Never holds an address.
    key = models.CharField(max_length=200, unique=True)
    subject_id = models.UUIDField()
    process_id = models.UUIDField(null=True, blank=True)
    office_id = models.UUIDField(null=True, blank=True)
    case_number = models.CharField(_("case number"), max_length=64, blank=True)
    to_address = models.CharField(_("address"), max_length=254, blank=True)
    to_name = models.CharField(_("recipient"), max_length=200, blank=True)
    domain = models.CharField(max_length=255, blank=True)
    language = models.CharField(max_length=8)
    # The name the mail is sent under, such as the office's; the address is the installation's.
    from_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    not_before = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(_("queued"))

    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Set just before the mail is handed to the server: from here to `sent_at` a crash may mean a double.
    sending_at = models.DateTimeField(null=True, blank=True)
    possible_doubles = models.PositiveIntegerField(default=0)
    last_error = models.TextField(_("last error"), blank=True)

    message_id = models.CharField(max_length=255, unique=True)
    service_message_id = models.CharField(max_length=255, blank=True)
    # As recorded: personal links and codes are replaced by a placeholder before anything is stored.
    subject_sent = models.TextField(_("subject"), blank=True)
    text_sent = models.TextField(_("text"), blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=64, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    # The Message-ID of the mail that asked, read just before this one is sent; "" for the one that asks.
    in_reply_to = ""

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="outgoing_mail_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=MailState.SENT) | Q(sent_at__isnull=False), name="outgoing_mail_sent_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=MailState.CLAIMED) | Q(claim_token__isnull=False, lease_until__isnull=False),
                name="outgoing_mail_claim_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "next_attempt_at", "id"],
                condition=Q(state=MailState.QUEUED),
                name="outgoing_mail_due",
            ),
            models.Index(fields=["lease_until"], condition=Q(state=MailState.CLAIMED), name="outgoing_mail_lease"),
            models.Index(fields=["process_id", "id"], name="outgoing_mail_process"),
            models.Index(fields=["subject_id", "kind"], name="outgoing_mail_subject"),
            models.Index(
                fields=["office_id", "id"],
                condition=UNDELIVERED,
                name="outgoing_mail_undelivered",
            ),
            models.Index(
                fields=["service_message_id"], condition=~Q(service_message_id=""), name="outgoing_mail_service_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def standing(self) -> str:
        """What became of the mail, in one code: its state, or "bounced" when it came back after it was sent."""
        return "bounced" if self.bounced_at else str(self.state)

    @property
    def standing_words(self) -> str:
        """The same in words, for every list that shows mails."""
        return str(EventKind.BOUNCED.label) if self.bounced_at else self.get_state_display()

    @property
    def is_undelivered(self) -> bool:
        """What `UNDELIVERED` asks of the rows."""
        in_vain = self.state == MailState.QUEUED and self.attempts >= TRIED_IN_VAIN
        return self.state == MailState.FAILED or self.bounced_at is not None or in_vain

    @transition(field=state, source=MailState.QUEUED, target=MailState.CLAIMED)
    def claim(self) -> None:
        """A worker takes the mail, for the length of a lease."""

    @transition(field=state, source=MailState.CLAIMED, target=MailState.QUEUED)
    def put_back(self) -> None:
        """The server was away or said later, or the worker was lost."""

    @transition(field=state, source=[MailState.QUEUED, MailState.CLAIMED], target=MailState.QUEUED)
    def readdress(self) -> None:
        """Its party is reached elsewhere: it waits for a worker that reads the new address."""

    @transition(field=state, source=MailState.CLAIMED, target=MailState.SENT)
    def record_sent(self) -> None:
        """The server took the mail."""

    @transition(field=state, source=MailState.CLAIMED, target=MailState.FAILED)
    def record_failed(self) -> None:
        """The server refused the mail for good."""

    @transition(field=state, source=[MailState.QUEUED, MailState.CLAIMED], target=MailState.WITHDRAWN)
    def withdraw(self) -> None:
        """Nobody wants the mail any longer, and it has not been handed to the server."""

    @transition(field=state, source=MailState.WITHDRAWN, target=MailState.QUEUED)
    def restore(self) -> None:
        """The deed that withdrew it has been taken back."""


class MailEvent(models.Model):
    """One thing heard about a mail after it left. Told twice, it counts once."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    key = models.CharField(max_length=128, unique=True)
    detail = models.TextField(blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    # When to tell the kind of mail about it (again); empty once that is done.
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail event")
        verbose_name_plural = _("mail events")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="mail_event_kind_is_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="mail_event_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mail_id}"


class PostponedRow(models.Model):
    """A row that a sweep (`duty`) could not deal with: tried again later and shown meanwhile.

    subject: the row's key or public id, "" for the sweep as a whole. office, process: public ids of where it is shown.
    next_try_at: empty when it was given up. error: the class of what went wrong.
    """

    duty = models.CharField(max_length=60)
    subject = models.CharField(max_length=64, blank=True)
    office = models.UUIDField(null=True, db_index=True)
    process = models.UUIDField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("postponed row")
        verbose_name_plural = _("postponed rows")
        constraints = [models.UniqueConstraint(fields=["duty", "subject"], name="postponed_once")]

    def __str__(self) -> str:
        return f"{self.duty} {self.subject}"


class SweepCursor(models.Model):
    """Where a sweep that walks through everything goes on: after the row with this key; 0 for the first."""

    duty = models.CharField(max_length=60, unique=True)
    after = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("cursor of a sweep")
        verbose_name_plural = _("cursors of sweeps")

    def __str__(self) -> str:
        return f"{self.duty} {self.after}"


class Installation(models.Model):
    """The one row that says which installation this database belongs to, and since when its mail is held."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    identity_digest = models.CharField(max_length=64)
    bound_at = models.DateTimeField(db_default=Now())
    held_since = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_is_one_row")]

    def __str__(self) -> str:
        return self.identity_digest[:12]
