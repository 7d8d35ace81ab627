"""Whether each deadline has a day, and one that can be known in time; `checking` comes in."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from workflow.definitions import graph
from workflow.definitions.faults import nearest
from workflow.definitions.names import Known, mapping, unknown
from workflow.definitions.reading import Path
from workflow.definitions.structure import Complaint


def real_date(value: Any, path: Path) -> Iterator[Complaint]:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        yield (
            path,
            "bad_date",
            _("“%(value)s” is not a day in the calendar.") % {"value": value},
            _("Write the day as year-month-day: 2019-06-30."),
        )


def stage_deadline(stage: dict[str, Any], path: Path, known: Known) -> Iterator[Complaint]:
    clock = mapping(mapping(stage.get("external")).get("clock"))
    if clock:
        yield from _event(clock.get("from"), (*path, "external", "clock", "from"), stage["key"], known)
    if "deadline" in stage:
        if clock:
            yield (
                (*path, "deadline"),
                "two_deadlines",
                _("The stage has both a deadline and the outside body's clock."),
                _("Keep one of them."),
            )
        yield from deadline_rule(mapping(stage["deadline"]), (*path, "deadline"), stage["key"], known)
    elif "reminders" in stage and stage.get("kind") not in ("consultation", "approval"):
        yield (
            (*path, "reminders"),
            "reminders_without_deadline",
            _("The stage has reminders but no deadline to remind of."),
            _("Add a deadline, or remove the reminders."),
        )


def deadline_rule(rule: dict[str, Any], path: Path, stage: str | None, known: Known) -> Iterator[Complaint]:
    kind = rule.get("rule")
    if "parameter" in rule:
        yield from date_parameter(rule["parameter"], (*path, "parameter"), known)
    if "date" in rule:
        yield from real_date(rule["date"], (*path, "date"))
    if "event" in rule:
        yield from _event(rule["event"], (*path, "event"), stage, known)
    if "deadline" in rule:
        yield from unknown("deadline", rule["deadline"], (*path, "deadline"), known)
    if kind in ("fixed", "statutory", "advisory"):
        anchors = [name for name in ("date", "parameter", "event") if name in rule]
        periods = [name for name in ("days", "weeks", "months", "years") if name in rule]
        if len(anchors) != 1 or bool(periods) != (anchors == ["event"]):
            yield (
                path,
                "bad_deadline",
                _("The deadline does not say on which one day it falls."),
                _("Give a date, or a parameter.")
                if kind == "fixed"
                else _("Give a date, or a parameter, or an event with days, weeks, months or years."),
            )


def date_parameter(name: Any, path: Path, known: Known) -> Iterator[Complaint]:
    yield from unknown("parameter", name, path, known)
    parameter = mapping(known.parameters.get(name) if isinstance(name, str) else None)
    if parameter and parameter.get("type") in ("integer", "text"):
        yield (
            path,
            "wrong_type",
            _("The parameter “%(name)s” is no date.") % {"name": name},
            _("Declare it with type: date, or name another."),
        )


def _event(event: Any, path: Path, stage: str | None, known: Known) -> Iterator[Complaint]:
    """An event must be able to happen, and not only after the stage whose deadline leans on it."""
    if not isinstance(event, str) or event.count(".") != 1:
        return
    subject, happened = event.split(".")
    if subject == "process" or subject not in known.by_key:
        if event != "process.started":
            yield (
                path,
                "unknown_event",
                _("There is no event “%(event)s”.") % {"event": event},
                nearest(subject, ["process.started", *known.by_key]),
            )
        return
    source = known.by_key[subject]
    awaited = mapping(source.get("external")).get("awaits")
    possible = {"opened", "completed"}
    if source.get("kind") == "milestone":
        possible.add("occurred")
    if source.get("kind") == "external":
        possible |= {"receipt", str(awaited)}
    if happened not in possible:
        yield (
            path,
            "unknown_event",
            _("“%(event)s” never happens: %(subject)s is of the kind %(kind)s.")
            % {"event": event, "subject": subject, "kind": source.get("kind")},
            nearest(happened, possible),
        )
    elif stage and (stage in known.before[subject] or (subject == stage and happened in ("completed", "occurred"))):
        yield (
            path,
            "event_too_late",
            _("“%(event)s” happens only after the stage “%(stage)s”, so its deadline could never be known in time.")
            % {"event": event, "stage": stage},
            _("Lean on something that happens before, or on a deadline (days_before)."),
        )


def deadline_circles(known: Known) -> Iterator[Complaint]:
    leans = {
        name: [rule["deadline"]] if isinstance(rule.get("deadline"), str) and rule["deadline"] in known.rules else []
        for name, (_path, rule) in known.rules.items()
    }
    for circle in graph.cycles(leans):
        yield (
            (*known.rules[circle[0]][0], "deadline"),
            "deadline_cycle",
            _("The deadlines lean on each other in a circle: %(path)s.") % {"path": " → ".join(circle)},
            _("Give one of them a day of its own."),
        )
