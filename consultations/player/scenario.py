"""A scenario file as one model, which pydantic reads it with; the scenario once it is checked; its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Any, ClassVar, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, ValidationInfo, field_validator, model_validator

from consultations.player.deeds import DEEDS, AnyDeed, Deed
from consultations.player.expected import Expected
from consultations.player.parties import Parties, PartyName
from consultations.player.shape import OneOrMany, Shape, known_by_then, of_a_newer_version
from consultations.player.times import Day, DayForm, FirstMoment, Moment
from consultations.player.values import (
    BesidePath,
    BodyName,
    DocumentName,
    Email,
    File,
    Flag,
    Language,
    Long,
    OfficerName,
    Reason,
    RegionName,
    Short,
    StageName,
    Title,
    Verbatim,
    Words,
    reachable,
)
from workflow.actions.bodies import PlannedBody
from workflow.definitions import Problem
from workflow.definitions.faults import fault
from workflow.definitions.reading import Path
from workflow.readers import FoundPicture
from workflow.rules.documents import SectionText as WrittenSection
from workflow.rules.documents import level_of_number
from workflow.states import BodyKind, Channel, Level, Role


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = _("There is no time zone “%(name)s”.") % {"name": name}
        raise fault("unknown_zone", message, _("Write a name such as Europe/Copenhagen, or leave the line out."))
    return name


class OfficeText(Shape):
    """The office that leads the process."""

    key: Words
    name: Title
    case_prefix: Annotated[Verbatim, Field(max_length=12, description="stands first in case numbers")]
    reply_to: Annotated[Email, Field(description="a staffed mailbox")]
    region: RegionName = Field("", description="such as `sjaelland`: whose bodies fill the lists")
    postal_address: Words = ""
    language: Language = "da"
    time_zone: Annotated[Words, AfterValidator(_zone)] = "Europe/Copenhagen"


class NewBody(Shape):
    """A body the shipped lists lack."""

    kind: BodyKind
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
    role: Role = Role.SECRETARIAT


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

    number: Annotated[Verbatim, Field(max_length=20)] = ""
    heading: Long
    text: Words


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as it was read in from a file: words before the first heading have no heading, and many no number."""

    number: str
    heading: str
    text: str
    level: int


class DocumentText(Shape):
    """A document as the scenario begins with it."""

    newer: ClassVar = {"file": 2}

    title: Title
    role: Annotated[Verbatim, Field(max_length=40, description="its key when left out")] = ""
    needs_approval: Flag = Field(True, description="false for one that goes along")
    sections: tuple[SectionText, ...] = Field((), description="each `heading`, `text`, if need be `number`")
    file: BesidePath = Field(
        "",
        description="instead of `sections`: a Word, OpenDocument or PDF file, as a path from this file; it is read "
        "in and kept beside the text; version 2",
    )
    _read: tuple[ReadSection, ...] = ()
    _pictures: tuple[FoundPicture, ...] = ()

    _key_is_known = field_validator("file", mode="before")(known_by_then)

    @model_validator(mode="after")
    def _has_one_text(self) -> DocumentText:
        if self.file and self.sections:
            raise fault("two_texts", _("`sections` and `file` cannot both hold."), _("Keep one of them."), "file")
        if not self.file and "sections" not in self.model_fields_set:
            message = _("“%(key)s” is missing.") % {"key": "sections"}
            raise fault("missing_key", message, _("Write the sections, or name the file to read in."))
        return self

    def holding(self, sections: Iterable[ReadSection], pictures: Iterable[FoundPicture]) -> DocumentText:
        """The same with what was read in from its file."""
        document = self.model_copy()
        document._read, document._pictures = tuple(sections), tuple(pictures)
        return document

    @property
    def pictures(self) -> tuple[FoundPicture, ...]:
        """Those that stand in its file."""
        return self._pictures

    @property
    def texts(self) -> dict[str, str]:
        """The sections' texts by their numbers; of a file, one without a number of its own by "#" and its place."""
        if not self.file:
            return {section.number or str(place): section.text for place, section in enumerate(self.sections, start=1)}
        texts: dict[str, str] = {}
        for place, section in enumerate(self._read, start=1):
            texts[f"#{place}" if section.number in ("", *texts) else section.number] = section.text
        return texts

    def as_sections(self, texts: Mapping[str, str]) -> list[WrittenSection]:
        """The sections with these texts, which are in their order."""
        if self.file:
            rows = zip(self._read, texts.values(), strict=True)
            return [WrittenSection(row.number, row.heading, text, level=row.level) for row, text in rows]
        return [
            WrittenSection(number, section.heading, text, level=level_of_number(number))
            for (number, text), section in zip(texts.items(), self.sections, strict=True)
        ]


def _level(value: Any) -> Any:
    # What a standing committee was called before a body had more than one committee.
    return Level.STANDING_COMMITTEE if value == "committee" else value


LevelName = Annotated[Level, BeforeValidator(_level, json_schema_input_type=Level | Literal["committee"])]


class ProcessText(Shape):
    """The process that is played."""

    title: Title
    parameters: dict[str, StrictInt | DayForm] = {}
    lists: dict[str, Parties] = Field({}, description="by the definition's names; what is left out is filled by kind")
    levels: dict[PartyName, LevelName] = Field({}, description="party or list → the level it decides at")
    public: Flag = False
    case_number: Short = Field("", description="the other side's")


class StageElsewhere(Shape):
    """A stage that was done outside the system before the process starts."""

    stage: StageName
    on: Day
    reason: Reason
    files: tuple[File, ...] = ()
    documents: OneOrMany[DocumentName] = ()


class Beginning(Shape):
    """When the process starts, and who starts it."""

    newer: ClassVar = {"done_elsewhere": 2}

    at: FirstMoment
    by: OfficerName
    done_elsewhere: tuple[StageElsewhere, ...] = Field(
        (),
        description="[{stage, on, reason, files, documents}]: the stages that were done outside the system, those of "
        "the text with the documents that came out of them; version 2",
    )

    _key_is_known = field_validator("done_elsewhere", mode="before")(known_by_then)


def _versions(value: Any) -> Any:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise fault("empty", _("This holds no text."), _("Write one text, or a list of several."))
    return texts


def _address(value: Any) -> Any:
    return {"email": value} if isinstance(value, str) else value


Versions = Annotated[tuple[Words, ...], BeforeValidator(_versions, json_schema_input_type=str | list[str])]
Reached = Annotated[Address, BeforeValidator(_address, json_schema_input_type=str | Address)]


BY_HAND: Final = "by_hand"
"""What a file says whose dispatches are sent by deeds of their own."""


Version = Literal[1, 2]
"""The values of `schema_version` that are read. Every file of version 1 means the same as ever."""


def _whole(value: Any) -> Any:
    """To Python true is 1."""
    return str(value) if isinstance(value, bool) else value


class ScenarioFile(Shape):
    """A scenario: who takes part, which texts there are, and a list of dated deeds."""

    newer: ClassVar = {"dispatches": 2}

    scenario: Words = Field(description="the file's key, in the report")
    schema_version: Annotated[Version, BeforeValidator(_whole)]
    title: Words = Field(description="for people")
    definition: Words = Field(description="a shipped definition by its key, or a path from this file to a .yaml")
    office: OfficeText
    bodies: dict[Short, NewBody] = Field({}, description="those the shipped lists lack, by their keys")
    addresses: dict[PartyName, Reached] = Field(
        {}, description="party or list → an e-mail address (all others get an invented one under `.example`), or"
    )
    lists: dict[str, Parties] = Field({}, description="name → parties; each may use those before it")
    actors: Actors
    texts: dict[str, Versions] = Field(
        {},
        description="name → a text, or several; used as `{from: name}`. Of several, the first party of a deed gets the "
        "first, and so on. `{party}` becomes the party's name",
    )
    documents: dict[Short, DocumentText] = Field({}, description="by their keys, as the scenario begins with them")
    process: ProcessText
    dispatches: Literal["at_once", "by_hand"] = Field(
        "at_once",
        description="`by_hand`: bodies are asked by the deeds `send` and `send_at`; else a dispatch leaves at the "
        "instant its stage opens",
    )
    starts: Beginning
    deeds: tuple[AnyDeed, ...] = Field(min_length=1, description="below")
    ends: Moment | None = Field(None, description="sweeps run on to this time after the last deed")
    expect: Expected | None = Field(None, description="below; must hold at the end")

    @field_validator("dispatches", mode="before")
    @classmethod
    def _dispatches_are_known(cls, value: Any, info: ValidationInfo) -> Any:
        # At the head of the file, which is read before there is a check that knows its version.
        if info.data.get("schema_version", 2) < cls.newer["dispatches"]:
            raise of_a_newer_version(cls.newer["dispatches"], "dispatches")
        return value

    @property
    def planned_bodies(self) -> list[PlannedBody]:
        """The bodies that the shipped lists lack, in the office's region where none is given."""
        home = self.office.region
        return [
            PlannedBody(
                key, body.kind, body.name, body.name_en or body.name, home if body.region is None else body.region
            )
            for key, body in self.bodies.items()
        ]


@dataclass(frozen=True, slots=True)
class Turn:
    """A deed done once: at one instant (UTC), by one actor, for at most one party.

    path: where it stands in the file. deed: with its texts, days and instants as they are for this turn. by: an
    officer, a person or a body; "" for what nobody does (an outage, an expectation). place: its number, from 0, among
    those made from one entry of the file.
    """

    path: Path
    at: datetime
    deed: Deed
    by: str
    party: str
    place: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario, laid at a day: in its file names stand for what they name and times are instants.

    line: the line of a path in the file. definition: the YAML of its definition, under `definition_name`. notices: what
    is played otherwise than it might be meant.
    """

    path: FilePath
    file: ScenarioFile
    line: Callable[[Path], int]
    definition: str
    definition_name: str
    turns: tuple[Turn, ...]
    notices: tuple[Problem, ...]

    @property
    def zone(self) -> ZoneInfo:
        """Where the local times of the file are."""
        return ZoneInfo(self.file.office.time_zone)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario, for editors and other programs: one branch per deed.

    What it cannot say, such as names that must exist, is said when the file is read.
    """
    schema = ScenarioFile.model_json_schema()
    newer = [name for name, deed in DEEDS.items() if deed.since > 1]
    without = {"not": {"anyOf": [{"required": [name]} for name in Expected.newer]}}
    expects = {"if": {"properties": {"do": {"const": "expect"}}}, "then": without}
    keys = sorted({key for deed in DEEDS.values() for key in deed.newer})
    known = {"properties": {"do": {"not": {"enum": newer}}, **dict.fromkeys(keys, False)}}
    first = {
        "deeds": {"items": {"allOf": [known, expects]}},
        "expect": without,
        "starts": {"properties": dict.fromkeys(Beginning.newer, False)},
        "documents": {"additionalProperties": {"properties": dict.fromkeys(DocumentText.newer, False)}},
        **dict.fromkeys(ScenarioFile.newer, False),
    }
    schema["allOf"] = [{"if": {"properties": {"schema_version": {"const": 1}}}, "then": {"properties": first}}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Samråd scenario"}
