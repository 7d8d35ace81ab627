"""The registry of what can be made public of a process: each kind finds it and says how everyone sees it. Filled in
`apps.py`; the deed that publishes and the public page come in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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


_sent_out: list[Callable[[Process], Collection[int]]] = []


def register_sent_out(source: Callable[[Process], Collection[int]]) -> None:
    """Take in which sets of a process others have been sent to read, by a floor above; the same once more is
    harmless."""
    if source not in _sent_out:
        _sent_out.append(source)


def sets_sent_out(process: Process) -> set[int]:
    """The sets that somebody outside has been sent, by their row ids, whether or not they count: what they show may be
    made public."""
    return {pk for source in _sent_out for pk in source(process)}


def public_kinds() -> list[PublicKind]:
    """Every kind, in the order of the public page."""
    return [_kinds[thing] for thing in PublicThing if thing in _kinds]


def public_kind(thing: PublicThing) -> PublicKind:
    """The kind of that name. Raises KeyError for one nobody registered."""
    return _kinds[thing]
