"""A round ended before its time: with its stage, or by itself where it is supplementary. The engine and officers come
in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Value, When

from consultations.actions.deadlines import let_deadlines_go
from consultations.actions.locking import LockedRound, lock_round
from consultations.actions.own_mailbox import to_own_mailboxes
from consultations.mails import letters as mails
from consultations.models import HearingRound
from consultations.queries.rounds import asked_parties, round_going_on
from consultations.rules.supplementary import may_cancel
from consultations.states import LINK_MAILS, InvitationState, RoundState, RoundVerb
from notifications import outbox
from workflow.actions.once import Once
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.mails.letters import letters_to
from workflow.models import AuditEntry, Stage
from workflow.rules import insist


@transaction.atomic
def cancel_round(
    hearing_round: HearingRound, *, reason: str, actor: Actor, now: datetime, key: str = ""
) -> HearingRound:
    """End a supplementary round that is prepared or under way, with a reason: those it was sent to are told, answers
    stay, and the drafting stage waits for it no longer.

    Refuses everybody but the office, a missing reason, a suspended process, a round that is over, and the round a stage
    opened with, which ends with its stage.
    """
    locked = lock_round(hearing_round)
    once = Once(f"cancel_round:{locked.round.public_id}", key, (reason,))
    if once.made:
        return locked.round
    locked.insist_may_act(actor, now)
    insist(may_cancel(locked.round, reason, actor))
    entry = _cancel(locked, actor, now, reason)
    once.keep(locked.round.public_id, now)
    advance(locked.process, actor=following(entry), now=now)
    return locked.round


def leave_round(stage: Stage, actor: Actor, now: datetime) -> None:
    """Cancel the round going on in a stage that is sent back or left out; the parties that were asked are told.

    A round that has closed is history and stays as it is.
    """
    hearing_round = round_going_on(stage)
    if hearing_round is not None:
        _cancel(lock_round(hearing_round), actor, now)


def _cancel(locked: LockedRound, actor: Actor, now: datetime, reason: str = "") -> AuditEntry:
    """Nobody is asked any more, and those who were are told; what has been answered stays."""
    hearing_round = locked.round
    was_open = hearing_round.state == RoundState.OPEN
    parties = asked_parties(hearing_round)
    # Every row is written, so that an answer under way is either in before this or sees the round cancelled.
    hearing_round.invitations.update(
        next_check_at=None,
        state=Case(
            When(state=InvitationState.ANSWERED, then=F("state")), default=Value(InvitationState.WITHDRAWN.value)
        ),
    )
    hearing_round.cancel()
    hearing_round.closed_at = now
    hearing_round.next_check_at = None
    hearing_round.save(update_fields=["state", "closed_at", "next_check_at"])
    let_deadlines_go(hearing_round)
    if was_open:
        outbox.withdraw(
            [party.public_id for party in parties],
            kinds=[*LINK_MAILS, mails.REMINDER, mails.EXTENDED],
            reason="withdrawn",
            now=now,
        )
        letters = letters_to(mails.WITHDRAWN, parties, locked.process, about=mails.at_key(now))
        letters += to_own_mailboxes(mails.WITHDRAWN, parties, locked.process, about=mails.at_key(now))
        outbox.enqueue(letters, now)
    codes = {"was_open": was_open, "asked": len(parties)}
    detail = {"reason": reason.strip()} if reason else {}
    return record(
        RoundVerb.CANCEL_ROUND, hearing_round, actor=actor, now=now, process=locked.process, codes=codes, detail=detail
    )
