"""A round taken up again after a pause of its process. The engine comes in, with the process locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consultations.actions.extensions import FOLLOWING, TOLD, take_own_along
from consultations.actions.locking import LockedRound, lock_round
from consultations.actions.reminders import plan_reminders, stop_reminding
from consultations.mails import letters as mails
from consultations.models import Invitation
from consultations.queries.rounds import reply_deadline, reply_deadlines_of, round_going_on
from consultations.states import InvitationState, RoundState
from notifications import outbox
from workflow.actors import Actor
from workflow.deadlines import Pause
from workflow.mails.letters import letter_to
from workflow.models import Stage
from workflow.rules.asked import is_reached


def take_up_round(stage: Stage, pause: Pause, actor: Actor, now: datetime) -> None:
    """Rewrite the copies of the deadline of the stage's round under way and of the parties' own, plan reminders from
    what lies ahead, and tell once those who are still asked or have answered.

    A promised day that fell in the pause is over; one that lies ahead stands. Nothing is done in a round that is not
    under way, and nobody is told of a pause without days that moved nothing.
    """
    hearing_round = round_going_on(stage)
    if hearing_round is None or hearing_round.state != RoundState.OPEN:
        return
    locked = lock_round(hearing_round)
    common = reply_deadline(locked.round)
    if common is not None:
        common.process, common.stage = locked.process, locked.stage
        # Before the copies are written, which follow the later of the two.
        take_own_along(locked, common, actor, now)
    # Locked in one order, or two deeds on many parties could wait for each other.
    parties = list(locked.round.invitations.filter(state__in=FOLLOWING).select_for_update().order_by("id"))
    is_moved = _rewrite(locked, parties, pause, now)
    unanswered = [party for party in parties if party.state == InvitationState.INVITED]
    stop_reminding([party.public_id for party in unanswered], reason="deadline_moved", now=now)
    plan_reminders(unanswered, now)
    if pause.days or is_moved:
        letters = [
            letter_to(
                mails.EXTENDED,
                party,
                locked.process,
                about=mails.at_key(now),
                facts={**mails.deadline_fact(party), "resumed": True},
            )
            for party in parties
            if _is_told(party, now)
        ]
        outbox.enqueue(letters, now)


def _rewrite(locked: LockedRound, parties: Sequence[Invitation], pause: Pause, now: datetime) -> bool:
    """Put every copy right; whether a deadline of anybody has moved."""
    hearing_round = locked.round
    days = reply_deadlines_of(locked.stage)
    common = days.get(hearing_round.public_id)
    is_moved = False
    for party in parties:
        party.round = hearing_round
        latest = max((at for at in (common, days.get(party.public_id)) if at is not None), default=None)
        is_moved = is_moved or latest != party.reply_by_at
        party.reply_by_at, party.remind_from_at = latest, now
        if party.promised_on is not None and pause.covers(party.promised_on):
            party.promised_on = None
    Invitation.objects.bulk_update(parties, ["reply_by_at", "remind_from_at", "promised_on"], batch_size=200)
    hearing_round.closes_at = common
    ends = [party.reply_by_at for party in parties if party.reply_by_at is not None]
    hearing_round.last_closes_at = hearing_round.next_check_at = max(
        [*ends, *([common] if common else [])], default=None
    )
    hearing_round.save(update_fields=["closes_at", "last_closes_at", "next_check_at"])
    return is_moved


def told_of_resumption(stage: Stage) -> list[str]:
    """The names of the parties that are told when the suspended process is resumed, in the order of the list."""
    hearing_round, since = round_going_on(stage), stage.process.suspended_at
    if hearing_round is None or hearing_round.state != RoundState.OPEN or since is None:
        return []
    return [party.name for party in hearing_round.invitations.filter(state__in=TOLD) if _is_told(party, since)]


def _is_told(party: Invitation, since: datetime) -> bool:
    """Still asked or having answered, with a deadline that had not passed, and an address that works."""
    is_ahead = party.reply_by_at is not None and party.reply_by_at > since
    return party.state in TOLD and not party.is_only_informed and is_ahead and is_reached(party)
