"""A party's own mailbox while its task is with somebody it was passed on to: what it is told, and where it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from consultations.actions.locking import HeldInvitation, hold_invitation
from consultations.mails import letters as mails
from consultations.models import Forward, Invitation
from consultations.queries.parties import forwards_in_force
from consultations.rules.parties import may_correct_own_mailbox, own_mailbox
from consultations.states import RoundVerb
from notifications import outbox
from notifications.outbox import Letter
from notifications.rules import folded_address, may_mail
from notifications.states import ADDRESS_CHANGED
from workflow.actions.links import renew
from workflow.actors import Actor
from workflow.audit import record
from workflow.mails.letters import letter_to
from workflow.models import Process, by
from workflow.models.guards import BY
from workflow.rules import insist


def letters_to_each_mailbox(
    kind: str,
    hold: HeldInvitation,
    addresses: Iterable[str],
    about: str,
    facts: dict[str, str],
    *,
    besides: str = "",
) -> list[Letter]:
    """The same letter to each of these mailboxes of the party, one for each however it is written, none to `besides`
    and to what no mail can reach; the key holds a number, never an address."""
    # Sorted, as the number that each gets is part of its mail's key.
    mailboxes = {folded_address(address): address for address in sorted(addresses) if may_mail(address) is None}
    mailboxes.pop(folded_address(besides), None)
    return [
        letter_to(kind, hold.invitation, hold.process, about=f"{about}:{number}", facts=facts, to=address)
        for number, address in enumerate(mailboxes.values(), start=1)
    ]


def own_mailboxes(parties: Sequence[Invitation]) -> list[tuple[Invitation, str, Forward]]:
    """Those of the parties whose task is with somebody else, with their own mailbox, where mail can reach it, and how
    the task was last passed on. One query."""
    forwards = forwards_in_force([party.pk for party in parties])
    own = [(party, own_mailbox(party, rows), rows[-1]) for party in parties if (rows := forwards.get(party.pk))]
    return [row for row in own if folded_address(row[1]) != folded_address(row[0].email) and may_mail(row[1]) is None]


def to_own_mailboxes(kind: str, parties: Sequence[Invitation], process: Process, *, about: str) -> list[Letter]:
    """The letter to the own mailbox of each of these parties whose task is with somebody else."""
    return [
        letter_to(kind, party, process, about=f"{about}:own", to=own, to_name=party.name)
        for party, own, _last in own_mailboxes(parties)
    ]


@transaction.atomic
def correct_own_mailbox(invitation: Invitation, *, old: str, email: str, actor: Actor, now: datetime) -> Invitation:
    """The party's own mailbox, from which the task was passed on, has another address. The task stays where it is; what
    waits for the mailbox follows, and at its new address it is told who has the task and may take it back.

    Refuses everybody but the office, an impossible address, a party that is not asked, and a mailbox that is not (any
    more) the one that was seen (`old`).
    """
    hold = hold_invitation(invitation, actor, now)
    invitation = hold.invitation
    email = email.strip()
    forwards = forwards_in_force([invitation.pk]).get(invitation.pk, [])
    before = own_mailbox(invitation, forwards)
    insist(may_correct_own_mailbox(hold.round, invitation, before, email, actor, shown_address=old))
    for row in forwards:
        if folded_address(row.from_email) == folded_address(before):
            _forward_from(row, email, now)
    # Read again: rows written just now have taken the place of others.
    forwards = forwards_in_force([invitation.pk])[invitation.pk]
    to_name, language = invitation.name, invitation.language
    outbox.readdress(invitation.public_id, to=email, to_name=to_name, language=language, now=now, only_at=before)
    last = str(forwards[-1].public_id)
    letters = letters_to_each_mailbox(
        mails.PASSED_ON, hold, [email], f"{last}:{mails.at_key(now)}", {"forward": last}, besides=invitation.email
    )
    # Before the new letter is queued, or it would go with the old ones.
    outbox.withdraw([invitation.public_id], kinds=[mails.PASSED_ON], reason=ADDRESS_CHANGED, now=now, only_at=email)
    outbox.enqueue(letters, now)
    codes = {"is_own_mailbox": True, "link_version": invitation.link.version, "for_later": False}
    detail = {"old": before, "new": email}
    record(
        RoundVerb.CORRECT_ADDRESS, invitation, actor=actor, now=now, process=hold.process, codes=codes, detail=detail
    )
    return invitation


def renew_link_past_others(hold: HeldInvitation, actor: Actor, now: datetime) -> list[Letter]:
    """The party's link is made anew while its task stays where it is: whoever has it and the party's own mailbox may
    have the new one, and nobody between them. Returns the letter by which the mailbox hears who has the task and gets
    the new link; none where the task is with the party itself or no mail can reach its mailbox."""
    invitation = hold.invitation
    forwards = forwards_in_force([invitation.pk]).get(invitation.pk, [])
    own = own_mailbox(invitation, forwards)
    renew(invitation.link, now)
    Forward.objects.filter(invitation=invitation, ended_at=None).update(ended_at=now)
    if folded_address(own) == folded_address(invitation.email) or may_mail(own) is not None:
        return []
    last = forwards[-1]
    new_forward = Forward.objects.create(
        invitation=invitation,
        from_email=own,
        to_email=last.to_email,
        to_name=last.to_name,
        is_claim=last.is_claim,
        at=last.at,
        link_version=invitation.link.version,
        **by(actor),
    )
    about, facts = str(new_forward.public_id), {"forward": str(new_forward.public_id)}
    return letters_to_each_mailbox(mails.PASSED_ON, hold, [own], about, facts, besides=invitation.email)


def _forward_from(forward: Forward, email: str, now: datetime) -> None:
    """What was done stays as it was done; in its place stands the same, from the address the mailbox has now."""
    Forward.objects.filter(pk=forward.pk).update(ended_at=now)
    values = {
        name: getattr(forward, name)
        for name in ("to_email", "to_name", "is_claim", "note", "at", "link_version", "by_kind", "by_id", *BY)
    }
    Forward.objects.create(invitation_id=forward.invitation_id, from_email=email, **values)
