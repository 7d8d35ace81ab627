"""What a scenario expects of the played process: typed as it is written, later held against what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import BeforeValidator, Field, StrictInt, model_validator

from consultations.player.written import Day, Flag, Moment, OneOrMany, Shape, many, name_among, one_of
from consultations.states import InvitationState
from notifications.kinds import kinds
from workflow.definitions.faults import fault, nearest
from workflow.definitions.reading import Path
from workflow.states import Outcome, ProcessState, RequestState, StageState

if TYPE_CHECKING:
    from consultations.player.known import Known

PARTY_STATES = sorted({*map(str, InvitationState), *map(str, RequestState)} - {str(InvitationState.LISTED)})
"""How one that was asked may stand; who is only listed has been asked nothing."""
MINUTE = "%Y-%m-%d %H:%M"
"""How a deadline is written: local day and clock time."""
_UNKNOWN = _lazy("“%(name)s” is unknown here.")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must hold. path: where it stands, such as ("counts", "invitations"); wanted: what holds then."""

    line: int
    path: tuple[str, ...]
    wanted: Any


class Facts(Shape):
    """Facts of the play by their names; a name that is none is an unknown value, not an unknown key."""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, data: Any) -> Any:
        for name in data if isinstance(data, dict) else ():
            if name not in cls.model_fields:
                raise fault("unknown_value", _UNKNOWN % {"name": name}, nearest(name, cls.model_fields), name)
        return data


class Limits(Shape):
    """Bounds of a number."""

    at_least: StrictInt | None = None
    at_most: StrictInt | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Limits:
        if not self.model_fields_set:
            raise fault("wrong_type", _("This must be a whole number."), _number_remedy())
        return self

    def __str__(self) -> str:
        return str(self.model_dump(exclude_none=True))

    def hold(self, number: int) -> bool:
        """Whether a number lies within them."""
        return (self.at_least is None or self.at_least <= number) and (self.at_most is None or number <= self.at_most)


def _number_remedy() -> str:
    return _("Write a number, {at_least: n} or {at_most: n}.")


def _number(value: Any) -> Any:
    if isinstance(value, dict) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise fault("wrong_type", _("This must be a whole number."), _number_remedy())


Number = Annotated[StrictInt | Limits, BeforeValidator(_number)]


_MailKind = Annotated[str, name_among(lambda known: [kind.key for kind in kinds()], "unknown_value", _UNKNOWN)]
_Stage = Annotated[str, name_among(lambda known: known.definition.by_key, "unknown_value", _UNKNOWN)]
_Due = Annotated[str, name_among(lambda known: known.deadlines_and_rounds, "unknown_value", _UNKNOWN)]
_Asked = Annotated[str, name_among(lambda known: known.directory.bodies, "unknown_value", _UNKNOWN)]
_Public = Annotated[str, name_among(lambda known: known.public_names, "unknown_value", _UNKNOWN)]
_PartyState = Annotated[str, one_of(PARTY_STATES, "unknown_value", _UNKNOWN)]


class StageFacts(Facts):
    """How a stage stands, at the attempt that counts."""

    state: StageState | None = None
    attempt: Number | None = None
    opened_on: Day | None = None
    closed_on: Day | None = None


def _state(value: Any) -> Any:
    return {"state": value} if isinstance(value, str) else value


class Counts(Facts):
    """How many there are; of rounds only the full ones are looked at, not the light ones."""

    invitations: Number | None = Field(None, description="of hearings")
    reminders: Number | None = Field(None, description="of hearings")
    answers_in_time: Number | None = None
    answers_late_accepted: Number | None = None
    answers_late_filed: Number | None = None
    no_remarks: Number | None = Field(None, description="of the answers that stand")
    bounced: Number | None = Field(None, description="mails that came back")
    decisions: dict[Outcome, Number] | None = Field(
        None, description="outcome → how many; the valid one of each party in approval stages"
    )
    approvals_fallen: Number | None = Field(None, description="in all")
    mails: dict[_MailKind, Number] | None = Field(None, description="kind → how many were sent")
    undelivered: Number | None = Field(None, description="mails refused or returned")


class PackageFacts(Facts):
    """The latest package."""

    exists: Flag | None = None
    files: Number | None = Field(None, description="its members")


class AuditFacts(Facts):
    """The record."""

    verified: Flag | None = None
    entries: Number | None = None


_StageExpected = Annotated[StageFacts, BeforeValidator(_state, json_schema_input_type=StageState | StageFacts)]


class Expected(Shape):
    """What must hold; what is not named is not looked at."""

    newer: ClassVar[dict[str, int]] = {"deadlines": 2, "parties": 2, "decisions": 2, "public": 2}

    state: ProcessState | None = None
    stages: dict[_Stage, _StageExpected] | None = Field(
        None,
        description="stage → its state, or more of the attempt that counts",
    )
    counts: Counts | None = None
    package: PackageFacts | None = None
    audit: AuditFacts | None = None
    deadlines: dict[_Due, Moment] | None = Field(
        None, description='deadline or consultation stage → the local time that holds: `{hearing: "2024-05-07 12:00"}`'
    )
    parties: dict[_Asked, _PartyState] | None = Field(
        None, description="party → the state of what it was asked last: `{koege: answered}`"
    )
    decisions: dict[_Stage, dict[Outcome, Number]] | None = Field(
        None, description="stage → outcome → how many are valid, at the attempt that counts: `{council: {approved: 4}}`"
    )
    public: OneOrMany[_Public] | None = Field(
        None,
        description="what everyone can see, as `publish` names it: `[agreement]`; of documents all that are public, "
        "of everything else what is named; `[]` for no document",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Expected:
        if not self.model_fields_set & set(Expected.model_fields):
            raise fault("empty", _("Nothing is expected here."), _("Write state, stages, counts, package or audit."))
        return self

    def expectations(self, known: Known, path: Path) -> tuple[Expectation, ...]:
        """Each single thing that must hold, with its line; days and times as instants of the day it is laid at."""
        found = []
        for where, wanted in _leaves(self, ()):
            line = known.line((*path, *where))
            if where[0] == "deadlines":
                at = known.moment(wanted, (*path, *where), before=None)
                wanted = f"{at.astimezone(known.almanac.zone):{MINUTE}}" if at else None
            elif where == ("public",):
                wanted = many(wanted)
            elif where[-1] in ("opened_on", "closed_on"):
                wanted = known.day(wanted, (*path, *where), own=known.almanac.laid_on)
            found.append(Expectation(line, where, wanted))
        return tuple(sorted(found, key=lambda expectation: expectation.line))


def _leaves(value: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What stands at the end of every path of keys that is written."""
    if isinstance(value, Expected | Facts):
        names = value.model_fields_set & set((Expected if isinstance(value, Expected) else type(value)).model_fields)
        value = {name: getattr(value, name) for name in names}
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, (*where, str(name)))
    else:
        yield where, value


MET = object()


def unmet(expectation: Expectation, facts: Mapping[str, Any], almanac_day: Callable[[datetime], date]) -> Any:
    """What there is instead, or `MET`. facts: the object of the report, with `stages` by key."""
    found: Any = facts
    for name in expectation.path:
        if expectation.path[0] == "stages" and name in ("opened_on", "closed_on"):
            at = found.get(name.replace("_on", "_at")) if found else None
            found = almanac_day(datetime.fromisoformat(at)) if at else None
        else:
            found = found.get(name) if isinstance(found, Mapping) else None
    wanted = expectation.wanted
    if expectation.path == ("public",):
        return MET if _is_public(wanted, found) else sorted(found)
    if isinstance(wanted, Limits):
        return MET if wanted.hold(found or 0) else found or 0
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        found = found or 0
    return MET if found == wanted else found


def _is_public(wanted: Sequence[str], lines_by_name: Mapping[str, str]) -> bool:
    """Whether everyone sees all that is named, and of documents nothing else, where a document is named or nothing.

    lines_by_name: what is public, by its name, with the line of text of what is a document and "" of all else.
    """
    documents = {name: line for name, line in lines_by_name.items() if line}
    names_documents = not wanted or any(name in documents or name in documents.values() for name in wanted)
    is_there = all(name in lines_by_name or name in documents.values() for name in wanted)
    return is_there and (
        not names_documents or all(name in wanted or line in wanted for name, line in documents.items())
    )
