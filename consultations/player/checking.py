"""Reads a scenario file and holds it against the catalogue: every problem with file, line and what to do about it.

`play`, `demo` and the tests come in. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from consultations.player.catalogue import COMMON, DEEDS, DeedKind, Doer
from consultations.player.expected import expectations
from consultations.player.parties import Directory
from consultations.player.scenario import (
    Address,
    Deed,
    DocumentText,
    Expectation,
    NewBody,
    Officer,
    OfficeText,
    Person,
    Scenario,
    SectionText,
    Start,
)
from consultations.player.times import Almanac, BadTime, pace_of
from consultations.player.values import Values
from notifications.rules import may_mail
from workflow.definitions import SHIPPED, Definition, DefinitionRefused, Problem, parse
from workflow.definitions.reading import Path, Reading, read
from workflow.definitions.structure import nearest
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


class ScenarioRefused(Exception):
    """A scenario that cannot be played; `problems` says where and why, and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


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


class _Checker:
    def __init__(self, path: FilePath, reading: Reading, laid_on: date) -> None:
        self.path = path
        self.reading = reading
        self.laid_on = laid_on
        self.problems = list(reading.problems)
        self.data: dict[str, Any] = reading.data if isinstance(reading.data, dict) else {}
        if not isinstance(reading.data, dict):
            self.say((), "wrong_type", _("A scenario is a mapping."), _("Copy a shipped scenario and change it."))

    # ── Saying what is wrong ──────────────────────────────────────────────────────────────────────────────────
    def say(self, path: Path, code: str, message: str, remedy: str) -> None:
        problem = Problem(self.path.name, self.reading.line(path), code, message, remedy)
        if problem not in self.problems:
            self.problems.append(problem)

    def unknown(self, path: Path, code: str, message: str, word: object, known: Collection[str]) -> None:
        self.say(path, code, message % {"name": word}, nearest(word, known))

    def stop_at_problems(self) -> None:
        if self.problems:
            raise ScenarioRefused(sorted(self.problems, key=lambda p: (p.line, p.code, p.message)))

    def mapping(self, value: Any, path: Path, allowed: Collection[str], needed: Collection[str] = ()) -> dict[str, Any]:
        """The value as a mapping with none but the allowed keys and all the needed ones; says what is not so."""
        if not isinstance(value, dict):
            self.say(path, "wrong_type", _("This must be a mapping."), _("Write lines of the form key: value."))
            return {}
        for key in value:
            if key not in allowed:
                self.unknown((*path, key), "unknown_key", _("Unknown key “%(name)s”."), key, allowed)
        for key in needed:
            if value.get(key) in (None, ""):
                self.say(
                    path,
                    "missing_key",
                    _("“%(key)s” is missing.") % {"key": key},
                    _("Add the line “%(key)s: …”.") % {"key": key},
                )
        return value

    def entries(self, name: str, parent: Mapping[str, Any] | None = None, path: Path = ()) -> dict[str, Any]:
        """A section that maps names to anything; empty when it is left out."""
        value = (self.data if parent is None else parent).get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.say(
                (*path, name), "wrong_type", _("This must be a mapping."), _("Write lines of the form key: value.")
            )
            return {}
        return value

    # ── The file ──────────────────────────────────────────────────────────────────────────────────────────────
    def scenario(self) -> Scenario:
        self.mapping(self.data, (), TOP, _NEEDED)
        self.stop_at_problems()
        if self.data["schema_version"] != 1:
            self.say(
                ("schema_version",),
                "schema_version",
                _("This installation reads schema_version 1."),
                _("Write schema_version: 1, or upgrade the installation."),
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
        self.values = Values(self.say, self.unknown, self.almanac, definition, self.directory, texts, documents)
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

    def parties(self, value: Any, path: Path) -> tuple[str, ...]:
        """The bodies a list expression names, in order and each once."""
        return self.directory.read(value, path, self.say, self.unknown)

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

    def moment(self, value: Any, path: Path, before: datetime | None) -> datetime | None:
        try:
            return self.almanac.moment(value, before)
        except BadTime as bad:
            self.say(path, "bad_date", _("“%(value)s” is no time.") % {"value": value}, str(bad))
            return None

    def officer(self, key: str, path: Path) -> None:
        if key not in self.officers:
            self.unknown(path, "unknown_actor", _("There is no officer “%(name)s”."), key, self.officers)

    # ── Deeds ─────────────────────────────────────────────────────────────────────────────────────────────────
    def deeds(self, starts_at: datetime) -> list[Deed]:
        rows = self.data["deeds"]
        if not isinstance(rows, list) or not rows:
            self.say(
                ("deeds",), "empty", _("There are no deeds."), _("Write a list: - {at: …, by: …, do: …}, one per deed.")
            )
            return []
        found: list[Deed] = []
        before = starts_at
        for index, row in enumerate(rows):
            path: Path = ("deeds", index)
            if not isinstance(row, dict):
                self.say(path, "wrong_type", _("A deed is a mapping."), _("Write - {at: …, by: …, do: …}."))
                continue
            do = row.get("do")
            if do not in DEEDS:
                where = (*path, "do") if "do" in row else path
                self.unknown(where, "unknown_deed", _("There is no deed “%(name)s”."), do, DEEDS)
                continue
            at = self.moment(row["at"], (*path, "at"), before) if "at" in row else before
            if at is None:
                continue
            before = at
            if at < starts_at:
                self.say(
                    (*path, "at"),
                    "before_start",
                    _("The deed comes before the process starts."),
                    _("Give it a later time, or let the process start earlier."),
                )
            found += self.one_deed(row, path, str(do), at)
        return sorted(found, key=lambda deed: deed.at)

    def one_deed(self, row: dict[str, Any], path: Path, do: str, at: datetime) -> list[Deed]:
        kind = DEEDS[do]
        allowed = [*COMMON, *kind.keys, *(("state", "stages", "counts", "package", "audit") if do == "expect" else ())]
        needed = [name for name, key in kind.keys.items() if key.required and key.kind.value != "flag"]
        self.mapping(row, path, allowed, needed)
        by, parties = self.doers(row, path, do, kind)
        if do == "expect":
            wanted = self.expect({key: value for key, value in row.items() if key not in COMMON}, path)
            return [Deed(line=self.reading.line(path), at=at, do=do, values={"expect": wanted})]
        instants = self.paced(row, path, at, len(parties))
        found = []
        for place, (party, moment) in enumerate(zip(parties, instants, strict=True)):
            values = {
                name: self.values.read(key, row[name], (*path, name), moment, row)
                for name, key in kind.keys.items()
                if row.get(name) is not None
            }
            actor = by if by is not None else party
            party_key = self.people[party].body if party in self.people else party
            found.append(
                Deed(
                    line=self.reading.line(path),
                    at=moment,
                    do=do,
                    by=actor,
                    party=party_key,
                    place=place,
                    values=values,
                    refused=str(row.get("refused") or ""),
                )
            )
        return found

    def doers(self, row: dict[str, Any], path: Path, do: str, kind: DeedKind) -> tuple[str | None, tuple[str, ...]]:
        """Who does it, and for whom: an officer with the parties under `for`, or None and the parties themselves."""
        by = row.get("by")
        if kind.doer is Doer.NOBODY:
            if by is not None:
                self.say((*path, "by"), "nobody_does", _("Nobody does “%(do)s”.") % {"do": do}, _("Leave `by` out."))
            return "", self.for_whom(row, path, do, kind)
        if by is None:
            self.say(path, "missing_key", _("“%(key)s” is missing.") % {"key": "by"}, _("Say who does it."))
            return None, ()
        if isinstance(by, str) and by in self.officers:
            if kind.doer is Doer.PARTY:
                self.say(
                    (*path, "by"),
                    "not_an_officers",
                    _("“%(do)s” is done by a party with its personal link.") % {"do": do},
                    _("Name a person or a body, or use a deed that is done on behalf."),
                )
                return None, ()
            return by, self.for_whom(row, path, do, kind)
        if kind.doer is Doer.OFFICER:
            self.officer(str(by), (*path, "by"))
            return None, ()
        if "for" in row:
            self.say(
                (*path, "for"),
                "not_here",
                _("A party acts for itself."),
                _("Leave `for` out, or let an officer do it."),
            )
        if isinstance(by, str) and by in self.people:
            return None, (by,)
        if isinstance(by, str) and not self.directory.knows(by):
            known = [*self.officers, *self.people, *self.directory.lists, *self.directory.bodies]
            self.unknown((*path, "by"), "unknown_actor", _("There is nobody called “%(name)s”."), by, known)
            return None, ()
        return None, self.parties(by, (*path, "by"))

    def for_whom(self, row: dict[str, Any], path: Path, do: str, kind: DeedKind) -> tuple[str, ...]:
        if "for" not in row:
            if kind.needs_for or kind.doer is Doer.EITHER:
                self.say(
                    path,
                    "missing_key",
                    _("“%(key)s” is missing.") % {"key": "for"},
                    _("Say for which party or parties."),
                )
                return ()
            return ("",)
        if not kind.for_parties:
            self.say(
                (*path, "for"),
                "not_here",
                _("“%(do)s” is not done for a party.") % {"do": do},
                _("Leave `for` out."),
            )
            return ("",)
        return self.parties(row["for"], (*path, "for"))

    def paced(self, row: dict[str, Any], path: Path, at: datetime, count: int) -> list[datetime]:
        """An instant for each party: all at once, one every so often, or spread until a time."""
        if "every" in row and "spread" in row:
            self.say(
                (*path, "every"),
                "two_paces",
                _("`every` and `spread` cannot both hold."),
                _("Keep one of them."),
            )
        try:
            if "spread" in row:
                until = self.moment(row["spread"], (*path, "spread"), at)
                if until is None:
                    return [at] * count
                if until <= at:
                    raise BadTime(_("Write a time after the deed's own; the deeds are spread between the two."))
                return self.almanac.spread(at, until, count)
            if "every" in row:
                step = pace_of(row["every"])
                return [at + place * step for place in range(count)]
        except BadTime as bad:
            where = "spread" if "spread" in row else "every"
            self.say(
                (*path, where), "bad_date", _("“%(value)s” cannot be used here.") % {"value": row[where]}, str(bad)
            )
        return [at] * count

    def texts_found(self, deeds: list[Deed], documents: Mapping[str, DocumentText]) -> None:
        """Every `find` of a replacement stands in the text as it is by then."""
        now = {key: "\n".join(section.text for section in text.sections) for key, text in documents.items()}
        for deed in deeds:
            for change in deed.values.get("replace", ()):
                key, find = change["document"], change["find"]
                if find not in now.get(key, ""):
                    problem = Problem(
                        self.path.name,
                        deed.line,
                        "text_not_found",
                        _("“%(text)s” does not stand in the document “%(name)s”.") % {"text": find, "name": key},
                        _("Copy the words as they stand in the text by then."),
                    )
                    self.problems.append(problem)
                now[key] = now.get(key, "").replace(find, change["with"])

    def ends(self, starts_at: datetime, deeds: list[Deed]) -> datetime | None:
        if "ends" not in self.data:
            return None
        last = deeds[-1].at if deeds else starts_at
        at = self.moment(self.data["ends"], ("ends",), last)
        if at is not None and at < last:
            self.say(
                ("ends",),
                "before_last_deed",
                _("The scenario ends before its last deed."),
                _("Write a later time, or leave the line out."),
            )
        return at

    def expect(self, value: Any, path: Path) -> tuple[Expectation, ...]:
        if value is None:
            return ()
        return expectations(value, path, self.definition_read, self.almanac, self.reading.line, self.say, self.unknown)
