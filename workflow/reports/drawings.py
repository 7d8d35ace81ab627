"""Drawings of state machines and of definitions, as Mermaid text in Markdown. The drawing commands come in.

The same code gives the same text, so a drawing that is out of date is seen by comparing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django_fsm import FSMField

from workflow.definitions import (
    SECRETARIAT,
    Completes,
    DeadlineRule,
    Definition,
    RuleKind,
    StageSpec,
    shipped,
    shipped_paths,
)

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
        steps = sorted(
            {
                (str(step.source), str(target), step.name)
                for step in field.get_all_transitions(model)
                for target in getattr(step.target, "allowed_states", (step.target,))
            }
        )
        lines += [f"    {_safe(source)} --> {_safe(target)}: {name}" for source, target, name in steps]
        leaving = {source for source, _target, _name in steps}
        lines += [f"    {_safe(value)} --> [*]" for value in names if value not in leaving]
        title = str(model._meta.verbose_name).capitalize()
    return _page(title, f"The `state` of `{model._meta.label}`.", "stateDiagram-v2", lines)


def draw_definition(definition: Definition, language: str = "en") -> str:
    """A definition's stages, what follows what, what each asks and waits for, where a matter is sent back to (dotted),
    and the deadlines that belong to no stage."""
    with override(language):
        lines = [line for stage in definition.stages for line in _stage_lines(definition, stage)]
        body = _page(str(definition.title), str(definition.description), "flowchart TD", lines)
        return body + "\n" + "\n".join([*_stage_table(definition), *_deadline_table(definition)]) + "\n"


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


def _stage_table(definition: Definition) -> Iterator[str]:
    columns = (_("Stage"), _("Actor"), _("Terms"), _("Waits for"), _("Completes"), _("Deadline"))
    yield f"| {' | '.join(columns)} |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for stage in definition.stages:
        actor = _("the secretariat") if stage.actor == SECRETARIAT else str(definition.title_of_role(stage.actor))
        gates = ", ".join(f"`{gate.gate}`" for gate in stage.gates) or "–"
        completes = _("by itself") if stage.completes is Completes.AUTOMATIC else _("by hand")
        deadline = rule_words(stage.effective_deadline_rule) if stage.effective_deadline_rule else "–"
        yield f"| `{stage.key}` | {actor} | {terms_words(stage)} | {gates} | {completes} | {deadline} |"


TERMS = (
    "form",
    "list",
    "length_days",
    "rule",
    "k",
    "weights",
    "threshold",
    "must_approve",
    "vetoes",
    "accession",
    "counts",
    "requires_minutes",
    "awaits",
    "each",
)
"""What a stage says of a decision, a round, an approval, an answer or a fact, by the keys of the file."""


def terms_words(stage: StageSpec) -> str:
    """What a stage asks for, as the file says it: "`rule: k_of_n`, `k: 3`"."""
    block = stage.review or stage.consultation or stage.approval or stage.external or stage.milestone
    said = ((name, getattr(block, name, None)) for name in TERMS)
    return ", ".join(f"`{name}: {_value(value)}`" for name, value in said if value) or "–"


def _value(value: object) -> str:
    if value is True:
        return "true"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)


def _deadline_table(definition: Definition) -> Iterator[str]:
    """The deadlines of the whole process; nothing where there are none."""
    if not definition.deadlines:
        return
    columns = (_("Deadline"), _("Title"), _("Day"))
    yield from ("", f"| {' | '.join(columns)} |", "| --- | --- | --- |")
    for name, deadline in definition.deadlines.items():
        yield f"| `{name}` | {deadline.title} | {rule_words(deadline.rule)} |"


def rule_words(rule: DeadlineRule) -> str:
    """The rule in short, with its source: "8 weeks after submission.receipt"."""
    if rule.on:
        when = rule.on.isoformat()
    elif rule.parameter:
        when = f"`{rule.parameter}`"
    else:
        words = {"span": _span(rule), "name": rule.deadline or rule.event}
        when = (_("%(span)s before `%(name)s`") if rule.deadline else _("%(span)s after `%(name)s`")) % words
    return f"{rule.rule}: {when} ({rule.source})"


def _span(rule: DeadlineRule) -> str:
    if rule.rule is RuleKind.WORKING_DAYS_AFTER:
        return ngettext("%(count)d working day", "%(count)d working days", rule.days) % {"count": rule.days}
    spans = (
        (ngettext("%(count)d year", "%(count)d years", rule.years), rule.years),
        (ngettext("%(count)d month", "%(count)d months", rule.months), rule.months),
        (ngettext("%(count)d week", "%(count)d weeks", rule.weeks), rule.weeks),
        (ngettext("%(count)d day", "%(count)d days", rule.days), rule.days),
    )
    return " ".join(span % {"count": count} for span, count in spans if count)


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def _safe(state: str) -> str:
    """`*` stands for every state, and `end` is a word of the drawing language."""
    return {"*": "any", "end": "end_"}.get(state, state)
