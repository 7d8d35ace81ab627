"""Which reminder a party is due, and when to look again. Pure: the facts are given, the clock too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from consultations.states import InvitationState
from workflow.deadlines import Occasion, is_before_deadline, next_occasion, occasion_due, planned_party_reminders
from workflow.rules.asked import has_address

if TYPE_CHECKING:
    from consultations.models import Invitation


def occasions(invitation: Invitation, days: Sequence[int], zone: ZoneInfo) -> list[Occasion]:
    """The party's reminders, the first due first, as its deadline and its promise stand now."""
    if invitation.reply_by_at is None:
        return []
    return planned_party_reminders(
        invitation.reply_by_at, days, zone, news_at=invitation.remind_from_at, promised_on=invitation.promised_on
    )


def reminder_due(
    invitation: Invitation, days: Sequence[int], zone: ZoneInfo, now: datetime, keys_sent: Collection[str]
) -> Occasion | None:
    """The latest reminder that is due and has not been sent; earlier ones that were missed are dropped, and all of them
    once the deadline has passed."""
    if invitation.reply_by_at is None or not is_before_deadline(now, invitation.reply_by_at):
        return None
    return occasion_due(occasions(invitation, days, zone), now, keys_sent)


def next_check(
    invitation: Invitation, days: Sequence[int], zone: ZoneInfo, now: datetime, keys_sent: Collection[str] = ()
) -> datetime | None:
    """When the sweep should look at the party again (UTC): past when a reminder is due, None when no more are."""
    if invitation.state != InvitationState.INVITED or invitation.bounced_at is not None or not has_address(invitation):
        return None
    due = reminder_due(invitation, days, zone, now, keys_sent) or next_occasion(occasions(invitation, days, zone), now)
    return due.due_at if due else None
