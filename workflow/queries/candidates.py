"""Which bodies could fill a list or a role of a definition on a day. Starting a process and its form come in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from workflow.definitions import Definition
from workflow.models import Body
from workflow.rules.role_holders import who_fills


def bodies_of_kinds(kinds: Collection[str], day: date, region: str = "") -> list[Body]:
    """The bodies that fill a list or role of these kinds on the local day, as `who_fills` reads it."""
    rows = Body.objects.filter(kind__in=list(kinds)).select_related("successor", "parent")
    return who_fills(rows, kinds, day, region, successor=lambda body: body.successor, parent=lambda body: body.parent)


def candidates(definition: Definition, name: str, day: date, region: str = "") -> list[Body]:
    """The bodies that would fill a list or role by its kinds; none where the
    definition names members or leaves the choice to people."""
    role = definition.bodies.get(name)
    if role is not None:
        return bodies_of_kinds([role.kind], day, region)
    body_list = definition.lists[name]
    return bodies_of_kinds(body_list.kinds, day, region) if body_list.kinds else []
