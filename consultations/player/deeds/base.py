"""What all deeds have: a time, somebody who does it, perhaps parties it is done for. The modules beside it build on it.

A deed is a class: its fields are its keys in the file, `check` says what cannot be, `play` does it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from consultations.player.times import BadTime
from consultations.player.written import Moment, OfficerName, Pace, Parties, RefusalCode, Shape, StageName, look
from workflow.definitions.faults import fault
from workflow.definitions.reading import Path

if TYPE_CHECKING:
    from consultations.player.cast import Play
    from consultations.player.known import Known

Doer = tuple[str, str]
"""Who does a deed, and the party it is done by or for; "" for nobody and none."""


class Deed(Shape):
    """A deed of a file, as it is written there."""

    since: ClassVar[int] = 1
    """The schema_version that first knows it."""
    asked_elsewhere: ClassVar = frozenset({"at", "by", "parties", "spread"})

    do: str
    at: Moment | None = Field(None, description="when; the time of the deed above when left out")
    refused: RefusalCode | None = Field(None, description="the code it must be refused with")

    def doers(self, known: Known, path: Path) -> tuple[Doer, ...]:
        """Everybody who does it, and for whom; says who there is not."""
        return (("", ""),)

    def instants(self, known: Known, path: Path, count: int) -> list[datetime]:
        """When each of so many does it."""
        return [known.at] * count

    def play(self, play: Play) -> object:
        """Do it once, for the party whose turn it is. Refuses as the action does."""
        raise NotImplementedError


class PacedDeed(Deed):
    """A deed that several parties do, or that is done for several, once for each."""

    every: Pace | None = Field(None, description="so much time between them")
    spread: Moment | None = Field(None, description="over the office hours of the working days until then")

    @model_validator(mode="after")
    def _has_one_pace(self) -> PacedDeed:
        if self.every is not None and self.spread is not None:
            raise fault("two_paces", _("`every` and `spread` cannot both hold."), _("Keep one of them."), "every")
        return self

    def instants(self, known: Known, path: Path, count: int) -> list[datetime]:
        first = known.at
        if self.every is not None:
            return [first + place * self.every for place in range(count)]
        if self.spread is not None and (until := known.moment(self.spread, (*path, "spread"), before=first)):
            try:
                if until <= first:
                    raise BadTime(_("Write a time after the deed's own; the deeds are spread between the two."))
                return known.almanac.spread(first, until, count)
            except BadTime as bad:
                known.bad_time(self.spread, (*path, "spread"), bad)
        return [first] * count


class OfficersDeed(Deed):
    """A deed of an officer."""

    by: OfficerName = Field(description="an officer")

    def doers(self, known: Known, path: Path) -> tuple[Doer, ...]:
        self.look_for_officer(known, path)
        return ((self.by, ""),)

    def look_for_officer(self, known: Known, path: Path) -> None:
        """Say so where `by` names none; where it names a party, where that belongs."""
        if self.by in known.officers or not (self.by in known.people or known.directory.knows(self.by)):
            look(self.by, known, (*path, "by"))
            return
        message = _("“%(do)s” is done by an officer; “%(name)s” is none.") % {"do": self.do, "name": self.by}
        remedy = _("Name an officer.")
        if isinstance(self, OfficersDeedForSome):
            remedy = _("Name an officer, and the party or parties under `for`.")
        known.say((*path, "by"), "not_a_partys", message, remedy)


class OfficersDeedForSome(OfficersDeed, PacedDeed):
    """A deed of an officer that may be done for parties, once for each."""

    parties: Parties | None = Field(None, alias="for")

    def doers(self, known: Known, path: Path) -> tuple[Doer, ...]:
        if self.parties is None:
            return super().doers(known, path)
        self.look_for_officer(known, path)
        return tuple((self.by, party) for party in known.parties(self.parties, (*path, "for")))


class OfficersDeedFor(OfficersDeedForSome):
    """A deed of an officer that is done for parties, once for each."""

    parties: Parties = Field(alias="for")


class PartysDeed(PacedDeed):
    """A deed of a party, by the personal link it was sent."""

    by: Parties = Field(description="a person, a body or several parties")
    via: Literal["link", "code"] | None = Field(None, alias="with", description="`code` types the code of the mail")
    stage: StageName | None = None

    def doers(self, known: Known, path: Path) -> tuple[Doer, ...]:
        if isinstance(self.by, str) and self.by in known.officers:
            message = _("“%(do)s” is done by a party with its personal link.") % {"do": self.do}
            remedy = _("Name a person or a body, or use a deed that is done on behalf.")
            known.say((*path, "by"), "not_an_officers", message, remedy)
            return ()
        return _acting(self.by, known, (*path, "by"))


class EithersDeed(PartysDeed):
    """A deed of a party by its link, or of an officer `for` it."""

    by: Parties = Field(description="a person, a body or several parties; or an officer")
    parties: Parties | None = Field(None, alias="for")

    def doers(self, known: Known, path: Path) -> tuple[Doer, ...]:
        if not (isinstance(self.by, str) and self.by in known.officers):
            if self.parties is not None:
                remedy = _("Leave `for` out, or let an officer do it.")
                known.say((*path, "for"), "not_here", _("A party acts for itself."), remedy)
            return _acting(self.by, known, (*path, "by"))
        if self.parties is None:
            message = _("“%(key)s” is missing.") % {"key": "for"}
            known.say(path, "missing_key", message, _("Say for which party or parties."))
            return ()
        by = self.by
        return tuple((by, party) for party in known.parties(self.parties, (*path, "for")))


def _acting(by: Parties, known: Known, path: Path) -> tuple[Doer, ...]:
    """The parties that act by their links, or the person who acts for one."""
    if isinstance(by, str):
        if by in known.people:
            return ((by, known.people[by].body),)
        if not known.directory.knows(by):
            names = [*known.officers, *known.people, *known.directory.lists, *known.directory.bodies]
            known.unknown(path, "unknown_actor", _("There is nobody called “%(name)s”."), by, names)
            return ()
    return tuple((party, party) for party in known.parties(by, path))
