"""More time for one party or for all. The deadline's row is the fact; the copies parties are judged by follow it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction

from consultations.actions.deadlines import set_reply_deadline
from consultations.actions.locking import LockedRound, lock_party, lock_round
from consultations.actions.reminders import plan_reminders, stop_reminding
from consultations.mails import letters as mails
from consultations.models import HearingRound, Invitation
from consultations.queries.rounds import reply_deadline
from consultations.rules.parties import may_be_heard
from consultations.rules.rounds import may_extend, may_refuse_extension, must_be_open
from consultations.states import MAY_STILL_ANSWER, InvitationState, RoundVerb
from notifications import outbox
from workflow.actions.deadlines import extend_deadline
from workflow.actions.once import Once
from workflow.actions.timetable import move_deadline_row
from workflow.actors import Actor
from workflow.audit import record
from workflow.deadlines import Resolved, instant, local_day
from workflow.definitions import RuleKind
from workflow.mails.letters import letters_to
from workflow.models import Deadline
from workflow.rules import insist
from workflow.states import DeadlineKind, Verb

FOLLOWING = (*MAY_STILL_ANSWER, InvitationState.ANSWERED, InvitationState.DECLINED)
TOLD = (*MAY_STILL_ANSWER, InvitationState.ANSWERED)
"""Those an extension concerns: who has still to answer or may, and who may now replace an answer."""


@transaction.atomic
def extend_for_all(
    hearing_round: HearingRound,
    *,
    new_on: date,
    new_clock: time | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> HearingRound:
    """Give every party until `new_on` (local day; the same clock when none is given).

    A party with a later deadline of its own keeps it; an earlier one of its own moves along. Parties are told, and
    reminded anew before the new day. Refuses an earlier or passed time, a missing reason, a round that is not under way
    and a suspended process.
    """
    locked = lock_round(hearing_round)
    content = (new_on, new_clock, reason)
    once = Once(f"extend_for_all:{locked.round.public_id}", key, content)
    if once.made:
        return locked.round
    locked.insist_may_act(actor, now)
    deadline = reply_deadline(locked.round)
    clock = new_clock or (deadline.clock if deadline else time(12))
    insist(
        may_extend(
            locked.round, locked.round.closes_at, instant(new_on, clock, locked.zone), reason, actor=actor, now=now
        )
    )
    assert deadline is not None
    # Without the key, which is this deed's: asked above, kept below.
    extend_deadline(deadline, new_on=new_on, new_clock=clock, reason=reason, actor=actor, now=now)
    once.keep(locked.round.public_id, now)
    # `follow_deadline` has written to a row that it read itself.
    locked.round.refresh_from_db()
    return locked.round


@transaction.atomic
def extend_for_one(
    invitation: Invitation,
    *,
    new_on: date,
    new_clock: time | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Invitation:
    """Give one party until `new_on` (local day; the clock of its present deadline when none is given).

    The round closes no earlier than the party's new deadline. The party is told. Refuses as `extend_for_all` does, and
    a party that is not asked.
    """
    locked = lock_round(invitation.round)
    invitation = lock_party(locked, invitation)
    content = (new_on, new_clock, reason)
    once = Once(f"extend_for_one:{invitation.public_id}", key, content)
    if once.made:
        return invitation
    locked.insist_may_act(actor, now)
    common, own = reply_deadline(locked.round), reply_deadline(invitation)
    present_deadline = max((row for row in (common, own) if row), key=lambda row: row.at, default=None)
    clock = new_clock or (present_deadline.clock if present_deadline else time(12))
    new_at = instant(new_on, clock, locked.zone)
    insist(
        may_extend(locked.round, invitation.reply_by_at, new_at, reason, actor=actor, now=now)
        or may_be_heard(locked.round, invitation)
    )
    assert present_deadline is not None
    if own is None:
        # Set first where it stands now and then moved, so that its history shows both.
        present = Resolved(present_deadline.on, present_deadline.clock, present_deadline.source, RuleKind.FIXED)
        own = set_reply_deadline(locked, invitation, present, now)
    codes = {"invitation": invitation.public_id, "old_at": invitation.reply_by_at, "new_at": new_at}
    extend_deadline(own, new_on=new_on, new_clock=clock, reason=reason, actor=actor, now=now)
    record(
        RoundVerb.EXTEND_FOR_ONE,
        invitation,
        actor=actor,
        now=now,
        process=locked.process,
        codes=codes,
        detail={"reason": reason.strip()},
    )
    once.keep(invitation.public_id, now)
    invitation.refresh_from_db()
    return invitation


@transaction.atomic
def refuse_extension(invitation: Invitation, *, reason: str, actor: Actor, now: datetime, key: str = "") -> Invitation:
    """Say no to a party that has named a day after its deadline: the deadline stands, and reminders go on.

    The party is told why, by mail and on its page. Refuses a missing reason, a party that asks for nothing, a round
    that is not under way and a suspended process.
    """
    locked = lock_round(invitation.round)
    invitation = lock_party(locked, invitation)
    once = Once(f"refuse_extension:{invitation.public_id}", key, (reason,))
    if once.made:
        return invitation
    locked.insist_may_act(actor, now)
    deadline_on = local_day(invitation.reply_by_at, locked.zone) if invitation.reply_by_at else None
    insist(may_refuse_extension(locked.round, invitation, deadline_on, reason, actor=actor, now=now))
    invitation.refused_on, invitation.promised_on = invitation.promised_on, None
    invitation.refused_reason = reason.strip()
    invitation.remind_from_at = now
    invitation.save(update_fields=["refused_on", "promised_on", "refused_reason", "remind_from_at"])
    plan_reminders([invitation], now)
    outbox.enqueue(letters_to(mails.EXTENSION_REFUSED, [invitation], locked.process, about=mails.at_key(now)), now)
    record(
        RoundVerb.REFUSE_EXTENSION,
        invitation,
        actor=actor,
        now=now,
        process=locked.process,
        codes={"invitation": invitation.public_id, "asked_for": invitation.refused_on},
        detail={"reason": invitation.refused_reason},
    )
    once.keep(invitation.public_id, now)
    return invitation


def follow_deadline(deadline: Deadline, actor: Actor, now: datetime) -> None:
    """Rewrite every copy of a reply deadline that has been moved, tell those concerned and plan their reminders anew.

    The engine comes in, in the deed's transaction, with the process locked. Refuses a round that is no longer open.
    """
    if deadline.kind != DeadlineKind.REPLY:
        return
    hearing_round = HearingRound.objects.filter(public_id=deadline.subject_id).first()
    if hearing_round is not None:
        locked = lock_round(hearing_round)
        insist(must_be_open(locked.round, now))
        locked.round.closes_at = deadline.at
        later = locked.round.invitations.filter(reply_by_at__lt=deadline.at, state__in=FOLLOWING)
        # Invitations come after the process: an answer that holds one is waited for, and keeps its instant.
        _give_time(locked, list(later.select_for_update()), deadline, now)
        take_own_along(locked, deadline, actor, now)
        return
    invitation = Invitation.objects.select_related("round").filter(public_id=deadline.subject_id).first()
    if invitation is not None:
        locked = lock_round(invitation.round)
        insist(must_be_open(locked.round, now))
        party = lock_party(locked, invitation)
        if party.reply_by_at is not None and party.reply_by_at < deadline.at:
            _give_time(locked, [party], deadline, now)


def take_own_along(locked: LockedRound, deadline: Deadline, actor: Actor, now: datetime) -> None:
    """A party's own deadline that the common one has passed moves along, for it is the later that holds. The rows
    alone: the copies follow the common deadline."""
    # Of this round alone: the deadlines of the stage's other rounds stand.
    of_parties = locked.round.invitations.values("public_id")
    overtaken = Deadline.objects.filter(subject_id__in=of_parties, kind=DeadlineKind.REPLY, at__lt=deadline.at)
    if not (own := list(overtaken.order_by("id"))):
        return
    # By id: two changes may bear one instant.
    change = deadline.changes.latest("id")
    for row in own:
        row.process, row.stage = locked.process, locked.stage
        move_deadline_row(row, on=deadline.on, clock=deadline.clock, reason=change.reason, actor=actor, now=now)
        codes = {"invitation": row.subject_id, "at": row.at}
        record(Verb.FOLLOW_DEADLINE, row, actor=actor, now=now, process=locked.process, codes=codes)


def _give_time(locked: LockedRound, parties: Sequence[Invitation], deadline: Deadline, now: datetime) -> None:
    hearing_round = locked.round
    for party in parties:
        party.round = hearing_round
        party.reply_by_at = deadline.at
        party.remind_from_at = now
    Invitation.objects.filter(pk__in=[party.pk for party in parties]).update(
        reply_by_at=deadline.at, remind_from_at=now
    )
    # Never earlier: a party may have a deadline of its own after this one.
    hearing_round.last_closes_at = max(hearing_round.last_closes_at or deadline.at, deadline.at)
    hearing_round.next_check_at = hearing_round.last_closes_at
    hearing_round.save(update_fields=["closes_at", "last_closes_at", "next_check_at"])
    plan_reminders(parties, now)
    parties_told = [party for party in parties if party.state in TOLD and not party.is_only_informed]
    stop_reminding([party.public_id for party in parties], reason="deadline_moved", now=now)
    facts = {"reply_by": deadline.at.isoformat()}
    about = mails.at_key(deadline.at)
    outbox.enqueue(letters_to(mails.EXTENDED, parties_told, locked.process, about=about, facts=facts), now)
