"""What the shape cannot say: names that must exist, a path that must lead somewhere, gates that can open.

Whoever reads a file comes in. Every problem in it is found in one reading.
"""

from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _
from pydantic import ValidationError

from workflow.definitions import graph
from workflow.definitions.faults import Complaint, Fault, faults_in, problems_of
from workflow.definitions.names import SECRETARIAT, DeclaredNames, references_in
from workflow.definitions.reading import Path, Problem, in_order, read
from workflow.definitions.shape import Definition, canonical_json
from workflow.definitions.stage_checks import has_one_day, stage_complaints
from workflow.definitions.tolerant import read_tolerantly
from workflow.states import StageKindName

RESERVED = (SECRETARIAT, "process")


class DefinitionRefused(Exception):
    """A definition that cannot be used; `problems` says where and why, and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def check(text: str, name: str) -> list[Problem]:
    """Everything wrong with a definition, in the order of its lines; an empty list when it can be used.

    `name` is what the problems call the file.
    """
    try:
        parse(text, name)
    except DefinitionRefused as refused:
        return refused.problems
    return []


@lru_cache(maxsize=16)
def parse(text: str, name: str) -> Definition:
    """The definition in a YAML text; kept in memory. Refuses with every problem found (`DefinitionRefused`).

    Where the shape is wrong in places, the meaning of the rest is judged all the same, so that one reading finds both.
    """
    reading = read(text, name)
    problems = reading.problems
    if reading.data is None:
        raise DefinitionRefused(problems)
    unread: set[Path] = set()
    try:
        definition = Definition.read(canonical_json(reading.data))
    except ValidationError as error:
        problems += problems_of(error, reading, Definition)
        unread = _unread(faults_in(error, reading.data))
        definition = read_tolerantly(Definition, reading.data)
    if ("stages",) not in unread and () not in unread:
        complaints = _meaning(definition, unread)
        problems += [reading.problem(*complaint) for complaint in complaints if not _leans_on(complaint, unread)]
    if problems:
        raise DefinitionRefused(in_order(dict.fromkeys(problems)))
    return definition


def _unread(faults: list[Fault]) -> set[Path]:
    """The places of which nothing is known; of a stage of unknown kind that is all of it."""
    harmless = ("extra_forbidden", "not_here", "repeated")
    places = {fault.path for fault in faults if fault.details["type"] not in harmless}
    return {path[:-1] if path[::2] == ("stages", "kind") else path for path in places}


LACKING = ("missing_gate", "gate_asks_another", "bad_deadline", "no_date", "reminders_without_deadline")
"""What is said of a stage or deadline because of something that it lacks."""


def _leans_on(complaint: Complaint, unread: set[Path]) -> bool:
    """Whether a complaint may only come from a place of which nothing is names."""
    path, code, _message, _remedy = complaint
    return any(path[: len(place)] == place or (code in LACKING and path[:2] == place[:2]) for place in unread)


def _meaning(definition: Definition, unread: set[Path]) -> Iterator[Complaint]:
    names = DeclaredNames(definition, unread)
    for path, reference in references_in(definition):
        yield from reference.complaints(path, names)
    yield from _declared_once(names)
    yield from _graph(names)
    for index, stage in enumerate(definition.stages):
        yield from stage_complaints(stage, ("stages", index), names)
    for name, named in definition.deadlines.items():
        yield from has_one_day(named.rule, ("deadlines", name, "deadline"))
    yield from _deadline_circles(names)


def _declared_once(names: DeclaredNames) -> Iterator[Complaint]:
    for index, stage in enumerate(names.definition.stages):
        key, path = stage.key, ("stages", index, "key")
        if index != names.index_of[key]:
            message = _("Two stages have the key “%(key)s”.") % {"key": key}
            yield path, "duplicate_stage", message, _("Give one of them another key.")
        elif key in names.definition.deadlines:
            message = _("“%(key)s” is both a stage and a deadline.") % {"key": key}
            yield path, "name_taken", message, _("Give the deadline another name.")
        if key in RESERVED:
            yield path, "name_taken", _("“%(key)s” is a reserved word.") % {"key": key}, _("Use another key.")
    lists, bodies = names.definition.lists, names.definition.bodies
    taken = [("lists", name) for name in lists if name in RESERVED or name in bodies]
    for name, listed in lists.items():
        if listed.kinds and listed.members:
            message = _("The list “%(key)s” names both kinds and members.") % {"key": name}
            yield ("lists", name), "two_sources", message, _("Keep one of them.")
    for place in [*taken, *(("bodies", name) for name in bodies if name in RESERVED)]:
        message = _("The name “%(key)s” is already taken.") % {"key": place[1]}
        yield place, "name_taken", message, _("Bodies, lists and the secretariat need names of their own.")


def _graph(names: DeclaredNames) -> Iterator[Complaint]:
    circles = graph.cycles(names.after)
    for circle in circles:
        message = _("The stages wait for each other in a circle: %(path)s.") % {"path": " → ".join(circle)}
        remedy = _("Remove one of these from “after”; a matter that is sent back uses on_return.")
        yield ("stages", names.index_of[circle[0]], "after"), "cycle", message, remedy
    in_circle = {key for circle in circles for key in circle}
    ends = {key for key, stage in names.stages.items() if stage.end}
    for key, before in names.before.items():
        blocked = sorted(before & (in_circle | ends))
        if blocked and key not in in_circle:
            words = {"key": key, "blocked": blocked[0]}
            message = _("The stage “%(key)s” can never open: it waits behind “%(blocked)s”.") % words
            remedy = _("Let it follow a stage that can be completed, and only the last stage say end: true.")
            yield ("stages", names.index_of[key]), "unreachable", message, remedy
    for key, following in graph.reversed_edges(names.after).items():
        may_end = names.stages[key].kind in (StageKindName.MILESTONE, StageKindName.EXTERNAL)
        if names.has_paths and not following and key not in ends and not may_end:
            message = _("The stage “%(key)s” is a dead end: nothing follows it and it does not end the process.")
            remedy = _("Let another stage come after it, or write end: true.")
            yield ("stages", names.index_of[key]), "dead_end", message % {"key": key}, remedy


def _deadline_circles(names: DeclaredNames) -> Iterator[Complaint]:
    leans = {name: [rule.deadline] if rule.deadline in names.rules else [] for name, rule in names.rules.items()}
    for circle in graph.cycles(leans):
        message = _("The deadlines lean on each other in a circle: %(path)s.") % {"path": " → ".join(circle)}
        remedy = _("Give one of them a day of its own.")
        is_stage = circle[0] in names.index_of
        path: Path = ("stages", names.index_of[circle[0]]) if is_stage else ("deadlines", circle[0])
        yield (*path, "deadline", "deadline"), "deadline_cycle", message, remedy
