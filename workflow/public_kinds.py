"""The registry of what can be made public of a process: each kind finds it and says how everyone sees it. Filled in
`apps.py`; the deed that publishes and the public page come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.models import Process, PublishedItem
from workflow.rules.publication import Candidate
from workflow.states import PublicThing


@dataclass(frozen=True, slots=True)
class PublicKind:
    """One sort of what can be made public.

    candidates  all of it in a process, in the order in which it is shown; a constant number of queries
    template    the part of a page that shows some of it, under the name `shown`
    shown       what that template is given: of a process, for these items, at this instant (UTC). Asked for what is
                public and, with items that are not stored, for what would be
    """

    thing: PublicThing
    candidates: Callable[[Process], list[Candidate]]
    template: str
    shown: Callable[[Process, Sequence[PublishedItem], datetime], object]


_kinds: dict[str, PublicKind] = {}


def register(kind: PublicKind) -> None:
    """Make a kind known, once."""
    _kinds[kind.thing] = kind


def public_kinds() -> list[PublicKind]:
    """Every kind, in the order of the public page."""
    return [_kinds[thing] for thing in PublicThing if thing in _kinds]


def public_kind(thing: PublicThing) -> PublicKind:
    """The kind of that name. Raises KeyError for one nobody registered."""
    return _kinds[thing]
