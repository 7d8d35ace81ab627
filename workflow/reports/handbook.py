"""The tables of the handbook of definitions, made from the models: every key, what it means, how it is written.

`check_definition --handbook` prints them; a test holds `docs/definitions.md` against them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from django.db.models import TextChoices
from django.utils.translation import override

from workflow.definitions import shape, terms
from workflow.definitions.deadline_rules import Rule
from workflow.definitions.fields import Schema, Shape
from workflow.definitions.gates import AnyGate
from workflow.states import BodyKind, Outcome


def models_of(union: Any) -> tuple[type[Shape], ...]:
    """The models that a key of a definition chooses among."""
    return get_args(get_args(union)[0])


CHAPTERS: tuple[tuple[str, tuple[type[Shape], ...]], ...] = (
    ("The file", (shape.Definition,)),
    ("Lists and bodies", (shape.BodyList, shape.BodyRole)),
    ("Parameters", models_of(shape.AnyParameter)),
    ("Stages", models_of(shape.AnyStage)),
    ("What a review decides", (terms.ReviewTerms, terms.Phrase)),
    ("A consultation", (terms.ConsultationTerms,)),
    ("Approvals", (terms.AllApprove, terms.SomeApprove, terms.WeightedApproval)),
    ("A body outside", (terms.ExternalTerms, terms.ExternalClock)),
    ("A dated fact", (terms.MilestoneTerms,)),
    ("Gates", models_of(AnyGate)),
    ("Deadlines", (shape.NamedDeadline, *models_of(Rule))),
)
"""Heading → the models it shows; a key that a former model of the chapter has shown alike is not shown again."""


TEXT = {"da": "Tekst", "en": "Text"}

SEE = {
    "lists": "Lists and bodies",
    "bodies": "Lists and bodies",
    "parameters": "Parameters",
    "deadlines": "Deadlines",
    "stages": "Stages",
    "gates": "Gates",
    "deadline": "Deadlines",
    "review": "What a review decides",
    "consultation": "A consultation",
    "approval": "Approvals",
    "external": "A body outside",
    "clock": "A body outside",
    "milestone": "A dated fact",
}
"""Key of a whole block → the chapter that shows what stands in it."""


WORDS: tuple[tuple[str, type[TextChoices]], ...] = (("Kinds of bodies", BodyKind), ("Outcomes", Outcome))
"""Heading → the values that many keys share."""


def tables() -> str:
    """Every chapter of the handbook, in Markdown."""
    chapters = [line for title, models in CHAPTERS for line in _chapter(title, models)]
    words = [line for title, choices in WORDS for line in _words(title, choices)]
    return "\n".join([*chapters, *words]).rstrip() + "\n"


def _words(title: str, choices: type[TextChoices]) -> Iterator[str]:
    yield from (f"### {title}", "", "| in the file | Danish | English |", "|---|---|---|")
    for choice in choices:
        with override("da"):
            danish = str(choice.label)
        with override("en"):
            yield f"| `{choice.value}` | {danish} | {choice.label} |"
    yield ""


def _chapter(title: str, models: Iterable[type[Shape]]) -> Iterator[str]:
    yield from (f"### {title}", "")
    rows_shown: set[tuple[str, str]] = set()
    for model in models:
        rows = [row for row in _rows(model) if row not in rows_shown]
        rows_shown.update(rows)
        if model.__doc__:
            yield from (" ".join(model.__doc__.split()), "")
        yield from ("| key | what it means | example |", "|---|---|---|")
        yield from (f"| {key} | {rest} |" for key, rest in rows)
        yield ""


def _rows(model: type[Shape]) -> Iterator[tuple[str, str]]:
    """Each key of a model with the rest of its line."""
    schema = model.model_json_schema(schema_generator=Schema)
    definitions = schema.get("$defs", {})
    for key, value in schema["properties"].items():
        meaning = value.get("description", "" if "const" not in value else "Makes it one of these.")
        choices = _choices(value, definitions) if "const" not in value else []
        shared = next((title for title, words in WORDS if choices == words.values), "")
        if choices:
            one_of = f"*{shared}*" if shared else ", ".join(f"`{choice}`" for choice in choices)
            meaning = f"{meaning} One of: {one_of}.".strip()
        if key in schema.get("required", ()):
            meaning = f"{meaning} Must be there.".strip()
        yield f"`{key}`", f"{meaning} | {_example(key, value, choices)}"


def _choices(value: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    """The values a key may have, where they are few words."""
    for part in (value, value.get("items", {}), *value.get("allOf", ())):
        target = definitions.get(str(part.get("$ref", "")).rpartition("/")[2], part)
        if "const" in target:
            return [target["const"]]
        if "enum" in target:
            return list(target["enum"])
    return []


def _example(key: str, value: dict[str, Any], choices: list[str]) -> str:
    if "const" in value:
        return f"`{key}: {value['const']}`"
    if value.get("examples"):
        return f"`{key}: {_yaml(value['examples'][0])}`"
    if choices:
        return f"`{key}: {choices[0]}`"
    return f"see *{SEE[key]}*" if key in SEE else f"`{key}: {_yaml(TEXT)}`"


def _yaml(value: Any) -> str:
    """A value on one line, as it is written in a file."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(item) for item in value) + "]"
    return value if isinstance(value, str) else json.dumps(value)
