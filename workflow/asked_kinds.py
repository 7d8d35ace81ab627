"""The registry of those who are asked something by a personal link: of whom something is waited for, at which address,
and how another is given. Filled in `apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextChoices

from workflow.dates import local_day
from workflow.models import Asked, CallNote, Office, Process
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
    owes       which of them are called for what they owe
    asked_at   the column that says since when they are asked this; what was said before was about something else
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
    owes: Q = field(default_factory=Q)
    asked_at: str = "asked_at"

    def last_call(self) -> Subquery:
        """The key of the note of their last call about what they are asked now."""
        notes = CallNote.objects.filter(link=OuterRef("link"), at__gte=OuterRef(self.asked_at))
        return Subquery(notes.order_by("-id").values("pk")[:1])

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


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to be called. what: the matter and what is asked in it. note: that of the last call."""

    asked: Any
    what: str
    note: CallNote


def calls_due(offices: Sequence[Office], now: datetime) -> list[Call]:
    """Whom these offices said they would call by today, of all who still owe something, the longest due first."""
    # Somewhere it is tomorrow already; each process has its own today, asked below.
    tomorrow = now.date() + timedelta(days=1)
    noted = [
        (kind, asked)
        for kind in _kinds.values()
        for asked in kind.waiting(offices, ProcessState.RUNNING).filter(kind.owes).annotate(note=kind.last_call())
        if asked.note is not None
    ]
    notes = CallNote.objects.filter(next_on__lte=tomorrow).in_bulk([asked.note for _kind, asked in noted])
    due = [
        (note.next_on, asked.who, Call(asked, kind.what(asked), note))
        for kind, asked in noted
        if (note := notes.get(asked.note)) and note.next_on
        if note.next_on <= local_day(now, asked.process.time_zone)
    ]
    return [call for _day, _who, call in sorted(due, key=lambda row: row[:2])]


def asked_in(process: Process, public_id: UUID) -> tuple[AskedKind, Any] | None:
    """Who is asked in a process, of whichever kind; None where there is none."""
    for kind in _kinds.values():
        rows: QuerySet[Any] = kind.model._default_manager.filter(public_id=public_id, **{kind.model.PROCESS: process})
        if asked := rows.select_related("link", "body", f"{kind.model.PROCESS}__definition").first():
            return kind, asked
    return None
