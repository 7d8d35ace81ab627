"""A list of contacts taken in: what each line will do is shown first, and only what was shown is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from workflow.actions.changing_bodies import in_turn
from workflow.actions.once import Once
from workflow.actions.rights import insist_administrator, insist_officer
from workflow.actors import Actor
from workflow.audit import record_each
from workflow.dates import local_day
from workflow.imports.cells import Problem
from workflow.imports.parties import PartyLine
from workflow.models import Body, Contact, CopyAddress, Office
from workflow.rules import Refused, danish_sort_key
from workflow.rules.importing import ANOTHER_THAN_SHOWN, ImportPlan, Known, PlannedContact, import_plan
from workflow.rules.names import folded_name
from workflow.rules.slugs import danish_slug
from workflow.states import BodyKind, ContactFate, Verb


@dataclass(frozen=True, slots=True)
class Imported:
    """How many bodies were put on the list, and how many contacts were made and changed."""

    bodies: int
    made: int
    changed: int


def contacts_plan(
    office: Office, lines: Sequence[PartyLine], problems: Sequence[Problem], now: datetime, *, kind: str = ""
) -> ImportPlan:
    """What these lines would do to the office's contacts. Three queries, whatever their number.

    problems: what the reader found wrong. kind: of `BodyKind`, under which names that nobody bears are put on the list;
    "" where they are wrong lines.
    """
    bodies: dict[str, list[Body]] = {}
    for body in Body.objects.select_related("successor").order_by("id"):
        bodies.setdefault(folded_name(body.name), []).append(body)
    contacts = Contact.objects.filter(office=office, is_primary=True, erased_at=None)
    copies: dict[int, list[str]] = {}
    for contact_id, email in CopyAddress.objects.filter(contact__in=contacts).values_list("contact_id", "email"):
        copies.setdefault(contact_id, []).append(email)
    known = Known(
        bodies,
        {contact.body_id: contact for contact in contacts},
        copies,
        may_add=bool(kind),
        today=local_day(now, office.time_zone),
    )
    return import_plan(lines, problems, known)


@transaction.atomic
def import_contacts(
    office: Office,
    lines: Sequence[PartyLine],
    problems: Sequence[Problem],
    *,
    shown_digest: str,
    actor: Actor,
    now: datetime,
    kind: str = "",
    key: str = "",
) -> Imported:
    """Take the sound lines of a list in: bodies are put on the list, contacts made and changed; nobody gets a mail.

    shown_digest: that of the plan that was looked at; refuses when list and contacts give another plan by now. Refuses
    everybody but an officer of the office, and to put bodies on the list everybody but its administrator. What a line
    does not give stays as it is; a changed address counts as not bounced, and the day of erasure stays. A repeated
    `key` changes nothing.
    """
    in_turn()
    insist_officer(actor, office, now)
    if kind:
        insist_administrator(actor, office, now)
    once = Once(f"import_contacts:{office.public_id}", key, (shown_digest, kind))
    if once.made is not None:
        return Imported(0, 0, 0)
    # Body before contact, as whoever writes one contact down does; those that are not there yet are made in turn.
    list(Body.objects.select_for_update().order_by("id").values_list("pk"))
    list(Contact.objects.select_for_update().filter(office=office).order_by("id").values_list("pk"))
    # Made anew under the lock; that it is the plan that was looked at is asked by its digest.
    plan = contacts_plan(office, lines, problems, now, kind=kind)
    if plan.digest != shown_digest:
        raise Refused(ANOTHER_THAN_SHOWN)
    made = _put_on_the_list(plan.of(ContactFate.NEW_BODY), office, kind, actor, now)
    written = _make([*plan.of(ContactFate.NEW), *(line for line in made if line.email)], office, actor, now)
    changed = _change(plan.of(ContactFate.CHANGED), office, actor, now)
    once.keep(office.public_id, now)
    return Imported(len(made), written, changed)


def _put_on_the_list(
    lines: Sequence[PlannedContact], office: Office, kind: str, actor: Actor, now: datetime
) -> list[PlannedContact]:
    """The lines with the bodies that they make."""
    taken = set(Body.objects.values_list("key", flat=True))
    bodies = [
        Body(key=_free_key(line.name, taken), kind=kind, name=line.name, sort_key=danish_sort_key(line.name))
        for line in lines
    ]
    Body.objects.bulk_create(bodies, batch_size=500)
    codes = ({"kind": BodyKind(kind), "key": body.key} for body in bodies)
    entries = ((body, code, {"name": body.name}) for body, code in zip(bodies, codes, strict=True))
    record_each(Verb.CREATE_BODY, entries, actor=actor, now=now, office=office)
    return [replace(line, body=body) for line, body in zip(lines, bodies, strict=True)]


def _free_key(name: str, taken: set[str]) -> str:
    slug, number = danish_slug(name)[:70] or "organ", 1
    while (key := slug if number == 1 else f"{slug}-{number}") in taken:
        number += 1
    taken.add(key)
    return key


def _make(lines: Sequence[PlannedContact], office: Office, actor: Actor, now: datetime) -> int:
    contacts = Contact.objects.bulk_create(
        [
            Contact(office=office, body=line.body, email=line.email, name=line.person, language=office.language)
            for line in lines
        ],
        batch_size=500,
    )
    record_each(Verb.SET_CONTACT, _entries(contacts, {}), actor=actor, now=now, office=office)
    return len(contacts)


def _change(lines: Sequence[PlannedContact], office: Office, actor: Actor, now: datetime) -> int:
    contacts: list[Contact] = []
    before: dict[int, dict[str, str]] = {}
    for line in lines:
        contact = line.contact
        assert contact is not None
        assert line.body is not None
        before[contact.pk] = {"email_before": contact.email, "name_before": contact.name}
        if contact.email != line.email:
            contact.bounced_at = None
        contact.email, contact.name, contact.channel = line.email, line.person, line.channel
        contact.body = line.body  # known already: it is asked for below
        contacts.append(contact)
    Contact.objects.bulk_update(contacts, ["email", "name", "channel", "bounced_at"], batch_size=500)
    record_each(Verb.SET_CONTACT, _entries(contacts, before), actor=actor, now=now, office=office)
    return len(contacts)


def _entries(
    contacts: Sequence[Contact], before: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[Contact, dict[str, Any], dict[str, Any]]]:
    for contact in contacts:
        codes = {"body": contact.body.public_id, "channel": contact.channel, "by_list": True}
        yield contact, codes, {"email": contact.email, "name": contact.name, **before.get(contact.pk, {})}
