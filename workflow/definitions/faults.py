"""What pydantic has against a file, said in the reader's language with line and remedy.

The models of definitions and of scenarios come in. A model that must refuse something itself raises `fault`.
"""

import difflib
import re
from collections.abc import Collection, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from workflow.definitions.reading import Path, Problem, Reading, in_order

Complaint = tuple[Path, str, str, str]
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
    return ".".join(str(part + 1) if isinstance(part, int) else _short(part) for part in path) or _("the file")


def faults_in(error: ValidationError) -> list[ErrorDetails]:
    """The faults of one reading, but for lists that are too short only because pydantic does not count wrong items."""
    return [
        details
        for details in error.errors(include_url=False)
        if details["type"] != "too_short" or len(details["input"]) < details["ctx"]["min_length"]
    ]


def problems_of(error: ValidationError, reading: Reading, model: type[BaseModel]) -> list[Problem]:
    """The faults that `model` found in the data of that file, each with its line, in the order of the lines."""
    types: dict[Path, list[str]] = {}
    complaints: dict[tuple[Path, str, str], Complaint] = {}
    for details in faults_in(error):
        place = place_of(details["loc"], model)
        if details["type"] in _TYPES and details.get("ctx", {}).get("class_name") not in ("Text", "Heading"):
            types.setdefault(place.path, []).append(str(_TYPES[details["type"]]))
        else:
            complaint = _said_plainly(details, place)
            complaints.setdefault(complaint[:3], complaint)
    for path, wanted in types.items():
        # A value that may be of several types has a fault for each. Where one of them fits, its own faults say more.
        others = [other for other, _code, _message in complaints] + [other for other in types if other != path]
        if not any(other[: len(path)] == path for other in others):
            complaint = _wrong_type(path, list(dict.fromkeys(wanted)))
            complaints[complaint[:3]] = complaint
    return in_order(reading.problem(*complaint) for complaint in complaints.values())


# Where a fault is. Between the keys and items of a place, pydantic names the member of a union it tried; the member is
# looked up in the model, because its name may be a key of the data as well (the block `approval` in an approval).


class Place(NamedTuple):
    """Where a fault is: its path in the data, the model whose key it is, and the type of what stands there."""

    path: Path
    around: Any
    inside: Any

    @property
    def tags(self) -> list[str]:
        """The values by which the kinds of thing that may stand here are told apart."""
        union, discriminator = _opened(self.inside)
        return [str(tag) for member in _members(union) for tag in get_args(fields_of(member)[discriminator].annotation)]


def place_of(loc: tuple[int | str, ...], model: type[BaseModel]) -> Place:
    """The place that pydantic's location leads to in the data of a model."""
    path: list[int | str] = []
    inside: Any = model
    around: Any = None
    for part in loc:
        inside, discriminator = _opened(inside)
        members = _members(inside)
        if len(members) > 1:
            inside = next((member for member in members if _is_named(member, part, discriminator)), None)
        elif part != "[key]":
            around = inside
            path.append(part)
            inside = _inside(around, part)
    return Place(tuple(path), around, inside)


def _opened(annotation: Any) -> tuple[Any, str]:
    """The type inside `Annotated` and `… | None`, and the key by which a union of models is told apart."""
    discriminator = ""
    while True:
        members = _members(annotation)
        if get_origin(annotation) is Annotated:
            annotation, *metadata = get_args(annotation)
            for item in metadata:
                if isinstance(item, FieldInfo) and isinstance(item.discriminator, str):
                    discriminator = item.discriminator
        elif len(members) == 1 and members[0] is not annotation:
            annotation = members[0]
        else:
            return annotation, discriminator


def _members(annotation: Any) -> list[Any]:
    """The types of a union but None; of another type, that type."""
    if get_origin(annotation) not in (Union, UnionType):
        return [annotation]
    return [member for member in get_args(annotation) if member is not NoneType]


def _is_named(member: Any, name: str | int, discriminator: str) -> bool:
    member, _discriminator = _opened(member)
    if not (isinstance(member, type) and issubclass(member, BaseModel)):
        return str(name).partition("[")[0] == getattr(get_origin(member) or member, "__name__", None)
    if discriminator:
        return name in get_args(fields_of(member)[discriminator].annotation)
    return member.__name__ == name


def fields_of(model: Any) -> Mapping[str, FieldInfo]:
    """The fields by the names they have in a file; none of what is no model."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inside(annotation: Any, part: str | int) -> Any:
    """The type of one key or item; None where it cannot be told."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = fields_of(annotation).get(str(part))
        return Annotated[field.annotation, field] if field else None
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if arguments and get_origin(annotation) is not Literal else None


# What a fault says.

_BOTH_LANGUAGES = gettext_lazy("Write the text in both languages: {da: …, en: …}.")

_TYPES: dict[str, Promise] = {
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), gettext_lazy("a mapping (key: value)")),
    **dict.fromkeys(("list_type", "tuple_type"), gettext_lazy("a list ([a, b])")),
    "string_type": gettext_lazy("a text"),
    "int_type": gettext_lazy("a whole number"),
    "bool_type": gettext_lazy("true or false"),
    "date_type": gettext_lazy("a day (2019-06-30)"),
    "time_type": gettext_lazy('a time of day ("12:00")'),
}

_TOO_LARGE = ("too_large", gettext_lazy("%(where)s is larger than %(most)s."), gettext_lazy("Write a smaller value."))
_TOO_LONG = (
    "too_large",
    gettext_lazy("%(where)s is longer than %(most)s."),
    gettext_lazy("Write less, %(most)s at most."),
)
_EMPTY = ("empty", gettext_lazy("%(where)s is empty."), gettext_lazy("Fill it in, or leave the line out."))

_SAID: dict[str, tuple[str, Promise, Promise]] = {
    # The one type fault that is not in words of types: a text that people read, given in one language.
    "model_type": ("missing_translation", gettext_lazy("%(where)s must be given in both languages."), _BOTH_LANGUAGES),
    "greater_than_equal": (
        "not_positive",
        gettext_lazy("%(where)s is %(value)s and must be at least %(ge)s."),
        gettext_lazy("Write a positive whole number."),
    ),
    "less_than_equal": _TOO_LARGE,
    "int_parsing_size": _TOO_LARGE,
    "string_too_long": _TOO_LONG,
    "too_long": _TOO_LONG,
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "not_given": _EMPTY,
    "repeated": (
        "duplicate_value",
        gettext_lazy("%(where)s names the same thing twice."),
        gettext_lazy("Keep each value once."),
    ),
    "not_here": (
        "not_for_this_kind",
        gettext_lazy("“%(key)s” does not belong in this kind of %(around)s."),
        gettext_lazy("Remove the line, or change the kind, gate or rule it stands under."),
    ),
}
_OTHERWISE = (
    "invalid",
    gettext_lazy("%(where)s cannot be read: %(problem)s."),
    gettext_lazy("Compare with one of the shipped files."),
)


def _said_plainly(details: ErrorDetails, place: Place) -> Complaint:
    path, kind, context = place.path, details["type"], details.get("ctx", {})
    if kind == "fault":
        return (*path, *context["at"]), context["code"], context["message"], context["remedy"]
    if kind == "extra_forbidden":
        message = _("Unknown key “%(key)s” in %(where)s.") % {"key": _short(path[-1]), "where": where(path[:-1])}
        return path, "unknown_key", message, nearest(path[-1], fields_of(place.around))
    if kind == "missing":
        return _missing(path)
    if kind.startswith("union_tag"):
        key = str(context["discriminator"]).strip("'")
        if kind == "union_tag_invalid":
            return _not_listed((*path, key), context["tag"], place.tags)
        return _wrong_type((*path, key), [_("a text")]) if key in details["input"] else _missing((*path, key))
    if kind in ("enum", "literal_error"):
        # pydantic's own list of them: 'a', 'b' or 'c'; of numbers 1 or 2.
        known = [word or number for word, number in re.findall(r"'([^']*)'|\b(\d+)\b", context["expected"])]
        return _not_listed(path, details["input"], known)
    if kind == "string_pattern_mismatch":
        message = _("“%(value)s” cannot be used as %(where)s.")
        message %= {"value": _short(details["input"]), "where": where(path)}
        return path, "bad_format", message, str(_FORMATS.get(context["pattern"], context["pattern"]))
    code, said, remedy = _SAID.get(kind, _OTHERWISE)
    words: dict[str, Any] = {
        "where": where(path),
        "around": where(path[:-1]),
        "key": path[-1] if path else "",
        "value": _short(details["input"]),
        "most": context.get("le", context.get("max_length", "–")),
        "problem": details["msg"],
        **context,
    }
    return path, code, str(said) % words, str(remedy) % words if "%(" in str(remedy) else str(remedy)


def _short(value: object) -> str:
    """A value as a message quotes it, 60 characters at most."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _wrong_type(path: Path, wanted: list[str]) -> Complaint:
    message = _("%(where)s has the wrong type of value.") % {"where": where(path)}
    return path, "wrong_type", message, _("Write %(type)s.") % {"type": _(" or ").join(wanted)}


def _missing(path: Path) -> Complaint:
    around, key = path[:-1], path[-1]
    if key in ("da", "en"):
        words = {"where": where(around), "language": _("Danish (da)") if key == "da" else _("English (en)")}
        message = _("%(where)s has no text in %(language)s.") % words
        return around, "missing_translation", message, str(_BOTH_LANGUAGES)
    message = _("“%(key)s” is missing in %(where)s.") % {"key": key, "where": where(around)}
    if key == "after":
        return around, "missing_key", message, _("Add it. A stage that begins with the process says after: [].")
    return around, "missing_key", message, _("Add the line “%(key)s: …”.") % {"key": key}


def _not_listed(path: Path, value: object, known: list[str]) -> Complaint:
    if path[-1:] == ("schema_version",):
        message = _("This installation reads schema_version %(known)s, not “%(value)s”.")
        remedy = _("Write schema_version: %(version)s, or upgrade the installation.") % {"version": known[-1]}
        return path, "schema_version", message % {"known": ", ".join(known), "value": _short(value)}, remedy
    code = {"kind": "unknown_kind", "gate": "unknown_gate", "rule": "unknown_rule"}.get(str(path[-1]), "unknown_value")
    message = _("“%(value)s” is not known as %(where)s.") % {"value": _short(value), "where": where(path)}
    return path, code, message, nearest(value, known)
