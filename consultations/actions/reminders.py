"""Reminding the parties that have not answered: found in rows, sent once per occasion, planned anew by every deed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from consultations import mails
from consultations.models import HearingRound, Invitation, Reminder
from consultations.queries.parties import forwards_in_force
from consultations.queries.rounds import watched_invitations
from consultations.rules.parties import own_mailbox, unwanted_reminder
from consultations.rules.reminders import next_check, occasions, reminder_due
from consultations.states import RoundState, RoundVerb
from notifications import outbox, postponed
from notifications.outbox import Letter
from notifications.rules import folded_address, may_mail
from workflow.actors import SYSTEM
from workflow.audit import record
from workflow.deadlines import local_day

BATCH = 500


def send_reminders(now: datetime) -> int:
    """Remind every party that is due at `now`, in batches. Returns how many parties were looked at.

    After downtime a party gets the latest reminder it missed and no other.
    """
    return postponed.in_batches(
        "send_reminders",
        watched_invitations().filter(next_check_at__lte=now),
        lambda ids: _remind_batch(ids, now),
        now,
        whose=_WHOSE,
        size=BATCH,
    )


_WHOSE: Final = postponed.belonging(Invitation, office="round__stage__process__office", process="round__stage__process")


@transaction.atomic
def _remind_batch(ids: Sequence[int], now: datetime) -> int:
    """One batch, its rows locked; those another sweep is looking at are left to it."""
    due = list(
        watched_invitations()
        .filter(pk__in=ids, next_check_at__lte=now)
        # Of the invitation alone: round and process come before it in the order of locks.
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("round__stage__process__office")
        .order_by("next_check_at", "id")
    )
    if not due:
        return 0
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
        keys_sent[invitation.pk].add(key)
        reminders.append(Reminder(invitation=invitation, occasion=key, queued_at=now))
        facts = mails.deadline_fact(invitation)
        letters.append(mails.letter(mails.REMINDER, invitation, process, about=key, facts=facts))
        counts[hearing_round.pk, key] += 1
        if occasion == occasions(invitation, hearing_round.reminder_days, zone)[-1]:
            last.append((invitation, key))
    letters += _to_own_mailboxes(last)
    # The unique key keeps it to one where a reminder is known already; so does the key of the mail.
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    outbox.enqueue(letters, now)
    # Also those that were passed over, or the next sweep would meet them again.
    _plan(due, now, keys_sent)
    rounds = {invitation.round_id: invitation.round for invitation in due}
    for (round_id, key), count in counts.items():
        hearing_round = rounds[round_id]
        codes = {"occasion": key, "count": count}
        record(
            RoundVerb.SEND_REMINDERS,
            hearing_round,
            actor=SYSTEM,
            now=now,
            process=hearing_round.stage.process,
            codes=codes,
        )
    return len(due)


def _to_own_mailboxes(last: Sequence[tuple[Invitation, str]]) -> list[Letter]:
    """The last reminder before the deadline of a task that has been passed on or taken on goes to the party's own
    mailbox too: whoever holds it may have left it lying. A second mail under the same occasion, and no second reminder.
    """
    forwards = forwards_in_force([invitation.pk for invitation, _key in last])
    letters = []
    for invitation, key in last:
        forwards_of_party = forwards.get(invitation.pk, [])
        own = own_mailbox(invitation, forwards_of_party)
        if folded_address(own) == folded_address(invitation.email) or may_mail(own) is not None:
            continue
        facts = {
            **mails.deadline_fact(invitation),
            "holder": forwards_of_party[-1].to_name or forwards_of_party[-1].to_email,
        }
        process, name = invitation.round.stage.process, invitation.name
        letters.append(
            mails.letter(mails.REMINDER, invitation, process, about=f"{key}:own", facts=facts, to=own, to_name=name)
        )
    return letters


def plan_reminders(invitations: Sequence[Invitation], now: datetime) -> None:
    """Rewrite when the sweep looks at these parties again, in the transaction of the deed that moved their facts.

    Each invitation must carry its round, and the round its stage and process.
    """
    _plan(invitations, now, _keys_sent(invitations))


def _plan(invitations: Iterable[Invitation], now: datetime, keys_sent: dict[int, set[str]]) -> int:
    by_moment: dict[datetime | None, list[int]] = defaultdict(list)
    for invitation in invitations:
        hearing_round = invitation.round
        zone = ZoneInfo(hearing_round.stage.process.time_zone)
        at = next_check(invitation, hearing_round.reminder_days, zone, now, keys_sent[invitation.pk])
        if at != invitation.next_check_at:
            by_moment[at].append(invitation.pk)
            invitation.next_check_at = at
    for at, ids in by_moment.items():
        Invitation.objects.filter(pk__in=ids).update(next_check_at=at)
    return sum(map(len, by_moment.values()))


def _keys_sent(invitations: Iterable[Invitation]) -> dict[int, set[str]]:
    keys_sent: dict[int, set[str]] = defaultdict(set)
    ids = [invitation.pk for invitation in invitations]
    for invitation_id, occasion in Reminder.objects.filter(invitation_id__in=ids).values_list(
        "invitation_id", "occasion"
    ):
        keys_sent[invitation_id].add(occasion)
    return keys_sent


def repair_plans(now: datetime) -> int:
    """Reckon anew when to look again at each party still to answer and each open round. Returns how many were wrong.

    Of the parties 2,000 at a time, the next run going on there. A deed that forgot to plan, or a row changed by hand,
    is healed by this.
    """
    repaired = postponed.walk_in_batches(
        "repair_reminders", watched_invitations(), lambda ids: _repair_plans(ids, now), now, whose=_WHOSE
    )
    astray = HearingRound.objects.filter(state=RoundState.OPEN).exclude(next_check_at=F("last_closes_at"))
    repaired += astray.filter(last_closes_at__isnull=False).update(next_check_at=F("last_closes_at"))
    return repaired


@transaction.atomic
def _repair_plans(ids: Sequence[int], now: datetime) -> int:
    """The marks of some parties, their rows locked; those that another holds are being planned anew just now."""
    parties = list(
        watched_invitations()
        .filter(pk__in=ids)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("round__stage__process")
    )
    return _plan(parties, now, _keys_sent(parties))


def stop_reminding(ids: Sequence[UUID], *, reason: str, now: datetime) -> int:
    """Take back the reminders that wait in the outbox for these parties."""
    return outbox.withdraw(ids, kinds=[mails.REMINDER], reason=reason, now=now)
