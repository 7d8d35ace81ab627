"""The head of a scenario file: who, where, which texts; and the scenario once it has been read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, model_validator

from consultations.player.written import (
    BodyLevel,
    BodyName,
    Day,
    Email,
    Flag,
    Kind,
    Language,
    Long,
    Moment,
    OfficerName,
    OfficerRole,
    Parties,
    RegionName,
    Shape,
    Short,
    Title,
    Words,
    reachable,
)
from workflow.actions.bodies import PlannedBody
from workflow.definitions import Problem
from workflow.definitions.faults import fault
from workflow.definitions.reading import Path
from workflow.states import Channel, Role

if TYPE_CHECKING:
    from consultations.player.deeds.base import Deed
    from consultations.player.expected import Expectation
    from consultations.player.file import ScenarioFile
    from consultations.player.times import Almanac


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = _("There is no time zone “%(name)s”.") % {"name": name}
        raise fault("unknown_zone", message, _("Write a name such as Europe/Copenhagen, or leave the line out."))
    return name


class OfficeText(Shape):
    """The office that leads the process."""

    key: Words
    name: Title
    case_prefix: Annotated[Words, Field(max_length=12, description="stands first in case numbers")]
    reply_to: Annotated[Email, Field(description="a staffed mailbox")]
    region: RegionName = Field("", description="such as `sjaelland`: whose bodies fill the lists")
    postal_address: Words = ""
    language: Language = "da"
    time_zone: Annotated[Words, AfterValidator(_zone)] = "Europe/Copenhagen"


class NewBody(Shape):
    """A body the shipped lists lack."""

    kind: Kind
    name: Title
    name_en: Title = ""
    region: RegionName | None = Field(None, description="the office's when it is left out")


class Address(Shape):
    """How the office reaches a body."""

    email: str = ""
    name: Title = ""
    language: Language = "da"
    channel: Channel = Channel.EMAIL

    @model_validator(mode="after")
    def _can_be_written_to(self) -> Address:
        if self.email.strip() or self.channel == Channel.EMAIL:
            reachable(self.email.strip(), "email")
        return self


class Officer(Shape):
    """Someone with an account in the office."""

    name: Title
    email: Email
    role: OfficerRole = Role.SECRETARIAT


class Person(Shape):
    """Someone who acts for a body by its personal link."""

    name: Title
    body: BodyName


class Actors(Shape):
    """Who acts."""

    officers: dict[str, Officer] = Field(description="key → `name`, `email`, if need be `role`: who has an account")
    people: dict[str, Person] = Field({}, description="key → `name`, `body`: who acts for a body by its link")


class SectionText(Shape):
    """A section of a document; numbered in order where no number is given."""

    number: Annotated[Words, Field(max_length=20)] = ""
    heading: Long
    text: Words


class DocumentText(Shape):
    """A document as the scenario begins with it."""

    title: Title
    role: Annotated[Words, Field(max_length=40, description="its key when left out")] = ""
    needs_approval: Flag = Field(True, description="false for one that goes along")
    sections: tuple[SectionText, ...] = Field(description="each `heading`, `text`, if need be `number`")

    @property
    def texts(self) -> dict[str, str]:
        """The sections' texts by their numbers."""
        return {section.number or str(place): section.text for place, section in enumerate(self.sections, start=1)}


class ProcessText(Shape):
    """The process that is played."""

    asked_elsewhere: ClassVar = frozenset({"parameters", "lists", "levels"})

    title: Title
    parameters: dict[str, StrictInt | Day] = {}
    lists: dict[str, Parties] = Field({}, description="by the definition's names; what is left out is filled by kind")
    levels: dict[str, BodyLevel] = Field({}, description="party or list → the level it decides at")
    public: Flag = False
    case_number: Short = Field("", description="the other side's")


class Beginning(Shape):
    """When the process starts, and who starts it."""

    asked_elsewhere: ClassVar = frozenset({"at"})

    at: Moment
    by: OfficerName


def _versions(value: Any) -> Any:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise fault("empty", _("This holds no text."), _("Write one text, or a list of several."))
    return texts


def _address(value: Any) -> Any:
    return {"email": value} if isinstance(value, str) else value


Versions = Annotated[tuple[Words, ...], BeforeValidator(_versions, json_schema_input_type=str | list[str])]
Reached = Annotated[Address, BeforeValidator(_address, json_schema_input_type=str | Address)]


@dataclass(frozen=True, slots=True)
class Turn:
    """A deed done once: at one instant (UTC), by one actor, for at most one party.

    by: an officer, a person or a body; "" for what nobody does (an outage, an expectation). place: its number, from 0,
    among those made from one entry of the file. expect: what must hold, of a deed that expects something.
    """

    line: int
    at: datetime
    deed: Deed
    by: str = ""
    party: str = ""
    place: int = 0
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario, laid at a day: the file as it is written, and what its names and times mean.

    line: the line of a path in the file. definition: the YAML of its definition, under `definition_name`. starts_at:
    instant (UTC). lists: body keys by the definition's name for a list or a role. notices: what is played otherwise
    than it might be meant.
    """

    path: FilePath
    file: ScenarioFile
    line: Callable[[Path], int]
    almanac: Almanac
    definition: str
    definition_name: str
    starts_at: datetime
    parameters: Mapping[str, int | str | date]
    lists: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, BodyLevel]
    bodies: tuple[PlannedBody, ...]
    addresses: Mapping[str, Address]
    turns: tuple[Turn, ...]
    ends_at: datetime | None
    expect: tuple[Expectation, ...]
    notices: tuple[Problem, ...]

    @property
    def zone(self) -> ZoneInfo:
        """Where the local times of the file are."""
        return self.almanac.zone
