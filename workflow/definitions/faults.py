"""What pydantic has against a file, said in the reader's language with line and remedy.

The models of definitions and of scenarios come in. A model that must refuse something itself raises `fault`.
"""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from pydantic import BaseModel, StringConstraints, Tag, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from workflow.definitions.reading import Path, Problem, Reading

_Complaint = tuple[Path, str, str, str]
"""Path in the data, code, message, remedy."""


def fault(code: str, message: str, remedy: str, *below: str | int) -> PydanticCustomError:
    """What a validator raises to refuse a value in words of its own; `below` leads to the part that is wrong."""
    return PydanticCustomError("fault", "{message}", {"code": code, "message": message, "remedy": remedy, "at": below})


_FORMATS: dict[str, str | Promise] = {}


def written(pattern: str, remedy: str | Promise) -> StringConstraints:
    """For `Annotated[str, …]`: a text that follows a pattern, and what to write when it does not."""
    _FORMATS[pattern] = remedy
    return StringConstraints(pattern=pattern)


def nearest(word: object, known: Collection[str]) -> str:
    """A remedy for a word that is not known: the one most like it, else all that are."""
    alike = difflib.get_close_matches(str(word), sorted(known), n=1, cutoff=0.6)
    if alike:
        return _("Did you mean “%(name)s”?") % {"name": alike[0]}
    if not known:
        return _("None is declared; declare it first.")
    return _("Use one of: %(names)s.") % {"names": ", ".join(sorted(known))}


def where(path: Path) -> str:
    """A path as people count: stages.1.title."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path) or _("the file")


def problems_of(error: ValidationError, reading: Reading, model: type[BaseModel]) -> list[Problem]:
    """The faults that `model` found in the data of that file, each with its line, in the order of the lines."""
    types: dict[Path, list[str]] = {}
    complaints: dict[tuple[Path, str, str], _Complaint] = {}
    for details in error.errors(include_url=False):
        path, around = _place(details["loc"], model)
        if details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
            continue  # pydantic counts only the items that have no fault themselves
        if details["type"] in _TYPES and details.get("ctx", {}).get("class_name") != "Text":
            types.setdefault(path, []).append(_TYPES[details["type"]]())
        else:
            complaint = _said_plainly(details, path, around)
            complaints.setdefault(complaint[:3], complaint)
    for path, wanted in types.items():
        # A value that may be of several types has a fault for each. Where one of them fits, its own faults say more.
        others = [other for other, _code, _message in complaints] + [other for other in types if other != path]
        if not any(other[: len(path)] == path for other in others):
            complaint = _wrong_type(path, list(dict.fromkeys(wanted)))
            complaints[complaint[:3]] = complaint
    problems = [
        Problem(reading.name, reading.line(path), code, message, remedy)
        for path, code, message, remedy in complaints.values()
    ]
    return sorted(problems, key=lambda problem: (problem.line, problem.code, problem.message))


# Where a fault is. Between the keys and items of a place, pydantic names the member of a union it tried; the member is
# looked up in the model, because its name may be a key of the data as well (the block `approval` in an approval).


def _place(loc: tuple[int | str, ...], model: type[BaseModel]) -> tuple[Path, Any]:
    """The path of a fault in the data, and what the model has around it: a model, where keys are known."""
    path: list[int | str] = []
    here: Any = model
    around: Any = None
    for part in loc:
        here, discriminator = _opened(here)
        members = _members(here)
        if len(members) > 1:
            here = next((member for member in members if _is_named(member, part, discriminator)), None)
        elif part != "[key]":
            around = members[0] if members else None
            path.append(part)
            here = _inside(around, part)
    return tuple(path), around


def _opened(annotation: Any) -> tuple[Any, str]:
    """The type inside `Annotated`, and the key by which a union of models is told apart."""
    discriminator = ""
    while get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
        for item in metadata:
            if isinstance(item, FieldInfo) and isinstance(item.discriminator, str):
                discriminator = item.discriminator
    return annotation, discriminator


def _members(annotation: Any) -> list[Any]:
    if get_origin(annotation) not in (Union, UnionType):
        return [annotation]
    return [member for member in get_args(annotation) if _opened(member)[0] is not NoneType]


def _is_named(member: Any, name: str | int, discriminator: str) -> bool:
    if get_origin(member) is Annotated and any(
        isinstance(item, Tag) and item.tag == name for item in get_args(member)[1:]
    ):
        return True
    member, _discriminator = _opened(member)
    if not (isinstance(member, type) and issubclass(member, BaseModel)):
        return str(name).partition("[")[0] == getattr(get_origin(member) or member, "__name__", None)
    if discriminator:
        return name in get_args(_fields(member)[discriminator].annotation)
    return member.__name__ == name


def _fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields by the names they have in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inside(annotation: Any, part: str | int) -> Any:
    """The type of one key or item; None where it cannot be told."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = _fields(annotation).get(str(part))
        return Annotated[field.annotation, field] if field else None
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if arguments and get_origin(annotation) is not Literal else None


# What a fault says.

_TYPES: dict[str, Callable[[], str]] = {
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "dict_type", "mapping_type"), lambda: _("a mapping (key: value)")
    ),
    **dict.fromkeys(("list_type", "tuple_type"), lambda: _("a list ([a, b])")),
    "string_type": lambda: _("a text"),
    "int_type": lambda: _("a whole number"),
    "bool_type": lambda: _("true or false"),
}


def _said_plainly(details: ErrorDetails, path: Path, around: Any) -> _Complaint:
    if details["type"] == "fault":
        said = details["ctx"]
        return (*path, *said["at"]), said["code"], said["message"], said["remedy"]
    if details["type"] == "extra_forbidden":
        return _unknown_key(path, _fields(around))
    return _SAID.get(details["type"], _otherwise)(path, details)


def _wrong_type(path: Path, wanted: list[str]) -> _Complaint:
    return (
        path,
        "wrong_type",
        _("%(where)s has the wrong type of value.") % {"where": where(path)},
        _("Write %(type)s.") % {"type": _(" or ").join(wanted)},
    )


def _untranslated(path: Path, _details: ErrorDetails) -> _Complaint:
    return (
        path,
        "missing_translation",
        _("%(where)s must be given in both languages.") % {"where": where(path)},
        _("Write the text in both languages: {da: …, en: …}."),
    )


def _unknown_key(path: Path, known: Collection[str]) -> _Complaint:
    return (
        path,
        "unknown_key",
        _("Unknown key “%(key)s” in %(where)s.") % {"key": path[-1], "where": where(path[:-1])},
        nearest(path[-1], known),
    )


def _missing(path: Path, _details: ErrorDetails) -> _Complaint:
    *around, missing = path
    place = where(tuple(around))
    if missing in ("da", "en"):
        language = _("Danish (da)") if missing == "da" else _("English (en)")
        return (
            tuple(around),
            "missing_translation",
            _("%(where)s has no text in %(language)s.") % {"where": place, "language": language},
            _("Write the text in both languages: {da: …, en: …}."),
        )
    return (
        tuple(around),
        "missing_key",
        _("“%(key)s” is missing in %(where)s.") % {"key": missing, "where": place},
        _("Add it. A stage that begins with the process says after: [].")
        if missing == "after"
        else _("Add the line “%(key)s: …”.") % {"key": missing},
    )


def _no_tag(path: Path, details: ErrorDetails) -> _Complaint:
    key = str(details["ctx"]["discriminator"]).strip("'")
    if key in details["input"]:
        return _wrong_type((*path, key), [_("a text")])
    return _missing((*path, key), details)


def _unknown_tag(path: Path, details: ErrorDetails) -> _Complaint:
    key, tag = str(details["ctx"]["discriminator"]).strip("'"), details["ctx"]["tag"]
    return _not_listed((*path, key), tag, details["ctx"]["expected_tags"])


def _unknown_value(path: Path, details: ErrorDetails) -> _Complaint:
    return _not_listed(path, details["input"], details["ctx"]["expected"])


def _not_listed(path: Path, value: object, expected: str) -> _Complaint:
    """`expected` is pydantic's own list: 'a', 'b' or 'c'; for numbers 1 or 2."""
    known = [word or number for word, number in re.findall(r"'([^']*)'|\b(\d+)\b", expected)]
    if path[-1:] == ("schema_version",):
        return (
            path,
            "schema_version",
            _("This installation reads schema_version %(known)s, not “%(value)s”.")
            % {"known": ", ".join(known), "value": value},
            _("Write schema_version: %(version)s, or upgrade the installation.") % {"version": known[-1]},
        )
    code = {"kind": "unknown_kind", "gate": "unknown_gate", "rule": "unknown_rule"}.get(str(path[-1]), "unknown_value")
    message = _("“%(value)s” is not known as %(where)s.") % {"value": value, "where": where(path)}
    return path, code, message, nearest(value, known)


def _wrong_format(path: Path, details: ErrorDetails) -> _Complaint:
    return (
        path,
        "bad_format",
        _("“%(value)s” cannot be used as %(where)s.") % {"value": details["input"], "where": where(path)},
        str(_FORMATS.get(details["ctx"]["pattern"], details["ctx"]["pattern"])),
    )


def _too_small(path: Path, details: ErrorDetails) -> _Complaint:
    return (
        path,
        "not_positive",
        _("%(where)s is %(value)s and must be at least %(least)s.")
        % {"where": where(path), "value": details["input"], "least": details["ctx"]["ge"]},
        _("Write a positive whole number."),
    )


def _too_large(path: Path, details: ErrorDetails) -> _Complaint:
    most = next((details["ctx"][name] for name in ("le", "max_length") if name in details.get("ctx", {})), "–")
    return (
        path,
        "too_large",
        _("%(where)s is larger than %(most)s.") % {"where": where(path), "most": most},
        _("Write a smaller value."),
    )


def _empty(path: Path, _details: ErrorDetails) -> _Complaint:
    return path, "empty", _("%(where)s is empty.") % {"where": where(path)}, _("Fill it in, or leave the line out.")


def _otherwise(path: Path, details: ErrorDetails) -> _Complaint:
    return (
        path,
        "invalid",
        _("%(where)s cannot be read: %(problem)s.") % {"where": where(path), "problem": details["msg"]},
        _("Compare with one of the shipped files."),
    )


_SAID: dict[str, Callable[[Path, ErrorDetails], _Complaint]] = {
    "model_type": _untranslated,
    "missing": _missing,
    "union_tag_not_found": _no_tag,
    "union_tag_invalid": _unknown_tag,
    "enum": _unknown_value,
    "literal_error": _unknown_value,
    "string_pattern_mismatch": _wrong_format,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_large,
    "int_parsing_size": _too_large,
    "string_too_long": _too_large,
    "too_long": _too_large,
    "string_too_short": _empty,
    "too_short": _empty,
}
