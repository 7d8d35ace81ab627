"""The registry of those who are asked something by a personal link: each kind finds its open questions at an address
and corrects where they are asked. Filled in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflow.actors import Actor
from workflow.models import Office


@dataclass(frozen=True, slots=True)
class AskedRow:
    """Something an office asks somebody, or is about to ask. key: the kind and the public id, as forms carry it.

    who: the body or party. what: the matter and what is asked in it, in words.
    """

    key: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class AskedKind:
    """One sort of question.

    find     the open questions of an office at an address, upper and lower case alike
    correct  gives one of them, by its public id, another address, in a transaction of its own: (public id, address it
             had, address it gets, actor, now). Refuses what the deed behind it refuses
    """

    name: str
    find: Callable[[Office, str], Sequence[AskedRow]]
    correct: Callable[[UUID, str, str, Actor, datetime], object]


_kinds: dict[str, AskedKind] = {}


def register(kind: AskedKind) -> None:
    """Make a kind of question known, once."""
    _kinds[kind.name] = kind


def asked_at_address(office: Office, address: str, *, besides: UUID | None = None) -> list[AskedRow]:
    """Every open question of an office at an address, but the one at hand. One query for each kind."""
    if not address:
        return []
    found = [question for kind in _kinds.values() for question in kind.find(office, address)]
    return [question for question in found if besides is None or not question.key.endswith(str(besides))]


def kind_of(key: str) -> tuple[AskedKind, UUID]:
    """The kind and the public id in a question's key. Raises LookupError or ValueError for what is none."""
    name, _colon, public_id = key.partition(":")
    return _kinds[name], UUID(public_id)
