"""Every deed a scenario may hold, each a class that reads, checks and plays itself. A file and its player come in."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field

from consultations.player.deeds import (
    answers,
    decisions,
    dispatches,
    documents,
    outside,
    process,
    provisional,
    publication,
    rounds,
    world,
)
from consultations.player.deeds.base import DEEDS, Deed
from workflow.definitions.faults import fault, nearest

__all__ = ["DEEDS", "ROOMS", "AnyDeed", "Deed"]

ROOMS: dict[str, Any] = {
    module.__name__.rpartition(".")[2]: reduce(
        or_, (deed for deed in DEEDS.values() if deed.__module__ == module.__name__)
    )
    for module in (process, documents, rounds, answers, provisional, dispatches, decisions, outside, publication, world)
}
"""The deeds by what they are about, as the handbook has them; each room a union."""


def _fitting(row: Any) -> Any:
    """A mapping that names a deed, and nobody who has no part in it."""
    if not isinstance(row, dict):
        raise fault("wrong_type", _("A deed is a mapping."), _("Write - {at: …, by: …, do: …}."))
    do = row.get("do")
    kind = DEEDS.get(do) if isinstance(do, str) else None
    if kind is None:
        raise fault("unknown_deed", _("There is no deed “%(name)s”.") % {"name": do}, nearest(do, DEEDS), "do")
    if row.get("by") is not None and "by" not in kind.model_fields:
        raise fault("nobody_does", _("Nobody does “%(do)s”.") % {"do": do}, _("Leave `by` out."), "by")
    if row.get("for") is not None and "done_for" not in kind.model_fields:
        message = _("“%(do)s” is not done for a party.") % {"do": do}
        raise fault("not_here", message, _("Leave `for` out."), "for")
    return row


if TYPE_CHECKING:
    AnyDeed = Deed
else:
    _Union = reduce(or_, ROOMS.values())
    AnyDeed = Annotated[Annotated[_Union, Field(discriminator="do")], BeforeValidator(_fitting)]
