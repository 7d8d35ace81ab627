"""Which bodies could fill a list or a role of a definition on a day. Starting a process and its form come in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from workflow.definitions import Definition
from workflow.models import Body


def bodies_of_kinds(kinds: Collection[str], day: date, region: str = "") -> list[Body]:
    """All bodies of these kinds valid on the local day, in Danish order. A body that has given way by then is replaced
    by whatever took its place, of another kind too: a health coordination committee by the cooperation committee.

    With a region only its own bodies and those of the whole country (no region of their own or of the body they belong
    to): for "sjaelland" its 17 municipal councils, the regional council, and the national organisations.
    """
    rows = Body.objects.filter(kind__in=list(kinds)).select_related("successor")
    if region:
        nowhere = Q(parent__isnull=True) | Q(parent__region_code__in=["", region])
        rows = rows.filter(Q(region_code=region) | Q(nowhere, region_code=""))
    standing = {body.pk: body for body in (_standing(row, day) for row in rows) if body is not None}
    return sorted(standing.values(), key=lambda body: (body.sort_key, body.pk))


def _standing(body: Body, day: date) -> Body | None:
    """The body itself, or what took its place by the day; None before it comes and when nothing took its place."""
    seen: set[int] = set()
    found: Body | None = body
    while found is not None and found.valid_to is not None and found.valid_to < day and found.pk not in seen:
        seen.add(found.pk)
        found = found.successor
    if found is None or found.pk in seen or (found.valid_from is not None and day < found.valid_from):
        return None
    return found


def candidates(definition: Definition, name: str, day: date, region: str = "") -> list[Body]:
    """The bodies that would fill a list or role by its kinds; none where the
    definition names members or leaves the choice to people."""
    role = definition.bodies.get(name)
    if role is not None:
        return bodies_of_kinds([role.kind], day, region)
    named = definition.lists[name]
    return bodies_of_kinds(named.kinds, day, region) if named.kinds else []
