"""Whether each deadline has one day, and none leans on itself; `checking` comes in."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflow.definitions import graph
from workflow.definitions.deadline_rules import DeadlineRule, RuleKind
from workflow.definitions.faults import Complaint
from workflow.definitions.names import DeclaredNames
from workflow.definitions.reading import Path
from workflow.definitions.shape import StageSpec
from workflow.states import StageKindName


def stage_deadline(stage: StageSpec, path: Path) -> Iterator[Complaint]:
    if stage.deadline:
        if stage.external and stage.external.clock:
            message = _("The stage has both a deadline and the outside body's clock.")
            yield (*path, "deadline"), "two_deadlines", message, _("Keep one of them.")
        yield from one_day(stage.deadline, (*path, "deadline"))
    elif stage.reminders and stage.kind not in (StageKindName.CONSULTATION, StageKindName.APPROVAL):
        message = _("The stage has reminders but no deadline to remind of.")
        yield (*path, "reminders"), "reminders_without_deadline", message, _("Add a deadline, or remove the reminders.")


def one_day(rule: DeadlineRule, path: Path) -> Iterator[Complaint]:
    if rule.rule in (RuleKind.FIXED, RuleKind.STATUTORY, RuleKind.ADVISORY):
        anchors = [anchor for anchor in (rule.on, rule.parameter, rule.event) if anchor is not None]
        has_period = any((rule.days, rule.weeks, rule.months, rule.years))
        if len(anchors) != 1 or has_period != (rule.event is not None):
            message = _("The deadline does not say on which one day it falls.")
            remedy = _("Give a date, or a parameter, or an event with days, weeks, months or years.")
            if rule.rule is RuleKind.FIXED:
                remedy = _("Give a date, or a parameter.")
            yield path, "bad_deadline", message, remedy


def deadline_circles(names: DeclaredNames) -> Iterator[Complaint]:
    leans = {
        name: [rule.deadline] if rule.deadline in names.rules else [] for name, (_path, rule) in names.rules.items()
    }
    for circle in graph.cycles(leans):
        message = _("The deadlines lean on each other in a circle: %(path)s.") % {"path": " → ".join(circle)}
        remedy = _("Give one of them a day of its own.")
        yield (*names.rules[circle[0]][0], "deadline"), "deadline_cycle", message, remedy
