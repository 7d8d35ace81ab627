"""What an officer does to the parties of a round under way: asks another, lets one go, writes to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from consultations.actions.deadlines import set_reply_deadline
from consultations.actions.invitation_list import PartyEntry, entry_for, list_parties
from consultations.actions.locking import LockedRound, lock_party, lock_round
from consultations.actions.own_mailbox import to_own_mailboxes
from consultations.actions.reminders import stop_reminding
from consultations.mails import letters as mails
from consultations.models import HearingRound, Invitation, RoundMessage
from consultations.queries.midround import addressees, is_on_list
from consultations.queries.rounds import reply_deadline
from consultations.rules.midround import FEW, may_invite, may_release, may_write_to_parties
from consultations.rules.reminders import next_check
from consultations.states import LINK_MAILS, InvitationState, MessageTo, RoundForm, RoundVerb
from notifications import outbox
from workflow.actions.once import Once
from workflow.actors import Actor
from workflow.audit import record
from workflow.deadlines import NORM_DAYS, DeadlineWarning, Resolved, days_inclusive, launch_warnings, local_day
from workflow.definitions import RuleKind
from workflow.mails.letters import letters_to
from workflow.models import Body, by
from workflow.queries.processes import stage_spec
from workflow.rules import Refusal, Refused, insist

WITHDRAWN_WITH_IT = (*LINK_MAILS, mails.REMINDER, mails.EXTENDED, mails.EXTENSION_REFUSED, mails.MESSAGE)
"""What is no longer sent to a party that has been let go."""


@dataclass(frozen=True, slots=True)
class Joining:
    """How a party that is asked now would answer: until when (UTC; None in a light round without deadline), whether
    that is a deadline of its own, so many days both ends counted, and what to think of first."""

    answers_by: datetime | None
    is_own: bool
    days: int | None
    warnings: list[DeadlineWarning]


def joining(hearing_round: HearingRound, own_on: date | None, own_clock: time | None, now: datetime) -> Joining:
    """What a party would get that is asked at `now`; own_on: local day of a deadline of its own, None for the others'.

    Warned of are fewer days than half the usual length, and an unlucky day of its own.
    """
    zone = LockedRound.zone_of(hearing_round)
    common = reply_deadline(hearing_round)
    today = local_day(now, zone)
    if own_on is None or common is None:
        if hearing_round.closes_at is None or hearing_round.form == RoundForm.LIGHT:
            return Joining(hearing_round.closes_at, False, None, [])
        closes_on = local_day(hearing_round.closes_at, zone)
        few = [
            warning
            for warning in launch_warnings(
                today, closes_on, _clock(hearing_round), norm_days=_shortest_days(hearing_round), zone=zone
            )
            if warning.code == "too_short"
        ]
        return Joining(hearing_round.closes_at, False, days_inclusive(today, closes_on), few)
    clock = own_clock or common.clock
    at = Resolved(own_on, clock, common.source, RuleKind.FIXED).at(zone)
    warnings = launch_warnings(today, own_on, clock, norm_days=_shortest_days(hearing_round), zone=zone)
    return Joining(at, True, days_inclusive(today, own_on) if own_on >= today else 0, warnings)


def _shortest_days(hearing_round: HearingRound) -> int:
    terms = stage_spec(hearing_round.stage).consultation
    return ((terms.length_days if terms else None) or NORM_DAYS) // FEW


def _clock(hearing_round: HearingRound) -> time:
    common = reply_deadline(hearing_round)
    return common.clock if common else time(12)


@transaction.atomic
def invite_party(
    hearing_round: HearingRound,
    *,
    body: Body | None = None,
    name: str = "",
    contact_name: str = "",
    email: str = "",
    language: str = "",
    channel: str = "",
    own_on: date | None = None,
    own_clock: time | None = None,
    reason: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Invitation:
    """Ask another party while the round is under way: it gets the invitation at once, with the deadline of all or,
    where few days are left, a later one of its own (local day and clock; that of the others when no clock is given).

    Refuses everybody but the office, a round not under way, a suspended process, a body that is on the list, a party no
    mail can reach, a deadline of its own that is not later than the others', and few days or an unlucky day without a
    reason. The round closes no earlier than the party's deadline. A repeated `key` gives the party asked first.
    """
    locked = lock_round(hearing_round)
    content = (body, name, contact_name, email, language, channel, own_on, own_clock, reason)
    once = Once(_invited_under(locked.round), key, content)
    if earlier := once.made:
        return locked.round.invitations.get(public_id=earlier)
    locked.insist_may_act(actor, now)
    hearing_round, process = locked.round, locked.process
    entry = entry_for(process.office, body, name, contact_name, email, language, channel)
    plan = joining(hearing_round, own_on, own_clock, now)
    insist(why_not_invited(hearing_round, body, entry, plan, reason, actor=actor, now=now))
    party = _ask(locked, entry, plan, own_on, now)
    codes = {
        "invitation": party.public_id,
        "closes_at": party.reply_by_at,
        "is_own": plan.is_own,
        "days": plan.days,
        "warnings": [warning.code for warning in plan.warnings],
    }
    detail = {"name": party.name, "reason": reason.strip()}
    record(RoundVerb.INVITE_PARTY, party, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(party.public_id, now)
    return party


def why_not_invited(
    hearing_round: HearingRound,
    body: Body | None,
    entry: PartyEntry,
    plan: Joining,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Refusal | None:
    """Why `invite_party` would refuse the party; the page that shows what follows asks the same before the press."""
    return may_invite(
        hearing_round,
        name=entry.name,
        email=entry.email.strip(),
        channel=entry.channel,
        has_bounced=entry.bounced_at is not None,
        is_listed=is_on_list(hearing_round, body),
        own_at=plan.answers_by if plan.is_own else None,
        warnings=plan.warnings,
        reason=reason,
        actor=actor,
        now=now,
    )


def invited_by_key(hearing_round: HearingRound, key: str) -> Invitation | None:
    """The party that a form with this key has asked already; its button was pressed again."""
    earlier = Once(_invited_under(hearing_round), key).earlier
    return hearing_round.invitations.get(public_id=earlier.result) if earlier else None


def _invited_under(hearing_round: HearingRound) -> str:
    return f"invite_party:{hearing_round.public_id}"


def _ask(locked: LockedRound, entry: PartyEntry, plan: Joining, own_on: date | None, now: datetime) -> Invitation:
    hearing_round = locked.round
    (party,) = list_parties(hearing_round, [entry], locked.process, now)
    party.round = hearing_round
    common = reply_deadline(hearing_round)
    if plan.is_own and plan.answers_by is not None and own_on is not None and common is not None:
        # Local again: a deadline keeps the clock of its zone, not that of UTC.
        clock = plan.answers_by.astimezone(locked.zone).time()
        set_reply_deadline(locked, party, Resolved(own_on, clock, common.source, RuleKind.FIXED), now)
    party.invite()
    party.invited_at = party.remind_from_at = now
    party.reply_by_at = plan.answers_by
    party.next_check_at = next_check(party, hearing_round.reminder_days, locked.zone, now)
    party.save(update_fields=["state", "invited_at", "remind_from_at", "reply_by_at", "next_check_at"])
    _close_after(hearing_round, plan.answers_by)
    outbox.enqueue(letters_to(mails.invitation_kind(hearing_round), [party], locked.process, about="launch"), now)
    return party


def _close_after(hearing_round: HearingRound, at: datetime | None) -> None:
    if at is not None and hearing_round.last_closes_at is not None and at > hearing_round.last_closes_at:
        hearing_round.last_closes_at = hearing_round.next_check_at = at
        hearing_round.save(update_fields=["last_closes_at", "next_check_at"])


@transaction.atomic
def release_party(invitation: Invitation, *, reason: str, actor: Actor, now: datetime, key: str = "") -> Invitation:
    """Ask a party no longer: it is told by mail why, its link says so, and nothing reminds it. Its answer, if it has
    given one, is kept and counts as before; a draft can no longer be sent.

    Refuses everybody but the office, a missing reason, a round not under way, a suspended process and a party that is
    not asked any more. The round closes no later than the last of those still asked.
    """
    locked = lock_round(invitation.round)
    party = lock_party(locked, invitation)
    content = (reason,)
    once = Once(f"release_party:{party.public_id}", key, content)
    if once.made:
        return party
    locked.insist_may_act(actor, now)
    insist(may_release(locked.round, party, reason, actor=actor, now=now))
    # Asked before the transition, which leaves no trace of it in the state.
    had_answered = party.state == InvitationState.ANSWERED
    party.withdraw()
    party.released_at, party.released_reason, party.next_check_at = now, reason.strip(), None
    party.save(update_fields=["state", "released_at", "released_reason", "next_check_at"])
    stop_reminding([party.public_id], reason="withdrawn", now=now)
    outbox.withdraw([party.public_id], kinds=WITHDRAWN_WITH_IT, reason="withdrawn", now=now)
    about = mails.at_key(now)
    letters = to_own_mailboxes(mails.RELEASED, [party], locked.process, about=about)
    letters += letters_to(mails.RELEASED, [party], locked.process, about=about)
    outbox.enqueue(letters, now)
    _close_with_the_last(locked.round)
    codes = {"invitation": party.public_id, "had_answered": had_answered}
    detail = {"name": party.name, "reason": party.released_reason}
    record(RoundVerb.RELEASE_PARTY, party, actor=actor, now=now, process=locked.process, codes=codes, detail=detail)
    once.keep(party.public_id, now)
    return party


def _close_with_the_last(hearing_round: HearingRound) -> None:
    """A deadline of its own ends with the party that had it."""
    if hearing_round.closes_at is None:
        return
    parties = hearing_round.invitations.exclude(state=InvitationState.WITHDRAWN)
    last = max(parties.aggregate(last=Max("reply_by_at"))["last"] or hearing_round.closes_at, hearing_round.closes_at)
    if last != hearing_round.last_closes_at:
        hearing_round.last_closes_at = hearing_round.next_check_at = last
        hearing_round.save(update_fields=["last_closes_at", "next_check_at"])


@transaction.atomic
def write_to_parties(
    hearing_round: HearingRound,
    *,
    to: str = MessageTo.ALL,
    subject: str,
    text: str,
    shown_digest: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> RoundMessage:
    """Write to the parties of a round under way, each with its personal link: to all, to those who have not answered,
    or to those who have; never to one that declined, was let go, or whose mail came back.

    shown_digest: that of the recipients somebody has looked at (`Addressees.digest`); others than those are refused.
    Refuses everybody but the office, a round not under way, a suspended process, missing words and nobody to reach. A
    repeated `key` writes to nobody again.
    """
    locked = lock_round(hearing_round)
    once = Once(f"write_to_parties:{locked.round.public_id}", key, (to, subject, text))
    if earlier := once.made:
        return RoundMessage.objects.get(public_id=earlier)
    locked.insist_may_act(actor, now)
    parties = addressees(locked.round, to)
    insist(may_write_to_parties(locked.round, parties.reached, subject, text, actor=actor, now=now))
    # After the rule: whoever may not write at all hears that, and not that the list has changed.
    if shown_digest and shown_digest != parties.digest:
        raise Refused(
            Refusal(
                "recipients_changed",
                _("Since you looked, a party has answered, been asked or got another address. Look at the list again."),
            )
        )
    message = RoundMessage.objects.create(
        round=locked.round,
        to=to,
        subject=subject.strip(),
        text=text.strip(),
        recipients=len(parties.reached),
        at=now,
        **by(actor),
    )
    facts = {"message": str(message.public_id)}
    about = str(message.public_id)
    outbox.enqueue(letters_to(mails.MESSAGE, parties.reached, locked.process, about=about, facts=facts), now)
    codes = {"message": message.public_id, "to": to, "parties": len(parties.reached), "missed": len(parties.by_hand)}
    detail = {"subject": message.subject, "text": message.text}
    record(
        RoundVerb.WRITE_TO_PARTIES,
        locked.round,
        actor=actor,
        now=now,
        process=locked.process,
        codes=codes,
        detail=detail,
    )
    once.keep(message.public_id, now)
    return message
