"""What has happened to a text on its way, in sentences for those who are to decide on it. Floors above add theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from workflow.dates import short_date
from workflow.models import Decision, Stage
from workflow.queries.approvals import ASKING_KINDS
from workflow.queries.processes import live_stages, stage_spec
from workflow.rules.bodies import level_name
from workflow.states import DecisionState, Level, StageState


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened: its first local day, and a sentence."""

    on: date
    sentence: str


_sources: list[Callable[[Stage], list[Step]]] = []


def register_course(source: Callable[[Stage], list[Step]]) -> None:
    """Take in what a floor above knows of what happened on the text of a stage before it; the same once more is
    harmless."""
    if source not in _sources:
        _sources.append(source)


def course_before(stage: Stage) -> list[Step]:
    """What happened on the way of a stage's text before it, in order: decisions, and what floors above add. Of a closed
    item only who decided, when and how."""
    steps = [step for source in _sources for step in source(stage)]
    steps += [*_decided(stage), *_done_elsewhere(stage)]
    return sorted(steps, key=lambda step: (step.on, step.sentence))


def _decided(stage: Stage) -> Iterator[Step]:
    before = [one for one in live_stages(stage.process) if one.position < stage.position and one.kind in ASKING_KINDS]
    decisions = Decision.objects.filter(request__stage__in=before, state=DecisionState.VALID)
    for decision in decisions.filter(request__stage__line=stage.line_id).select_related("body", "request__stage"):
        decision.request.stage.process = stage.process
        who = decision.body.name
        if decision.level != Level.COUNCIL:
            who = f"{who} ({level_name(decision.level, decision.body)})"
        words = {
            "stage": str(stage_spec(decision.request.stage).title),
            "who": who,
            "outcome": str(decision.get_outcome_display()),
            "day": short_date(decision.meeting_on),
        }
        yield Step(decision.meeting_on, _("%(stage)s: %(who)s, %(day)s: %(outcome)s.") % words)


def _done_elsewhere(stage: Stage) -> Iterator[Step]:
    for one in live_stages(stage.process):
        if one.done_on is not None and one.position < stage.position and one.state == StageState.COMPLETED:
            words = {"stage": str(stage_spec(one).title), "day": short_date(one.done_on)}
            yield Step(one.done_on, _("%(stage)s: completed on %(day)s.") % words)
