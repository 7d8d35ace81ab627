"""Which bodies a scenario may name, and the short ways of naming many. The checker comes in; no database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from consultations.player.scenario import NewBody
from workflow.actions.bodies import PlannedBody, planned_bodies
from workflow.definitions.reading import Path
from workflow.rules.role_holders import who_fills
from workflow.states import BodyKind

Say = Callable[[Path, str, str, str], None]
Unknown = Callable[[Path, str, str, object, Collection[str]], None]


@cache
def _shipped() -> dict[str, PlannedBody]:
    return {body.key: body for body in planned_bodies()}


class Directory:
    """Every body by its key, and every list by its name: the definition's, then the file's."""

    def __init__(self, own: Iterable[NewBody], region: str, day: date) -> None:
        self.region = region
        self.day = day
        planned = dict(_shipped())
        for body in own:
            planned[body.key] = PlannedBody(body.key, body.kind, body.name, body.name_en, body.region)
        self.bodies = planned
        self.lists: dict[str, tuple[str, ...]] = {}

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

    def read(self, value: Any, path: Path, say: Say, unknown: Unknown) -> tuple[str, ...]:
        """The bodies of an expression: a body, a list, {kind: …}, {list: …, except: …, from: …, to: …}, or several."""
        found: dict[str, None] = {}
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            where = (*path, place) if isinstance(value, list) else path
            found |= dict.fromkeys(self._one(item, where, say, unknown))
        if not found:
            say(path, "no_party", _("This names no party."), _("Name at least one body or list."))
        return tuple(found)

    def _one(self, item: Any, path: Path, say: Say, unknown: Unknown) -> tuple[str, ...]:
        if isinstance(item, dict):
            return self._part(item, path, say, unknown)
        name = str(item)
        if name in self.lists:
            return self.lists[name]
        if name in self.bodies:
            return (name,)
        unknown(path, "unknown_party", _("There is no party or list “%(name)s”."), name, [*self.lists, *self.bodies])
        return ()

    def _part(self, item: dict[str, Any], path: Path, say: Say, unknown: Unknown) -> tuple[str, ...]:
        for key in item:
            if key not in ("kind", "list", "except", "from", "to"):
                unknown(
                    (*path, key),
                    "unknown_key",
                    _("Unknown key “%(name)s”."),
                    key,
                    ("kind", "list", "except", "from", "to"),
                )
        if ("kind" in item) == ("list" in item):
            say(
                path,
                "which_parties",
                _("It is not said which parties these are."),
                _("Write {kind: senior_council} or {list: hearing_parties}, with except, from and to if need be."),
            )
            return ()
        if "kind" in item:
            if item["kind"] not in BodyKind.values:
                unknown(
                    (*path, "kind"),
                    "unknown_kind",
                    _("There is no kind of body “%(name)s”."),
                    item["kind"],
                    BodyKind.values,
                )
                return ()
            found = self.of_kinds([str(item["kind"])])
        else:
            found = self._one(item["list"], (*path, "list"), say, unknown)
        if "except" in item:
            left_out = self.read(item["except"], (*path, "except"), say, unknown)
            found = tuple(key for key in found if key not in left_out)
        first, last = item.get("from", 1), item.get("to", len(found))
        if not (isinstance(first, int) and isinstance(last, int) and 1 <= first <= last <= len(found)):
            say(
                path,
                "bad_part",
                _("There are %(count)d parties here; from and to do not fit.") % {"count": len(found)},
                _("Count from 1; both ends are taken."),
            )
            return ()
        return found[first - 1 : last]
