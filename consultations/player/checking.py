"""Reads a scenario file: its form by the typed models, then its names and times, each problem with line and remedy.

`play`, `demo` and the tests come in. Nothing here touches the database.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path as FilePath
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import ValidationError

from consultations.player.check import ScenarioCheck, ScenarioRefused
from consultations.player.deeds import Deed
from consultations.player.deeds.documents import Gathering
from consultations.player.expected import Expected
from consultations.player.parties import Directory, Parties, PartyName, shipped_bodies
from consultations.player.read_files import read_files
from consultations.player.scenario import Beginning, LevelName, Reached, Scenario, ScenarioFile, Turn
from consultations.player.times import Almanac, Day, FirstMoment, Moment
from workflow.actions.bodies import PlannedBody
from workflow.definitions import DefinitionRefused, Problem, parse, shipped_paths
from workflow.definitions.faults import nearest, problems_of
from workflow.definitions.reading import Path, Reading, read
from workflow.rules.validity import is_valid_on

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
    almanac = Almanac(ZoneInfo(file.office.time_zone), laid_on)
    documents, unread = read_files(file, path.parent, reading)
    file = file.model_copy(update={"documents": documents})
    check = ScenarioCheck(file, path.parent, reading, definition, almanac)
    check.problems.extend([*problems, *unread])
    file = _head(check)
    turns = _turns(check, rows)
    if len({turn.path for turn in turns}) == len(reading.data["deeds"]):
        _check_replacements(check, turns)  # a deed that cannot be read may have made the text that is missed
    check.at = turns[-1].at if turns else file.starts.at
    ends, expect = check.judged(Moment, "ends"), check.judged(Expected, "expect")
    if ends is not None and ends < check.at:
        remedy = _("Write a later time, or leave the line out.")
        check.say(("ends",), "before_last_deed", _("The scenario ends before its last deed."), remedy)
    if check.problems:
        raise ScenarioRefused(check.problems)
    return Scenario(
        path=path,
        file=file.model_copy(update={"ends": ends, "expect": expect}),
        line=reading.line,
        definition=text,
        definition_name=definition_path.name,
        turns=tuple(turns),
        notices=tuple(dict.fromkeys(check.notices)),
    )


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
    shipped = {known.stem: known for known in shipped_paths()}
    definition_path = shipped.get(file.definition) or path.parent / file.definition
    with suppress(OSError):  # a name longer than any file's
        if definition_path.is_file():
            return definition_path
    message = _("There is no definition “%(name)s”.") % {"name": file.definition}
    own = _("A file of your own is written as a path from this file.")
    remedy = f"{nearest(file.definition, shipped)} {own}"
    raise ScenarioRefused([reading.problem(("definition",), "unknown_definition", message, remedy)])


# Names and times of a file whose form is right ────────────────────────────────────────────────────────────────────────
def _head(check: ScenarioCheck) -> ScenarioFile:
    """The file with what the names and times above its deeds mean."""
    file = check.file
    starts_at = check.judged(FirstMoment, "starts", "at")
    if starts_at is None:
        raise ScenarioRefused(check.problems)
    check.at = starts_at
    check.directory = Directory(file.planned_bodies, file.office.region, check.almanac.local_day(starts_at))
    _check_names(check)
    for name in ("office", "bodies", "actors", "documents"):
        check.judged(ScenarioFile.model_fields[name].annotation, name)
    lists = _lists(check)
    levels = check.judged(dict[PartyName, LevelName], "process", "levels") or {}
    check.levels = {key: level for keys, level in levels.items() for key in keys}
    starts = check.judged(Beginning, "starts")
    elsewhere = starts.done_elsewhere if starts else ()
    process = {
        "lists": lists,
        "levels": levels,
        "parameters": _parameters(check),
    }
    return file.model_copy(
        update={
            "starts": file.starts.model_copy(update={"at": starts_at, "done_elsewhere": elsewhere}),
            "addresses": check.judged(dict[PartyName, Reached], "addresses") or {},
            "process": file.process.model_copy(update=process),
        }
    )


def _check_names(check: ScenarioCheck) -> None:
    """Each body and person has a name of its own, each account an address of its own."""
    for key in check.file.bodies.keys() & shipped_bodies().keys():
        _say_taken(check, ("bodies", key))
    holders: dict[str, str] = {}
    for key, officer in check.officers.items():
        holder = holders.setdefault(officer.email.lower(), key)
        if holder != key:
            message = _("“%(key)s” has the address of “%(other)s”.") % {"key": key, "other": holder}
            remedy = _("Give each officer an address of their own.")
            check.say(("actors", "officers", key, "email"), "address_taken", message, remedy)
        if key in check.people:
            message = _("“%(key)s” is both an officer and a person.") % {"key": key}
            check.say(("actors", "people", key), "name_taken", message, _("Give one of them another name."))


def _say_taken(check: ScenarioCheck, path: Path) -> None:
    message = _("The name “%(key)s” is already taken.") % {"key": path[-1]}
    check.say(path, "name_taken", message, _("Use another name."))


def _lists(check: ScenarioCheck) -> dict[str, tuple[str, ...]]:
    """Lists of the definition filled by kind, then those the file gives; each may name the ones before it.

    Gives back those given by the definition's names.
    """
    definition, directory = check.definition, check.directory
    for name, named in definition.lists.items():
        if named.kinds:
            directory.lists[name] = directory.of_kinds([str(kind) for kind in named.kinds])
    for name, role in definition.bodies.items():
        directory.lists[name] = directory.of_kinds([str(role.kind)])
    for name in check.file.lists:
        if name in directory.names:
            _say_taken(check, ("lists", name))
        directory.lists[name] = check.judged(Parties, "lists", name)
    roles = {**definition.lists, **definition.bodies}
    given = {}
    for name in check.file.process.lists:
        path = ("process", "lists", name)
        if name not in roles:
            sentence = _("The definition has no list or role “%(name)s”.") % {"name": name}
            check.say(path, "unknown_list", sentence, nearest(name, roles))
        directory.lists[name] = keys = check.judged(Parties, *path)
        given[name] = keys or ()
        if name in definition.bodies and len(given[name]) > 1:
            message = _("“%(name)s” is a role; one body has it.") % {"name": name}
            check.say(path, "several_bodies", message, _("Name the one that takes part."))
        for key in given[name]:
            _check_existence(check, directory.bodies[key], path)
    return given


def _check_existence(check: ScenarioCheck, body: PlannedBody, path: Path) -> None:
    """A body that takes part exists on the day the process starts."""
    if is_valid_on(body, check.directory.day):
        return
    message = _("“%(name)s” does not exist on %(day)s, when the process starts.") % {
        "name": body.key,
        "day": check.directory.day,
    }
    remedy = _("Name the body that has its place on that day.")
    if body.successor:
        remedy = _("Name what took its place: “%(name)s”.") % {"name": body.successor}
    check.say(path, "body_not_valid", message, remedy)


def _parameters(check: ScenarioCheck) -> dict[str, int | str | date]:
    """The process's parameters, days as days."""
    declared, written = check.definition.parameters, check.file.process.parameters
    values: dict[str, Any] = {}
    for name, value in written.items():
        path = ("process", "parameters", name)
        if name not in declared:
            sentence = _("The definition has no parameter “%(name)s”.") % {"name": name}
            check.say(path, "unknown_parameter", sentence, nearest(name, declared))
        else:
            values[name] = check.judged(Day, *path) if check.is_day(name, value) else value
    for name, parameter in declared.items():
        if parameter.required and parameter.default is None and name not in written:
            message = _("The definition asks for the parameter “%(name)s”.") % {"name": name}
            remedy = _("Add it under process, parameters.")
            check.say(("process", "parameters"), "missing_parameter", message, remedy)
    return values


def _turns(check: ScenarioCheck, rows: list[int]) -> list[Turn]:
    """Each deed once for each party it is done by or for, in the order of time."""
    turns: list[Turn] = []
    starts_at = check.at
    for index, written in zip(rows, check.file.deeds, strict=True):
        path: Path = ("deeds", index)
        at = check.at if written.at is None else check.judged(Moment, *path, "at")
        if at is None:
            continue
        check.at = at
        if at < starts_at:
            remedy = _("Give it a later time, or let the process start earlier.")
            check.say((*path, "at"), "before_start", _("The deed comes before the process starts."), remedy)
        turns += _turns_of(type(written), check, path)
    return sorted(turns, key=lambda turn: turn.at)


def _turns_of(kind: type[Deed], check: ScenarioCheck, path: Path) -> list[Turn]:
    """A deed of the file once for each party, as it is at that turn; says what is wrong with it."""
    first, deed = check.at, check.judged(kind, *path)
    if deed is None:
        return []
    doers = deed.doers()
    turns = []
    for place, ((by, party), at) in enumerate(zip(doers, deed.instants(first, check.almanac, len(doers)), strict=True)):
        check.at, check.turn = at, (party, place)
        turns.append(Turn(path, at, check.judged(kind, *path), by, party, place))
    check.at, check.turn = first, None
    return turns


def _check_replacements(check: ScenarioCheck, turns: list[Turn]) -> None:
    """Every `find` of a replacement stands in the text as it is by then."""
    texts = {key: "\n".join(document.texts.values()) for key, document in check.file.documents.items()}
    for turn in turns:
        for change in turn.deed.replace if isinstance(turn.deed, Gathering) else ():
            if change.document not in texts:
                continue
            text = texts[change.document]
            if change.find not in text:
                words = {"text": change.find, "name": change.document}
                message = _("“%(text)s” does not stand in the document “%(name)s”.") % words
                remedy = _("Copy the words as they stand in the text by then.")
                check.say(turn.path, "text_not_found", message, remedy)
                del texts[change.document]  # what stands there from now on is not known
                continue
            texts[change.document] = text.replace(change.find, change.into)
