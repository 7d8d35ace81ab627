"""Whether each deadline has a day, and one that can be known in time; `checking` comes in."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.definitions import graph
from workflow.definitions.deadline_rules import DeadlineRule, RuleKind
from workflow.definitions.faults import Complaint, nearest
from workflow.definitions.names import Known, unknown
from workflow.definitions.reading import Path
from workflow.definitions.shape import StageSpec
from workflow.states import StageKindName


def stage_deadline(stage: StageSpec, path: Path, known: Known) -> Iterator[Complaint]:
    clock = stage.external.clock if stage.external else None
    if clock:
        yield from _event(clock.event, (*path, "external", "clock", "from"), stage.key, known)
    if stage.deadline:
        if clock:
            message = _("The stage has both a deadline and the outside body's clock.")
            yield (*path, "deadline"), "two_deadlines", message, _("Keep one of them.")
        yield from deadline_rule(stage.deadline, (*path, "deadline"), stage.key, known)
    elif stage.reminders and stage.kind not in (StageKindName.CONSULTATION, StageKindName.APPROVAL):
        message = _("The stage has reminders but no deadline to remind of.")
        yield (*path, "reminders"), "reminders_without_deadline", message, _("Add a deadline, or remove the reminders.")


def deadline_rule(rule: DeadlineRule, path: Path, stage: str | None, known: Known) -> Iterator[Complaint]:
    yield from date_parameter(rule.parameter, (*path, "parameter"), known)
    yield from unknown("deadline", rule.deadline, (*path, "deadline"), known)
    if rule.event:
        yield from _event(rule.event, (*path, "event"), stage, known)
    if rule.rule in (RuleKind.FIXED, RuleKind.STATUTORY, RuleKind.ADVISORY):
        anchors = [anchor for anchor in (rule.on, rule.parameter, rule.event) if anchor is not None]
        has_period = any((rule.days, rule.weeks, rule.months, rule.years))
        if len(anchors) != 1 or has_period != (rule.event is not None):
            yield (
                path,
                "bad_deadline",
                _("The deadline does not say on which one day it falls."),
                _("Give a date, or a parameter.")
                if rule.rule is RuleKind.FIXED
                else _("Give a date, or a parameter, or an event with days, weeks, months or years."),
            )


def date_parameter(name: str | None, path: Path, known: Known) -> Iterator[Complaint]:
    yield from unknown("parameter", name, path, known)
    parameter = known.definition.parameters.get(name or "")
    if parameter and parameter.type != "date":
        message = _("The parameter “%(name)s” is no date.") % {"name": name}
        yield path, "wrong_type", message, _("Declare it with type: date, or name another.")


def _event(event: str, path: Path, stage: str | None, known: Known) -> Iterator[Complaint]:
    """An event must be able to happen, and not only after the stage whose deadline leans on it."""
    subject, _dot, happened = event.partition(".")
    source = known.by_key.get(subject)
    if source is None or subject == "process":
        if event != "process.started":
            message = _("There is no event “%(event)s”.") % {"event": event}
            yield path, "unknown_event", message, nearest(subject, ["process.started", *known.by_key])
        return
    possible = {"opened", "completed"}
    if source.milestone:
        possible.add("occurred")
    if source.external:
        possible |= {"receipt", source.external.awaits}
    if subject in known.unread:
        return
    if happened not in possible:
        words = {"event": event, "subject": subject, "kind": source.kind}
        message = _("“%(event)s” never happens: %(subject)s is of the kind %(kind)s.") % words
        events = ", ".join(f"{subject}.{one}" for one in sorted(possible))
        yield path, "unknown_event", message, _("What happens there: %(events)s.") % {"events": events}
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
        name: [rule.deadline] if rule.deadline in known.rules else [] for name, (_path, rule) in known.rules.items()
    }
    for circle in graph.cycles(leans):
        message = _("The deadlines lean on each other in a circle: %(path)s.") % {"path": " → ".join(circle)}
        remedy = _("Give one of them a day of its own.")
        yield (*known.rules[circle[0]][0], "deadline"), "deadline_cycle", message, remedy
