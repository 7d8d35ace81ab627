"""The registry of those who are asked something by a personal link: of whom something is waited for, at which address,
and how another is given. Filled in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextChoices

from workflow.models import Asked, Office
from workflow.states import Channel, ProcessState

UNREACHED = Q(channel=Channel.EMAIL) & (Q(email="") | Q(bounced_at__isnull=False))
"""Those who should get mail and whom none reaches."""


@dataclass(frozen=True, slots=True)
class AskedRow:
    """Something an office asks somebody, or is about to ask. key: the kind and the public id, as forms carry it.

    who: the body or party. what: the matter and what is asked in it, in words.
    """

    key: str
    who: str
    what: str


def _nobody_else(address: str) -> Collection[int]:
    return ()


@dataclass(frozen=True, slots=True)
class AskedKind:
    """One sort of question.

    name       how its questions are known in forms
    model      the table of those asked
    waits      those of whom something is waited for, or soon will be
    what       the matter and what is asked in it, in words
    correct    gives one of them another address, in a transaction of its own, and refuses what the deed behind it does:
               (who is asked, email=, shown_address=, actor=, now=)
    bounced    the verb under which the record says that a mail came back
    reminders  the kinds of mail that are taken back once mail to them comes back
    also_at    the keys of those who have an address besides the one they are asked at now
    """

    name: str
    model: type[Asked]
    waits: Q
    what: Callable[[Any], str]
    correct: Callable[..., object]
    bounced: TextChoices
    reminders: tuple[str, ...] = ()
    also_at: Callable[[str], Collection[int]] = _nobody_else

    def waiting(self, offices: Sequence[Office], *states: ProcessState) -> QuerySet[Any]:
        """Of whom these offices wait in processes in one of these states, each with body, process and definition."""
        process = self.model.PROCESS
        in_processes = {f"{process}__office__in": offices, f"{process}__state__in": states}
        rows: QuerySet[Any] = self.model._default_manager.filter(self.waits, **in_processes)
        return rows.select_related("body", f"{process}__definition")


_kinds: dict[str, AskedKind] = {}


def register(kind: AskedKind) -> None:
    """Make a kind of question known, once."""
    _kinds[kind.name] = kind


def asked_kinds() -> list[AskedKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def asked_at_address(office: Office, address: str, *, besides: UUID | None = None) -> list[AskedRow]:
    """Every open question of an office at an address, upper and lower case alike, but the one at hand."""
    if not address:
        return []
    return [
        AskedRow(f"{kind.name}:{asked.public_id}", asked.who, kind.what(asked))
        for kind in _kinds.values()
        for asked in kind.waiting([office], ProcessState.RUNNING, ProcessState.SUSPENDED)
        .filter(Q(email__iexact=address) | Q(pk__in=kind.also_at(address)))
        .order_by("id")
        if asked.public_id != besides
    ]


def question_of(key: str) -> tuple[AskedKind, Any]:
    """The kind and who is asked by a question's key. Raises LookupError, ValueError or `DoesNotExist` for what is
    none."""
    name, _colon, public_id = key.partition(":")
    model = _kinds[name].model
    rows: QuerySet[Any] = model._default_manager.filter(public_id=UUID(public_id))
    return _kinds[name], rows.select_related("link", "body", model.PROCESS).get()
