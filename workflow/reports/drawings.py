"""Drawings of state machines and of definitions, as Mermaid text in Markdown. The drawing commands come in.

The same code gives the same text, so a drawing that is out of date is seen by comparing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_fsm import FSMField

from workflow.definitions import SECRETARIAT, Completes, DeadlineRule, Definition, StageSpec, shipped, shipped_paths

OURS = ("workflow", "consultations", "notifications")


def state_machines() -> list[type[Model]]:
    """Every model of ours with a state machine, by its app and name."""
    models = [model for label in OURS for model in apps.get_app_config(label).get_models() if _machine(model)]
    return sorted(models, key=lambda model: model._meta.label_lower)


def draw_states(model: type[Model]) -> str:
    """A model's states and the transitions that its decorators allow, in English."""
    field = _machine(model)
    assert field is not None
    # Kept with the product and compared with it, so not in the language of whoever draws.
    with override("en"):
        names = {str(value): str(label) for value, label in field.flatchoices}
        lines = [f"    {_safe(value)}: {label}" for value, label in names.items()]
        lines.append(f"    [*] --> {_safe(str(field.default))}")
        steps = sorted({(str(step.source), str(step.target), step.name) for step in field.get_all_transitions(model)})
        lines += [f"    {_safe(source)} --> {_safe(target)}: {name}" for source, target, name in steps]
        leaving = {source for source, _target, _name in steps}
        lines += [f"    {_safe(value)} --> [*]" for value in names if value not in leaving]
        title = str(model._meta.verbose_name).capitalize()
    return _page(title, f"The `state` of `{model._meta.label}`.", "stateDiagram-v2", lines)


def draw_definition(definition: Definition, language: str = "en") -> str:
    """A definition's stages, what follows what, what each waits for, and where a matter is sent back to (dotted)."""
    with override(language):
        lines = [line for stage in definition.stages for line in _stage_lines(definition, stage)]
        body = _page(str(definition.title), str(definition.description), "flowchart TD", lines)
        return body + "\n" + "\n".join(_table(definition)) + "\n"


def pages() -> dict[str, str]:
    """Every drawing kept with the product, by its file name: the state machines and the shipped definitions."""
    drawings = {f"{model._meta.model_name}.md": draw_states(model) for model in state_machines()}
    drawings |= {f"definition-{path.stem}.md": draw_definition(shipped(path.stem)) for path in shipped_paths()}
    return drawings


def _machine(model: type[Model]) -> FSMField | None:
    return next((field for field in model._meta.get_fields() if isinstance(field, FSMField)), None)


def _page(title: str, text: str, kind: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", text, "", "```mermaid", kind, *lines, "```", ""])


def _stage_lines(definition: Definition, stage: StageSpec) -> Iterator[str]:
    words = f"{stage.title}<br>{stage.kind}"
    if stage.optional:
        words += ", " + _("optional")
    left, right = ("([", "])") if stage.kind == "milestone" else ("[", "]")
    yield f'    {stage.key}{left}"{_quoted(words)}"{right}'
    for before in stage.after:
        yield f"    {before} --> {stage.key}"
    for outcome, target in stage.on_outcome.items():
        yield f"    {stage.key} -. {outcome} .-> {target}"
    if stage.on_return and stage.on_return not in stage.on_outcome.values():
        yield f"    {stage.key} -.-> {stage.on_return}"


def _table(definition: Definition) -> Iterator[str]:
    columns = (_("Stage"), _("Actor"), _("Waits for"), _("Completes"), _("Deadline"))
    yield f"| {' | '.join(columns)} |"
    yield "| --- | --- | --- | --- | --- |"
    for stage in definition.stages:
        actor = _("the secretariat") if stage.actor == SECRETARIAT else str(definition.title_of_role(stage.actor))
        gates = ", ".join(f"`{gate.gate}`" for gate in stage.gates) or "–"
        completes = _("by itself") if stage.completes is Completes.AUTOMATIC else _("by hand")
        rule = stage.effective_deadline_rule
        yield f"| `{stage.key}` | {actor} | {gates} | {completes} | {_deadline(rule) if rule else '–'} |"


def _deadline(rule: DeadlineRule) -> str:
    """The rule in short, with its source: "8 weeks after submission.receipt"."""
    if rule.on:
        when = rule.on.isoformat()
    elif rule.parameter:
        when = f"`{rule.parameter}`"
    else:
        spans = (("years", rule.years), ("months", rule.months), ("weeks", rule.weeks), ("days", rule.days))
        span = " ".join(f"{count} {name}" for name, count in spans if count)
        working = "working " if rule.rule == "working_days_after" else ""
        when = f"{span} before `{rule.deadline}`" if rule.deadline else f"{working}{span} after `{rule.event}`"
    return f"{rule.rule}: {when} ({rule.source})"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def _safe(state: str) -> str:
    """`*` stands for every state, and `end` is a word of the drawing language."""
    return {"*": "any", "end": "end_"}.get(state, state)
