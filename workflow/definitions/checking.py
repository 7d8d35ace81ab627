"""What the form cannot say: names that must exist, a path that must lead somewhere, gates that can open.

`check_definition`, `load_definition` and `parse` come in. Every problem in a file is found in one reading.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from workflow.definitions import graph
from workflow.definitions.deadline_checks import deadline_circles, deadline_rule, real_date, stage_deadline
from workflow.definitions.faults import nearest
from workflow.definitions.gate_checks import gates
from workflow.definitions.names import Known, mapping, names_in, unknown
from workflow.definitions.reading import Path, Problem, Reading, read
from workflow.definitions.structure import Complaint, complaints
from workflow.states import Outcome

RESERVED = ("secretariat", "process")


def check(text: str, name: str) -> list[Problem]:
    """Everything wrong with a definition, in the order of its lines; an empty list when it can be used.

    `name` is what the problems call the file.
    """
    return examine(text, name).problems


def examine(text: str, name: str) -> Reading:
    """The data of a definition together with its problems."""
    reading = read(text, name)
    if reading.data is None:
        if not reading.problems:
            reading.problems.append(
                Problem(name, 1, "empty", _("The file is empty."), _("Copy a shipped definition and change it."))
            )
        return reading
    found: dict[tuple[Path, str, str], Complaint] = {}
    for complaint in (*complaints(reading.data), *_meaning(reading.data)):
        found.setdefault(complaint[:3], complaint)
    reading.problems += [
        Problem(name, reading.line(path), code, message, remedy) for path, code, message, remedy in found.values()
    ]
    reading.problems.sort(key=lambda problem: (problem.line, problem.code, problem.message))
    return reading


def _meaning(data: Any) -> Iterator[Complaint]:
    if not isinstance(data, dict):
        return
    known = Known(data)
    yield from _declared_once(known)
    yield from _lists_and_parameters(known)
    yield from _graph(known)
    for index, stage in known.stages:
        path: Path = ("stages", index)
        yield from _roles(stage, path, known)
        yield from _returns(stage, path, known)
        yield from gates(stage, path, known)
        yield from _outcomes(stage, path)
        yield from stage_deadline(stage, path, known)
    for name in known.deadlines:
        own_path, rule = known.rules[name]
        yield from deadline_rule(rule, own_path, None, known)
    yield from deadline_circles(known)


def _declared_once(known: Known) -> Iterator[Complaint]:
    first: dict[str, Path] = {}
    for index, stage in known.stages:
        key, path = stage["key"], ("stages", index, "key")
        if key in first:
            yield (
                path,
                "duplicate_stage",
                _("Two stages have the key “%(key)s”.") % {"key": key},
                _("Give one of them another key."),
            )
        elif key in known.deadlines:
            yield (
                path,
                "name_taken",
                _("“%(key)s” is both a stage and a deadline.") % {"key": key},
                _("Give the deadline another name."),
            )
        first.setdefault(key, path)
        if key in RESERVED:
            yield path, "name_taken", _("“%(key)s” is a reserved word.") % {"key": key}, _("Use another key.")
    for section, names in (("lists", known.lists), ("bodies", known.bodies)):
        for name in names:
            if name in RESERVED or (section == "lists" and name in known.bodies):
                yield (
                    (section, name),
                    "name_taken",
                    _("The name “%(key)s” is already taken.") % {"key": name},
                    _("Bodies, lists and the secretariat need names of their own."),
                )


def _lists_and_parameters(known: Known) -> Iterator[Complaint]:
    for name, value in known.lists.items():
        if "kinds" in mapping(value) and "members" in mapping(value):
            yield (
                ("lists", name),
                "two_sources",
                _("The list “%(key)s” names both kinds and members.") % {"key": name},
                _("Keep one of them."),
            )
        for place, member in enumerate(names_in(mapping(value).get("members"))):
            if member not in known.bodies:
                yield from unknown("body", member, ("lists", name, "members", place), known)
    for name, value in known.parameters.items():
        default = mapping(value).get("default")
        path: Path = ("parameters", name, "default")
        kind = mapping(value).get("type")
        if default is None:
            continue
        if isinstance(default, int) != (kind == "integer"):
            yield (
                path,
                "wrong_type",
                _("The default of “%(key)s” does not fit its type.") % {"key": name},
                _("Change the default or the type."),
            )
        elif kind == "date":
            yield from real_date(default, path)


def _graph(known: Known) -> Iterator[Complaint]:
    index_of = {stage["key"]: index for index, stage in reversed(known.stages)}
    for index, stage in known.stages:
        for place, name in enumerate(names_in(stage.get("after"))):
            yield from unknown("stage", name, ("stages", index, "after", place), known)
    circles = graph.cycles(known.after)
    for circle in circles:
        yield (
            ("stages", index_of[circle[0]], "after"),
            "cycle",
            _("The stages wait for each other in a circle: %(path)s.") % {"path": " → ".join(circle)},
            _("Remove one of these from “after”; a matter that is sent back uses on_return."),
        )
    in_circle = {key for circle in circles for key in circle}
    ends = {key for key, stage in known.by_key.items() if stage.get("end") is True}
    onward = graph.reversed_edges(known.after)
    for key, before in known.before.items():
        blocked = sorted(before & (in_circle | ends))
        if blocked and key not in in_circle:
            yield (
                ("stages", index_of[key]),
                "unreachable",
                _("The stage “%(key)s” can never open: it waits behind “%(blocked)s”.")
                % {"key": key, "blocked": blocked[0]},
                _("Let it follow a stage that can be completed, and only the last stage say end: true."),
            )
    for key, following in onward.items():
        kind = known.by_key[key].get("kind")
        if not following and key not in ends and kind not in ("milestone", "external"):
            yield (
                ("stages", index_of[key]),
                "dead_end",
                _("The stage “%(key)s” is a dead end: nothing follows it and it does not end the process.")
                % {"key": key},
                _("Let another stage come after it, or write end: true."),
            )


def _roles(stage: dict[str, Any], path: Path, known: Known) -> Iterator[Complaint]:
    yield from unknown("role", stage.get("actor"), (*path, "actor"), known)
    external, milestone = mapping(stage.get("external")), mapping(stage.get("milestone"))
    consultation, approval = mapping(stage.get("consultation")), mapping(stage.get("approval"))
    yield from unknown("body", external.get("body"), (*path, "external", "body"), known)
    yield from unknown("list", milestone.get("each"), (*path, "milestone", "each"), known)
    yield from unknown("list", consultation.get("list"), (*path, "consultation", "list"), known)
    yield from unknown("list", approval.get("list"), (*path, "approval", "list"), known)
    actor = stage.get("actor")
    if stage.get("kind") == "review" and isinstance(actor, str) and (actor in known.lists or actor == "secretariat"):
        yield (
            (*path, "actor"),
            "wrong_actor",
            _("A review is decided by one body, and “%(name)s” is none.") % {"name": actor},
            _("Name a body; many bodies in parallel are a stage of the kind approval."),
        )
    members = names_in(mapping(known.lists.get(str(approval.get("list")))).get("members"))
    k = approval.get("k")
    if members and isinstance(k, int) and k > len(members):
        yield (
            (*path, "approval", "k"),
            "k_larger_than_list",
            _("%(k)d approvals are asked of a list of %(n)d.") % {"k": k, "n": len(members)},
            _("Lower k, or add members to the list."),
        )


def _returns(stage: dict[str, Any], path: Path, known: Known) -> Iterator[Complaint]:
    targets = [((*path, "on_return"), stage.get("on_return"))]
    targets += [((*path, "on_outcome", name), key) for name, key in mapping(stage.get("on_outcome")).items()]
    for place, target in targets:
        if not isinstance(target, str):
            continue
        yield from unknown("stage", target, place, known)
        if target in known.by_key and target not in known.before[stage["key"]] - {stage["key"]}:
            yield (
                place,
                "return_not_before",
                _("“%(target)s” does not come before “%(key)s”, so nothing can be sent back to it.")
                % {"target": target, "key": stage["key"]},
                nearest(target, known.before[stage["key"]] - {stage["key"]}),
            )


def _outcomes(stage: dict[str, Any], path: Path) -> Iterator[Complaint]:
    for block in ("review", "approval"):
        counts = mapping(stage.get(block)).get("counts")
        for place, outcome in enumerate(names_in(counts)):
            if outcome in Outcome.values and not outcome.startswith("approved"):
                yield (
                    (*path, block, "counts", place),
                    "never_an_approval",
                    _("“%(outcome)s” is not an approval and cannot count as one.") % {"outcome": outcome},
                    nearest(outcome, [value for value in Outcome.values if value.startswith("approved")]),
                )
        for outcome in mapping(stage.get("on_outcome")):
            if outcome in names_in(counts):
                yield (
                    (*path, "on_outcome", outcome),
                    "contradiction",
                    _("“%(outcome)s” both opens the gate and sends the matter back.") % {"outcome": outcome},
                    _("Keep it under counts or under on_outcome."),
                )
    if "on_outcome" in stage and stage.get("kind") != "review":
        yield (
            (*path, "on_outcome"),
            "not_for_this_kind",
            _("Only a review sends a matter back by its outcome."),
            _("Use on_return: the secretariat decides what follows from a no."),
        )
