"""How an office reaches the bodies it works with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from notifications.models import MailEvent, OutgoingMail
from notifications.rules import folded_address, may_mail
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Body, Contact, CopyAddress, Office
from workflow.rules import Refusal, insist
from workflow.rules.copies import copy_addresses, may_copy_to
from workflow.rules.overwriting import address_changed_since, digest_of_fields, words_changed_since
from workflow.states import BodyKind, Channel, Verb

FIELDS_SHOWN: Final = ("email", "name", "channel", "postal_address", "language", "copies")
"""What the form of a contact writes over, in its order."""


def fields_shown(contact: Contact | None) -> dict[str, str]:
    """What stands in the form of a contact; empty where there is none."""
    return {name: getattr(contact, name, "") for name in FIELDS_SHOWN}


@transaction.atomic
def set_contact(
    office: Office,
    body: Body,
    *,
    actor: Actor,
    now: datetime,
    email: str = "",
    name: str = "",
    channel: Channel = Channel.EMAIL,
    postal_address: str = "",
    language: str = "da",
    copies: str | None = None,
    erase_on: date | None = None,
    shown_address: str | None = None,
    version: str | None = None,
) -> Contact:
    """Say where an office reaches a body from now on; what it was before stays in the record until erased.

    Refuses everybody but an officer of the office, an e-mail address no mail can reach, the channel e-mail without an
    address, paper without a postal one, and what somebody else has changed since it was seen: the address
    (`shown_address`, None where nobody looked) or anything else in the form (`version`, its digest). A changed address
    counts as not bounced; what stands already changes nothing. copies: addresses with commas between them, as
    `may_copy_to` allows, that get a copy without link of each mail that asks the body from now on, also one that
    bounced before; None leaves them as they are.
    """
    insist_officer(actor, office, now)
    email = email.strip()
    insist(_is_reached(channel, email, postal_address))
    values = {
        "email": email,
        "name": name.strip(),
        "channel": channel,
        "postal_address": postal_address.strip(),
        "language": language,
        "erase_on": erase_on,
    }
    known_contact = _lock_contact(office, body)
    insist(address_changed_since(shown_address, known_contact.email if known_contact else "", email))
    copies_before = known_contact.copies if known_contact else ""
    copies_to = copies_before if copies is None else _possible_copies(copies, email)
    in_form = digest_of_fields({name: {**values, "copies": copies_to}[name] for name in FIELDS_SHOWN})
    insist(words_changed_since(version, digest_of_fields(fields_shown(known_contact)), in_form))
    if known_contact is not None and _stands(known_contact, {**values, "copies": copies_to}, again=copies is not None):
        return known_contact
    contact = known_contact or Contact(office=office, body=body)
    detail = {"email_before": contact.email, "name_before": contact.name} if known_contact else {}
    if copies_to != copies_before:
        detail |= {"copies": copies_to, "copies_before": copies_before}
    if contact.email != email:
        contact.bounced_at = None
    for field, value in values.items():
        setattr(contact, field, value)
    contact.save()
    if copies is not None:
        _set_copies(contact, copy_addresses(copies))
    codes = {"body": body.public_id, "channel": channel}
    detail = {"email": email, "name": contact.name, **detail}
    record(Verb.SET_CONTACT, contact, actor=actor, now=now, office=office, codes=codes, detail=detail)
    return contact


def _possible_copies(written: str, own: str) -> str:
    addresses = copy_addresses(written)
    insist(may_copy_to(addresses, own))
    return ", ".join(addresses)


def _stands(contact: Contact, values: Mapping[str, object], *, again: bool) -> bool:
    """Whether all of it stands already. again: copies were written, so that one that bounced is to be tried again."""
    is_same = all(getattr(contact, field) == value for field, value in values.items())
    return is_same and not (again and contact.copy_addresses.exclude(bounced_at=None).exists())


def _set_copies(contact: Contact, addresses: list[str]) -> None:
    """One that stays keeps its row, by which a mail that waits knows that it is still to have it."""
    contact.copy_addresses.exclude(email__in=addresses).delete()
    contact.copy_addresses.update(bounced_at=None)
    known = set(contact.copy_addresses.values_list("email", flat=True))
    for address in addresses:
        if address not in known:
            CopyAddress.objects.create(contact=contact, email=address)


def _is_reached(channel: Channel, email: str, postal_address: str) -> Refusal | None:
    if (email or channel == Channel.EMAIL) and (refusal := may_mail(email)):
        return refusal
    if channel == Channel.PAPER and not postal_address.strip():
        return Refusal("postal_address_missing", _("A body reached on paper needs a postal address."))
    return None


def correct_contact(office: Office, body: Body, *, old: str, email: str, actor: Actor, now: datetime) -> None:
    """All later mail of an office to a body goes to this address as well, and its bounce is forgotten.

    Where mail is sent once more to the address it went to before (`old`), nothing is written: it may be that of
    somebody the task was passed on to. Only a bounce the register holds against that very address is forgotten.

    In the transaction of the deed that corrected where the body is asked, as its last lock. A body the office had no
    contact of gets one; name, postal address and language of one it had stay. What it was before stays in the record.
    """
    if folded_address(old) == folded_address(email):
        Contact.objects.filter(office=office, body=body, email__iexact=email, erased_at=None).update(bounced_at=None)
        return
    contact = _lock_contact(office, body) or Contact(office=office, body=body, language=office.language)
    is_known = contact.email == email and contact.channel == Channel.EMAIL
    if contact.pk is not None and is_known and contact.bounced_at is None:
        return
    before = contact.email
    contact.email, contact.channel, contact.bounced_at = email, Channel.EMAIL, None
    contact.save()
    codes = {"body": body.public_id, "channel": contact.channel}
    detail = {"email": email, "name": contact.name, "email_before": before, "name_before": contact.name}
    record(Verb.SET_CONTACT, contact, actor=actor, now=now, office=office, codes=codes, detail=detail)


def _lock_contact(office: Office, body: Body) -> Contact | None:
    """Where the office reaches the body, as it is now, until the transaction ends; None when it knows nowhere yet."""
    Body.objects.select_for_update().get(pk=body.pk)  # or two first contacts at once
    contacts = Contact.objects.select_for_update().filter(office=office, body=body, is_primary=True, erased_at=None)
    return contacts.first()


def note_bounce(office: Office, body: Body | int, email: str, at: datetime) -> None:
    """Mail to a body did not arrive: as long as the register names that address, whoever asks next is told (UTC)."""
    contacts = Contact.objects.filter(office=office, body=body, erased_at=None, bounced_at=None)
    contacts.filter(email__iexact=email).update(bounced_at=at)


@transaction.atomic
def hear_bounce_of_copy(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """A copy did not arrive: its address gets no more, and nobody else is concerned. The mail floor calls."""
    if event.kind in UNDELIVERED_EVENTS:
        rows = CopyAddress.objects.filter(public_id=mail.facts.get("copy"), email__iexact=mail.to_address)
        rows.filter(bounced_at=None).update(bounced_at=event.occurred_at)


@transaction.atomic
def add_demo_contacts(office: Office, bodies: Iterable[Body], *, actor: Actor, now: datetime) -> int:
    """Give every body without a contact an invented address under `.example`, which no mail ever reaches (RFC 2606).

    Returns how many were made. For the demo and for plays.
    """
    body_ids = set(Contact.objects.filter(office=office, erased_at=None).values_list("body_id", flat=True))
    fresh = [Contact(office=office, body=body, email=demo_address(body)) for body in bodies if body.pk not in body_ids]
    Contact.objects.bulk_create(fresh, batch_size=500)
    record(Verb.ADD_DEMO_CONTACTS, office, actor=actor, now=now, office=office, codes={"count": len(fresh)})
    return len(fresh)


def demo_address(body: Body) -> str:
    """An invented main mailbox: "post@roskilde.example", "aeldreraad@roskilde.example"."""
    place, dash, council = body.key.rpartition("-")
    if dash and body.kind in (BodyKind.SENIOR_COUNCIL, BodyKind.DISABILITY_COUNCIL):
        return f"{council}@{place}.example"
    return f"post@{body.key}.example"
