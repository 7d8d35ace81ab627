"""The shape of a scenario once it has been read and checked: who, what texts, which deeds at which instants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Officer:
    """Someone with an account in the office. role: "secretariat", "auditor" or "admin"."""

    key: str
    name: str
    email: str
    role: str = "secretariat"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who acts for a body by its personal link, or is written to there. body: key of the body."""

    key: str
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Address:
    """How the office reaches a body. channel: "email", "paper" or "none"."""

    email: str
    name: str = ""
    language: str = "da"
    channel: str = "email"


@dataclass(frozen=True, slots=True)
class SectionText:
    number: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document as the scenario begins with it. needs_approval: False for one that goes along."""

    key: str
    title: str
    role: str
    needs_approval: bool
    sections: tuple[SectionText, ...]


@dataclass(frozen=True, slots=True)
class NewBody:
    """A body the shipped lists do not have."""

    key: str
    kind: str
    name: str
    name_en: str
    region: str


@dataclass(frozen=True, slots=True)
class OfficeText:
    key: str
    name: str
    case_prefix: str
    reply_to: str
    region: str
    postal_address: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Start:
    """How the process begins. at: instant (UTC). lists: body keys by the definition's name for a list or a role."""

    line: int
    at: datetime
    by: str
    title: str
    parameters: Mapping[str, object]
    lists: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, str]
    is_public: bool
    case_number: str


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed at one instant (UTC) by one actor for at most one party.

    by: an officer, a person or a body; "" for what nobody does (an outage, an expectation). place: its number, from 0,
    among those made from one entry of the file. values: the entry's own keys, days as dates, moments as instants.
    refused: the code with which the deed is expected to be refused.
    """

    line: int
    at: datetime
    do: str
    by: str = ""
    party: str = ""
    place: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must hold. path: where it stands, such as ("counts", "invitations"); wanted: as in the file."""

    line: int
    path: tuple[str, ...]
    wanted: Any


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario, laid at a day. definition: the YAML of its definition, under `definition_name`."""

    key: str
    title: str
    file: Path
    office: OfficeText
    definition: str
    definition_name: str
    start: Start
    officers: Mapping[str, Officer]
    people: Mapping[str, Person]
    bodies: tuple[NewBody, ...]
    addresses: Mapping[str, Address]
    documents: Mapping[str, DocumentText]
    texts: Mapping[str, tuple[str, ...]]
    deeds: tuple[Deed, ...]
    ends_at: datetime | None
    expect: tuple[Expectation, ...]

    @property
    def zone(self) -> ZoneInfo:
        """Where the local times of the file are."""
        return ZoneInfo(self.office.time_zone)

    @property
    def mentioned(self) -> tuple[str, ...]:
        """Keys of every body the deeds are done by or for."""
        return tuple(dict.fromkeys(name for deed in self.deeds for name in (deed.by, deed.party) if name))
