"""Who fills a list or a role by its kinds on a day: one reading for processes, pages and scenarios. No database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Protocol, TypeVar

from workflow.rules.sorting import danish_sort_key


class Fillable(Protocol):
    """A body, in the database or only planned; both days are local and belong to its life."""

    @property
    def key(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def region_code(self) -> str: ...

    @property
    def valid_from(self) -> date | None: ...

    @property
    def valid_to(self) -> date | None: ...


B = TypeVar("B", bound=Fillable)


def who_fills(
    bodies: Iterable[B],
    kinds: Collection[str],
    day: date,
    region: str,
    *,
    successor: Callable[[B], B | None],
    parent: Callable[[B], B | None],
) -> list[B]:
    """The bodies of these kinds on the local day, in Danish order. One that has given way by then is replaced by
    whatever took its place, of another kind too: a health coordination committee by the cooperation committee.

    With a region only its own bodies and those of the whole country (no region of their own or of the body they belong
    to): for "sjaelland" its 17 municipal councils, the regional council, and the national organisations.
    """
    bodies_by_key: dict[str, B] = {}
    for body in bodies:
        if body.kind in kinds and _is_near(body, region, parent):
            holder = _holder_on(body, day, successor)
            if holder is not None:
                bodies_by_key[holder.key] = holder
    return sorted(bodies_by_key.values(), key=lambda body: (danish_sort_key(body.name), body.key))


def _is_near(body: B, region: str, parent: Callable[[B], B | None]) -> bool:
    if not region or body.region_code == region:
        return True
    above = parent(body)
    return body.region_code == "" and (above is None or above.region_code in ("", region))


def _holder_on(body: B, day: date, successor: Callable[[B], B | None]) -> B | None:
    """The body itself, or what took its place by the day; None before it comes and when nothing took its place."""
    keys_met: set[str] = set()
    holder: B | None = body
    # Two bodies may name each other as successors: whoever has been met ends the search.
    while holder is not None and holder.valid_to is not None and holder.valid_to < day and holder.key not in keys_met:
        keys_met.add(holder.key)
        holder = successor(holder)
    if holder is None or holder.key in keys_met or (holder.valid_from is not None and day < holder.valid_from):
        return None
    return holder
