"""Every deed a scenario may hold, each a class that reads, checks and plays itself. A file and its player come in."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field

from consultations.player.deeds.answers import AnswersDeed
from consultations.player.deeds.base import Deed
from consultations.player.deeds.decisions import DecisionsDeed
from consultations.player.deeds.documents import DocumentsDeed
from consultations.player.deeds.outside import OutsideDeed
from consultations.player.deeds.process import ProcessDeed
from consultations.player.deeds.publication import PublicationsDeed
from consultations.player.deeds.reaching import ReachingDeed
from consultations.player.deeds.rounds import RoundDeed
from consultations.player.deeds.world import WorldDeed
from workflow.definitions.faults import fault, nearest

__all__ = ["DEEDS", "ROOMS", "AnyDeed", "Deed"]

_Officers = ProcessDeed | DocumentsDeed | RoundDeed | ReachingDeed | PublicationsDeed
_Every = _Officers | AnswersDeed | DecisionsDeed | OutsideDeed | WorldDeed

ROOMS = {
    "process": ProcessDeed,
    "documents": DocumentsDeed,
    "rounds": RoundDeed | ReachingDeed,
    "answers": AnswersDeed,
    "decisions": DecisionsDeed,
    "outside": OutsideDeed,
    "publication": PublicationsDeed,
    "world": WorldDeed,
}
"""The deeds by what they are about, as the handbook has them."""

DEEDS: dict[str, type[Deed]] = {get_args(deed.model_fields["do"].annotation)[0]: deed for deed in get_args(_Every)}
"""Each deed by its name, in the order of the handbook."""


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
    if row.get("for") is not None and "parties" not in kind.model_fields:
        message = _("“%(do)s” is not done for a party.") % {"do": do}
        raise fault("not_here", message, _("Leave `for` out."), "for")
    return row


AnyDeed = Annotated[Annotated[_Every, Field(discriminator="do")], BeforeValidator(_fitting)]
