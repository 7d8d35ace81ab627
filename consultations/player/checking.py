"""Reads a scenario file: its form by the typed models, then its names and times, each problem with line and remedy.

`play`, `demo` and the tests come in. Nothing here touches the database.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import ValidationError

from consultations.player.deeds import Deed
from consultations.player.deeds.documents import Gathering
from consultations.player.deeds.world import Expect
from consultations.player.file import ScenarioFile
from consultations.player.known import Known, ScenarioRefused
from consultations.player.parties import Directory, shipped_bodies
from consultations.player.scenario import Address, Scenario, Turn
from consultations.player.times import Almanac
from consultations.player.written import look, many
from workflow.actions.bodies import PlannedBody
from workflow.definitions import SHIPPED, DefinitionRefused, Problem, parse
from workflow.definitions.faults import nearest, problems_of
from workflow.definitions.reading import Path, Reading, read
from workflow.rules.validity import is_valid_on
from workflow.states import Level

__all__ = ["Problem", "ScenarioRefused", "read_scenario"]


def read_scenario(path: FilePath, laid_on: date) -> Scenario:
    """The scenario in a file, its relative times counted from the local day `laid_on`.

    Refuses with every problem found (`ScenarioRefused`): unknown keys, deeds, people and parties, impossible times.
    """
    reading = read(_text_of(path), path.name)
    if reading.problems:
        raise ScenarioRefused(reading.problems)
    file, rows, problems = _typed(reading)
    definition_path = _definition_path(file, path, reading)
    text = _text_of(definition_path)
    try:
        definition = parse(text, definition_path.name)
    except DefinitionRefused as refused:
        raise ScenarioRefused(refused.problems) from None
    known = Known(file, reading, definition, Almanac(ZoneInfo(file.office.time_zone), laid_on))
    known.problems.extend(problems)
    return _scenario(path, known, rows, text, definition_path.name)


def _text_of(path: FilePath) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        problem = Problem(path.name, 1, "no_file", _("There is no such file."), _("Check the path."))
    except (OSError, UnicodeDecodeError):
        problem = Problem(path.name, 1, "unreadable", _("The file cannot be read."), _("Save it as UTF-8 text."))
    raise ScenarioRefused([problem])


def _typed(reading: Reading) -> tuple[ScenarioFile, list[int], list[Problem]]:
    """The file as its model, the places of the deeds in it, and what is wrong with the form of the other deeds.

    The deeds that can be read are looked at further, so that one reading says all that is wrong with a file.
    """
    data: Any = reading.data
    try:
        file = ScenarioFile.model_validate(data)
        return file, list(range(len(file.deeds))), []
    except ValidationError as error:
        problems = problems_of(error, reading, ScenarioFile)
        places = {details["loc"][:2] for details in error.errors(include_url=False)}
    wrong = {place[1] for place in places if len(place) > 1 and place[0] == "deeds"}
    if len(wrong) < len(places) or len(wrong) == len(data["deeds"]):
        raise ScenarioRefused(problems)
    rows = [index for index in range(len(data["deeds"])) if index not in wrong]
    return ScenarioFile.model_validate({**data, "deeds": [data["deeds"][index] for index in rows]}), rows, problems


def _definition_path(file: ScenarioFile, path: FilePath, reading: Reading) -> FilePath:
    shipped = {found.stem: found for found in SHIPPED.glob("*.yaml")}
    found = shipped.get(file.definition) or path.parent / file.definition
    with suppress(OSError):  # a name longer than any file's
        if found.is_file():
            return found
    message = _("There is no definition “%(name)s”.") % {"name": file.definition}
    own = _("A file of your own is written as a path from this file.")
    remedy = f"{nearest(file.definition, shipped)} {own}"
    raise ScenarioRefused([Problem(path.name, reading.line(("definition",)), "unknown_definition", message, remedy)])


# Names and times of a file whose form is right ────────────────────────────────────────────────────────────────────────
def _scenario(path: FilePath, known: Known, rows: list[int], definition: str, definition_name: str) -> Scenario:
    """The whole of it. rows: the places of the deeds in the file."""
    file = known.file
    starts_at = known.moment(file.starts.at, ("starts", "at"), before=None)
    if starts_at is None:
        raise ScenarioRefused(known.problems)
    known.at = starts_at
    home = file.office.region
    bodies = tuple(
        PlannedBody(key, new.kind, new.name, new.name_en or new.name, home if new.region is None else new.region)
        for key, new in file.bodies.items()
    )
    known.directory = Directory(bodies, home, known.almanac.local_day(starts_at))
    _check_actors(known)
    lists = _lists(known)
    addresses: dict[str, Address] = {}
    for key, address in file.addresses.items():
        addresses |= dict.fromkeys(known.parties(key, ("addresses", key)), address)
    levels: dict[str, Level] = {}
    for key, level in file.process.levels.items():
        levels |= dict.fromkeys(known.parties(key, ("process", "levels", key)), level)
    parameters = _parameters(known)
    turns = _turns(known, rows, starts_at)
    if len({id(turn.deed) for turn in turns}) == len(known.reading.data["deeds"]):
        _check_replacements(known, turns)  # a deed that cannot be read may have made the text that is missed
    ends_at = _ends_at(known, turns[-1].at if turns else starts_at)
    look(file.expect, known, ("expect",))
    expect = file.expect.expectations(known, ("expect",)) if file.expect else ()
    if known.problems:
        raise ScenarioRefused(known.problems)
    return Scenario(
        path=path,
        file=file,
        line=known.line,
        almanac=known.almanac,
        definition=definition,
        definition_name=definition_name,
        starts_at=starts_at,
        parameters=parameters,
        lists=lists,
        levels=levels,
        bodies=bodies,
        addresses=addresses,
        turns=tuple(turns),
        ends_at=ends_at,
        expect=expect,
        notices=tuple(dict.fromkeys(known.notices)),
    )


def _check_actors(known: Known) -> None:
    """The office, its people and bodies; each account has an address of its own, each body a name."""
    for key in known.file.bodies.keys() & shipped_bodies().keys():
        message = _("The name “%(key)s” is already taken.") % {"key": key}
        known.say(("bodies", key), "name_taken", message, _("Use another name."))
    for name in ("office", "starts", "actors", "bodies"):
        look(getattr(known.file, name), known, (name,))
    holders: dict[str, str] = {}
    for key, officer in known.officers.items():
        holder = holders.setdefault(officer.email.lower(), key)
        if holder != key:
            message = _("“%(key)s” has the address of “%(other)s”.") % {"key": key, "other": holder}
            remedy = _("Give each officer an address of their own.")
            known.say(("actors", "officers", key, "email"), "address_taken", message, remedy)
        if key in known.people:
            message = _("“%(key)s” is both an officer and a person.") % {"key": key}
            known.say(("actors", "people", key), "name_taken", message, _("Give one of them another name."))


def _lists(known: Known) -> dict[str, tuple[str, ...]]:
    """Lists of the definition filled by kind, then those the file gives; each may name the ones before it.

    Gives back those given by the definition's names.
    """
    definition, directory = known.definition, known.directory
    for name, named in definition.lists.items():
        if named.kinds:
            directory.lists[name] = directory.of_kinds([str(kind) for kind in named.kinds])
    for name, role in definition.bodies.items():
        directory.lists[name] = directory.of_kinds([str(role.kind)])
    for name, written in known.file.lists.items():
        if directory.knows(name):
            message = _("The name “%(key)s” is already taken.") % {"key": name}
            known.say(("lists", name), "name_taken", message, _("Use another name."))
        directory.take_in(name, written, ("lists", name), known)
    roles = {**definition.lists, **definition.bodies}
    given = {}
    for name, written in known.file.process.lists.items():
        path: Path = ("process", "lists", name)
        if name not in roles:
            known.unknown(path, "unknown_list", _("The definition has no list or role “%(name)s”."), name, roles)
        given[name] = directory.take_in(name, written, path, known)
        if name in definition.bodies and len(given[name]) > 1:
            message = _("“%(name)s” is a role; one body has it.") % {"name": name}
            known.say(path, "several_bodies", message, _("Name the one that takes part."))
        for key in given[name]:
            _check_existence(known, directory.bodies[key], path)
    return given


def _check_existence(known: Known, body: PlannedBody, path: Path) -> None:
    """A body that takes part exists on the day the process starts."""
    day = known.directory.day
    if is_valid_on(body, day):
        return
    message = _("“%(name)s” does not exist on %(day)s, when the process starts.") % {"name": body.key, "day": day}
    remedy = _("Name the body that has its place on that day.")
    if body.successor:
        remedy = _("Name what took its place: “%(name)s”.") % {"name": body.successor}
    known.say(path, "body_not_valid", message, remedy)


def _parameters(known: Known) -> dict[str, int | str | date]:
    """The process's parameters, days as days."""
    declared = known.definition.parameters
    found: dict[str, int | str | date] = {}
    for name, value in known.file.process.parameters.items():
        path: Path = ("process", "parameters", name)
        if name not in declared:
            known.unknown(path, "unknown_parameter", _("The definition has no parameter “%(name)s”."), name, declared)
        elif isinstance(value, int) or (isinstance(value, str) and declared[name].type != "date"):
            found[name] = value
        elif day := known.day(value, path):
            found[name] = day
    for name, parameter in declared.items():
        if parameter.required and parameter.default is None and name not in known.file.process.parameters:
            message = _("The definition asks for the parameter “%(name)s”.") % {"name": name}
            remedy = _("Add it under process, parameters.")
            known.say(("process", "parameters"), "missing_parameter", message, remedy)
    return found


def _turns(known: Known, rows: list[int], starts_at: datetime) -> list[Turn]:
    """Each deed once for each party it is done by or for, in the order of time."""
    found: list[Turn] = []
    before = starts_at
    for index, deed in zip(rows, known.file.deeds, strict=True):
        path: Path = ("deeds", index)
        at = before if deed.at is None else known.moment(deed.at, (*path, "at"), before=before)
        if at is None:
            continue
        before = known.at = at
        if at < starts_at:
            remedy = _("Give it a later time, or let the process start earlier.")
            known.say((*path, "at"), "before_start", _("The deed comes before the process starts."), remedy)
        found += _turns_of(deed, known, path)
    return sorted(found, key=lambda turn: turn.at)


def _turns_of(deed: Deed, known: Known, path: Path) -> list[Turn]:
    """A deed of the file once for each party; says what is wrong with it."""
    known.since(deed.since, (*path, "do"), deed.do)
    deed.check(known, path)
    if isinstance(deed, Expect):
        return [Turn(known.line(path), known.at, deed, expect=deed.expectations(known, path))]
    doers = deed.doers(known, path)
    instants = deed.instants(known, path, len(doers))
    return [
        Turn(known.line(path), at, deed, by, party, place)
        for place, ((by, party), at) in enumerate(zip(doers, instants, strict=True))
    ]


def _check_replacements(known: Known, turns: list[Turn]) -> None:
    """Every `find` of a replacement stands in the text as it is by then."""
    texts = {key: "\n".join(document.texts.values()) for key, document in known.file.documents.items()}
    for turn in turns:
        for change in many(turn.deed.replace) if isinstance(turn.deed, Gathering) else ():
            if change.document not in texts:
                continue
            text = texts[change.document]
            if change.find not in text:
                words = {"text": change.find, "name": change.document}
                message = _("“%(text)s” does not stand in the document “%(name)s”.") % words
                remedy = _("Copy the words as they stand in the text by then.")
                known.problems.append(Problem(known.reading.name, turn.line, "text_not_found", message, remedy))
                del texts[change.document]  # what stands there from now on is not known
                continue
            texts[change.document] = text.replace(change.find, change.into)


def _ends_at(known: Known, last: datetime) -> datetime | None:
    if known.file.ends is None:
        return None
    at = known.moment(known.file.ends, ("ends",), before=last)
    if at is not None and at < last:
        remedy = _("Write a later time, or leave the line out.")
        known.say(("ends",), "before_last_deed", _("The scenario ends before its last deed."), remedy)
    return at
