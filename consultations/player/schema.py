"""The JSON Schema (2020-12) of a scenario, made from the catalogue, for editors and other programs."""

from __future__ import annotations

from typing import Any

from consultations.player.catalogue import COUNTS, DEEDS, EXPECTED, VERSIONS, Doer, Kind
from consultations.player.expected import PARTY_STATES
from workflow.states import BodyKind, Channel, Level, ProcessState, Role

_TEXT: dict[str, Any] = {"type": "string"}
_PARTIES: dict[str, Any] = {"$ref": "#/$defs/parties"}
_MOMENT: dict[str, Any] = {"$ref": "#/$defs/moment"}
_DAY: dict[str, Any] = {"$ref": "#/$defs/day"}
_LONG: dict[str, Any] = {"$ref": "#/$defs/text"}
_NUMBER: dict[str, Any] = {
    "anyOf": [
        {"type": "integer"},
        {
            "type": "object",
            "properties": {"at_least": {"type": "integer"}, "at_most": {"type": "integer"}},
            "additionalProperties": False,
        },
    ]
}


def _one_or_many(one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
    }


def _map(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value}


_FILE = {"$ref": "#/$defs/file"}
_VALUES: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: _LONG,
    Kind.WORDS: {"type": ["string", "integer"]},
    Kind.DAY: _DAY,
    Kind.CLOCK: {"$ref": "#/$defs/clock"},
    Kind.MOMENT: _MOMENT,
    Kind.NUMBER: {"type": "integer"},
    Kind.FLAG: {"type": "boolean"},
    Kind.STAGE: _TEXT,
    Kind.DOCUMENTS: _one_or_many(_TEXT),
    Kind.DEADLINE: _TEXT,
    Kind.DEADLINE_DAYS: _map(_DAY),
    Kind.PARAMETER: _TEXT,
    Kind.VALUE: {"type": ["string", "integer"]},
    Kind.FILE: _FILE,
    Kind.FILES: _one_or_many(_FILE),
    Kind.COMMENTS: _map(_LONG),
    Kind.REPLACE: _one_or_many(
        _object({"document": _TEXT, "find": _TEXT, "with": _TEXT}, ["document", "find", "with"])
    ),
    Kind.MINORITY: _one_or_many(_object({"members": _TEXT, "text": _TEXT}, ["members", "text"])),
}


def json_schema() -> dict[str, Any]:
    """One branch per deed; what the schema cannot say, such as names that must exist, the checker says."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Samråd scenario",
        **_object(
            {
                "scenario": _TEXT,
                "schema_version": {"enum": list(VERSIONS)},
                "title": _TEXT,
                "definition": _TEXT,
                "office": _object(
                    dict.fromkeys(
                        ("key", "name", "case_prefix", "reply_to", "region", "postal_address", "language", "time_zone"),
                        _TEXT,
                    ),
                    ["key", "name", "case_prefix", "reply_to"],
                ),
                "bodies": _map(
                    _object(
                        {"kind": {"enum": BodyKind.values}, "name": _TEXT, "name_en": _TEXT, "region": _TEXT},
                        ["kind", "name"],
                    )
                ),
                "addresses": _map(
                    {
                        "anyOf": [
                            _TEXT,
                            _object(
                                {"email": _TEXT, "name": _TEXT, "language": _TEXT, "channel": {"enum": Channel.values}}
                            ),
                        ]
                    }
                ),
                "lists": _map(_PARTIES),
                "actors": _object(
                    {
                        "officers": _map(
                            _object({"name": _TEXT, "email": _TEXT, "role": {"enum": Role.values}}, ["name", "email"])
                        ),
                        "people": _map(_object({"name": _TEXT, "body": _TEXT}, ["name", "body"])),
                    },
                    ["officers"],
                ),
                "texts": _map(_one_or_many(_TEXT)),
                "documents": _map(
                    _object(
                        {
                            "title": _TEXT,
                            "role": _TEXT,
                            "needs_approval": {"type": "boolean"},
                            "sections": {
                                "type": "array",
                                "items": _object(
                                    {"number": {"type": ["string", "integer"]}, "heading": _TEXT, "text": _TEXT},
                                    ["heading", "text"],
                                ),
                            },
                        },
                        ["title", "sections"],
                    )
                ),
                "process": _object(
                    {
                        "title": _TEXT,
                        "parameters": _map({"anyOf": [_DAY, {"type": "integer"}]}),
                        "lists": _map(_PARTIES),
                        "levels": _map({"enum": Level.values}),
                        "public": {"type": "boolean"},
                        "case_number": _TEXT,
                    },
                    ["title"],
                ),
                "starts": _object({"at": _MOMENT, "by": _TEXT}, ["at", "by"]),
                "deeds": _deeds(VERSIONS[-1]),
                "ends": _MOMENT,
                "expect": _object(_expected(VERSIONS[-1])),
            },
            [
                "scenario",
                "schema_version",
                "title",
                "definition",
                "office",
                "actors",
                "process",
                "starts",
                "deeds",
            ],
        ),
        "allOf": [
            {
                "if": {"properties": {"schema_version": {"const": version}}},
                "then": {"properties": {"deeds": _deeds(version), "expect": _object(_expected(version))}},
            }
            for version in VERSIONS[:-1]
        ],
        "$defs": {
            "text": {"anyOf": [_TEXT, _object({"from": _TEXT}, ["from"])]},
            "clock": {"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?$"},
            "moment": {
                "anyOf": [
                    _TEXT,
                    _object(
                        {
                            "working_day": {"type": "integer"},
                            "day": {"type": "integer"},
                            "clock": {"$ref": "#/$defs/clock"},
                        }
                    ),
                ]
            },
            "day": {"anyOf": [_TEXT, _object({"working_day": {"type": "integer"}, "day": {"type": "integer"}})]},
            "file": _object({"name": _TEXT, "text": _LONG}, ["name"]),
            "party": {
                "anyOf": [
                    _TEXT,
                    _object(
                        {
                            "kind": {"enum": BodyKind.values},
                            "list": _TEXT,
                            "except": {"$ref": "#/$defs/parties"},
                            "from": {"type": "integer"},
                            "to": {"type": "integer"},
                        }
                    ),
                ]
            },
            "parties": _one_or_many({"$ref": "#/$defs/party"}),
        },
    }


def _deeds(version: int) -> dict[str, Any]:
    known = [name for name, kind in DEEDS.items() if kind.since <= version]
    return {"type": "array", "items": {"oneOf": [_deed(name, version) for name in known]}}


def _deed(name: str, version: int) -> dict[str, Any]:
    kind = DEEDS[name]
    properties: dict[str, Any] = {"do": {"const": name}, "at": _MOMENT}
    required = ["do"]
    if kind.doer is not Doer.NOBODY:
        properties["by"] = _TEXT if kind.doer is Doer.OFFICER else _PARTIES
        properties["refused"] = _TEXT
        required.append("by")
    if kind.for_parties:
        properties["for"] = _PARTIES
    if kind.for_parties or kind.doer in (Doer.PARTY, Doer.EITHER):
        properties |= {"every": _TEXT, "spread": _MOMENT}
    if kind.needs_for:
        required.append("for")
    for key_name, key in kind.keys.items():
        if key.since > version:
            continue
        properties[key_name] = {"enum": list(key.choices)} if key.kind is Kind.CHOICE else _VALUES[key.kind]
        if key.required:
            required.append(key_name)
    if name == "expect":
        properties |= _expected(version)
    return _object(properties, required)


def _expected(version: int) -> dict[str, Any]:
    stage = _object({"state": _TEXT, "attempt": _NUMBER, "opened_on": _DAY, "closed_on": _DAY})
    properties: dict[str, Any] = {
        "state": {"enum": ProcessState.values},
        "stages": _map({"anyOf": [_TEXT, stage]}),
        "counts": _object({name: _map(_NUMBER) if name in ("decisions", "mails") else _NUMBER for name in COUNTS}),
        "package": _object({"exists": {"type": "boolean"}, "files": _NUMBER}),
        "audit": _object({"verified": {"type": "boolean"}, "entries": _NUMBER}),
        "deadlines": _map(_TEXT),
        "parties": _map({"enum": PARTY_STATES}),
        "decisions": _map(_map(_NUMBER)),
    }
    return {name: value for name, value in properties.items() if EXPECTED[name] <= version}
