"""What each kind of stage asks for: a decision, a round, approvals, an answer from outside, a fact. Stages come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from workflow.definitions.deadline_rules import DEFAULT_CLOCK, ClockField, Weeks
from workflow.definitions.fields import Clock, EachOnce, Line, Maybe, Name, NotHere, ReadOnly, Shape, Text, nothing
from workflow.definitions.names import BodyName, Event, ListName
from workflow.states import BodyKind, Outcome, Settlement

DEFAULT_COUNTS = (Outcome.APPROVED, Outcome.APPROVED_WITH_REMARKS)
"""Outcomes that open a gate unless the definition says otherwise. `noted` ("taget til efterretning") never does."""

Counts = Annotated[
    EachOnce[Outcome],
    Field(
        description="Outcomes that let the matter go on: of those below, the ones that begin with approved. "
        "As in the example unless said.",
        examples=[["approved", "approved_with_remarks"]],
    ),
]
Minutes = Annotated[bool, Field(description="Whether a decision counts only with its minutes.", examples=[True])]


def does_count(counts: Sequence[Outcome], outcome: str | None, settled_as: str | None = None) -> bool:
    """Whether a decision lets the matter go on: by these outcomes of the definition, but for a reservation that has
    been settled, which counts as it was settled."""
    if outcome == Outcome.APPROVED_WITH_RESERVATION and settled_as:
        return settled_as != Settlement.TO_CLARIFY
    return outcome in counts


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
    list: ListName = Field(description="The list of those who are heard.", examples=["hearing_parties"])
    length_days: Maybe[Annotated[int, Field(ge=1, le=3660)]] = Field(
        None, description="The usual length, both ends counted; 28 unless said.", examples=[28]
    )
    clock: Annotated[Clock, Field(description="Time of day, local; 12:00 unless said.")] = time(12, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one party stands: its kind, the outcome of its valid decision on the bundle in question, its name, and what
    a reservation of it has been settled as."""

    kind: str
    outcome: str | None
    name: str = ""
    settled_as: str | None = None


class ApprovalTerms(Shape):
    """Who must approve the same bundle, and how many of them: each kind of rule counts in its own way."""

    list: ListName = Field(description="The list of those who approve.", examples=["parties"])
    rule: str = Field(description="How many must approve.", examples=["all"])
    k: NotHere[int] = 0
    weights: NotHere[Mapping[BodyKind, int]] = Field(default_factory=nothing)
    threshold: NotHere[int] = 0
    must_approve: EachOnce[BodyKind] = Field(
        (), description="Kinds of bodies that must all approve, whatever the rule.", examples=[["regional_council"]]
    )
    vetoes: EachOnce[BodyKind] = Field(
        (), description="Kinds of bodies whose no stops the matter.", examples=[["regional_council"]]
    )
    accession: bool = Field(False, description="Whether a party that declines stands outside.", examples=[True])
    counts: Counts = DEFAULT_COUNTS
    requires_minutes: Minutes = False

    def weighed(self, parties: Sequence[Standing]) -> int:
        """What these parties come to under the rule: their number, or their weight."""
        return len(parties)

    def asked(self, parties: Sequence[Standing]) -> int:
        """What those in favour must come to when these parties are asked."""
        return len(parties)

    def in_favour(self, parties: Sequence[Standing]) -> Sequence[Standing]:
        """Those whose decision counts as an approval."""
        return [party for party in parties if does_count(self.counts, party.outcome, party.settled_as)]

    def asked_of(self, parties: Sequence[Standing]) -> Sequence[Standing]:
        """Those who are waited for: under accession a party that declined stands outside."""
        return [party for party in parties if not self.accession or party.outcome != Outcome.ACCESSION_DECLINED]

    def blocking(self, parties: Sequence[Standing]) -> Sequence[Standing]:
        """Those of a kind under `vetoes` that have said no."""
        return [party for party in parties if party.kind in self.vetoes and party.outcome == Outcome.REJECTED]

    def is_met(self, parties: Sequence[Standing]) -> bool:
        """Whether these standings open the gate. Nobody asked, or nobody in favour, never opens it.

        A no from a kind under `vetoes` keeps it shut. So does a kind under `must_approve` until there is a body of it
        and each one approves, also one that stands outside. A kind without a weight weighs nothing.
        """
        in_favour = self.in_favour(parties)
        if not in_favour or self.blocking(parties):
            return False
        for kind in self.must_approve:
            obliged = [party for party in parties if party.kind == kind]
            if not obliged or len(self.in_favour(obliged)) < len(obliged):
                return False
        return self.weighed(in_favour) >= self.asked(self.asked_of(parties))

    def hoped_for(self, parties: Sequence[Standing]) -> Sequence[Standing]:
        """The standings if everybody who has not decided for good approves in the end, and no reservation is found to
        stand in the way. A decision is not taken back."""
        is_open = (None, Outcome.POSTPONED, Outcome.APPROVED_WITH_RESERVATION)
        return [
            replace(party, outcome=self.counts[0], settled_as=None) if party.outcome in is_open else party
            for party in parties
        ]


class AllApprove(ApprovalTerms):
    """Everybody on the list approves."""

    rule: Literal["all"]


class SomeApprove(ApprovalTerms):
    """At least `k` on the list approve."""

    rule: Literal["k_of_n"]
    k: int = Field(ge=1, le=10_000, description="How many must approve.", examples=[3])

    def asked(self, parties: Sequence[Standing]) -> int:
        return self.k


class WeightedApproval(ApprovalTerms):
    """Those who approve weigh at least `threshold` together."""

    rule: Literal["weighted"]
    weights: ReadOnly[BodyKind, Annotated[int, Field(ge=1, le=1_000_000)]] = Field(
        min_length=1, description="What a body of each kind weighs.", examples=[{"regional_council": 3}]
    )
    threshold: int = Field(ge=1, le=1_000_000_000, description="The weight that suffices.", examples=[10])

    def weighed(self, parties: Sequence[Standing]) -> int:
        return sum(self.weights.get(BodyKind(party.kind), 0) for party in parties)

    def asked(self, parties: Sequence[Standing]) -> int:
        return self.threshold


class ExternalClock(Shape):
    """The outside body's own clock: so many weeks from an event, and whether its questions stop it."""

    weeks: Weeks
    event: Event = Field(alias="from", description="What the weeks are counted from.", examples=["submission.receipt"])
    pauses_on_question: bool = Field(description="Whether a question stops the clock.", examples=[False])
    source: Line = Field(description="The law or guide that sets the clock.", examples=["Sundhedsloven"])
    clock: ClockField = DEFAULT_CLOCK


class ExternalTerms(Shape):
    """Who outside is waited for, and for what: a `receipt` or a `ruling`."""

    body: BodyName = Field(description="The body outside.", examples=["national_authority"])
    awaits: Literal["receipt", "ruling"] = Field(description="What is waited for.", examples=["receipt"])
    clock: Maybe[ExternalClock] = Field(None, description="The outside body's own clock.")


class MilestoneTerms(Shape):
    """The dated fact to record; with `each`, once by every body of that list."""

    fact: Phrase = Field(description="The fact that is recorded with its day.", examples=[PHRASE])
    each: Maybe[ListName] = Field(None, description="The list whose bodies each record it.", examples=["parties"])
