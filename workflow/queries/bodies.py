"""Bodies and the contacts by which an office reaches them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from workflow.models import ApprovalRequest, Body, Contact, Office
from workflow.rules import danish_sort_key
from workflow.rules.names import folded_name
from workflow.states import WAITING


def contact_of(office: Office, body: Body) -> Contact | None:
    """The primary contact an office holds for a body."""
    return Contact.objects.filter(office=office, body=body, is_primary=True, erased_at__isnull=True).first()


def open_questions_to(body: Body, offices: Iterable[Office]) -> list[ApprovalRequest]:
    """What these offices ask the body just now, each with its stage and process. One query."""
    rows = ApprovalRequest.objects.filter(body=body, state__in=WAITING, stage__process__office__in=offices)
    return list(rows.select_related("stage__process__office").order_by("id"))


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


NO_ADDRESS: Final = "none"
BOUNCED: Final = "bounced"


def bodies_with_contacts(
    offices: Sequence[Office], *, kind: str = "", name: str = "", reached: str = ""
) -> QuerySet[Body]:
    """Bodies in Danish order, each with `office_contacts`: the primary contacts these offices hold. Two queries.

    reached: `NO_ADDRESS` for those none of them can write to, `BOUNCED` for those whose mail came back; "" for all.
    """
    bodies = Body.objects.order_by("sort_key", "id")
    if kind:
        bodies = bodies.filter(kind=kind)
    if name:
        bodies = bodies.filter(sort_key__contains=danish_sort_key(name))
    contacts = Contact.objects.filter(office__in=offices, is_primary=True, erased_at__isnull=True)
    of_body = contacts.filter(body=OuterRef("pk"))
    if reached == NO_ADDRESS:
        bodies = bodies.filter(~Exists(of_body))
    if reached == BOUNCED:
        bodies = bodies.filter(Exists(of_body.filter(bounced_at__isnull=False)))
    return bodies.prefetch_related(Prefetch("contacts", queryset=contacts, to_attr="office_contacts"))
