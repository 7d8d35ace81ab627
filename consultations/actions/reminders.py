"""Reminding the parties that have not answered: found in rows, sent once per occasion, planned anew by every deed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from consultations.actions.own_mailbox import own_mailboxes
from consultations.mails import letters as mails
from consultations.models import HearingRound, Invitation, Reminder
from consultations.queries.rounds import watched_invitations
from consultations.rules.parties import unwanted_reminder
from consultations.rules.reminders import next_check, occasions, reminder_due
from consultations.states import RoundState, RoundVerb
from notifications import outbox
from notifications.outbox import Letter
from workflow.actions.reminding import Reminding
from workflow.actors import SYSTEM
from workflow.audit import record
from workflow.deadlines import local_day
from workflow.mails.letters import letter_to


def _letters(due: Sequence[Invitation], now: datetime) -> list[Letter]:
    """The reminders of these parties, kept once for each occasion and recorded once for each round."""
    keys_sent = _keys_sent(due)
    reminders, letters, counts = [], [], defaultdict[tuple[int, str], int](int)
    last: list[tuple[Invitation, str]] = []
    for invitation in due:
        hearing_round, process = invitation.round, invitation.round.stage.process
        zone = ZoneInfo(process.time_zone)
        if unwanted_reminder(hearing_round, invitation, is_running=True, today=local_day(now, zone), now=now):
            continue
        occasion = reminder_due(invitation, hearing_round.reminder_days, zone, now, keys_sent[invitation.pk])
        if occasion is None:
            continue
        key = occasion.full_key
        reminders.append(Reminder(invitation=invitation, occasion=key, queued_at=now))
        facts = mails.deadline_fact(invitation)
        letters.append(letter_to(mails.REMINDER, invitation, process, about=key, facts=facts))
        counts[hearing_round.pk, key] += 1
        if occasion == occasions(invitation, hearing_round.reminder_days, zone)[-1]:
            last.append((invitation, key))
    letters += _to_own_mailboxes(last)
    # The unique key keeps it to one where a reminder is known already; so does the key of the mail.
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    rounds = {invitation.round_id: invitation.round for invitation in due}
    for (round_id, key), count in counts.items():
        codes, process = {"occasion": key, "count": count}, rounds[round_id].stage.process
        record(RoundVerb.SEND_REMINDERS, rounds[round_id], actor=SYSTEM, now=now, process=process, codes=codes)
    return letters


def _to_own_mailboxes(last: Sequence[tuple[Invitation, str]]) -> list[Letter]:
    """The last reminder before the deadline of a task that has been passed on or taken on goes to the party's own
    mailbox too: whoever holds it may have left it lying. A second mail under the same occasion, and no second reminder.
    """
    letters = []
    for party, own, forward in own_mailboxes([party for party, _key in last]):
        about = f"{dict(last)[party]}:own"
        facts = {**mails.deadline_fact(party), "holder": forward.to_name or forward.to_email}
        letters.append(
            letter_to(mails.REMINDER, party, party.process, about=about, facts=facts, to=own, to_name=party.name)
        )
    return letters


def _marks(invitations: Sequence[Invitation], now: datetime) -> dict[int, datetime | None]:
    keys_sent = _keys_sent(invitations)
    return {
        party.pk: next_check(
            party, party.round.reminder_days, ZoneInfo(party.process.time_zone), now, keys_sent[party.pk]
        )
        for party in invitations
    }


def _keys_sent(invitations: Iterable[Invitation]) -> dict[int, set[str]]:
    keys_sent: dict[int, set[str]] = defaultdict(set)
    ids = [invitation.pk for invitation in invitations]
    for invitation_id, occasion in Reminder.objects.filter(invitation_id__in=ids).values_list(
        "invitation_id", "occasion"
    ):
        keys_sent[invitation_id].add(occasion)
    return keys_sent


REMINDING: Final = Reminding(
    Invitation,
    "send_reminders",
    "repair_reminders",
    watched_invitations,
    ("round__stage__process__office",),
    _marks,
    _letters,
    ("state", "email", "channel", "bounced_at", "remind_from_at", "reply_by_at", "promised_on"),
)
send_reminders, plan_reminders, next_party_reminder_due = REMINDING.send, REMINDING.plan, REMINDING.next_due


def repair_plans(now: datetime) -> int:
    """Reckon anew when to look again at each party still to answer and each open round. Returns how many were wrong.

    A deed that forgot to plan, or a row changed by hand, is healed by this.
    """
    repaired = REMINDING.repair(now)
    astray = HearingRound.objects.filter(state=RoundState.OPEN).exclude(next_check_at=F("last_closes_at"))
    repaired += astray.filter(last_closes_at__isnull=False).update(next_check_at=F("last_closes_at"))
    return repaired


def stop_reminding(ids: Sequence[UUID], *, reason: str, now: datetime) -> int:
    """Take back the reminders that wait in the outbox for these parties, also those to confirm an answer."""
    return outbox.withdraw(ids, kinds=[mails.REMINDER, mails.CONFIRM], reason=reason, now=now)
