"""What each kind of stage asks for: a decision, a round, approvals, an answer from outside, a fact. Stages come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from workflow.definitions.deadline_rules import DEFAULT_CLOCK, ClockField, Event, Weeks
from workflow.definitions.fields import EachOnce, Line, Maybe, Name, NotHere, ReadOnly, Shape, Text, nothing
from workflow.states import BodyKind, Outcome

DEFAULT_COUNTS = (Outcome.APPROVED, Outcome.APPROVED_WITH_REMARKS)
"""Outcomes that open a gate unless the definition says otherwise. `noted` ("taget til efterretning") never does."""

Counts = Annotated[
    EachOnce[Outcome],
    Field(description="Outcomes that let the matter go on.", examples=[["approved", "approved_with_remarks"]]),
]
Minutes = Annotated[bool, Field(description="Whether a decision counts only with its minutes.", examples=[True])]


class Phrase(Shape):
    """A key that code and statistics can hold on to, with the words people read."""

    key: Name = Field(description="What code and statistics call it.", examples=["send_to_hearing"])
    text: Text = Field(description="The words people read.", examples=[{"da": "Tekst", "en": "Text"}])


PHRASE = {"key": "send", "text": {"da": "at udkastet sendes", "en": "that the draft be sent"}}


class ReviewTerms(Shape):
    """What a body is recommended to decide, and which outcomes let the matter go on."""

    recommendation: Phrase = Field(description="What the body is recommended to decide.", examples=[PHRASE])
    counts: Counts = DEFAULT_COUNTS
    requires_minutes: Minutes = False


class ConsultationTerms(Shape):
    """A round: `light` is noted and summarised, `full` is answered formally. `length_days` counts both ends."""

    form: Literal["light", "full"] = Field(description="Noted and summarised, or answered formally.", examples=["full"])
    list: Name = Field(description="The list of those who are heard.", examples=["hearing_parties"])
    length_days: Maybe[Annotated[int, Field(ge=1, le=3660)]] = Field(
        None, description="The usual length, both ends counted.", examples=[28]
    )
    clock: ClockField = time(12, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one party stands: its kind and the outcome of its latest valid decision on the bundle in question."""

    kind: str
    outcome: str | None


class ApprovalTerms(Shape):
    """Who must approve the same bundle, and how many of them: each kind of rule says when it is met."""

    list: Name = Field(description="The list of those who approve.", examples=["parties"])
    rule: str = Field(description="How many must approve.", examples=["all"])
    k: NotHere[int] = 0
    weights: NotHere[Mapping[BodyKind, int]] = Field(default_factory=nothing)
    threshold: NotHere[int] = 0
    vetoes: EachOnce[BodyKind] = Field(
        (), description="Kinds of bodies that must all approve, whatever the rule.", examples=[["regional_council"]]
    )
    accession: bool = Field(False, description="Whether a party that declines stands outside.", examples=[True])
    counts: Counts = DEFAULT_COUNTS
    requires_minutes: Minutes = False

    def is_met(self, standings: Sequence[Standing]) -> bool:
        """Whether these standings open the gate. Nobody asked, or nobody in favour, never opens it.

        A body kind under `vetoes` keeps it shut until each of its bodies approves. Under accession a party that
        declined stands outside and is not waited for. A kind without a weight weighs nothing.
        """
        if self.accession:
            standings = [party for party in standings if party.outcome != Outcome.ACCESSION_DECLINED]
        in_favour = [party for party in standings if party.outcome in self.counts]
        if not in_favour:
            return False
        if any(party.kind in self.vetoes and party.outcome not in self.counts for party in standings):
            return False
        return self._suffices(in_favour, standings)

    def _suffices(self, in_favour: Sequence[Standing], standings: Sequence[Standing]) -> bool:
        raise NotImplementedError


class AllApprove(ApprovalTerms):
    """Everybody on the list approves."""

    rule: Literal["all"]

    def _suffices(self, in_favour: Sequence[Standing], standings: Sequence[Standing]) -> bool:
        return len(in_favour) == len(standings)


class SomeApprove(ApprovalTerms):
    """At least `k` on the list approve."""

    rule: Literal["k_of_n"]
    k: int = Field(ge=1, le=10_000, description="How many must approve.", examples=[3])

    def _suffices(self, in_favour: Sequence[Standing], standings: Sequence[Standing]) -> bool:
        return len(in_favour) >= self.k


class WeightedApproval(ApprovalTerms):
    """Those who approve weigh at least `threshold` together."""

    rule: Literal["weighted"]
    weights: ReadOnly[BodyKind, Annotated[int, Field(ge=1, le=1_000_000)]] = Field(
        min_length=1, description="What a body of each kind weighs.", examples=[{"regional_council": 3}]
    )
    threshold: int = Field(ge=1, le=1_000_000_000, description="The weight that suffices.", examples=[10])

    def _suffices(self, in_favour: Sequence[Standing], standings: Sequence[Standing]) -> bool:
        return sum(self.weights.get(BodyKind(party.kind), 0) for party in in_favour) >= self.threshold


class ExternalClock(Shape):
    """The outside body's own clock: so many weeks from an event, and whether its questions stop it."""

    weeks: Weeks
    event: Event = Field(alias="from", description="What the weeks are counted from.", examples=["submission.receipt"])
    pauses_on_question: bool = Field(description="Whether a question stops the clock.", examples=[False])
    source: Line = Field(description="The law or guide that sets the clock.", examples=["Sundhedsloven"])
    clock: ClockField = DEFAULT_CLOCK


class ExternalTerms(Shape):
    """Who outside is waited for, and for what: a `receipt` or a `ruling`."""

    body: Name = Field(description="The body outside.", examples=["national_authority"])
    awaits: Literal["receipt", "ruling"] = Field(description="What is waited for.", examples=["receipt"])
    clock: Maybe[ExternalClock] = Field(None, description="The outside body's own clock.")


class MilestoneTerms(Shape):
    """The dated fact to record; with `each`, once by every body of that list."""

    fact: Phrase = Field(description="The fact that is recorded with its day.", examples=[PHRASE])
    each: Maybe[Name] = Field(None, description="The list whose bodies each record it.", examples=["parties"])
