"""What pydantic has against a file, said with line and remedy in the reader's language."""

import json
from enum import StrEnum
from typing import Annotated, Literal, Self

import pytest
from django.utils.translation import override
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from workflow.definitions import Problem
from workflow.definitions.faults import fault, problems_of, written
from workflow.definitions.reading import read


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Shape):
    da: str
    en: str


class Share(Shape):
    least: int = Field(alias="from")


class Square(Shape):
    kind: Literal["square"]
    square: Share
    title: Text


class Circle(Shape):
    kind: Literal["circle", "ring"]
    colour: Colour
    share: int | Share | tuple[str, ...] = 1
    weights: dict[Colour, Annotated[int, Field(ge=1, le=9)]] = {}

    @model_validator(mode="after")
    def refuse_nine(self) -> Self:
        if self.share == 9:
            raise fault("nine", "Nine is too many.", "Write eight.", "share")
        return self


class Drawing(Shape):
    schema_version: Literal[1, 2] = 2
    key: Annotated[str, written(r"^[a-z]+$", "Use small letters.")]
    note: Annotated[str, StringConstraints(min_length=1, max_length=5)] = "-"
    shown: bool = True
    parts: tuple[Annotated[Square | Circle, Field(discriminator="kind")], ...] = Field(min_length=1)


def problems(text: str) -> list[Problem]:
    reading = read(text, "drawing.yaml")
    assert not reading.problems
    with override("en"), pytest.raises(ValidationError) as refused:
        Drawing.model_validate_json(json.dumps(reading.data))
    with override("en"):
        return problems_of(refused.value, reading, Drawing)


def only(text: str) -> tuple[int, str, str]:
    found = problems(text)
    assert len(found) == 1, found
    return found[0].line, found[0].code, f"{found[0].message} {found[0].remedy}"


ROUND = "key: a\nparts:\n  - kind: ring\n    colour: red\n"


@pytest.mark.parametrize(
    ("text", "line", "code", "words"),
    [
        (ROUND + "    colur: red\n", 5, "unknown_key", "Unknown key “colur” in parts.1. Did you mean “colour”?"),
        (ROUND.replace("    colour: red\n", ""), 3, "missing_key", "“colour” is missing in parts.1."),
        (ROUND.replace("red", "read"), 4, "unknown_value", "“read” is not known as parts.1.colour. Did you mean “red”"),
        (ROUND.replace("ring", "rang"), 3, "unknown_kind", "“rang” is not known as parts.1.kind. Did you mean “ring”?"),
        (ROUND.replace("kind: ring", "kind: [a]"), 3, "unknown_kind", "circle"),
        ("key: a\nparts:\n  - colour: red\n", 3, "missing_key", "“kind” is missing in parts.1."),
        ("key: a\nparts:\n  - red\n", 3, "wrong_type", "parts.1 has the wrong type of value. Write a mapping"),
        ("key: a\nparts: []\n", 2, "empty", "parts is empty."),
        ("key: a\nparts: red\n", 2, "wrong_type", "Write a list"),
        (ROUND + "    share: yes\n", 5, "wrong_type", "Write a whole number or a mapping (key: value) or a list"),
        (ROUND + "    share: {from: often}\n", 5, "wrong_type", "parts.1.share.from has the wrong type of value."),
        (ROUND + "    share: {form: 3, from: 3}\n", 5, "unknown_key", "Did you mean “from”?"),
        (ROUND + "    share:\n      - a\n      - 2\n", 7, "wrong_type", "parts.1.share.2 has the wrong type"),
        (ROUND + "    share: 9\n", 5, "nine", "Nine is too many. Write eight."),
        (ROUND + "    weights:\n      green: 1\n", 6, "unknown_value", "is not known as parts.1.weights.green."),
        (ROUND + "    weights:\n      blue: 0\n", 6, "not_positive", "is 0 and must be at least 1."),
        (ROUND + "    weights:\n      blue: 10\n", 6, "too_large", "is larger than 9."),
        (ROUND + "note: much too long\n", 5, "too_large", "note is longer than 5."),
        (ROUND + 'note: ""\n', 5, "empty", "note is empty."),
        (ROUND + "shown: perhaps\n", 5, "wrong_type", "Write true or false."),
        (ROUND + "schema_version: 3\n", 5, "schema_version", "reads schema_version 1, 2, not “3”."),
        (ROUND.replace("key: a", "key: A b"), 1, "bad_format", "“A b” cannot be used as key. Use small letters."),
        (ROUND.replace("key: a", "key: 7"), 1, "wrong_type", "Write a text."),
    ],
)  # fmt: skip
def test_say_a_fault_of_the_form_names_its_line_and_what_to_write(text: str, line: int, code: str, words: str) -> None:
    found = only(text)

    assert found[:2] == (line, code)
    assert words in found[2]


def test_say_faults_behind_a_kind_named_like_a_block_finds_the_block() -> None:
    text = "key: a\nparts:\n  - kind: square\n    title: Red\n    square:\n      from: 1\n      to: 2\n"

    assert [(problem.line, problem.code) for problem in problems(text)] == [
        (4, "missing_translation"),
        (7, "unknown_key"),
    ]
    assert problems(text)[1].remedy == "Use one of: from."


def test_say_a_text_in_one_language_only_asks_for_the_other() -> None:
    found = only("key: a\nparts:\n  - {kind: square, square: {from: 1}, title: {da: Rød}}\n")

    assert found[:2] == (3, "missing_translation")
    assert "parts.1.title has no text in English (en)." in found[2]


def test_say_many_faults_gives_all_in_the_order_of_lines() -> None:
    text = "key: A\nparts:\n  - {kind: ring, colour: rad}\n  - {kind: no}\n  - {kind: square, x: 1}\nextra: 1\n"

    assert [(problem.line, problem.code) for problem in problems(text)] == [
        (1, "bad_format"),
        (3, "unknown_value"),
        (4, "unknown_kind"),
        (5, "missing_key"),
        (5, "missing_key"),
        (5, "unknown_key"),
        (6, "unknown_key"),
    ]
