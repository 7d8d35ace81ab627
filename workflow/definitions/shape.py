"""What a checked definition is made of: frozen, typed, read-only. Everybody who runs a process comes in here.

`building` makes them of a plain body: the YAML read, or the canonical JSON kept with a running process.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from django.utils.translation import get_language

from workflow.states import BodyKind, Outcome, StageKindName

SECRETARIAT = "secretariat"
"""The one actor role that is no body and no list: the office's own officers."""

DEFAULT_CLOCK = time(23, 59)
"""When a deadline names no clock time: the day is used up, written as Danish letters write it (kl. 23.59)."""

DEFAULT_COUNTS = (Outcome.APPROVED, Outcome.APPROVED_WITH_REMARKS)
"""Outcomes that open a gate unless the definition says otherwise. `noted` ("taget til efterretning") never does."""


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


class RuleKind(StrEnum):
    """How a deadline's day is found, and how binding it is."""

    FIXED = "fixed"
    STATUTORY = "statutory"
    ADVISORY = "advisory"
    DAYS_AFTER = "days_after"
    WORKING_DAYS_AFTER = "working_days_after"
    DAYS_BEFORE = "days_before"


class Completes(StrEnum):
    """Whether the engine closes a stage when its gates open, or an officer presses the button."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class BundleUse(StrEnum):
    """What a stage does with the set of documents: makes a new locked one, judges the latest, sends it, or nothing."""

    NONE = "none"
    LOCKS = "locks"
    JUDGES = "judges"
    SUBMITS = "submits"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Danish and in English. `str()` gives the one of the active language."""

    da: str
    en: str

    def in_language(self, language: str | None) -> str:
        """The English text for English, the Danish one for everything else."""
        return self.en if (language or "").startswith("en") else self.da

    def __str__(self) -> str:
        return self.in_language(get_language())


@dataclass(frozen=True, slots=True)
class Phrase:
    """A key that code and statistics can hold on to, with the words people read."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class BodyList:
    """A list of bodies. Filled at the start from `kinds` (all of the office's bodies of these kinds, then edited) or
    from `members` (keys of the definition's own bodies); with neither, the officer picks."""

    key: str
    title: Text
    description: Text
    kinds: tuple[BodyKind, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BodyRole:
    """A single body with a part in the process; at the start it is filled by the office's body of that kind."""

    key: str
    title: Text
    kind: BodyKind


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value given when a process starts. `type` is `date` (ISO, local day), `integer` or `text`."""

    key: str
    type: str
    title: Text
    required: bool = False
    default: date | int | str | None = None


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """How a deadline is found, with the source it comes from. `clock` is local wall time in the process's zone.

    The day is `on`, or the date parameter `parameter`, or so many days, weeks, months and years after `event`, or
    `days` before the deadline named `deadline` (a stage's or a named one).
    """

    rule: RuleKind
    source: str
    clock: time = DEFAULT_CLOCK
    on: date | None = None
    parameter: str | None = None
    event: str | None = None
    deadline: str | None = None
    days: int = 0
    weeks: int = 0
    months: int = 0
    years: int = 0

    @property
    def is_statutory(self) -> bool:
        """Set by law: the software never moves it."""
        return self.rule is RuleKind.STATUTORY

    @property
    def is_advisory(self) -> bool:
        """A target to steer by; passing it closes nothing."""
        return self.rule is RuleKind.ADVISORY


@dataclass(frozen=True, slots=True)
class NamedDeadline:
    """A deadline of the whole process that belongs to no stage."""

    key: str
    title: Text
    rule: DeadlineRule


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing a stage waits for. `message` is what people read while it is shut (else the gate's own words)."""

    gate: GateName
    body: str | None = None
    list: str | None = None
    stage: str | None = None
    rulings: tuple[str, ...] = ()
    parameter: str | None = None
    deadline: str | None = None
    message: Text | None = None


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """What a body is recommended to decide, and which outcomes let the matter go on."""

    recommendation: Phrase
    counts: tuple[Outcome, ...] = DEFAULT_COUNTS
    requires_minutes: bool = False


@dataclass(frozen=True, slots=True)
class ConsultationTerms:
    """A round: `light` is noted and summarised, `full` is answered formally. `length_days` counts both ends."""

    form: str
    list: str
    length_days: int | None = None
    clock: time = time(12, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one party stands: its kind and the outcome of its latest valid decision on the bundle in question."""

    kind: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ApprovalTerms:
    """Who must approve the same bundle, and how many of them. `rule` is `all`, `k_of_n` or `weighted`."""

    list: str
    rule: str
    k: int | None = None
    weights: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    threshold: int | None = None
    vetoes: tuple[BodyKind, ...] = ()
    accession: bool = False
    counts: tuple[Outcome, ...] = DEFAULT_COUNTS
    requires_minutes: bool = False

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
        if self.rule == "k_of_n":
            return len(in_favour) >= (self.k or 0)
        if self.rule == "weighted":
            return sum(self.weights.get(party.kind, 0) for party in in_favour) >= (self.threshold or 0)
        return len(in_favour) == len(standings)


@dataclass(frozen=True, slots=True)
class ExternalClock:
    """The outside body's own clock: so many weeks from an event, and whether its questions stop it."""

    weeks: int
    event: str
    pauses_on_question: bool
    source: str
    clock: time = DEFAULT_CLOCK


@dataclass(frozen=True, slots=True)
class ExternalTerms:
    """Who outside is waited for, and for what: a `receipt` or a `ruling`."""

    body: str
    awaits: str
    clock: ExternalClock | None = None


@dataclass(frozen=True, slots=True)
class MilestoneTerms:
    """The dated fact to record; with `each`, once by every body of that list."""

    fact: Phrase
    each: str | None = None


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One step. It may open when every stage in `after` is completed or left out; `[]` begins with the process.

    `on_return` is where the matter goes when it is sent back; `on_outcome` where a decision with that outcome sends it.
    Exactly the block of its own kind is filled (drafting has none).
    """

    key: str
    kind: StageKindName
    title: Text
    after: tuple[str, ...]
    actor: str
    completes: Completes
    description: Text | None = None
    optional: bool = False
    end: bool = False
    bundle: BundleUse = BundleUse.NONE
    gates: tuple[Gate, ...] = ()
    deadline: DeadlineRule | None = None
    reminders: tuple[int, ...] = ()
    on_return: str | None = None
    on_outcome: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    review: ReviewTerms | None = None
    consultation: ConsultationTerms | None = None
    approval: ApprovalTerms | None = None
    external: ExternalTerms | None = None
    milestone: MilestoneTerms | None = None

    @property
    def effective_deadline_rule(self) -> DeadlineRule | None:
        """The stage's deadline, or for an outside body's clock the same thing said as a statutory rule."""
        if self.deadline or not self.external or not self.external.clock:
            return self.deadline
        clock = self.external.clock
        return DeadlineRule(
            rule=RuleKind.STATUTORY,
            source=clock.source,
            clock=clock.clock,
            event=clock.event,
            weeks=clock.weeks,
        )


@dataclass(frozen=True)
class Definition:
    """A process as data. Two texts that differ only in comments, layout or key order have the same `sha256`."""

    key: str
    schema_version: int
    title: Text
    description: Text
    stages: tuple[StageSpec, ...]
    lists: Mapping[str, BodyList]
    bodies: Mapping[str, BodyRole]
    parameters: Mapping[str, Parameter]
    deadlines: Mapping[str, NamedDeadline]
    canonical: str = field(repr=False)
    """The body as canonical JSON: what is stored, pinned and hashed."""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical body, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def by_key(self) -> Mapping[str, StageSpec]:
        """The stages by their keys, in the order of the file."""
        return MappingProxyType({stage.key: stage for stage in self.stages})

    def stage(self, key: str) -> StageSpec:
        """The stage of that key; a KeyError when the definition has none."""
        return self.by_key[key]

    @property
    def deadline_rules(self) -> dict[str, DeadlineRule]:
        """Every deadline rule by the name other deadlines call it: the stage's key or the deadline's own."""
        rules = {stage.key: rule for stage in self.stages if (rule := stage.effective_deadline_rule)}
        return rules | {name: deadline.rule for name, deadline in self.deadlines.items()}

    def title_of_role(self, role: str) -> Text | None:
        """The title of a body or a list; None for the secretariat, which the product names itself."""
        named = self.bodies.get(role) or self.lists.get(role)
        return named.title if named else None
