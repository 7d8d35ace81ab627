"""The form of a definition held against `schema.json`, in words a person can act on. `checking` comes in.

The schema is the contract for editors and other programs; every complaint of the validator is translated here.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from workflow.definitions.faults import nearest
from workflow.definitions.reading import Path

SCHEMA_PATH = FilePath(__file__).parent / "schema.json"

Complaint = tuple[Path, str, str, str]
"""Path in the data, code, message, remedy."""


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a definition, schema version 1."""
    return dict(json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def complaints(data: Any) -> Iterator[Complaint]:
    """What the schema has against the data."""
    for error in _validator().iter_errors(data):
        yield from _said_plainly(error)


def _where(path: Path) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or _("the file")


def _said_plainly(error: ValidationError) -> Iterator[Complaint]:
    path: Path = tuple(error.absolute_path)
    said = _SAID.get(str(error.validator), _otherwise)
    yield from said(error, path)


def _wanted(error: ValidationError) -> Any:
    """What the broken keyword of the schema asks: the enum's values, the minimum, the required keys."""
    return error.validator_value


def _unknown_keys(error: ValidationError, path: Path) -> Iterator[Complaint]:
    fault: Any = error
    known = fault.schema["properties"]
    for key in fault.instance:
        if key not in known:
            yield (
                (*path, key),
                "unknown_key",
                _("Unknown key “%(key)s” in %(where)s.") % {"key": key, "where": _where(path)},
                nearest(key, known),
            )


def _missing(error: ValidationError, path: Path) -> Iterator[Complaint]:
    # One error per missing key; the validator names it only inside its own sentence.
    missing = next(key for key in _wanted(error) if error.message.startswith(repr(key)))
    if set(_wanted(error)) == {"da", "en"}:
        language = _("Danish (da)") if missing == "da" else _("English (en)")
        yield (
            path,
            "missing_translation",
            _("%(where)s has no text in %(language)s.") % {"where": _where(path), "language": language},
            _("Write the text in both languages: {da: …, en: …}."),
        )
        return
    yield (
        path,
        "missing_key",
        _("“%(key)s” is missing in %(where)s.") % {"key": missing, "where": _where(path)},
        _("Add it. A stage that begins with the process says after: [].")
        if missing == "after"
        else _("Add the line “%(key)s: …”.") % {"key": missing},
    )


_TYPES: dict[str, Callable[[], str]] = {
    "object": lambda: _("a mapping (key: value)"),
    "array": lambda: _("a list ([a, b])"),
    "string": lambda: _("a text"),
    "integer": lambda: _("a whole number"),
    "boolean": lambda: _("true or false"),
}


def _wrong_type(error: ValidationError, path: Path) -> Iterator[Complaint]:
    wanted = _wanted(error) if isinstance(_wanted(error), list) else [_wanted(error)]
    if path and path[-1] in ("title", "text", "description", "message") and wanted == ["object"]:
        yield (
            path,
            "missing_translation",
            _("%(where)s must be given in both languages.") % {"where": _where(path)},
            _("Write the text in both languages: {da: …, en: …}."),
        )
        return
    yield (
        path,
        "wrong_type",
        _("%(where)s has the wrong type of value.") % {"where": _where(path)},
        _("Write %(type)s.") % {"type": _TYPES[wanted[0]]() if len(wanted) == 1 else _("a text or a whole number")},
    )


def _not_listed(error: ValidationError, path: Path) -> Iterator[Complaint]:
    code = {"kind": "unknown_kind", "gate": "unknown_gate", "rule": "unknown_rule"}.get(
        str(path[-1]) if path else "", "unknown_value"
    )
    yield (
        path,
        code,
        _("“%(value)s” is not known as %(where)s.") % {"value": str(error.instance), "where": _where(path)},
        nearest(error.instance, [str(value) for value in _wanted(error)]),
    )


def _version(error: ValidationError, path: Path) -> Iterator[Complaint]:
    yield (
        path,
        "schema_version",
        _("This installation reads schema_version 1, not “%(value)s”.") % {"value": str(error.instance)},
        _("Write schema_version: 1, or upgrade the installation."),
    )


_FORMATS: dict[str, Callable[[], str]] = {
    "name": lambda: _("Use small letters a–z, digits and underscores, beginning with a letter."),
    "slug": lambda: _("Use small letters a–z, digits and hyphens, beginning with a letter."),
    "clock": lambda: _('Write a time of day between 00:00 and 23:59 in quotation marks: "12:00".'),
    "date": lambda: _("Write the day as year-month-day: 2019-06-30."),
    "event": lambda: _("Write process.started, or a stage and what happened: hearing.opened."),
}


def _wrong_format(error: ValidationError, path: Path) -> Iterator[Complaint]:
    name = next(key for key, value in schema()["$defs"].items() if value.get("pattern") == _wanted(error))
    yield (
        path,
        "bad_format",
        _("“%(value)s” cannot be used as %(where)s.") % {"value": str(error.instance), "where": _where(path)},
        _FORMATS[name](),
    )


def _too_small(error: ValidationError, path: Path) -> Iterator[Complaint]:
    yield (
        path,
        "not_positive",
        _("%(where)s is %(value)s and must be at least %(least)s.")
        % {"where": _where(path), "value": str(error.instance), "least": _wanted(error)},
        _("Write a positive whole number."),
    )


def _too_large(error: ValidationError, path: Path) -> Iterator[Complaint]:
    yield (
        path,
        "too_large",
        _("%(where)s is larger than %(most)s.") % {"where": _where(path), "most": _wanted(error)},
        _("Write a smaller value."),
    )


def _empty(error: ValidationError, path: Path) -> Iterator[Complaint]:
    yield path, "empty", _("%(where)s is empty.") % {"where": _where(path)}, _("Fill it in, or leave the line out.")


def _repeated(error: ValidationError, path: Path) -> Iterator[Complaint]:
    yield (
        path,
        "duplicate_value",
        _("%(where)s names the same thing twice.") % {"where": _where(path)},
        _("Keep each value once."),
    )


def _not_here(error: ValidationError, path: Path) -> Iterator[Complaint]:
    yield (
        path,
        "not_for_this_kind",
        _("“%(key)s” does not belong in this kind of %(where)s.") % {"key": path[-1], "where": _where(path[:-1])},
        _("Remove the line, or change the kind, gate or rule it stands under."),
    )


def _otherwise(error: ValidationError, path: Path) -> Iterator[Complaint]:
    yield (
        path,
        "invalid",
        _("%(where)s does not follow the form of a definition: %(problem)s.")
        % {"where": _where(path), "problem": error.message},
        _("Compare with a shipped definition."),
    )


_SAID: dict[str, Callable[[ValidationError, Path], Iterator[Complaint]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing,
    "type": _wrong_type,
    "enum": _not_listed,
    "const": _version,
    "pattern": _wrong_format,
    "minimum": _too_small,
    "maximum": _too_large,
    "maxLength": _too_large,
    "maxItems": _too_large,
    "maxProperties": _too_large,
    "minItems": _empty,
    "minLength": _empty,
    "minProperties": _empty,
    "uniqueItems": _repeated,
    "None": _not_here,
}
