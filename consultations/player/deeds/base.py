"""What all deeds have: a time, somebody who does it, perhaps parties it is done for. The modules beside it build on it.

A deed is a class: its fields are its keys in the file. Named as the action names what it takes, they are handed on to
it; only what does not follow from them is written in `play`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, StrictInt, ValidationInfo, field_validator, model_validator

from consultations.player.asked import acting_on
from consultations.player.check import ScenarioCheck
from consultations.player.parties import Parties, PartiesForm, parties_meant
from consultations.player.shape import SAID_BEFORE, Shape, known_by_then, meaning, unknown
from consultations.player.times import Almanac, BadTime, DayForm, MomentForm, Pace, day_meant, timely
from consultations.player.values import OfficerName, RefusalCode, StageName
from workflow.actors import Actor
from workflow.deadlines import instant
from workflow.definitions.faults import fault

if TYPE_CHECKING:
    from consultations.player.cast import Play

Doer = tuple[str, str]
"""Who does a deed, and the party it is done by or for; "" for nobody and none."""


def on_its_day(alias: str | None = None) -> Any:
    """A key that holds the deed's own day when it is left out."""
    return Field("+0d", alias=alias, validate_default=True, description="the day of the deed when left out")


def at_its_time(alias: str, description: str | None = None) -> Any:
    """A key that holds the deed's own instant when it is left out."""
    return Field("+0m", alias=alias, validate_default=True, description=description)


def _ahead(written: Any, info: ValidationInfo) -> Any:
    """A deadline that is over when it is set can never be met. Without a clock time it lasts that day."""
    if info.context is None:
        return written
    check, on = info.context, day_meant(written, info.context)
    clock = info.data.get("clock") or info.data.get("new_clock") or time(23, 59)
    if check.turn is None and not info.data.get("refused") and instant(on, clock, check.almanac.zone) <= check.at:
        message = _("The deadline “%(value)s” has passed when the deed is done.") % {"value": written}
        raise fault("deadline_in_past", message, _("Write a later day, or let the deed be done earlier."))
    return on


@timely
def _later(written: Any, check: ScenarioCheck) -> datetime:
    """The instant until which a deed is spread; raises the remedy where there is no time until then."""
    until = check.moment(written, check.at)
    if until <= check.at:
        raise BadTime(_("Write a time after the deed's own; the deeds are spread between the two."))
    check.almanac.spread(check.at, until, 1)
    return until


if TYPE_CHECKING:
    DayAhead = date
    Until = datetime
    Doers = str | tuple[Doer, ...]
else:
    DayAhead = Annotated[DayForm, AfterValidator(_ahead)]
    """A deadline that is set; its clock stands before it among the fields."""
    Until = Annotated[MomentForm, meaning(_later)]
    Doers = PartiesForm


DEEDS: dict[str, type[Deed]] = {}
"""Each deed by its name."""


class Deed(Shape):
    """A deed of a file, as it is written there."""

    called: ClassVar[str]
    """Its name in a file."""
    since: ClassVar[int] = 1
    """The schema_version that first knows it."""
    action: ClassVar[Callable[..., object]]
    """What does it."""
    about: ClassVar[Callable[[Play, Any], Any]]
    """What it is done on: found by the play and by the stage or deadline that the deed names, if it names one."""

    def __init_subclass__(cls, do: str = "", **declared: Any) -> None:
        """do: what a file calls it; left out by what only has something in common. declared: the attributes above."""
        if do:
            cls.__annotations__["do"] = Literal[do]
            cls.called, DEEDS[do] = do, cls
        for name, value in declared.items():
            setattr(cls, name, value)
        # What the classes it is made of know of each: a deed that names newer keys of its own forgets none of theirs.
        cls.newer = {name: since for made_of in cls.__mro__ for name, since in vars(made_of).get("newer", {}).items()}

    do: str
    at: MomentForm | None = Field(None, description="when; the time of the deed above when left out")
    refused: RefusalCode | None = Field(None, description="the code it must be refused with")

    @field_validator("do")
    @classmethod
    def _deed_is_known(cls, do: str, info: ValidationInfo) -> str:
        if info.context:
            info.context.since(cls.since, do)
        return do

    def doers(self) -> tuple[Doer, ...]:
        """Everybody who does it, and for whom."""
        by, done_for = getattr(self, "by", ""), getattr(self, "done_for", None)
        return by if isinstance(by, tuple) else tuple((by, party) for party in done_for or ("",))

    def instants(self, first: datetime, almanac: Almanac, count: int) -> list[datetime]:
        """When each of so many does it."""
        return [first] * count

    def subject(self, play: Play) -> tuple[Any, Actor]:
        """What it is done on, and by whom."""
        return type(self).about(play, getattr(self, "deadline", getattr(self, "stage", None))), play.officer()

    def play(self, play: Play) -> object:
        """Do it once, for the party whose turn it is. Refuses as the action does."""
        subject, actor = self.subject(play)
        return play.call(partial(type(self).action, subject), self, actor=actor)


class InRound(Shape):
    """What tells the rounds of a stage apart."""

    newer: ClassVar = {"round": 2}

    round: Annotated[StrictInt, Field(ge=1)] | None = Field(
        None, description="its number in the stage; the one under way, else the latest, when left out; version 2"
    )

    _round_is_known = field_validator("round", mode="before")(known_by_then)


class PacedDeed(Deed):
    """A deed that several parties do, or that is done for several, once for each."""

    every: Pace | None = Field(None, description="so much time between them")
    spread: Until | None = Field(None, description="over the office hours of the working days until then")

    @model_validator(mode="after")
    def _has_one_pace(self) -> PacedDeed:
        if self.every is not None and self.spread is not None:
            raise fault("two_paces", _("`every` and `spread` cannot both hold."), _("Keep one of them."), "every")
        return self

    def instants(self, first: datetime, almanac: Almanac, count: int) -> list[datetime]:
        if self.spread is not None:
            return almanac.spread(first, self.spread, count)
        return [first + place * (self.every or timedelta()) for place in range(count)]


class OfficersDeed(Deed):
    """A deed of an officer."""

    by: OfficerName = Field(description="an officer")

    @field_validator("by", mode="before")
    @classmethod
    def _is_no_party(cls, by: Any, info: ValidationInfo) -> Any:
        check = info.context
        if check and by not in check.officers and (by in check.people or by in check.directory.names):
            message = _("“%(do)s” is done by an officer; “%(name)s” is none.") % {"do": cls.called, "name": by}
            remedy = _("Name an officer.")
            if "done_for" in cls.model_fields:
                remedy = _("Name an officer, and the party or parties under `for`.")
            raise fault("not_a_partys", message, remedy)
        return by


class OfficersDeedForSome(OfficersDeed, PacedDeed):
    """A deed of an officer that may be done for parties, once for each."""

    done_for: Parties | None = Field(None, alias="for")
    stage: StageName | None = None


class OfficersDeedFor(OfficersDeedForSome):
    """A deed of an officer that is done for parties, once for each."""

    done_for: Parties = Field(alias="for")


class PartysDeed(PacedDeed):
    """A deed of a party, by the personal link it was sent."""

    by: Doers = Field(description="a person, a body or several parties")
    via: Literal["link", "code"] | None = Field(None, alias="with", description="`code` types the code of the mail")
    stage: StageName | None = None

    @field_validator("by")
    @classmethod
    def _are_doers(cls, by: Any, info: ValidationInfo) -> Any:
        """The parties that act by their links, or the person who acts for one; the officer where it may be one."""
        check = info.context
        if check is None or not isinstance(by, str):
            pass
        elif by in check.officers:
            if issubclass(cls, EithersDeed):
                return by
            message = _("“%(do)s” is done by a party with its personal link.") % {"do": cls.called}
            remedy = _("Name a person or a body, or use a deed that is done on behalf.")
            raise fault("not_an_officers", message, remedy)
        elif by in check.people:
            if (body := check.people[by].body) not in check.directory.bodies:
                raise fault(SAID_BEFORE, "", "")
            return ((by, body),)
        elif by not in (names := check.directory.names):
            there = [*check.officers, *check.people, *names]
            raise unknown("unknown_actor", _("There is nobody called “%(name)s”."), by, there)
        return tuple((party, party) for party in parties_meant(by, check)) if check else by

    def subject(self, play: Play) -> tuple[Any, Actor]:
        return acting_on(play, self.via, type(self).about(play, self.stage))


class EithersDeed(PartysDeed):
    """A deed of a party by its link, or of an officer `for` it."""

    by: Doers = Field(description="a person, a body or several parties; or an officer")
    done_for: Parties | None = Field(None, alias="for")

    @model_validator(mode="after")
    def _is_done_for_whom_it_must(self, info: ValidationInfo) -> EithersDeed:
        if info.context and isinstance(self.by, str) and self.done_for is None:
            message = _("“%(key)s” is missing.") % {"key": "for"}
            raise fault("missing_key", message, _("Say for which party or parties."))
        if info.context and not isinstance(self.by, str) and self.done_for is not None:
            remedy = _("Leave `for` out, or let an officer do it.")
            raise fault("not_here", _("A party acts for itself."), remedy, "for")
        return self
