"""What the keys of a scenario hold: texts, files, and names that must exist elsewhere. Head and deeds come in."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from consultations.player.shape import Shape, known_by_then, meaning, name_among, unknown
from notifications.rules import may_mail
from workflow.definitions.faults import fault, nearest
from workflow.states import StageState

if TYPE_CHECKING:
    from consultations.player.check import ScenarioCheck

FILE_TYPES = ("pdf", "docx", "txt")


# Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _as_words(value: Any) -> Any:
    """A whole number stands for its digits: agenda_item: 4."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _spoken(value: str, check: ScenarioCheck) -> str:
    """As the party whose turn it is says it."""
    if check.turn is None:
        return value
    party, _place = check.turn
    return value.replace("{party}", check.directory.bodies[party].name if party else "").strip()


def reachable(value: str, *below: str) -> str:
    """An address mail can be sent to; raises the fault of any other, at the key under `below`."""
    if refusal := may_mail(value):
        raise fault("bad_address", str(refusal.text), _("Write a full address such as post@kommune.example."), *below)
    return value


Verbatim = Annotated[str, BeforeValidator(_as_words), WithJsonSchema({"type": ["string", "integer"]})]
Words = Annotated[Verbatim, meaning(_spoken)]
Short = Annotated[Verbatim, Field(max_length=60), meaning(_spoken)]
Title = Annotated[Verbatim, Field(max_length=200), meaning(_spoken)]
Long = Annotated[Verbatim, Field(max_length=300), meaning(_spoken)]
Email = Annotated[str, AfterValidator(reachable)]
Flag = StrictBool
Language = Literal["da", "en"]


ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("notifications", "workflow", "consultations")
_CODE = re.compile(r'\bRefusal\(\s*"(\w+)"')


@cache
def refusal_codes() -> tuple[str, ...]:
    """Every code, as the sources of rules and actions have it: a list beside them would have to be kept by hand."""
    found = {f"stage_{state}" for state in StageState if state != StageState.OPEN}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found.update(_CODE.findall(path.read_text(encoding="utf-8")))
    return tuple(sorted(found))


# Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
_NO_TEXT = _lazy("There is no text “%(name)s”.")
TextName = Annotated[str, name_among(lambda check: check.file.texts, "unknown_text", _NO_TEXT)]
_NO_DOCUMENT = _lazy("There is no document “%(name)s”.")
DocumentName = Annotated[str, name_among(lambda check: check.file.documents, "unknown_document", _NO_DOCUMENT)]
_NO_OFFICER = _lazy("There is no officer “%(name)s”.")
OfficerName = Annotated[str, name_among(lambda check: check.officers, "unknown_actor", _NO_OFFICER)]
_NO_PARTY = _lazy("There is no party “%(name)s”.")
BodyName = Annotated[str, name_among(lambda check: check.directory.bodies, "unknown_party", _NO_PARTY)]
_NO_REGION = _lazy("There is no region “%(name)s”.")
RegionName = Annotated[str, name_among(lambda check: check.regions, "unknown_region", _NO_REGION)]
_NO_STAGE = _lazy("The definition has no stage “%(name)s”.")
StageName = Annotated[str, name_among(lambda check: check.definition.by_key, "unknown_stage", _NO_STAGE)]
_NO_LINE = _lazy("The definition has no line of text “%(name)s”.")
LineName = Annotated[str, name_among(lambda check: check.definition.texts, "unknown_line", _NO_LINE)]
_NO_PUBLIC = _lazy("There is no “%(name)s” that could be made public.")
PublicName = Annotated[str, name_among(lambda check: check.public_names, "unknown_public", _NO_PUBLIC)]
_NO_DEADLINE = _lazy("The definition has no deadline “%(name)s”.")
DeadlineName = Annotated[str, name_among(lambda check: check.deadlines, "unknown_deadline", _NO_DEADLINE)]
DueName = Annotated[str, name_among(lambda check: check.deadlines_and_rounds, "unknown_deadline", _NO_DEADLINE)]
_NO_PARAMETER = _lazy("The definition has no parameter “%(name)s”.")
ParameterName = Annotated[
    str, name_among(lambda check: check.definition.parameters, "unknown_parameter", _NO_PARAMETER)
]
_NO_REFUSAL = _lazy("Nothing is refused with the code “%(name)s”.")
RefusalCode = Annotated[str, name_among(lambda check: refusal_codes(), "unknown_refusal", _NO_REFUSAL)]


def _section(name: str, check: ScenarioCheck) -> str:
    """ "2", the number of a section; "aftale 2" where several documents have one."""
    document, _space, number = name.rpartition(" ")
    documents = check.file.documents
    texts = [documents[document]] if document in documents else documents.values()
    numbers = {number for text in texts for number in text.texts}
    if (document and document not in documents) or number not in numbers:
        raise unknown("unknown_section", _("There is no section “%(name)s”."), number, numbers)
    return name


SectionName = Annotated[str, meaning(_section)]


class NamedText(Shape):
    """One of the file's texts instead of words written out."""

    name: TextName = Field(alias="from")


def _text(text: str | NamedText, check: ScenarioCheck) -> str:
    """The words; of a named text with several versions the one at the turn's place."""
    if isinstance(text, NamedText):
        versions = check.file.texts[text.name]
        text = versions[check.turn[1] % len(versions) if check.turn else 0]
    return _spoken(text, check)


if TYPE_CHECKING:
    Text = str
else:
    Text = Annotated[Verbatim | NamedText, meaning(_text)]
Reason = Text
"""Why; it stands in the record."""


def _makeable(name: str) -> str:
    stem, _dot, ending = name.rpartition(".")
    if ending.lower() not in FILE_TYPES:
        message = _("The player makes no file called “%(name)s”.") % {"name": name}
        raise fault("unknown_file_type", message, nearest(name, [f"{stem or name}.{known}" for known in FILE_TYPES]))
    return name


def _beside(path: str, check: ScenarioCheck) -> str:
    """A path from the scenario's file to one that is there."""
    with suppress(OSError, ValueError):  # a name longer than any file's, or one that is none
        if not path or (check.folder / path).is_file():
            return path
    message = _("There is no file “%(name)s”.") % {"name": path}
    raise fault("no_file", message, _("Write its path as seen from the scenario's file."))


BesidePath = Annotated[Verbatim, meaning(_beside)]


class File(Shape):
    """A file to be made: its name and what stands in it. Or one that lies beside the scenario, under that name."""

    newer: ClassVar = {"copy_of": 2}

    name: Annotated[Title, AfterValidator(_makeable)]
    text: Text = ""
    copy_of: BesidePath = Field("", description="a path from the scenario's file, instead of `text`; version 2")

    _key_is_known = field_validator("copy_of", mode="before")(known_by_then)

    @model_validator(mode="after")
    def _holds_one_thing(self) -> File:
        if self.copy_of and self.text:
            message = _("`text` and `copy_of` cannot both hold.")
            raise fault("two_texts", message, _("Keep one of them."), "copy_of")
        return self
