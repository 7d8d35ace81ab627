"""What a line of a file may hold: names, texts, days, clocks. The models of definitions and of scenarios come in.

Every refusal here is a fault that `faults` says with file, line and remedy.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, SkipJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError, core_schema

from workflow.dates import YEARS
from workflow.definitions.faults import fault, written

Value = TypeVar("Value")
Key = TypeVar("Key")


class Shape(BaseModel):
    """A mapping of a file, read-only, with no keys but its own. Read from JSON, where no type passes for another."""

    # Deferred, pydantic makes one reader for the whole file when the first is read, not one for each model at start.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


# Kinds of keys.


def _is_given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("not_given", "Nothing stands after the colon.")
    return value


def _not_here(_value: Any) -> Any:
    raise PydanticCustomError("not_here", "The key does not belong here.")


def each_once(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """Refuses a list in which something stands twice."""
    if len(set(items)) < len(items):
        raise PydanticCustomError("repeated", "An item stands twice.")
    return items


Maybe = Annotated[Value | None, BeforeValidator(_is_given)]
"""A key that may be left out, but not left empty."""

NotHere = Annotated[SkipJsonSchema[Value], BeforeValidator(_not_here)]
"""A key that other kinds of the same thing have: it has its default here, and is refused when it is given."""

EachOnce = Annotated[
    tuple[Value, ...], Field(min_length=1, json_schema_extra={"uniqueItems": True}), AfterValidator(each_once)
]
"""A list with something in it and nothing twice."""

ReadOnly = Annotated[Mapping[Key, Value], AfterValidator(MappingProxyType)]
"""A mapping that nobody can change."""


def nothing() -> Mapping[Any, Any]:
    """The default of a mapping."""
    return MappingProxyType({})


# Kinds of values.

_CLOCK = written(
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    gettext_lazy('Write a time of day between 00:00 and 23:59 in quotation marks: "12:00".'),
)
_DAY = written(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", gettext_lazy("Write the day as year-month-day: 2019-06-30."))


def _text_as(constraints: StringConstraints, reader: Callable[[str], Any]) -> BeforeValidator:
    """For a text that follows a pattern and is read by the reader; what is no text is left to pydantic."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not re.fullmatch(str(constraints.pattern), value):
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": constraints.pattern})
        return reader(value)

    return BeforeValidator(read)


def _day(value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        message = _("“%(value)s” is not a day in the calendar.") % {"value": value}
        raise fault("bad_date", message, _("Write the day as year-month-day: 2019-06-30.")) from None
    if day.year not in YEARS:
        message = _("“%(value)s” is too far away to be meant.") % {"value": value}
        years = {"first": YEARS.start, "last": YEARS.stop - 1}
        raise fault("bad_date", message, _("Write a day in the years %(first)d to %(last)d.") % years)
    return day


Name = Annotated[
    str,
    written(
        r"^[a-z][a-z0-9_]{0,59}$",
        gettext_lazy("Use small letters a–z, digits and underscores, beginning with a letter, 60 characters at most."),
    ),
]
"""What other places of the file call something by."""

Slug = Annotated[
    str,
    written(
        r"^[a-z][a-z0-9-]{0,59}$",
        gettext_lazy("Use small letters a–z, digits and hyphens, beginning with a letter, 60 characters at most."),
    ),
]
"""What a file is called."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]

Clock = Annotated[
    time,
    _text_as(_CLOCK, time.fromisoformat),
    WithJsonSchema({"type": "string", "pattern": _CLOCK.pattern, "examples": ["12:00"]}),
]
"""Local wall time, hours and minutes."""

Day = Annotated[
    date, _text_as(_DAY, _day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY.pattern})
]
"""A day in the calendar, in the years a process can lie in."""


Section = Annotated[
    Mapping[Name, Value], Field(default_factory=nothing, max_length=50), AfterValidator(MappingProxyType)
]
"""A section of a file: things by their names, 50 at most. It may be left out, and nobody can change it."""


class Text(Shape):
    """A text in Danish and in English. `str()` gives the one of the active language."""

    da: Line = Field(description="What people read in Danish.", examples=["Høring"])
    en: Line = Field(description="What people read in English.", examples=["Consultation"])

    def in_language(self, language: str | None) -> str:
        """The English text for English, the Danish one for everything else."""
        return self.en if (language or "").startswith("en") else self.da

    def __str__(self) -> str:
        return self.in_language(get_language())


class Heading(Text):
    """A title in Danish and in English, 200 characters at most."""

    da: Title = Field(description="The title in Danish.", examples=["Høring"])
    en: Title = Field(description="The title in English.", examples=["Consultation"])


class Schema(GenerateJsonSchema):
    """The JSON Schema of a model as editors want it: what may be left out may not be null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        said = super().default_schema(schema)
        return {key: value for key, value in said.items() if key != "default" or value is not None}
