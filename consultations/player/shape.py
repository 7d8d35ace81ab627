"""What every part of a scenario file is built from: mappings with no keys but their own, and values with a meaning.

Without a `ScenarioCheck` as pydantic's context a value is judged by its form and stays as it is written; with one its
names must exist, and it becomes what it means: a day, an instant, the keys of bodies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, TypeVar, Union

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from workflow.definitions.faults import fault, nearest

if TYPE_CHECKING:
    from consultations.player.check import ScenarioCheck

SAID_BEFORE: Final = "said_before"
"""The code of a fault that follows from one that has been said."""


def unknown(
    code: str, sentence: str | Promise, word: object, names: Collection[str], *below: str
) -> PydanticCustomError:
    """The fault of a word that is none of those there are."""
    return fault(code, sentence % {"name": word}, nearest(word, names), *below)


class Shape(BaseModel):
    """A mapping of a scenario file. A key with nothing behind it counts as left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    newer: ClassVar[dict[str, int]] = {}
    """Keys that only a later `schema_version` knows, with that version."""

    @model_validator(mode="before")
    @classmethod
    def _without_gaps(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        needed = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
        return {key: value for key, value in data.items() if value is not None and not (value == "" and key in needed)}


def of_a_newer_version(version: int, name: str) -> PydanticCustomError:
    """The fault of a word that the file's schema_version does not know yet and a later one knows."""
    words = {"name": name, "version": version}
    message = _("“%(name)s” belongs to schema_version %(version)d.") % words
    remedy = _("Write schema_version: %(version)d at the head of the file.") % words
    return fault("newer_version", message, remedy)


def known_by_then(cls: type[Shape], value: Any, info: ValidationInfo) -> Any:
    """The validator of a newer key: refuses it in a file of an earlier version."""
    if info.context:
        info.context.since(cls.newer[str(info.field_name)], info.field_name)
    return value


def meaning(of: Callable[[Any, ScenarioCheck], Any]) -> AfterValidator:
    """What a value means once there is a check to ask; raises the fault of one that means nothing."""

    def meant(value: Any, info: ValidationInfo) -> Any:
        return value if info.context is None else of(value, info.context)

    return AfterValidator(meant)


def name_among(names: Callable[[ScenarioCheck], Collection[str]], code: str, sentence: str | Promise) -> AfterValidator:
    """For a name that must be one of those, with the code and the sentence that say it is none."""

    def known(value: str, check: ScenarioCheck) -> str:
        if value not in (there := names(check)):
            raise unknown(code, sentence, value, there)
        return value

    return meaning(known)


T = TypeVar("T")
if TYPE_CHECKING:  # what the keys of a deed hold when it is played
    OneOrMany = tuple[T, ...]
else:
    OneOrMany = Annotated[
        Union[T, tuple[T, ...]],  # noqa: UP007 (an alias with a type of its own)
        AfterValidator(lambda value: value if isinstance(value, tuple) else (value,)),
    ]
