"""What a party does about its invitation besides answering, and what the office does about the party's address."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from django.db import transaction

from consultations.actions.locking import HeldInvitation, hold_invitation
from consultations.actions.own_mailbox import letters_to_each_mailbox, renew_link_past_others
from consultations.actions.reminders import plan_reminders, stop_reminding
from consultations.mails import letters as mails
from consultations.models import Forward, Invitation
from consultations.queries.parties import forwards_in_force
from consultations.rules.parties import (
    may_be_heard,
    may_decline,
    may_forward,
    may_open,
    may_promise,
    may_take_back,
    may_write_to,
    own_mailbox,
)
from consultations.states import ANSWER_STANDING, InvitationState, RoundState, RoundVerb
from notifications import outbox
from notifications.outbox import Letter
from notifications.rules import folded_address
from notifications.states import ADDRESS_CHANGED
from workflow.actions.asked import let_mail_follow, reach_at
from workflow.actions.contacts import correct_contact
from workflow.actions.links import open_link, renew
from workflow.actions.once import Once
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.deadlines import instant, local_day
from workflow.mails.letters import letter_to
from workflow.models import by
from workflow.rules import insist

LINK_ANEW: Final = (mails.REMINDER, mails.INVITATION, mails.INPUT_INVITATION, mails.ANSWER_IS_HERE)
"""What the mail that brings a party its link anew stands in for."""


@transaction.atomic
def open_invitation(invitation: Invitation, *, actor: Actor, now: datetime) -> Invitation:
    """The start button was pressed for the first time: the office sees that the party has opened its link.

    Later presses change nothing. Refuses another party's link and a round that is not under way.
    """
    hold = hold_invitation(invitation, actor, now)
    invitation, link = hold.invitation, hold.invitation.link
    insist(may_open(hold.round, invitation, hold.link_id, actor))
    if link.opened_at is None:
        hold.invitation.link = open_link(link, actor=actor, now=now)
        record(RoundVerb.OPEN_INVITATION, invitation, actor=actor, now=now, process=hold.process)
    return invitation


@transaction.atomic
def decline(invitation: Invitation, *, reason: str = "", actor: Actor, now: datetime) -> Invitation:
    """The party says that it will not answer, or who is the right one to ask. Reminders stop; it may still answer.

    Refuses a party that has answered or declined already.
    """
    hold = hold_invitation(invitation, actor, now)
    invitation = hold.invitation
    insist(may_decline(hold.round, invitation, hold.link_id, actor))
    invitation.decline()
    invitation.declined_reason = reason.strip()
    invitation.next_check_at = None
    invitation.save(update_fields=["state", "declined_reason", "next_check_at"])
    stop_reminding([invitation.public_id], reason="declined", now=now)
    detail = {"reason": invitation.declined_reason} if invitation.declined_reason else {}
    record(RoundVerb.DECLINE, invitation, actor=actor, now=now, process=hold.process, detail=detail)
    return invitation


@transaction.atomic
def promise_answer(invitation: Invitation, *, promised_on: date, actor: Actor, now: datetime) -> Invitation:
    """The party says on which local day it will answer; reminders wait through that day.

    A day after the deadline shows on the board as a request for extension. The day that stands already changes nothing,
    where more time was not refused since. Refuses a day gone by and a party that has
    answered or declined.
    """
    hold = hold_invitation(invitation, actor, now)
    invitation = hold.invitation
    today = local_day(now, hold.zone)
    insist(may_promise(hold.round, invitation, hold.link_id, promised_on, today, actor))
    if invitation.promised_on == promised_on and invitation.refused_on is None:
        return invitation
    invitation.promised_on = promised_on
    invitation.refused_on, invitation.refused_reason = None, ""
    invitation.save(update_fields=["promised_on", "refused_on", "refused_reason"])
    stop_reminding([invitation.public_id], reason="promised", now=now)
    plan_reminders([invitation], now)
    codes = {"promised_on": promised_on}
    record(RoundVerb.PROMISE_ANSWER, invitation, actor=actor, now=now, process=hold.process, codes=codes)
    return invitation


@transaction.atomic
def forward(
    invitation: Invitation,
    *,
    to_email: str,
    to_name: str = "",
    note: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Forward:
    """Hand the invitation to somebody else, who gets the link; mail and reminders follow the new address.

    The link stays the same and stays valid for both. The mailbox it came from, and the party's own, are told and may
    take it back. Refuses an impossible address, the one it has, a sixth time in one local day, and a party that has
    declined.
    """
    return _forward_to(invitation, RoundVerb.FORWARD, to_email, to_name, note, actor, now, key)


@transaction.atomic
def claim(invitation: Invitation, *, email: str, name: str = "", actor: Actor, now: datetime, key: str = "") -> Forward:
    """Somebody at the party takes the task out of the shared mailbox; the link and all later mail go to them.

    The mailbox is told. Refuses as `forward` does.
    """
    return _forward_to(invitation, RoundVerb.CLAIM, email, name, "", actor, now, key)


def _forward_to(
    invitation: Invitation,
    verb: RoundVerb,
    to_email: str,
    to_name: str,
    note: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> Forward:
    hold = hold_invitation(invitation, actor, now)
    invitation = hold.invitation
    once = Once(f"{verb}:{invitation.public_id}", key, (to_email, to_name, note))
    if earlier := once.made:
        return Forward.objects.get(public_id=earlier)
    to_email = to_email.strip()
    office = hold.process.office
    # Of the local day: that of UTC begins an hour or two later.
    midnight = instant(local_day(now, hold.zone), time(0), hold.zone)
    # Counted under the lock, or two presses at once would get past the limit.
    refusal = may_forward(
        hold.round,
        invitation,
        hold.link_id,
        to_email,
        actor,
        forwarded_today=invitation.forwards.filter(at__gte=midnight).count(),
        telephone=office.telephone or office.reply_to,
    )
    insist(refusal)
    forwards = forwards_in_force([invitation.pk]).get(invitation.pk, [])
    # Taken before `_reach_at` writes over the address.
    mailboxes = {own_mailbox(invitation, forwards), invitation.email}
    if invitation.bounced_at is not None:
        mailboxes = {address for address in mailboxes if folded_address(address) != folded_address(invitation.email)}
    row = Forward.objects.create(
        invitation=invitation,
        from_email=invitation.email,
        to_email=to_email,
        to_name=to_name.strip()[:200],
        is_claim=verb == RoundVerb.CLAIM,
        note=note.strip(),
        at=now,
        link_version=invitation.link.version,
        **by(actor),
    )
    invitation.contact_name = row.to_name
    _reach_at(hold, to_email, now)
    stop_reminding([invitation.public_id], reason="address_changed", now=now)
    about, facts = str(row.public_id), {"forward": str(row.public_id)}
    letters = [letter_to(mails.FORWARDED, invitation, hold.process, about=about, facts=facts)]
    letters += letters_to_each_mailbox(mails.PASSED_ON, hold, mailboxes, about, facts, besides=to_email)
    outbox.enqueue(letters, now)
    codes = {"forward": row.public_id}
    detail = {"from": row.from_email, "to": row.to_email, "name": row.to_name, "note": row.note}
    record(verb, invitation, actor=actor, now=now, process=hold.process, codes=codes, detail=detail)
    once.keep(row.public_id, now)
    return row


@transaction.atomic
def take_back(forward: Forward, *, actor: Actor, now: datetime, key: str = "") -> Invitation:
    """Take a task back from whom it was passed on to: mail goes again to the address it came from.

    The party's link and code are made anew and sent there, and to the party's own mailbox; those sent before open
    nothing. What has been written stays as a draft. Refuses a task that is not with them any more.
    """
    hold = hold_invitation(forward.invitation, actor, now)
    invitation = hold.invitation
    once = Once(f"take_back:{forward.public_id}", key)
    if once.made:
        return invitation
    forward = invitation.forwards.get(pk=forward.pk)
    insist(may_take_back(hold.round, invitation, hold.link_id, forward, actor))
    forwards = forwards_in_force([invitation.pk])[invitation.pk]
    # From this one on: whoever had the task from them loses it as well.
    ended = forwards[[row.pk for row in forwards].index(forward.pk) :]
    mailboxes = {own_mailbox(invitation, forwards), forward.from_email}
    renew(invitation.link, now)
    rows = Forward.objects.filter(pk__in=[row.pk for row in ended])
    # Ended, not deleted: the record and the party's page tell of them.
    rows.update(ended_at=now, is_taken_back=True)
    # What went before stands: those it was passed on by may have the new link as they had the old one.
    earlier_rows = [row.pk for row in forwards if row not in ended]
    Forward.objects.filter(pk__in=earlier_rows).update(link_version=invitation.link.version)
    invitation.contact_name = ""
    _reach_at(hold, forward.from_email, now)
    kinds = [mails.REMINDER, *mails.FORWARD_MAILS]
    outbox.withdraw([invitation.public_id], kinds=kinds, reason="taken_back", now=now)
    let_mail_follow(invitation, now)
    about, facts = str(forward.public_id), {"forward": str(forward.public_id)}
    outbox.enqueue(letters_to_each_mailbox(mails.TAKEN_BACK, hold, mailboxes, about, facts), now)
    codes = {"forward": forward.public_id, "link_version": invitation.link.version}
    record(RoundVerb.TAKE_BACK, invitation, actor=actor, now=now, process=hold.process, codes=codes)
    once.keep(invitation.public_id, now)
    return invitation


@transaction.atomic
def return_to_own_mailbox(invitation: Invitation, *, now: datetime) -> Invitation:
    """A task goes back to the party's own mailbox, since whoever it was passed on to is erased and no longer acts.

    As `take_back` does, by nobody's wish: link and code are made anew and sent there, where the party is still asked or
    has its answer here; what has been written stays. Refuses a task that is with the party itself (LookupError).
    """
    hold = hold_invitation(invitation, SYSTEM, now)
    invitation = hold.invitation
    forwards = forwards_in_force([invitation.pk]).get(invitation.pk, [])
    if not forwards:
        raise LookupError(f"the task of {invitation.public_id} has not been passed on")
    renew(invitation.link, now)
    Forward.objects.filter(invitation=invitation, ended_at=None).update(ended_at=now)
    invitation.contact_name = ""
    _reach_at(hold, own_mailbox(invitation, forwards), now)
    outbox.withdraw([invitation.public_id], kinds=(*LINK_ANEW, *mails.FORWARD_MAILS), reason=ADDRESS_CHANGED, now=now)
    let_mail_follow(invitation, now)
    is_asked = may_be_heard(hold.round, invitation) is None and hold.round.state == RoundState.OPEN
    if is_asked and invitation.state != InvitationState.DECLINED:
        outbox.enqueue([_link_letter(hold, now)], now)
    codes = {"forward": forwards[0].public_id, "link_version": invitation.link.version}
    record(RoundVerb.TAKE_BACK, invitation, actor=SYSTEM, now=now, process=hold.process, codes=codes)
    return invitation


@transaction.atomic
def correct_address(
    invitation: Invitation,
    *,
    email: str,
    stop_old_link: bool = False,
    for_later: bool = True,
    shown_address: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Invitation:
    """Give a party another address and send it its link there; an earlier bounce is forgotten.

    What was not sent yet follows; nothing with link or code goes any more to the address before, nor to those the task
    was passed on to. A party that has answered is not invited again: it gets its link and hears that its answer is
    here.

    stop_old_link: the mail went to somebody who should not have it, so party and own mailbox get a new link and what
    was sent before opens nothing; a draft stays. for_later: the office's contact of the body is corrected with it.
    shown_address: the one the officer had before the eyes. Also sends the link again to the address it has, when that
    is given.

    Refuses an impossible address, a party that is not asked, one whose address somebody else has changed since it was
    seen, and everybody but the office.
    """
    hold = hold_invitation(invitation, actor, now)
    invitation = hold.invitation
    content = (email, stop_old_link, for_later)
    once = Once(f"correct_address:{invitation.public_id}", key, content)
    if once.made:
        return invitation
    email = email.strip()
    insist(may_write_to(hold.round, invitation, email, actor, shown_address=shown_address))
    old = invitation.email
    is_moved = folded_address(old) != folded_address(email)
    to_own = renew_link_past_others(hold, actor, now) if stop_old_link and not is_moved else []
    if is_moved and stop_old_link:
        renew(invitation.link, now)
    if is_moved and Forward.objects.filter(invitation=invitation, ended_at=None).update(ended_at=now):
        invitation.contact_name = ""
    kinds = (*LINK_ANEW, *mails.FORWARD_MAILS) if is_moved or stop_old_link else LINK_ANEW
    _reach_at(hold, email, now)
    # Sent once more to where the task is, what goes to the party's own mailbox goes on going there.
    only_at = "" if is_moved else old
    links_at = "" if stop_old_link else only_at
    # In this order: what carries the old link is withdrawn, what is left follows, and the new letter meets neither.
    outbox.withdraw([invitation.public_id], kinds=kinds, reason=ADDRESS_CHANGED, now=now, only_at=links_at)
    let_mail_follow(invitation, now, only_at=only_at)
    outbox.enqueue([_link_letter(hold, now), *to_own], now)
    codes = {"is_same": old == email, "link_version": invitation.link.version, "for_later": for_later}
    record(
        RoundVerb.CORRECT_ADDRESS,
        invitation,
        actor=actor,
        now=now,
        process=hold.process,
        codes=codes,
        detail={"old": old, "new": email},
    )
    once.keep(invitation.public_id, now)
    if for_later and invitation.body is not None:
        correct_contact(hold.process.office, invitation.body, old=old, email=email, actor=actor, now=now)
    return invitation


def _link_letter(hold: HeldInvitation, now: datetime) -> Letter:
    """The mail that brings a party its link anew: the invitation, or, once it has answered, that its answer is here."""
    invitation = hold.invitation
    if invitation.state == InvitationState.ANSWERED:
        answer = invitation.answers.filter(state__in=ANSWER_STANDING).first()
        facts = {"answer": str(answer.public_id)} if answer else {}
        return letter_to(mails.ANSWER_IS_HERE, invitation, hold.process, about=mails.at_key(now), facts=facts)
    return letter_to(mails.link_kind(invitation), invitation, hold.process, about=mails.at_key(now))


def _reach_at(hold: HeldInvitation, email: str, now: datetime) -> None:
    """The party is reached at `email` from now on, by mail; an earlier bounce is forgotten."""
    invitation = hold.invitation
    columns = reach_at(invitation, email, invitation.contact_name)
    invitation.remind_from_at = now
    invitation.save(update_fields=[*columns, "remind_from_at"])
    plan_reminders([invitation], now)
