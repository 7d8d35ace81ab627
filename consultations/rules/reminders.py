"""Which reminder a party is due, and when to look again. Pure: the facts are given, the clock too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from consultations.rules.parties import has_address
from consultations.states import InvitationState
from workflow.deadlines import Occasion, instant, local_day, next_occasion, occasion_due, reminder_occasions
from workflow.deadlines.reminders import REMINDER_CLOCK

if TYPE_CHECKING:
    from consultations.models import Invitation


def occasions(invitation: Invitation, days: Sequence[int], zone: ZoneInfo) -> list[Occasion]:
    """The party's reminders, the first due first, as its deadline and its promise stand now.

    A party that has said when it will answer is left in peace through that day; the morning after it is reminded, if
    its deadline has not passed.
    """
    deadline_at = invitation.reply_by_at
    if deadline_at is None:
        return []
    since = invitation.remind_from_at
    found = reminder_occasions(deadline_at, days, zone, since=since)
    promised = invitation.promised_on
    if promised is not None:
        found = [occasion for occasion in found if local_day(occasion.due_at, zone) > promised]
        morning_after = instant(promised + timedelta(days=1), REMINDER_CLOCK, zone)
        if (since is None or morning_after > since) and all(occasion.due_at != morning_after for occasion in found):
            found.append(Occasion(f"promised-{promised.isoformat()}", morning_after, local_day(deadline_at, zone)))
    return sorted((o for o in found if o.due_at < deadline_at), key=lambda occasion: occasion.due_at)


def reminder_due(
    invitation: Invitation, days: Sequence[int], zone: ZoneInfo, now: datetime, sent: Collection[str]
) -> Occasion | None:
    """The latest reminder that is due and has not been sent; earlier ones that were missed are dropped."""
    if invitation.reply_by_at is None:
        return None
    return occasion_due(occasions(invitation, days, zone), now, invitation.reply_by_at, sent)


def next_check(
    invitation: Invitation, days: Sequence[int], zone: ZoneInfo, now: datetime, sent: Collection[str] = ()
) -> datetime | None:
    """When the sweep should look at the party again (UTC): past when a reminder is due, None when no more are."""
    if invitation.state != InvitationState.INVITED or invitation.bounced_at is not None or not has_address(invitation):
        return None
    due = reminder_due(invitation, days, zone, now, sent) or next_occasion(occasions(invitation, days, zone), now)
    return due.due_at if due else None
