"""The registry of those who are asked something by a personal link: each kind finds its open questions at an address
and corrects where they are asked. Filled in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices

from workflow.actors import Actor
from workflow.models import Asked, Office


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Something an office asks somebody, or is about to ask. key: the kind and the public id, as forms carry it.

    who: the body or party. what: the matter and what is asked in it, in words.
    """

    key: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class AskedKind:
    """One sort of question.

    name       how its questions are known in forms
    model      the table of those asked
    bounced    the verb under which the record says that a mail came back
    reminders  the kinds of mail that are taken back once mail to them comes back
    find     the open questions of an office at an address, upper and lower case alike
    correct  gives one of them, by its public id, another address, in a transaction of its own: (public id, address it
             had, address it gets, actor, now). Refuses what the deed behind it refuses
    """

    name: str
    model: type[Asked]
    bounced: TextChoices
    find: Callable[[Office, str], Sequence[OpenQuestion]]
    correct: Callable[[UUID, str, str, Actor, datetime], object]
    reminders: tuple[str, ...] = ()


_kinds: dict[str, AskedKind] = {}


def register(kind: AskedKind) -> None:
    """Make a kind of question known, once."""
    _kinds[kind.name] = kind


def asked_kinds() -> list[AskedKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def questions_at(office: Office, address: str, *, besides: UUID | None = None) -> list[OpenQuestion]:
    """Every open question of an office at an address, but the one at hand. One query for each kind."""
    if not address:
        return []
    found = [question for kind in _kinds.values() for question in kind.find(office, address)]
    return [question for question in found if besides is None or not question.key.endswith(str(besides))]


def kind_of(key: str) -> tuple[AskedKind, UUID]:
    """The kind and the public id in a question's key. Raises LookupError or ValueError for what is none."""
    name, _colon, public_id = key.partition(":")
    return _kinds[name], UUID(public_id)
