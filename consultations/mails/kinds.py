"""Every kind of mail of a round, and when each is no longer wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.mails.facts import (
    TO_PARTIES,
    answer_facts,
    forward_facts,
    invitation_facts,
    message_facts,
    party_facts,
    refusal_facts,
    release_facts,
    reminder_facts,
)
from consultations.mails.letters import (
    ANSWER_IS_HERE,
    CONFIRM,
    CONFIRMED,
    EXTENDED,
    EXTENSION_REFUSED,
    FORWARDED,
    INFORMATION,
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
from consultations.queries.provisional import unconfirmed_among
from consultations.queries.rounds import mails_of_closed_rounds
from consultations.rules.parties import unwanted_reminder
from consultations.rules.provisional import unwanted_confirming
from consultations.states import InvitationState, RoundState
from notifications.kinds import Facts, MailKind, OnEvent, StillWanted, always_wanted, no_copies, no_secrets
from notifications.models import OutgoingMail
from notifications.states import ERASED
from workflow.deadlines import local_day
from workflow.states import ProcessState


def _why_no_receipt(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """What a party has sent is acknowledged, whatever has become of the round; of what has been erased there is nothing
    left to judge by."""
    return ERASED if invitation.erased_at else None


def _why_no_link(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """A link is sent as long as the party may use it, also while the process is suspended."""
    if invitation.state == InvitationState.WITHDRAWN or invitation.round.state == RoundState.CANCELLED:
        return _why_no_receipt(mail, invitation, now) or "withdrawn"
    return _why_no_receipt(mail, invitation, now)


def _why_no_reminder(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    process = invitation.process
    today, is_running = local_day(now, ZoneInfo(process.time_zone)), process.state == ProcessState.RUNNING
    reason = unwanted_reminder(invitation.round, invitation, is_running=is_running, today=today, now=now)
    return _why_no_receipt(mail, invitation, now) or reason or _has_moved(mail, invitation)


def _why_no_extension(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    return _why_no_link(mail, invitation, now) or _has_moved(mail, invitation)


def _why_no_refusal(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """A party that has named another day meanwhile waits for another answer."""
    return _why_no_link(mail, invitation, now) or ("asked_anew" if invitation.refused_on is None else None)


def _has_moved(mail: OutgoingMail, invitation: Invitation) -> str | None:
    told_day = str(mail.facts.get("reply_by", ""))
    is_same = invitation.reply_by_at is not None and told_day == invitation.reply_by_at.isoformat()
    return None if is_same else "deadline_moved"


def _why_no_message(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """What was written to the parties reaches those that are still asked, also while the process is suspended."""
    return _why_no_link(mail, invitation, now) or ("declined" if invitation.state == InvitationState.DECLINED else None)


def _why_no_confirming(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    process = invitation.process
    is_running = process.state == ProcessState.RUNNING
    return _why_no_link(mail, invitation, now) or (None if is_running else "process_not_running")


def _confirming_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """Whoever has confirmed or replaced its answer meanwhile, or whose day has gone by, is not asked any more."""
    reasons = dict(TO_PARTIES.wanted(_why_no_confirming)(mails, now))
    answers = unconfirmed_among([str(mail.facts.get("answer", "")) for mail in mails])
    parties = TO_PARTIES.rows(mails)
    for mail in mails:
        answer, party = answers.get(str(mail.facts.get("answer", ""))), parties.get(mail.subject_id)
        if answer is None or party is None:
            reasons.setdefault(mail.pk, "confirmed")
            continue
        today = local_day(now, ZoneInfo(party.process.time_zone))
        if reason := unwanted_confirming(answer, is_running=True, today=today):
            reasons.setdefault(mail.pk, reason)
    return reasons


receipt_still_wanted, link_still_wanted = TO_PARTIES.wanted(_why_no_receipt), TO_PARTIES.wanted(_why_no_link)


def mail_kinds(on_event: OnEvent) -> tuple[MailKind, ...]:
    """Every kind of this floor; `on_event` is what a bounce is told to."""

    def kind(
        key: str,
        title: Promise,
        facts: Facts = party_facts,
        still_wanted: StillWanted = link_still_wanted,
        *,
        has_link: bool = True,
    ) -> MailKind:
        return MailKind(
            key=key,
            templates=f"mails/{key}",
            facts=facts,
            still_wanted=still_wanted,
            redirected=TO_PARTIES.redirected,
            secrets=TO_PARTIES.secrets if has_link else no_secrets,
            on_event=on_event,
            asks=key in (INVITATION, INFORMATION, INPUT_INVITATION),
            copies=TO_PARTIES.copies if key in (INVITATION, INPUT_INVITATION, EXTENDED) else no_copies,
            title=title,
            over=mails_of_closed_rounds,
        )

    return (
        kind(INVITATION, _("Invitation to answer"), invitation_facts),
        kind(INFORMATION, _("The text, for information")),
        kind(INPUT_INVITATION, _("Invitation to give input")),
        kind(REMINDER, _("Reminder"), reminder_facts, TO_PARTIES.wanted(_why_no_reminder)),
        kind(RECEIPT, _("Receipt"), answer_facts, receipt_still_wanted),
        kind(EXTENDED, _("Told of a new deadline"), still_wanted=TO_PARTIES.wanted(_why_no_extension)),
        kind(EXTENSION_REFUSED, _("Told that it gets no more time"), refusal_facts, TO_PARTIES.wanted(_why_no_refusal)),
        kind(FORWARDED, _("The link, passed on"), forward_facts),
        kind(PASSED_ON, _("Told that the task was passed on"), forward_facts),
        kind(TAKEN_BACK, _("The link, after the task was taken back"), forward_facts),
        kind(ANSWER_IS_HERE, _("The link, to a party that has answered"), answer_facts, receipt_still_wanted),
        kind(CONFIRM, _("Asked to confirm its provisional answer"), answer_facts, _confirming_still_wanted),
        kind(CONFIRMED, _("Receipt of the confirmation"), answer_facts, receipt_still_wanted),
        kind(LATE_DECIDED, _("Told what happens with the late answer"), answer_facts, receipt_still_wanted),
        kind(MESSAGE, _("A letter from the office"), message_facts, TO_PARTIES.wanted(_why_no_message)),
        kind(RELEASED, _("Told that it is not asked any more"), release_facts, always_wanted, has_link=False),
        kind(WITHDRAWN, _("Told that the round is cancelled"), still_wanted=always_wanted, has_link=False),
    )
