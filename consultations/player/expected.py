"""What a scenario expects of the played process: typed as it is written, later held against what came out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pydantic import BeforeValidator, Field, StrictInt, field_validator, model_validator

from consultations.player.check import ScenarioCheck
from consultations.player.shape import OneOrMany, Shape, known_by_then, meaning, name_among, unknown
from consultations.player.times import DayForm, MomentForm, first_moment_meant, timely
from consultations.player.values import Flag
from consultations.states import InvitationState
from notifications.kinds import kinds
from workflow.definitions.faults import fault
from workflow.states import Outcome, ProcessState, RequestState, StageState

PARTY_STATES = sorted({*map(str, InvitationState), *map(str, RequestState)} - {str(InvitationState.LISTED)})
"""How one that was asked may stand; who is only listed has been asked nothing."""
MINUTE = "%Y-%m-%d %H:%M"
"""How a deadline is written: local day and clock time."""
_UNKNOWN = _lazy("“%(name)s” is unknown here.")


class Facts(Shape):
    """Facts of the play by their names; a name that is none is an unknown value, not an unknown key."""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, data: Any) -> Any:
        for name in data if isinstance(data, dict) else ():
            if name not in cls.model_fields:
                raise unknown("unknown_value", _UNKNOWN, name, cls.model_fields, name)
        return data


class Limits(Shape):
    """Bounds of a number."""

    at_least: StrictInt | None = None
    at_most: StrictInt | None = None

    def __str__(self) -> str:
        return str(self.model_dump(exclude_none=True))

    def hold(self, number: int) -> bool:
        """Whether a number lies within them."""
        return (self.at_least is None or self.at_least <= number) and (self.at_most is None or number <= self.at_most)


def _number(value: Any) -> Any:
    has_bounds = isinstance(value, dict) and any(bound is not None for bound in value.values())
    if has_bounds or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    remedy = _("Write a number, {at_least: n} or {at_most: n}.")
    raise fault("wrong_type", _("This must be a whole number."), remedy)


Number = Annotated[StrictInt | Limits, BeforeValidator(_number)]


_MailKind = Annotated[str, name_among(lambda check: [kind.key for kind in kinds()], "unknown_value", _UNKNOWN)]
_Stage = Annotated[str, name_among(lambda check: check.definition.by_key, "unknown_value", _UNKNOWN)]
_Due = Annotated[str, name_among(lambda check: check.deadlines_and_rounds, "unknown_value", _UNKNOWN)]
_Asked = Annotated[str, name_among(lambda check: check.directory.bodies, "unknown_value", _UNKNOWN)]
_Public = Annotated[str, name_among(lambda check: check.public_names, "unknown_value", _UNKNOWN)]
_PartyState = Annotated[str, name_among(lambda check: PARTY_STATES, "unknown_value", _UNKNOWN)]


@timely
def _day(written: Any, check: ScenarioCheck) -> date:
    """A local day, counted from the one the scenario is laid at."""
    return check.almanac.day(written, check.almanac.laid_on)


def _minute(written: Any, check: ScenarioCheck) -> str:
    """A local time as a deadline is written in the facts."""
    return f"{first_moment_meant(written, check).astimezone(check.almanac.zone):{MINUTE}}"


class StageFacts(Facts):
    """How a stage stands, at the attempt that counts."""

    state: StageState | None = None
    attempt: Number | None = None
    opened_on: Annotated[DayForm, meaning(_day)] | None = None
    closed_on: Annotated[DayForm, meaning(_day)] | None = None


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
    provisional: Number | None = Field(None, description="of them, those that have yet to be made final")
    confirmed_late: Number | None = Field(None, description="of them, those that were made final after their day")
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
    deadlines: dict[_Due, Annotated[MomentForm, meaning(_minute)]] | None = Field(
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

    _key_is_known = field_validator(*newer, mode="before")(known_by_then)

    @model_validator(mode="after")
    def _says_something(self) -> Expected:
        if not self.model_fields_set & set(Expected.model_fields):
            raise fault("empty", _("Nothing is expected here."), _("Write state, stages, counts, package or audit."))
        return self

    def facts(self) -> dict[str, Any]:
        """What is written, by its keys."""
        return {name: getattr(self, name) for name in self.model_fields_set & set(Expected.model_fields)}
