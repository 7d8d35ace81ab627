"""Bodies and the contacts by which an office reaches them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from workflow.models import Body, Contact, Office
from workflow.rules import danish_sort_key
from workflow.rules.names import folded_name


def contact_of(office: Office, body: Body) -> Contact | None:
    """The primary contact an office holds for a body."""
    return Contact.objects.filter(office=office, body=body, is_primary=True, erased_at__isnull=True).first()


def primary_contacts(office: Office, body_ids: Collection[int]) -> dict[int, Contact]:
    """How the office reaches these bodies: body's primary key → its first address. One query."""
    contacts = Contact.objects.filter(office=office, body_id__in=body_ids, is_primary=True, erased_at__isnull=True)
    return {contact.body_id: contact for contact in contacts}


def bodies_by_name(names: Collection[str], day: date) -> dict[str, Body]:
    """The bodies of these names that exist on the local day, by `folded_name`: capitals make no difference. One query.

    A name that several bodies bear says which of them is meant to nobody, so it gives none.
    """
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    same_names = {folded_name(name) for name in names}
    bodies_of_name: dict[str, list[Body]] = {}
    # Compared here and not by the database: SQLite folds the case of a–z only.
    for body in Body.objects.filter(begun, lasting):
        if (name := folded_name(body.name)) in same_names:
            bodies_of_name.setdefault(name, []).append(body)
    return {name: bodies[0] for name, bodies in bodies_of_name.items() if len(bodies) == 1}


def bodies_with_contacts(offices: Sequence[Office], *, kind: str = "", name: str = "") -> QuerySet[Body]:
    """Bodies in Danish order, each with `office_contacts`: the primary contacts these offices hold. Two queries."""
    bodies = Body.objects.order_by("sort_key", "id")
    if kind:
        bodies = bodies.filter(kind=kind)
    if name:
        bodies = bodies.filter(sort_key__contains=danish_sort_key(name))
    contacts = Contact.objects.filter(office__in=offices, is_primary=True, erased_at__isnull=True)
    return bodies.prefetch_related(Prefetch("contacts", queryset=contacts, to_attr="office_contacts"))
