"""The registry of what is kept about people and how it is erased. Each floor registers its own tables in `apps.py`.

Words that stand in other people's texts are found and struck out without registration (`actions/erasure`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from notifications.rules import folded_address
from workflow.models import Office, Process


@dataclass(slots=True)
class Struck:
    """What erasing has taken out of what the record proves; the entry of the deed names it.

    entries: numbers of the entries whose detail has gone. words: by the verb and key of a row that an entry proves the
    columns struck.
    """

    entries: set[int] = field(default_factory=set)
    words: dict[tuple[str, int], set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Traces:
    """By what one person is found. Each kind adds what it knows until nobody finds more.

    office: only this office's rows are touched; None for the whole installation. process: only this matter's words.
    by_row: a day set on rows has come. Only the rows named in `subjects` go: other rows with the same address have days
    of their own, and a mailbox that serves many matters goes on working in them.
    emails: lower case. names: as they were written, of persons and never of bodies.
    actors: public ids under which the person acted (account, personal links). subjects: public ids of rows about the
    person: their mails are erased, and the details of record entries about them.
    typed: names that guests wrote in a free field, by the public id of what they wrote them about. Nobody has looked at
    them, and they may be any words ("Social og Sundhed"); they are struck there and nowhere else.
    mentions: addresses met `by_row`; they are struck out of texts and lead to no other row.
    mail_subjects: what else mails are about that go; nothing but mails is found by these.
    wrote: rows that the person may have written for a body; nothing but their files is found by these.
    struck: what has been taken out so far.
    """

    office: Office | None = None
    process: Process | None = None
    by_row: bool = False
    emails: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    actors: set[UUID] = field(default_factory=set)
    subjects: set[UUID] = field(default_factory=set)
    typed: dict[UUID, set[str]] = field(default_factory=dict)
    mentions: set[str] = field(default_factory=set)
    mail_subjects: set[UUID] = field(default_factory=set)
    wrote: set[UUID] = field(default_factory=set)
    struck: Struck = field(default_factory=Struck)

    def size(self) -> int:
        words = len(self.emails) + len(self.names) + len(self.mentions) + sum(map(len, self.typed.values()))
        return words + len(self.actors) + len(self.subjects)

    def add(self, *, email: str = "", name: str = "", actor: UUID | None = None, subject: UUID | None = None) -> None:
        """Note what a row tells; what is empty tells nothing."""
        if email.strip():
            (self.mentions if self.by_row else self.emails).add(folded_address(email))
        if name.strip():
            self.names.add(name.strip())
        if actor is not None:
            self.actors.add(actor)
        if subject is not None:
            self.subjects.add(subject)

    def add_typed(self, about: UUID, name: str) -> None:
        """Note a name that a guest wrote about this row."""
        if name.strip():
            self.typed.setdefault(about, set()).add(name.strip())


def _finds_nothing(_traces: Traces) -> None:
    return None


def _none_due(_today: date) -> Iterable[Traces]:
    return ()


def _no_day() -> date | None:
    return None


def _nothing_in(_process: Process, _traces: Traces) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ErasureKind:
    """One sort of rows that hold a person.

    erase         leaves nothing readable of the person in these rows and says how many there were; what of their own
                  they wrote (answers, files) goes as a whole
    find          adds to the traces what these rows know of the person
    find_process  adds everybody who stands in these rows of one process, whose date for erasure has come
    due           the rows whose own date has come (today: local day), found `by_row`
    next_day      the earliest date set on these rows that `due` has still to act on
    """

    name: str
    erase: Callable[[Traces, datetime], int]
    find: Callable[[Traces], None] = _finds_nothing
    find_process: Callable[[Process, Traces], None] = _nothing_in
    due: Callable[[date], Iterable[Traces]] = _none_due
    next_day: Callable[[], date | None] = _no_day


_kinds: dict[str, ErasureKind] = {}


def register(kind: ErasureKind) -> None:
    """Make a kind known. Refuses a second one of the same name."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Two kinds of erasure are called {kind.name}")


def erasure_kinds() -> list[ErasureKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())
