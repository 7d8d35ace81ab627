"""What a party does about its invitation besides answering, and what the office does about the party's address."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from consultations import mails
from consultations.actions.locking import HeldInvitation, hold_invitation
from consultations.actions.reminders import plan_reminders, stop_reminding
from consultations.models import Forward, Invitation
from consultations.rules.parties import may_decline, may_forward, may_open, may_promise, may_write_to
from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.keys import earlier_result, keep_result
from workflow.actions.links import open_link, renew
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.deadlines import local_day
from workflow.models import Contact, by
from workflow.rules import insist


@transaction.atomic
def open_invitation(invitation: Invitation, *, actor: Actor, now: datetime) -> Invitation:
    """The start button was pressed for the first time: the office sees that the party has opened its link.

    Later presses change nothing. Refuses another party's link and a round that is not under way.
    """
    held = hold_invitation(invitation, actor, now)
    invitation, link = held.invitation, held.invitation.link
    insist(may_open(held.round, invitation, held.link_id, actor))
    if link.opened_at is None:
        held.invitation.link = open_link(link, actor=actor, now=now)
        record("open_invitation", invitation, actor=actor, now=now, process=held.process)
    return invitation


@transaction.atomic
def decline(invitation: Invitation, *, reason: str = "", actor: Actor, now: datetime) -> Invitation:
    """ "We shall not answer", or "we are the wrong one, ask X". No answer, and no more reminders; it may still answer.

    Refuses a party that has answered or declined already.
    """
    held = hold_invitation(invitation, actor, now)
    invitation = held.invitation
    insist(may_decline(held.round, invitation, held.link_id, actor))
    invitation.decline()
    invitation.declined_reason = reason.strip()
    invitation.next_check_at = None
    invitation.save(update_fields=["state", "declined_reason", "next_check_at"])
    stop_reminding([invitation.public_id], reason="declined", now=now)
    detail = {"reason": invitation.declined_reason} if invitation.declined_reason else {}
    record("decline", invitation, actor=actor, now=now, process=held.process, detail=detail)
    return invitation


@transaction.atomic
def promise_answer(invitation: Invitation, *, promised_on: date, actor: Actor, now: datetime) -> Invitation:
    """The party says on which local day it will answer; reminders wait through that day.

    A day after the deadline shows on the board as a request for extension. Refuses a day gone by and a party that has
    answered or declined.
    """
    held = hold_invitation(invitation, actor, now)
    invitation = held.invitation
    today = local_day(now, held.zone)
    insist(may_promise(held.round, invitation, held.link_id, promised_on, today, actor))
    invitation.promised_on = promised_on
    invitation.refused_on, invitation.refused_reason = None, ""
    invitation.save(update_fields=["promised_on", "refused_on", "refused_reason"])
    stop_reminding([invitation.public_id], reason="promised", now=now)
    plan_reminders([invitation], now)
    codes = {"promised_on": promised_on}
    record("promise_answer", invitation, actor=actor, now=now, process=held.process, codes=codes)
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

    The link stays the same and stays valid for both. Refuses an impossible address and a party that has declined.
    """
    return _hand_over(invitation, "forward", to_email, to_name, note, actor, now, key)


@transaction.atomic
def claim(invitation: Invitation, *, email: str, name: str = "", actor: Actor, now: datetime, key: str = "") -> Forward:
    """Somebody at the party takes the task out of the shared mailbox; the link and all later mail go to them.

    Refuses as `forward` does.
    """
    return _hand_over(invitation, "claim", email, name, "", actor, now, key)


def _hand_over(
    invitation: Invitation, verb: str, to_email: str, to_name: str, note: str, actor: Actor, now: datetime, key: str
) -> Forward:
    held = hold_invitation(invitation, actor, now)
    invitation = held.invitation
    scope = f"{verb}:{invitation.public_id}"
    given = (to_email, to_name, note)
    if earlier := earlier_result(scope, key, given):
        return Forward.objects.get(public_id=earlier)
    to_email = to_email.strip()
    insist(may_forward(held.round, invitation, held.link_id, to_email, actor))
    made = Forward.objects.create(
        invitation=invitation,
        from_email=invitation.email,
        to_email=to_email,
        to_name=to_name.strip()[:200],
        is_claim=verb == "claim",
        note=note.strip(),
        at=now,
        **by(actor),
    )
    invitation.contact_name = made.to_name
    _send_link(held, to_email, mails.FORWARDED, str(made.public_id), {"forward": str(made.public_id)}, now)
    codes = {"forward": made.public_id}
    detail = {"from": made.from_email, "to": made.to_email, "name": made.to_name, "note": made.note}
    record(verb, invitation, actor=actor, now=now, process=held.process, codes=codes, detail=detail)
    keep_result(scope, key, made.public_id, now, given)
    return made


@transaction.atomic
def correct_address(
    invitation: Invitation, *, email: str, stop_old_link: bool = False, actor: Actor, now: datetime, key: str = ""
) -> Invitation:
    """Give a party another address and send it its link there; an earlier bounce is forgotten.

    stop_old_link: the mail went to somebody who should not have it, so the party gets a new link and what was sent
    before opens nothing; a draft stays. Also sends the link again to the address it has, when that is given. Refuses an
    impossible address, a party that is not asked, and everybody but the office.
    """
    held = hold_invitation(invitation, actor, now)
    invitation = held.invitation
    scope = f"correct_address:{invitation.public_id}"
    given = (email, stop_old_link)
    if earlier_result(scope, key, given):
        return invitation
    email = email.strip()
    insist(may_write_to(held.round, invitation, email, actor))
    old = invitation.email
    if stop_old_link:
        renew(invitation.link, now)
    _send_link(held, email, mails.invitation_kind(held.round), mails.at_key(now), {}, now)
    codes = {"is_same": old == email, "link_version": invitation.link.version}
    record(
        "correct_address",
        invitation,
        actor=actor,
        now=now,
        process=held.process,
        codes=codes,
        detail={"old": old, "new": email},
    )
    keep_result(scope, key, invitation.public_id, now, given)
    return invitation


def _send_link(
    held: HeldInvitation, email: str, kind: str, about: str, facts: dict[str, object], now: datetime
) -> None:
    """The party is reached at `email` from now on and gets its link there."""
    invitation = held.invitation
    invitation.email = email
    invitation.channel = "email"
    invitation.bounced_at, invitation.bounce_reason = None, ""
    invitation.remind_from_at = now
    invitation.save(update_fields=["email", "channel", "contact_name", "bounced_at", "bounce_reason", "remind_from_at"])
    stop_reminding([invitation.public_id], reason="address_changed", now=now)
    plan_reminders([invitation], now)
    outbox.enqueue([mails.letter(kind, invitation, held.process, about=about, facts=facts)], now)


@transaction.atomic
def record_bounce(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """A mail to a party did not arrive: the party and the office's contact are marked, and reminders stop.

    What is heard about an address the party no longer has changes nothing.
    """
    if event.kind not in UNDELIVERED_EVENTS:
        return
    found = Invitation.objects.filter(public_id=mail.subject_id).first()
    if found is None:
        return
    held = hold_invitation(found, SYSTEM, now)
    invitation = held.invitation
    if invitation.email.lower() != mail.to_address.lower() or invitation.bounced_at is not None:
        return
    invitation.bounced_at = event.occurred_at
    invitation.bounce_reason = event.detail[:300]
    invitation.next_check_at = None
    invitation.save(update_fields=["bounced_at", "bounce_reason", "next_check_at"])
    stop_reminding([invitation.public_id], reason="bounced", now=now)
    if invitation.body_id is not None:
        Contact.objects.filter(
            office=held.process.office, body=invitation.body_id, email__iexact=invitation.email
        ).update(bounced_at=event.occurred_at)
    codes = {"mail": mail.public_id, "event": event.kind}
    record("record_bounce", invitation, actor=SYSTEM, now=now, process=held.process, codes=codes)
