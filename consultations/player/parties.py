"""Which bodies a scenario may name, and the short ways of naming many. The checker comes in; no database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consultations.player.written import Part, Parties, many
from workflow.actions.bodies import PlannedBody, planned_bodies
from workflow.definitions.reading import Path
from workflow.rules.role_holders import who_fills

if TYPE_CHECKING:
    from consultations.player.known import Known


@cache
def shipped_bodies() -> dict[str, PlannedBody]:
    return {body.key: body for body in planned_bodies()}


class Directory:
    """Every body by its key, and every list by its name: the definition's, then the file's."""

    def __init__(self, own: Iterable[PlannedBody], region: str, day: date) -> None:
        self.region = region
        self.day = day
        self.bodies = shipped_bodies() | {body.key: body for body in own}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.unread: set[str] = set()
        """The lists that something is wrong with; who is on them is not known."""

    def knows(self, name: str) -> bool:
        return name in self.bodies or name in self.lists

    def of_kinds(self, kinds: Collection[str]) -> tuple[str, ...]:
        """The bodies of these kinds on the day the process starts, as the process itself is filled: the office's
        region's own and the country's, each with what took its place by then."""
        found = who_fills(
            self.bodies.values(),
            kinds,
            self.day,
            self.region,
            successor=lambda body: self.bodies.get(body.successor),
            parent=lambda body: self.bodies.get(body.parent),
        )
        return tuple(body.key for body in found)

    def take_in(self, name: str, value: Parties, path: Path, known: Known) -> tuple[str, ...]:
        """Keep a list that the file gives, and give back who is on it."""
        said_before = len(known.problems)
        self.lists[name] = self.read(value, path, known)
        if len(known.problems) > said_before or self._names_unread(value):
            self.unread.add(name)
        return self.lists[name]

    def read(self, value: Parties, path: Path, known: Known) -> tuple[str, ...]:
        """The bodies an expression names, in order and each once: a body, a list, a part of one, or several of these.

        Says what it names that there is not, and where it names nobody.
        """
        found: dict[str, None] = {}
        said_before = len(known.problems)
        items: tuple[str | Part, ...] = many(value)
        for place, item in enumerate(items):
            where = (*path, place) if isinstance(value, tuple) else path
            found |= dict.fromkeys(self._one(item, where, known))
        is_said = len(known.problems) > said_before or self._names_unread(value)
        if not found and not is_said:
            known.say(path, "no_party", _("This names no party."), _("Name at least one body or list."))
        return tuple(found)

    def _names_unread(self, value: Parties) -> bool:
        items: tuple[str | Part, ...] = many(value)
        names = {item.named if isinstance(item, Part) else item for item in items}
        return bool(names & self.unread) or any(
            isinstance(item, Part) and item.left_out is not None and self._names_unread(item.left_out) for item in items
        )

    def _one(self, item: str | Part, path: Path, known: Known) -> tuple[str, ...]:
        if isinstance(item, Part):
            return self._part(item, path, known)
        if item in self.lists:
            return self.lists[item]
        if item in self.bodies:
            return (item,)
        known.unknown(
            path, "unknown_party", _("There is no party or list “%(name)s”."), item, [*self.lists, *self.bodies]
        )
        return ()

    def _part(self, part: Part, path: Path, known: Known) -> tuple[str, ...]:
        if (part.kind is None) == (part.named is None):
            known.say(
                path,
                "which_parties",
                _("It is not said which parties these are."),
                _("Write {kind: senior_council} or {list: hearing_parties}, with except, from and to if need be."),
            )
            return ()
        said_before = len(known.problems)
        if part.kind is not None:
            found = self.of_kinds([part.kind])
        else:
            found = self._one(part.named or "", (*path, "list"), known)
        if part.left_out is not None:
            left_out = self.read(part.left_out, (*path, "except"), known)
            found = tuple(key for key in found if key not in left_out)
        first = 1 if part.first is None else part.first
        last = len(found) if part.last is None else part.last
        if self._names_unread(part) or len(known.problems) > said_before:
            return found
        if not 1 <= first <= last <= len(found):
            known.say(
                path,
                "bad_part",
                _("There are %(count)d parties here; from and to do not fit.") % {"count": len(found)},
                _("Count from 1; both ends are taken."),
            )
            return ()
        return found[first - 1 : last]
