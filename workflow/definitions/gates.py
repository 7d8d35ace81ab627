"""What a stage may wait for, with the keys that each kind of gate has. Stages come in."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from workflow.definitions.fields import EachOnce, Maybe, NotHere, Shape, Text
from workflow.definitions.names import BodyName, DeadlineName, ListName, ParameterName, StageName

Ruling = Literal["approved", "approved_with_remarks", "objected"]


class GateName(StrEnum):
    """What a stage may wait for."""

    BUNDLE_LOCKED = "bundle_locked"
    BODY_DECISION = "body_decision"
    PARTIES = "parties"
    ROUND_CLOSED = "round_closed"
    REMARKS_DISPOSED = "remarks_disposed"
    MINUTES_RECEIVED = "minutes_received"
    EXTERNAL_RECEIPT = "external_receipt"
    EXTERNAL_RULING = "external_ruling"
    DATE_REACHED = "date_reached"
    MANUAL_WITH_REASON = "manual_with_reason"


BodyField = Annotated[BodyName, Field(description="The body that is waited for.", examples=["committee"])]
ListField = Annotated[ListName, Field(description="The list whose bodies are waited for.", examples=["parties"])]


class Gate(Shape):
    """One thing a stage waits for. `message` is what people read while it is shut (else the gate's own words)."""

    gate: GateName = Field(description="What the stage waits for.", examples=["bundle_locked"])
    body: NotHere[str | None] = None
    list: NotHere[str | None] = None
    stage: NotHere[str | None] = None
    rulings: NotHere[tuple[Ruling, ...]] = ()
    parameter: NotHere[str | None] = None
    deadline: NotHere[str | None] = None
    message: Maybe[Text] = Field(None, description="What people read while the gate is shut.")


class PlainGate(Gate):
    """A locked set of documents, a closed round, or an officer's word with a reason."""

    gate: Literal[GateName.BUNDLE_LOCKED, GateName.ROUND_CLOSED, GateName.MANUAL_WITH_REASON]


class DecisionGate(Gate):
    """The decision of one body, or a receipt from it."""

    gate: Literal[GateName.BODY_DECISION, GateName.EXTERNAL_RECEIPT]
    body: BodyField


class PartiesGate(Gate):
    """The decisions of a list of bodies, counted by the stage's own rule."""

    gate: Literal[GateName.PARTIES]
    list: ListField


class RemarksGate(Gate):
    """Every remark of a consultation has been answered."""

    gate: Literal[GateName.REMARKS_DISPOSED]
    stage: StageName = Field(description="The consultation whose remarks are answered.", examples=["hearing"])


class MinutesGate(Gate):
    """The minutes of the decisions are here."""

    gate: Literal[GateName.MINUTES_RECEIVED]
    body: Maybe[BodyField] = None
    list: Maybe[ListField] = None


class RulingGate(Gate):
    """The ruling of a body outside, when it is one of `rulings`."""

    gate: Literal[GateName.EXTERNAL_RULING]
    body: BodyField
    rulings: EachOnce[Ruling] = Field(
        ("approved", "approved_with_remarks"), description="The rulings that open the gate.", examples=[["approved"]]
    )


class DateGate(Gate):
    """A day has come: a parameter's, a deadline's, or that of the stage's own deadline."""

    gate: Literal[GateName.DATE_REACHED]
    parameter: Maybe[ParameterName] = Field(
        None, description="The parameter that holds the day.", examples=["effective_on"]
    )
    deadline: Maybe[DeadlineName] = Field(None, description="The deadline whose day it is.", examples=["submission"])


AnyGate = Annotated[
    PlainGate | DecisionGate | PartiesGate | RemarksGate | MinutesGate | RulingGate | DateGate,
    Field(discriminator="gate"),
]
"""A gate, told apart by `gate`."""
