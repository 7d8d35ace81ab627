"""What pydantic has against a file, said in the reader's language with line and remedy.

The models of definitions and of scenarios come in. A model that must refuse something itself raises `fault`.
"""

import difflib
import re
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from workflow.definitions.reading import Path, Problem, Reading, in_order
from workflow.definitions.tolerant import is_unread, keys_at, read_tolerantly

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
    known = [each for each in known if not is_unread(each)]
    alike = difflib.get_close_matches(str(word), sorted(known), n=1, cutoff=0.6)
    if alike:
        return _("Did you mean “%(name)s”?") % {"name": alike[0]}
    if not known:
        return _("None is declared; declare it first.")
    return _("Use one of: %(names)s.") % {"names": ", ".join(sorted(known))}


def where(path: Path) -> str:
    """A path as people count: stages.1.title."""
    return ".".join(str(part + 1) if isinstance(part, int) else _short(part) for part in path) or _("the file")


class Fault(NamedTuple):
    """One fault of pydantic's, with its path in the data."""

    path: Path
    details: ErrorDetails

    @property
    def known(self) -> list[str]:
        """The words that may stand there, from pydantic's list of them: 'a', 'b' or 'c'; 1 or 2; Kind.A, Kind.B."""
        context = self.details["ctx"]
        listed = re.findall(r"'([^']*)'|\.([A-Z_]+)|\b(\d+)\b", context.get("expected_tags") or context["expected"])
        return list(dict.fromkeys(word or name.lower() or number for word, name, number in listed))


def faults_in(error: ValidationError, data: Any) -> list[Fault]:
    """The faults of one reading, but for lists that are too short only because pydantic does not count wrong items."""
    return [
        Fault(_path_of(details, data), details)
        for details in error.errors(include_url=False)
        if details["type"] != "too_short" or len(details["input"]) < details["ctx"]["min_length"]
    ]


KINDS = ("kind", "gate", "rule", "type", "do")
"""The keys by which the kinds of one thing are told apart."""


def _path_of(details: ErrorDetails, data: Any) -> Path:
    """The path in the data. pydantic's own also names the kind of thing, and the type, that it tried to read there.

    After a mapping its kind comes first, and may be the name of a key as well: the block `approval` in an approval.
    """
    loc, kind, context = details["loc"], details["type"], details.get("ctx", {})
    beyond: Path = ()
    if kind == "missing":
        loc, beyond = loc[:-1], loc[-1:]
    elif kind.startswith("union_tag"):
        beyond = (context["discriminator"].strip("'"),)
    elif kind == "fault":
        beyond = context["at"]
    path: list[str | int] = []
    here, may_be_kind = data, False
    for part in loc:
        is_kind = may_be_kind and part in [here.get(key) for key in KINDS]
        may_be_kind = False
        parts = here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        if part in parts and not is_kind:
            path.append(part)
            here = here[part]
            may_be_kind = isinstance(here, dict)
    return (*path, *beyond)


def problems_of(error: ValidationError, reading: Reading, model: type[BaseModel]) -> list[Problem]:
    """The faults that `model` found in the data of that file, each with its line, in the order of the lines."""
    types: dict[Path, list[str]] = {}
    complaints: dict[tuple[Path, str, str], Complaint] = {}
    keys = partial(keys_at, read_tolerantly(model, reading.data))
    for shape_fault in faults_in(error, reading.data):
        path, details = shape_fault
        if details["type"] in _TYPES and details.get("ctx", {}).get("class_name") not in ("Text", "Heading"):
            types.setdefault(path, []).append(str(_TYPES[details["type"]]))
        else:
            complaint = _said_plainly(shape_fault, keys)
            complaints.setdefault(complaint[:3], complaint)
    for path, wanted in types.items():
        # A value that may be of several types has a fault for each. Where one of them fits, its own faults say more.
        others = [other for other, _code, _message in complaints] + [other for other in types if other != path]
        if not any(other[: len(path)] == path for other in others):
            complaint = _wrong_type(path, list(dict.fromkeys(wanted)))
            complaints[complaint[:3]] = complaint
    return in_order(reading.problem(*complaint) for complaint in complaints.values())


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


def _said_plainly(shape_fault: Fault, keys: Callable[[Path], Collection[str]]) -> Complaint:
    path, details = shape_fault
    kind, context = details["type"], details.get("ctx", {})
    if kind == "fault":
        return path, context["code"], context["message"], context["remedy"]
    if kind == "extra_forbidden":
        message = _("Unknown key “%(key)s” in %(where)s.") % {"key": _short(path[-1]), "where": where(path[:-1])}
        return path, "unknown_key", message, nearest(path[-1], keys(path[:-1]))
    if kind == "missing" or (kind == "union_tag_not_found" and path[-1] not in details["input"]):
        return _missing(path)
    if kind == "union_tag_not_found":
        return _wrong_type(path, [_("a text")])
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        return _not_listed(path, context.get("tag", details["input"]), shape_fault.known)
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
