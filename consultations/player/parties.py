"""Which bodies a scenario may name, and the short ways of naming many. Head and deeds come in; no database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from pydantic import Field, StrictInt

from consultations.player.shape import SAID_BEFORE, Shape, meaning, unknown
from workflow.actions.bodies import PlannedBody, planned_bodies
from workflow.definitions.faults import fault
from workflow.rules.role_holders import who_fills
from workflow.states import BodyKind

if TYPE_CHECKING:
    from consultations.player.check import ScenarioCheck


@cache
def shipped_bodies() -> dict[str, PlannedBody]:
    return {body.key: body for body in planned_bodies()}


class Directory:
    """Every body by its key, and every list by its name: the definition's, then the file's.

    lists: None for one that something is wrong with; who is on it is not known.
    """

    def __init__(self, own: Iterable[PlannedBody], region: str, day: date) -> None:
        self.region = region
        self.day = day
        self.bodies = shipped_bodies() | {body.key: body for body in own}
        self.lists: dict[str, tuple[str, ...] | None] = {}

    @property
    def names(self) -> list[str]:
        """Whatever stands for parties."""
        return [*self.lists, *self.bodies]

    def of_kinds(self, kinds: Collection[str]) -> tuple[str, ...]:
        """The bodies of these kinds on the day the process starts, as the process itself is filled: the office's
        region's own and the country's, each with what took its place by then."""
        holders = who_fills(
            self.bodies.values(),
            kinds,
            self.day,
            self.region,
            successor=lambda body: self.bodies.get(body.successor),
            parent=lambda body: self.bodies.get(body.parent),
        )
        return tuple(body.key for body in holders)


def _named(name: str, check: ScenarioCheck) -> tuple[str, ...]:
    """Who is on a list, or a body alone."""
    directory = check.directory
    if name not in directory.lists and name not in directory.bodies:
        raise unknown("unknown_party", _("There is no party or list “%(name)s”."), name, directory.names)
    keys = directory.lists.get(name, (name,))
    if keys is None:
        raise fault(SAID_BEFORE, "", "")
    return keys


class Part(Shape):
    """Parties by their kind, or some of a list."""

    kind: BodyKind | None = None
    named: Annotated[str, meaning(_named)] | None = Field(None, alias="list")
    left_out: Parties | None = Field(None, alias="except")
    first: StrictInt | None = Field(None, alias="from")
    last: StrictInt | None = Field(None, alias="to")


def _some(item: str | Part, check: ScenarioCheck) -> tuple[str, ...]:
    """The bodies that one item of an expression names, in order."""
    if isinstance(item, str):
        return _named(item, check)
    if (item.kind is None) == (item.named is None):
        remedy = _("Write {kind: senior_council} or {list: hearing_parties}, with except, from and to if need be.")
        raise fault("which_parties", _("It is not said which parties these are."), remedy)
    keys = check.directory.of_kinds([item.kind]) if item.kind else item.named or ()
    keys = tuple(key for key in keys if key not in (item.left_out or ()))
    first = 1 if item.first is None else item.first
    last = len(keys) if item.last is None else item.last
    if not 1 <= first <= last <= len(keys):
        message = _("There are %(count)d parties here; from and to do not fit.") % {"count": len(keys)}
        raise fault("bad_part", message, _("Count from 1; both ends are taken."))
    return keys[first - 1 : last]


def parties_meant(value: str | Part | tuple[tuple[str, ...], ...], check: ScenarioCheck) -> tuple[str, ...]:
    """The bodies an expression names, in order and each once: a body, a list, a part of one, or several of these."""
    items = value if isinstance(value, tuple) else (_some(value, check),)
    keys = tuple(dict.fromkeys(key for item in items for key in item))
    if not keys:
        raise fault("no_party", _("This names no party."), _("Name at least one body or list."))
    return keys


PartiesForm = str | Part | tuple[Annotated[str | Part, meaning(_some)], ...]
if TYPE_CHECKING:
    Parties = tuple[str, ...]
    PartyName = tuple[str, ...]
else:
    Parties = Annotated[PartiesForm, meaning(parties_meant)]
    PartyName = Annotated[str, meaning(parties_meant)]

Part.model_rebuild()  # it holds what is made of it
