"""Every kind of mail of a round, and when each is no longer wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.mails.facts import (
    answer_facts,
    forward_facts,
    invitations_of,
    link_secrets,
    message_facts,
    party_facts,
    refusal_facts,
    release_facts,
    reminder_facts,
)
from consultations.mails.letters import (
    ANSWER_IS_HERE,
    EXTENDED,
    EXTENSION_REFUSED,
    FORWARDED,
    INPUT_INVITATION,
    INVITATION,
    LATE_DECIDED,
    MESSAGE,
    PASSED_ON,
    RECEIPT,
    RELEASED,
    REMINDER,
    TAKEN_BACK,
    WITHDRAWN,
)
from consultations.models import Invitation
from consultations.queries.rounds import mails_of_closed_rounds
from consultations.rules.parties import unwanted_reminder
from consultations.states import InvitationState, RoundState
from notifications.kinds import Facts, MailKind, OnEvent, StillWanted, always_wanted, no_secrets
from notifications.models import OutgoingMail
from notifications.states import ERASED
from workflow.deadlines import local_day
from workflow.states import ProcessState

Why = Callable[[OutgoingMail, Invitation, datetime], str | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Asks, for a claimed batch in one query, why each mail is no longer wanted."""

    why: Why

    def __call__(self, mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
        invitations = invitations_of(mails)
        unwanted: dict[int, str] = {}
        for mail in mails:
            invitation = invitations.get(mail.subject_id)
            if invitation is None:
                reason: str | None = "unknown"
            else:
                # First of all: of what has been erased there is nothing left to judge by.
                reason = ERASED if invitation.erased_at else self.why(mail, invitation, now)
            if reason:
                unwanted[mail.pk] = reason
        return unwanted


def _why_no_receipt(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """What a party has sent is acknowledged, whatever has become of the round."""
    return None


def _why_no_link(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """A link is sent as long as the party may use it, also while the process is suspended."""
    if invitation.state == InvitationState.WITHDRAWN or invitation.round.state == RoundState.CANCELLED:
        return "withdrawn"
    return None


def _why_no_reminder(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    zone = ZoneInfo(invitation.round.stage.process.time_zone)
    reason = unwanted_reminder(
        invitation.round,
        invitation,
        is_running=invitation.round.stage.process.state == ProcessState.RUNNING,
        today=local_day(now, zone),
        now=now,
    )
    if reason is None and _has_moved(mail, invitation):
        return "deadline_moved"
    return reason


def _why_no_extension(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    if reason := _why_no_link(mail, invitation, now):
        return reason
    return "deadline_moved" if _has_moved(mail, invitation) else None


def _why_no_refusal(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """A party that has named another day meanwhile waits for another answer."""
    return _why_no_link(mail, invitation, now) or ("asked_anew" if invitation.refused_on is None else None)


def _has_moved(mail: OutgoingMail, invitation: Invitation) -> bool:
    told_day = str(mail.facts.get("reply_by", ""))
    return invitation.reply_by_at is None or told_day != invitation.reply_by_at.isoformat()


def _why_no_message(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """What was written to the parties reaches those that are still asked, also while the process is suspended."""
    if invitation.state == InvitationState.DECLINED:
        return "declined"
    return _why_no_link(mail, invitation, now)


still_message = Wanted(_why_no_message)
still_receipt = Wanted(_why_no_receipt)
still_link = Wanted(_why_no_link)
still_reminder = Wanted(_why_no_reminder)
still_extension = Wanted(_why_no_extension)
still_refusal = Wanted(_why_no_refusal)


def mail_kinds(on_event: OnEvent) -> tuple[MailKind, ...]:
    """Every kind of this floor; `on_event` is what a bounce is told to."""

    def kind(
        key: str,
        title: Promise,
        facts: Facts = party_facts,
        still_wanted: StillWanted = still_link,
        *,
        has_link: bool = True,
    ) -> MailKind:
        return MailKind(
            key=key,
            templates=f"mails/{key}",
            facts=facts,
            still_wanted=still_wanted,
            secrets=link_secrets if has_link else no_secrets,
            on_event=on_event,
            asks=key in (INVITATION, INPUT_INVITATION),
            title=title,
            over=mails_of_closed_rounds,
        )

    return (
        kind(INVITATION, _("Invitation to answer")),
        kind(INPUT_INVITATION, _("Invitation to give input")),
        kind(REMINDER, _("Reminder"), reminder_facts, still_reminder),
        kind(RECEIPT, _("Receipt"), answer_facts, still_receipt),
        kind(EXTENDED, _("Told of a new deadline"), still_wanted=still_extension),
        kind(EXTENSION_REFUSED, _("Told that it gets no more time"), refusal_facts, still_refusal),
        kind(FORWARDED, _("The link, passed on"), forward_facts),
        kind(PASSED_ON, _("Told that the task was passed on"), forward_facts),
        kind(TAKEN_BACK, _("The link, after the task was taken back"), forward_facts),
        kind(ANSWER_IS_HERE, _("The link, to a party that has answered"), answer_facts, still_receipt),
        kind(LATE_DECIDED, _("Told what happens with the late answer"), answer_facts, still_receipt),
        kind(MESSAGE, _("A letter from the office"), message_facts, still_message),
        kind(RELEASED, _("Told that it is not asked any more"), release_facts, always_wanted, has_link=False),
        kind(WITHDRAWN, _("Told that the round is cancelled"), still_wanted=always_wanted, has_link=False),
    )
