"""What the keys of a scenario hold, as it is written there: texts, files, times, and names that must exist elsewhere.

The models of deeds and of a file's head come in. Form is judged while a file is read; whether a name exists and a time
can be is asked afterwards, of `Known`, by `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, Union

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
    model_validator,
)

from consultations.player.refusals import refusal_codes
from consultations.player.times import BadTime, clock_of, pace_of
from notifications.rules import may_mail
from workflow.definitions.faults import fault, nearest
from workflow.definitions.reading import Path
from workflow.states import BodyKind, Level, Role

if TYPE_CHECKING:
    from consultations.player.known import Known

FILE_TYPES = ("pdf", "docx", "txt")


class Shape(BaseModel):
    """A mapping of a scenario file. A key with nothing behind it counts as left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    newer: ClassVar[dict[str, int]] = {}
    """Keys that only a later `schema_version` knows, with that version."""
    asked_elsewhere: ClassVar[frozenset[str]] = frozenset()
    """Keys whose names and times are asked about where they are used."""

    @model_validator(mode="before")
    @classmethod
    def _without_gaps(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        needed = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
        return {key: value for key, value in data.items() if value is not None and not (value == "" and key in needed)}

    def check(self, known: Known, path: Path) -> None:
        """Say what none of its keys can mean, each at its own line."""
        for name in self.model_fields_set - self.asked_elsewhere:
            where = (*path, type(self).model_fields[name].alias or name)
            if name in self.newer:
                known.since(self.newer[name], where, name)
            look(getattr(self, name), known, where)


class Written(str):
    """A name or a time as it is written."""

    def check(self, known: Known, path: Path) -> None:
        """Say what it cannot mean."""
        raise NotImplementedError


def look(value: object, known: Known, path: Path) -> None:
    """Check what a key holds, and what is in it."""
    if isinstance(value, Shape | Written):
        value.check(known, path)
    elif isinstance(value, dict):
        for key, one in value.items():
            look(key, known, (*path, key))
            look(one, known, (*path, key))
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            look(one, known, (*path, place))


# Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _as_words(value: Any) -> Any:
    """A whole number stands for its digits: agenda_item: 4."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


T = TypeVar("T")
OneOrMany = Union[T, tuple[T, ...]]  # noqa: UP007 (an alias with a type of its own)


def many(value: OneOrMany[T]) -> tuple[T, ...]:
    """One stands for a list of one."""
    return value if isinstance(value, tuple) else (value,)


def reachable(value: str, *below: str) -> str:
    """An address mail can be sent to; raises the fault of any other, at the key under `below`."""
    if refusal := may_mail(value):
        raise fault("bad_address", str(refusal.text), _("Write a full address such as post@kommune.example."), *below)
    return value


def one_of(values: Collection[str], code: str, sentence: str | Promise) -> BeforeValidator:
    """For a value that must be one of these, with the code and the sentence that say it is none."""

    def known(value: Any) -> Any:
        if isinstance(value, str) and value not in values:
            raise fault(code, sentence % {"name": value}, nearest(value, values))
        return value

    return BeforeValidator(known)


Words = Annotated[str, BeforeValidator(_as_words), WithJsonSchema({"type": ["string", "integer"]})]
Short = Annotated[Words, Field(max_length=60)]
Title = Annotated[Words, Field(max_length=200)]
Long = Annotated[Words, Field(max_length=300)]
Email = Annotated[str, AfterValidator(reachable)]
Flag = StrictBool
Language = Literal["da", "en"]
Kind = Annotated[BodyKind, one_of(BodyKind.values, "unknown_kind", _lazy("There is no kind of body “%(name)s”."))]
OfficerRole = Annotated[Role, one_of(Role.values, "unknown_role", _lazy("There is no role “%(name)s”."))]
BodyLevel = Annotated[Level, one_of(Level.values, "unknown_level", _lazy("There is no level “%(name)s”."))]


# Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
class Name(Written):
    """A name, with what it must be one of and what is said when it is not."""

    code: str
    sentence: str | Promise
    names: Callable[[Known], Collection[str]]

    def check(self, known: Known, path: Path) -> None:
        if self not in (names := self.names(known)):
            known.unknown(path, self.code, self.sentence, self, names)


def name_among(names: Callable[[Known], Collection[str]], code: str, sentence: str | Promise) -> AfterValidator:
    """For a name that must be one of those known by then."""

    def named(value: str) -> Name:
        name = Name(value)
        name.code, name.sentence, name.names = code, sentence, names
        return name

    return AfterValidator(named)


TextName = Annotated[
    str, name_among(lambda known: known.file.texts, "unknown_text", _lazy("There is no text “%(name)s”."))
]
DocumentName = Annotated[
    str, name_among(lambda known: known.file.documents, "unknown_document", _lazy("There is no document “%(name)s”."))
]
OfficerName = Annotated[
    str, name_among(lambda known: known.officers, "unknown_actor", _lazy("There is no officer “%(name)s”."))
]
BodyName = Annotated[
    str, name_among(lambda known: known.directory.bodies, "unknown_party", _lazy("There is no party “%(name)s”."))
]
RegionName = Annotated[
    str, name_among(lambda known: known.regions, "unknown_region", _lazy("There is no region “%(name)s”."))
]
_NO_STAGE = _lazy("The definition has no stage “%(name)s”.")
StageName = Annotated[str, name_among(lambda known: known.definition.by_key, "unknown_stage", _NO_STAGE)]
_NO_LINE = _lazy("The definition has no line of text “%(name)s”.")
LineName = Annotated[str, name_among(lambda known: known.definition.texts, "unknown_line", _NO_LINE)]
_NO_PUBLIC = _lazy("There is no “%(name)s” that could be made public.")
PublicName = Annotated[str, name_among(lambda known: known.public_names, "unknown_public", _NO_PUBLIC)]
_NO_DEADLINE = _lazy("The definition has no deadline “%(name)s”.")
DeadlineName = Annotated[str, name_among(lambda known: known.deadlines, "unknown_deadline", _NO_DEADLINE)]
DueName = Annotated[str, name_among(lambda known: known.deadlines_and_rounds, "unknown_deadline", _NO_DEADLINE)]
_NO_PARAMETER = _lazy("The definition has no parameter “%(name)s”.")
ParameterName = Annotated[
    str, name_among(lambda known: known.definition.parameters, "unknown_parameter", _NO_PARAMETER)
]
_NO_REFUSAL = _lazy("Nothing is refused with the code “%(name)s”.")
RefusalCode = Annotated[str, name_among(lambda known: refusal_codes(), "unknown_refusal", _NO_REFUSAL)]


class _Section(Written):
    """ "2", the number of a section; "aftale 2" where several documents have one."""

    def check(self, known: Known, path: Path) -> None:
        document, _space, number = self.rpartition(" ")
        documents = known.file.documents
        texts = [documents[document]] if document in documents else documents.values()
        numbers = {number for text in texts for number in text.texts}
        if (document and document not in documents) or number not in numbers:
            known.unknown(path, "unknown_section", _("There is no section “%(name)s”."), number, numbers)


SectionName = Annotated[str, AfterValidator(_Section)]


class NamedText(Shape):
    """One of the file's texts instead of words written out."""

    name: TextName = Field(alias="from")


Text = Words | NamedText
Reason = Text
"""Why; it stands in the record."""


def _makeable(name: str) -> str:
    stem, _dot, ending = name.rpartition(".")
    if ending.lower() not in FILE_TYPES:
        message = _("The player makes no file called “%(name)s”.") % {"name": name}
        raise fault("unknown_file_type", message, nearest(name, [f"{stem or name}.{known}" for known in FILE_TYPES]))
    return name


class File(Shape):
    """A file to be made: its name and what stands in it."""

    name: Annotated[Title, AfterValidator(_makeable)]
    text: Text = ""


class Part(Shape):
    """Parties by their kind, or some of a list."""

    kind: Kind | None = None
    named: str | None = Field(None, alias="list")
    left_out: OneOrMany[str | Part] | None = Field(None, alias="except")
    first: StrictInt | None = Field(None, alias="from")
    last: StrictInt | None = Field(None, alias="to")


Parties = OneOrMany[str | Part]


# Times ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _read(reader: Callable[[Any], Any]) -> BeforeValidator:
    def read(value: Any) -> Any:
        try:
            return reader(value)
        except BadTime as bad:
            raise fault("bad_date", _("“%(value)s” cannot be used here.") % {"value": value}, str(bad)) from None

    return BeforeValidator(read)


_CLOCK = WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?$"})
Clock = Annotated[time, _read(clock_of), _CLOCK]
Pace = Annotated[timedelta, _read(pace_of), WithJsonSchema({"type": "string"})]


class DayName(Written):
    """A local day: 2019-06-24, or "+14d" after the deed's own."""

    def check(self, known: Known, path: Path) -> None:
        known.day(self, path)


class MomentName(Written):
    """A local day and time: "2019-01-18 10:00", or "+3d 10:00" after the deed above."""

    def check(self, known: Known, path: Path) -> None:
        known.moment(self, path, before=known.at)


class DayCount(Shape):
    """A day counted from the one the scenario is laid at, in working days or in days."""

    working_day: StrictInt | None = None
    day: StrictInt | None = None

    def __str__(self) -> str:
        return str(self.model_dump(exclude_none=True))

    def check(self, known: Known, path: Path) -> None:
        known.day(self, path)


class MomentCount(DayCount):
    """Such a day with a time of day."""

    clock: Clock = time(10)

    def check(self, known: Known, path: Path) -> None:
        known.moment(self, path, before=None)


Day = Annotated[str, AfterValidator(DayName)] | DayCount
Moment = Annotated[str, AfterValidator(MomentName)] | MomentCount
