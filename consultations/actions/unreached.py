"""Parties that mail cannot reach: learned from the mail that came back, settled by the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from consultations import mails
from consultations.actions.locking import hold_invitation, lock_round
from consultations.actions.reminders import stop_reminding
from consultations.models import HearingRound, Invitation
from consultations.rules.parties import may_contact_otherwise, unreached_among
from consultations.rules.rounds import must_come_from_the_office
from consultations.states import ASKING_MAILS, InvitationState, RoundVerb
from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.rules import folded_address
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.contacts import note_bounce
from workflow.actions.once import Once
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.rules import insist
from workflow.states import Channel


@transaction.atomic
def contact_otherwise(
    hearing_round: HearingRound,
    parties: Sequence[Invitation] | None = None,
    *,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> list[Invitation]:
    """Reach parties otherwise than by mail from now on: those named, else all whom mail cannot reach. Returns them.

    They stay on the list and get no mail, not even one that waits; each has its letter with the code to print.
    Before the round is sent and while it is under way. A repeated `key` concerns nobody more. Refuses where nobody is
    concerned, a round that is over, and everybody but the office.
    """
    locked = lock_round(hearing_round)
    party_ids = [party.public_id for party in parties or []]
    once = Once(f"contact_otherwise:{hearing_round.public_id}", key, party_ids)
    if once.made:
        return []
    locked.insist_may_act(actor, now)
    insist(must_come_from_the_office(actor))
    rows = locked.round.invitations.filter(
        channel=Channel.EMAIL, state__in=(InvitationState.LISTED, InvitationState.INVITED)
    ).select_for_update()
    if parties is not None:
        rows = rows.filter(pk__in=[party.pk for party in parties])
    concerned = list(rows) if parties is not None else unreached_among(rows)
    insist(may_contact_otherwise(locked.round, concerned))
    Invitation.objects.filter(pk__in=[party.pk for party in concerned]).update(
        channel=Channel.NONE, bounced_at=None, bounce_reason="", next_check_at=None
    )
    ids = [party.public_id for party in concerned]
    outbox.withdraw(ids, kinds=(*ASKING_MAILS, *mails.FORWARD_MAILS), reason="no_address", now=now)
    record(
        RoundVerb.CONTACT_OTHERWISE,
        locked.round,
        actor=actor,
        now=now,
        process=locked.process,
        codes={"invitations": ids},
    )
    once.keep(hearing_round.public_id, now)
    return concerned


@transaction.atomic
def hear_bounce(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """A mail to a party did not arrive: the party and the office's contact are marked, and reminders stop.

    What is heard about an address the party no longer has changes nothing.
    """
    if event.kind not in UNDELIVERED_EVENTS:
        return
    party = Invitation.objects.filter(public_id=mail.subject_id).first()
    if party is None:
        return
    hold = hold_invitation(party, SYSTEM, now)
    invitation = hold.invitation
    # Compared under the lock: the address may just have been corrected.
    if folded_address(invitation.email) != folded_address(mail.to_address) or invitation.bounced_at is not None:
        return
    invitation.bounced_at = event.occurred_at
    invitation.bounce_reason = event.detail[:300]
    invitation.next_check_at = None
    invitation.save(update_fields=["bounced_at", "bounce_reason", "next_check_at"])
    stop_reminding([invitation.public_id], reason="bounced", now=now)
    if invitation.body_id is not None:
        note_bounce(hold.process.office, invitation.body_id, invitation.email, event.occurred_at)
    codes = {"mail": mail.public_id, "event": event.kind}
    record(RoundVerb.RECORD_BOUNCE, invitation, actor=SYSTEM, now=now, process=hold.process, codes=codes)
