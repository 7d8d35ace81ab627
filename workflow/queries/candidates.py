"""Which bodies could fill a list or a role of a definition on a day. Starting a process and its form come in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from workflow.definitions import Definition
from workflow.models import Body


def valid_on(day: date) -> Q:
    """Bodies that exist on that local day."""
    return Q(Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def bodies_of_kinds(kinds: Collection[str], day: date, region: str = "") -> QuerySet[Body]:
    """All bodies of these kinds valid on the day, in Danish order.

    With a region only its own bodies and those of the whole country (no region of their own or of the body they belong
    to): for "sjaelland" its 17 municipal councils, the regional council, and the national organisations.
    """
    found = Body.objects.filter(valid_on(day), kind__in=list(kinds))
    if region:
        nowhere = Q(parent__isnull=True) | Q(parent__region_code__in=["", region])
        found = found.filter(Q(region_code=region) | Q(nowhere, region_code=""))
    return found.order_by("sort_key", "id")


def candidates(definition: Definition, name: str, day: date, region: str = "") -> list[Body]:
    """The bodies that would fill a list or role by its kinds; none where the
    definition names members or leaves the choice to people."""
    role = definition.bodies.get(name)
    if role is not None:
        return list(bodies_of_kinds([role.kind], day, region))
    named = definition.lists[name]
    return list(bodies_of_kinds(named.kinds, day, region)) if named.kinds else []
