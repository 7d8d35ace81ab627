"""The only window into the mail: the mail log, its counts, and what the mailbox page shows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from notifications.kinds import kinds, mails_over
from notifications.models import UNDELIVERED, MailEvent, OutgoingMail
from notifications.states import MailState


def mail_log(
    *, process_id: UUID | None = None, office_id: UUID | None = None, kind: str = "", state: str = ""
) -> QuerySet[OutgoingMail]:
    """Rows of the mail log, newest first. Filter by process, office, kind and state; page it before showing it."""
    mails = OutgoingMail.objects.order_by("-id")
    if process_id is not None:
        mails = mails.filter(process_id=process_id)
    if office_id is not None:
        mails = mails.filter(office_id=office_id)
    if kind:
        mails = mails.filter(kind=kind)
    if state:
        mails = mails.filter(state=state)
    return mails


def counts(*, process_id: UUID | None = None, office_id: UUID | None = None) -> dict[str, dict[str, int]]:
    """How many mails per kind and state: {"hearing_invitation": {"sent": 60}}."""
    numbers: dict[str, dict[str, int]] = {}
    rows = (
        mail_log(process_id=process_id, office_id=office_id)
        .order_by("kind", "state")
        .values_list("kind", "state")
        .annotate(number=Count("id"))
    )
    for kind, state, number in rows:
        numbers.setdefault(kind, {})[state] = number
    return numbers


def undelivered_mails(*, process_id: UUID | None = None, office_id: UUID | None = None) -> QuerySet[OutgoingMail]:
    """Mails that could not be sent, that bounced, or that have been tried in vain too often, newest first:
    somebody has to find another address, or the fault."""
    return mail_log(process_id=process_id, office_id=office_id).filter(UNDELIVERED)


def matching(log: QuerySet[OutgoingMail], words: str) -> QuerySet[OutgoingMail]:
    """The mails of a log in whose recipient or subject these words stand; without words the log as it is."""
    if not words:
        return log
    return log.filter(Q(to_name__icontains=words) | Q(to_address__icontains=words) | Q(subject_sent__icontains=words))


def events_of(mail: OutgoingMail) -> list[MailEvent]:
    """What was heard of a mail after it left, in the order it happened."""
    return list(mail.events.order_by("occurred_at", "id"))


def mails_to_mend(*, process_id: UUID | None = None) -> QuerySet[OutgoingMail]:
    """Of those, the ones that still need somebody: no mail about the same subject was sent, and not returned, since
    then or, later than this one, to another address.

    What goes to others than who is asked makes nothing good. A mail that was erased, or whose matter is over, needs
    nobody.
    """
    since = Q(queued_at__gte=Coalesce(OuterRef("bounced_at"), OuterRef("failed_at")))
    elsewhere = Q(queued_at__gt=OuterRef("queued_at")) & ~Q(to_address__iexact=OuterRef("to_address"))
    later = OutgoingMail.objects.filter(
        since | elsewhere, subject_id=OuterRef("subject_id"), state=MailState.SENT, bounced_at=None
    ).exclude(kind__in=[kind.key for kind in kinds() if kind.to_others])
    mails = undelivered_mails(process_id=process_id).filter(~Exists(later), erased_at=None)
    for condition in mails_over():
        mails = mails.exclude(condition)
    return mails


def mails_of(subject_ids: Collection[UUID]) -> QuerySet[OutgoingMail]:
    """All mails about these subjects, in the order they were queued, for a status board or a party's history."""
    return OutgoingMail.objects.filter(subject_id__in=list(subject_ids)).order_by("id")


def live_mails(subject_ids: Collection[UUID], *, kinds: Collection[str]) -> QuerySet[OutgoingMail]:
    """The mails of these kinds about these subjects that are not withdrawn."""
    mails = OutgoingMail.objects.filter(subject_id__in=list(subject_ids), kind__in=kinds)
    return mails.exclude(state=MailState.WITHDRAWN)


def waits_until(process_id: UUID) -> set[datetime]:
    """The instants (UTC) before which mails of a process that wait were not to leave. One query."""
    mails = OutgoingMail.objects.filter(process_id=process_id, state=MailState.QUEUED, not_before__isnull=False)
    return {at for at in mails.values_list("not_before", flat=True) if at is not None}


class Progress(NamedTuple):
    """How far a batch of mails has come. waiting: queued or just being sent."""

    sent: int
    waiting: int

    @property
    def total(self) -> int:
        return self.sent + self.waiting


def progress(subjects: QuerySet[Any], kinds: Collection[str]) -> Progress:
    """How many mails of these kinds have been sent and how many wait. subjects: the public ids they are about."""
    mails = OutgoingMail.objects.filter(subject_id__in=subjects, kind__in=kinds)
    waiting = Q(state__in=(MailState.QUEUED, MailState.CLAIMED))
    numbers = mails.aggregate(sent=Count("id", filter=Q(state=MailState.SENT)), waiting=Count("id", filter=waiting))
    return Progress(**numbers)


def mailbox(to: str = "") -> QuerySet[OutgoingMail]:
    """What the demo's mailbox lists, newest first: everything that was or will be sent, to one recipient or to all."""
    mails = OutgoingMail.objects.exclude(state=MailState.WITHDRAWN).filter(erased_at=None).order_by("-id")
    if to:
        mails = mails.filter(Q(to_name__icontains=to) | Q(to_address__icontains=to))
    return mails


def least(rows: QuerySet[Any], column: str) -> Any:
    """The least value of a column among these rows, or None: what a sweep waits for."""
    return rows.filter(**{f"{column}__isnull": False}).order_by(column).values_list(column, flat=True).first()


def next_mail_due() -> datetime | None:
    """When the next mail is to be sent; in the past when one waits already."""
    at: datetime | None = least(OutgoingMail.objects.filter(state=MailState.QUEUED), "next_attempt_at")
    return at


def next_recovery_due() -> datetime | None:
    """When the first lease of a worker runs out."""
    at: datetime | None = least(OutgoingMail.objects.filter(state=MailState.CLAIMED), "lease_until")
    return at
