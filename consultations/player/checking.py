"""Reads a scenario file and holds it against the catalogue: every problem with file, line and what to do about it.

`play`, `demo` and the tests come in. Nothing here touches the database.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from consultations.player.catalogue import VERSIONS
from consultations.player.complaints import ScenarioRefused
from consultations.player.deed_checks import DeedChecks
from consultations.player.parties import Directory
from consultations.player.scenario import (
    Address,
    DocumentText,
    NewBody,
    Officer,
    OfficeText,
    Person,
    Scenario,
    SectionText,
    Start,
)
from consultations.player.times import Almanac, BadTime
from consultations.player.values import Values
from notifications.rules import may_mail
from workflow.definitions import SHIPPED, Definition, DefinitionRefused, Problem, parse
from workflow.definitions.faults import nearest
from workflow.definitions.reading import Path, read
from workflow.states import BodyKind, Channel, Level, Role

__all__ = ["Problem", "ScenarioRefused", "read_scenario"]

TOP = (
    "scenario",
    "schema_version",
    "title",
    "definition",
    "office",
    "bodies",
    "addresses",
    "lists",
    "actors",
    "texts",
    "documents",
    "process",
    "starts",
    "deeds",
    "ends",
    "expect",
)
_NEEDED = ("scenario", "schema_version", "title", "definition", "office", "actors", "process", "starts", "deeds")


def read_scenario(path: FilePath, laid_on: date) -> Scenario:
    """The scenario in a file, its relative times counted from the local day `laid_on`.

    Refuses with every problem found (`ScenarioRefused`): unknown keys, deeds, people and parties, impossible times.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problem = Problem(path.name, 1, "no_file", _("There is no such file."), _("Check the path."))
        raise ScenarioRefused([problem]) from None
    except (OSError, UnicodeDecodeError):
        problem = Problem(path.name, 1, "unreadable", _("The file cannot be read."), _("Save it as UTF-8 text."))
        raise ScenarioRefused([problem]) from None
    reading = read(text, path.name)
    if reading.data is None:
        problem = Problem(path.name, 1, "empty", _("The file is empty."), _("Copy a shipped scenario and change it."))
        raise ScenarioRefused(reading.problems or [problem])
    return _Checker(path, reading, laid_on).scenario()


class _Checker(DeedChecks):
    # ── The file ──────────────────────────────────────────────────────────────────────────────────────────────
    def scenario(self) -> Scenario:
        self.mapping(self.data, (), TOP, _NEEDED)
        self.stop_at_problems()
        if type(self.version) is not int or self.version not in VERSIONS:
            self.say(
                ("schema_version",),
                "schema_version",
                _("This installation reads schema_version 1 and 2."),
                _("Write schema_version: 2, or upgrade the installation."),
            )
        office = self.office()
        definition_text, definition_name, definition = self.definition()
        self.stop_at_problems()
        assert definition is not None
        self.almanac = Almanac(ZoneInfo(office.time_zone), self.laid_on)
        self.definition_read = definition
        bodies = self.bodies(office)
        self.officers, self.people = self.actors()
        starts_at = self.starts_at()
        start_day = self.almanac.local_day(starts_at) if starts_at else self.laid_on
        self.directory = Directory(bodies, office.region, start_day)
        process = self.mapping(
            self.data["process"],
            ("process",),
            ("title", "parameters", "lists", "levels", "public", "case_number"),
            ("title",),
        )
        self.lists(process)
        for key, person in self.people.items():
            self.known_body(person.body, ("actors", "people", key, "body"))
        addresses = self.addresses()
        texts = self.texts()
        documents = self.documents()
        self.stop_at_problems()
        assert starts_at is not None
        start = self.start(process, starts_at, start_day)
        self.values = Values(self, self.almanac, definition, self.directory, texts, documents)
        deeds = self.deeds(starts_at)
        self.texts_found(deeds, documents)
        ends_at = self.ends(starts_at, deeds)
        expect = self.expect(self.data.get("expect"), ("expect",))
        self.stop_at_problems()
        return Scenario(
            key=str(self.data["scenario"]),
            title=str(self.data["title"]),
            file=self.path,
            office=office,
            definition=definition_text,
            definition_name=definition_name,
            start=start,
            officers=self.officers,
            people=self.people,
            bodies=tuple(bodies),
            addresses=addresses,
            documents=documents,
            texts=texts,
            deeds=tuple(deeds),
            ends_at=ends_at,
            expect=expect,
        )

    def office(self) -> OfficeText:
        names = ("key", "name", "case_prefix", "reply_to", "region", "postal_address", "language", "time_zone")
        value = self.mapping(self.data["office"], ("office",), names, ("key", "name", "case_prefix", "reply_to"))
        zone = str(value.get("time_zone") or "Europe/Copenhagen")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            self.say(
                ("office", "time_zone"),
                "unknown_zone",
                _("There is no time zone “%(name)s”.") % {"name": zone},
                _("Write a name such as Europe/Copenhagen, or leave the line out."),
            )
        self.address(value.get("reply_to"), ("office", "reply_to"))
        return OfficeText(
            key=str(value.get("key", "")),
            name=str(value.get("name", "")),
            case_prefix=str(value.get("case_prefix", "")),
            reply_to=str(value.get("reply_to", "")),
            region=str(value.get("region") or ""),
            postal_address=str(value.get("postal_address") or ""),
            language=str(value.get("language") or "da"),
            time_zone=zone,
        )

    def definition(self) -> tuple[str, str, Definition | None]:
        name = str(self.data["definition"])
        shipped = {path.stem: path for path in SHIPPED.glob("*.yaml")}
        path = shipped.get(name) or self.path.parent / name
        if not path.is_file():
            self.say(
                ("definition",),
                "unknown_definition",
                _("There is no definition “%(name)s”.") % {"name": name},
                nearest(name, shipped) + " " + _("A file of your own is written as a path from this file."),
            )
            return "", "", None
        text = path.read_text(encoding="utf-8")
        try:
            return text, path.name, parse(text, path.name)
        except DefinitionRefused as refused:
            self.problems += refused.problems
            return "", "", None

    def bodies(self, office: OfficeText) -> list[NewBody]:
        found = []
        for key, value in self.entries("bodies").items():
            path: Path = ("bodies", key)
            body = self.mapping(value, path, ("kind", "name", "name_en", "region"), ("kind", "name"))
            kind = body.get("kind")
            if kind is not None and kind not in BodyKind.values:
                self.unknown(
                    (*path, "kind"), "unknown_kind", _("There is no kind of body “%(name)s”."), kind, BodyKind.values
                )
                continue
            name = str(body.get("name", ""))
            region = body.get("region")
            found.append(
                NewBody(
                    key,
                    str(kind),
                    name,
                    str(body.get("name_en") or name),
                    office.region if region is None else str(region),
                )
            )
        return found

    def actors(self) -> tuple[dict[str, Officer], dict[str, Person]]:
        value = self.mapping(self.data["actors"], ("actors",), ("officers", "people"), ("officers",))
        officers, people = {}, {}
        for key, entry in self.entries("officers", value, ("actors",)).items():
            path: Path = ("actors", "officers", key)
            officer = self.mapping(entry, path, ("name", "email", "role"), ("name", "email"))
            role = str(officer.get("role") or Role.SECRETARIAT)
            if role not in Role.values:
                self.unknown((*path, "role"), "unknown_role", _("There is no role “%(name)s”."), role, Role.values)
            self.address(officer.get("email"), (*path, "email"))
            officers[key] = Officer(key, str(officer.get("name", "")), str(officer.get("email", "")), role)
        for key, entry in self.entries("people", value, ("actors",)).items():
            path = ("actors", "people", key)
            person = self.mapping(entry, path, ("name", "body"), ("name", "body"))
            if key in officers:
                self.say(
                    path,
                    "name_taken",
                    _("“%(key)s” is both an officer and a person.") % {"key": key},
                    _("Give one of them another name."),
                )
            people[key] = Person(key, str(person.get("name", "")), str(person.get("body", "")))
        return officers, people

    def starts_at(self) -> datetime | None:
        value = self.mapping(self.data["starts"], ("starts",), ("at", "by"), ("at", "by"))
        if "at" not in value:
            return None
        return self.moment(value["at"], ("starts", "at"), None)

    def start(self, process: dict[str, Any], at: datetime, day: date) -> Start:
        by = str(self.data["starts"].get("by", ""))
        self.officer(by, ("starts", "by"))
        parameters: dict[str, object] = {}
        for name, value in self.entries("parameters", process, ("process",)).items():
            path: Path = ("process", "parameters", name)
            known = self.definition_read.parameters
            if name not in known:
                self.unknown(path, "unknown_parameter", _("The definition has no parameter “%(name)s”."), name, known)
                continue
            parameters[name] = value
            if known[name].type == "date":
                try:
                    parameters[name] = self.almanac.day(value, day)
                except BadTime as bad:
                    self.say(path, "bad_date", _("“%(value)s” is no day.") % {"value": value}, str(bad))
        for name, parameter in self.definition_read.parameters.items():
            if parameter.required and parameter.default is None and name not in parameters:
                self.say(
                    ("process", "parameters"),
                    "missing_parameter",
                    _("The definition asks for the parameter “%(name)s”.") % {"name": name},
                    _("Add it under process, parameters."),
                )
        levels = {}
        for key, level in self.entries("levels", process, ("process",)).items():
            path = ("process", "levels", key)
            if level not in Level.values:
                self.unknown(path, "unknown_level", _("There is no level “%(name)s”."), level, Level.values)
            for body in self.parties(key, path):
                levels[body] = str(level)
        return Start(
            line=self.reading.line(("starts",)),
            at=at,
            by=by,
            title=str(process.get("title", "")),
            parameters=parameters,
            lists={name: keys for name, keys in self.directory.lists.items() if name in self.given_lists},
            levels=levels,
            is_public=bool(process.get("public")),
            case_number=str(process.get("case_number") or ""),
        )

    def lists(self, process: dict[str, Any]) -> None:
        """Lists of the definition filled by kind, then those the file gives; each may name the ones before it."""
        for name, named in self.definition_read.lists.items():
            if named.kinds:
                self.directory.lists[name] = self.directory.of_kinds([str(kind) for kind in named.kinds])
        for name, role in self.definition_read.bodies.items():
            self.directory.lists[name] = self.directory.of_kinds([str(role.kind)])
        given = self.entries("lists", process, ("process",))
        roles = {**self.definition_read.lists, **self.definition_read.bodies}
        self.given_lists = set(given)
        for name, value in self.entries("lists").items():
            if self.directory.knows(name):
                self.say(
                    ("lists", name),
                    "name_taken",
                    _("The name “%(key)s” is already taken.") % {"key": name},
                    _("Use another name."),
                )
            self.directory.lists[name] = self.parties(value, ("lists", name))
        for name, value in given.items():
            path: Path = ("process", "lists", name)
            if name not in roles:
                self.unknown(path, "unknown_list", _("The definition has no list or role “%(name)s”."), name, roles)
            self.directory.lists[name] = self.parties(value, path)

    def known_body(self, key: str, path: Path) -> None:
        if key not in self.directory.bodies:
            self.unknown(path, "unknown_party", _("There is no party “%(name)s”."), key, self.directory.bodies)

    def addresses(self) -> dict[str, Address]:
        found = {}
        for key, value in self.entries("addresses").items():
            path: Path = ("addresses", key)
            entry = {"email": value} if isinstance(value, str) else value
            entry = self.mapping(entry, path, ("email", "name", "language", "channel"))
            channel = str(entry.get("channel") or Channel.EMAIL)
            if channel not in Channel.values:
                self.unknown((*path, "channel"), "unknown_value", _("“%(name)s” is unknown."), channel, Channel.values)
            for body in self.parties(key, path):
                found[body] = Address(
                    email=str(entry.get("email") or ""),
                    name=str(entry.get("name") or ""),
                    language=str(entry.get("language") or "da"),
                    channel=channel,
                )
        return found

    def address(self, value: Any, path: Path) -> None:
        refusal = may_mail(str(value or ""))
        if value and refusal is not None:
            self.say(path, "bad_address", str(refusal.text), _("Write a full address such as post@kommune.example."))

    def texts(self) -> dict[str, tuple[str, ...]]:
        found = {}
        for name, value in self.entries("texts").items():
            items = value if isinstance(value, list) else [value]
            if not items or not all(isinstance(item, str) and item.strip() for item in items):
                self.say(("texts", name), "empty", _("This holds no text."), _("Write one text, or a list of several."))
            found[name] = tuple(str(item) for item in items)
        return found

    def documents(self) -> dict[str, DocumentText]:
        found = {}
        for key, value in self.entries("documents").items():
            path: Path = ("documents", key)
            entry = self.mapping(value, path, ("title", "role", "needs_approval", "sections"), ("title", "sections"))
            sections = []
            rows = entry.get("sections")
            for index, row in enumerate(rows if isinstance(rows, list) else []):
                section = self.mapping(
                    row, (*path, "sections", index), ("number", "heading", "text"), ("heading", "text")
                )
                sections.append(
                    SectionText(
                        str(section.get("number") or index + 1),
                        str(section.get("heading", "")),
                        str(section.get("text", "")),
                    )
                )
            found[key] = DocumentText(
                key=key,
                title=str(entry.get("title", "")),
                role=str(entry.get("role") or key),
                needs_approval=entry.get("needs_approval", True) is not False,
                sections=tuple(sections),
            )
        return found
