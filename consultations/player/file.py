"""The whole of a scenario file as one model: what pydantic reads it with, and its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from consultations.player.deeds import DEEDS, AnyDeed
from consultations.player.expected import Expected
from consultations.player.scenario import (
    Actors,
    Beginning,
    DocumentText,
    NewBody,
    OfficeText,
    ProcessText,
    Reached,
    Versions,
)
from consultations.player.written import Moment, Parties, Shape, Short, Words

Version = Literal[1, 2]
"""The values of `schema_version` that are read. Every file of version 1 means the same as ever."""


def _whole(value: Any) -> Any:
    """To Python true is 1."""
    return str(value) if isinstance(value, bool) else value


class ScenarioFile(Shape):
    """A scenario: who takes part, which texts there are, and a list of dated deeds."""

    scenario: Words = Field(description="the file's key, in the report")
    schema_version: Annotated[Version, BeforeValidator(_whole)]
    title: Words = Field(description="for people")
    definition: Words = Field(description="a shipped definition by its key, or a path from this file to a .yaml")
    office: OfficeText
    bodies: dict[Short, NewBody] = Field({}, description="those the shipped lists lack, by their keys")
    addresses: dict[str, Reached] = Field(
        {}, description="party or list → an e-mail address (all others get an invented one under `.example`), or"
    )
    lists: dict[str, Parties] = Field({}, description="name → parties; each may use those before it")
    actors: Actors
    texts: dict[str, Versions] = Field(
        {},
        description="name → a text, or several; used as `{from: name}`. Of several, the first party of a deed gets the "
        "first, and so on. `{party}` becomes the party's name",
    )
    documents: dict[Short, DocumentText] = Field({}, description="by their keys, as the scenario begins with them")
    process: ProcessText
    starts: Beginning
    deeds: tuple[AnyDeed, ...] = Field(min_length=1, description="below")
    ends: Moment | None = Field(None, description="sweeps run on to this time after the last deed")
    expect: Expected | None = Field(None, description="below; must hold at the end")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a scenario, for editors and other programs: one branch per deed.

    What it cannot say, such as names that must exist, is said when the file is read.
    """
    schema = ScenarioFile.model_json_schema()
    newer = [name for name, deed in DEEDS.items() if deed.since > 1]
    without = {"not": {"anyOf": [{"required": [name]} for name in Expected.newer]}}
    expects = {"if": {"properties": {"do": {"const": "expect"}}}, "then": without}
    keys = sorted({key for deed in DEEDS.values() for key in deed.newer})
    known = {"properties": {"do": {"not": {"enum": newer}}, **dict.fromkeys(keys, False)}}
    first = {
        "deeds": {"items": {"allOf": [known, expects]}},
        "expect": without,
    }
    schema["allOf"] = [{"if": {"properties": {"schema_version": {"const": 1}}}, "then": {"properties": first}}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Samråd scenario"}
