"""What a definition is made of: frozen, typed, read-only. Everybody who runs a process comes in here.

These models are the one statement of the shape. They read the file and the canonical JSON kept with a running process,
refuse what has another shape, and make the JSON Schema. `description` tells what a key means, `examples` how it looks.
"""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr

from workflow.definitions.deadline_rules import BindingOrAdvisory, DeadlineRule, Rule, RuleKind
from workflow.definitions.fields import (
    Day,
    EachOnce,
    Heading,
    Maybe,
    Name,
    NotHere,
    ReadOnly,
    Schema,
    Section,
    Shape,
    Slug,
    Text,
    each_once,
    nothing,
)
from workflow.definitions.gates import AnyGate
from workflow.definitions.names import SECRETARIAT, ActorName, BodyName, StageName
from workflow.definitions.terms import (
    AllApprove,
    ApprovalTerms,
    ConsultationTerms,
    ExternalTerms,
    MilestoneTerms,
    ReviewTerms,
    SomeApprove,
    WeightedApproval,
)
from workflow.states import BodyKind, Outcome, StageKindName

AGREEMENT = "agreement"
"""The line of text of every stage that names none."""

TITLE = {"da": "Titel", "en": "Title"}


def canonical_json(body: Mapping[str, Any]) -> str:
    """The body as JSON with sorted keys and no spare space, so that the same content always gives the same bytes."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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


TitleField = Annotated[Heading, Field(description="What people read, in both languages.", examples=[TITLE])]
KindField = Annotated[BodyKind, Field(description="The kind of body.", examples=["municipal_council"])]


class BodyList(Shape):
    """A list of bodies. Filled at the start from `kinds` (all of the office's bodies of these kinds, then edited) or
    from `members` (keys of the definition's own bodies); with neither, the officer picks."""

    title: TitleField
    description: Text = Field(description="Who stands on the list, and why.", examples=[TITLE])
    kinds: EachOnce[BodyKind] = Field((), description="Kinds of bodies.", examples=[["municipal_council"]])
    members: EachOnce[BodyName] = Field((), description="Bodies of the definition.", examples=[["committee"]])


class BodyRole(Shape):
    """A single body with a part in the process; at the start it is filled by the office's body of that kind."""

    title: TitleField
    kind: KindField


class Parameter(Shape):
    """A value given when a process starts. `type` is `date` (ISO, local day), `integer` or `text`."""

    type: str = Field(description="What kind of value it is.", examples=["date"])
    title: TitleField
    required: bool = Field(False, description="Whether a process cannot start without it.", examples=[True])
    default: Any = None
    _key: str = PrivateAttr("")

    @property
    def key(self) -> str:
        """What the definition calls the parameter."""
        return self._key


class DateParameter(Parameter):
    type: Literal["date"]
    default: Maybe[Day] = Field(None, description="The day unless another is given.", examples=["2027-06-30"])


class IntegerParameter(Parameter):
    type: Literal["integer"]
    default: Maybe[int] = Field(None, description="The number unless another is given.", examples=[8])


class TextParameter(Parameter):
    type: Literal["text"]
    default: Maybe[str] = Field(None, description="The text unless another is given.", examples=["Nord"])


class NamedDeadline(Shape):
    """A deadline of the whole process that belongs to no stage."""

    title: TitleField
    rule: Rule = Field(alias="deadline", description="How its day is found.")


def _descending(days: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(days, reverse=True))


class StageSpec(Shape):
    """One step. It may open when every stage in `after` is completed or left out; `[]` begins with the process.

    `on_return` is where the matter goes when it is sent back; `on_outcome` where a decision with that outcome sends it.
    Exactly the block of its own kind is filled (drafting has none).
    """

    key: Name = Field(description="What other places of the file call the stage.", examples=["hearing"])
    kind: StageKindName = Field(description="What kind of step it is.", examples=["drafting"])
    title: TitleField
    description: Maybe[Text] = Field(None, description="What happens in the stage.")
    after: Annotated[tuple[StageName, ...], AfterValidator(each_once)] = Field(
        max_length=100, description="The stages it waits for; [] begins with the process.", examples=[[]]
    )
    actor: ActorName = Field(description="Who acts: a body, a list or secretariat.", examples=[SECRETARIAT])
    optional: bool = Field(False, description="Whether an officer may leave it out.", examples=[True])
    end: bool = Field(False, description="Whether it ends its branch of the process.", examples=[True])
    completes: Completes = Field(
        Completes.AUTOMATIC, description="Who closes it; automatic unless said.", examples=["manual"]
    )
    bundle: BundleUse = Field(
        BundleUse.NONE, description="What it does with the documents; none unless said.", examples=["judges"]
    )
    text: Name = Field(
        AGREEMENT,
        description="The line of text it is about; agreement unless said. A set of another line changes nothing in it.",
        examples=["midterm_status"],
    )
    gates: tuple[AnyGate, ...] = Field((), max_length=20, description="What it waits for before it can be closed.")
    deadline: Maybe[Rule] = Field(None, description="By when it should be closed.")
    reminders: Annotated[
        EachOnce[Annotated[int, Field(ge=1, le=365)]], Field(max_length=20), AfterValidator(_descending)
    ] = Field((), description="Days before the deadline on which those asked are reminded.", examples=[[14, 7, 1]])
    on_return: Maybe[StageName] = Field(
        None, description="Where an officer's return_stage goes unless told.", examples=["draft"]
    )
    on_outcome: NotHere[Mapping[Any, str]] = Field(default_factory=nothing)
    review: NotHere[ReviewTerms | None] = None
    consultation: NotHere[ConsultationTerms | None] = None
    approval: NotHere[ApprovalTerms | None] = None
    external: NotHere[ExternalTerms | None] = None
    milestone: NotHere[MilestoneTerms | None] = None

    @property
    def effective_deadline_rule(self) -> DeadlineRule | None:
        """The stage's deadline, or for an outside body's clock the same thing said as a statutory rule."""
        if self.deadline or not self.external or not self.external.clock:
            return self.deadline
        clock = self.external.clock
        # Nothing is left to be checked, and a rule is asked for often.
        return BindingOrAdvisory.model_construct(
            rule=RuleKind.STATUTORY, source=clock.source, clock=clock.clock, weeks=clock.weeks, event=clock.event
        )


class DraftingStage(StageSpec):
    """The secretariat makes a set of documents."""

    kind: Literal[StageKindName.DRAFTING]
    completes: Completes = Field(
        Completes.MANUAL, description="Who closes it; manual unless said.", examples=["manual"]
    )


class ReviewStage(StageSpec):
    """One body decides."""

    kind: Literal[StageKindName.REVIEW]
    review: ReviewTerms = Field(description="What is decided.")
    on_outcome: ReadOnly[Outcome, StageName] = Field(
        default_factory=nothing,
        min_length=1,
        description="Where an outcome sends the matter.",
        examples=[{"referred_back": "draft"}],
    )


class ConsultationStage(StageSpec):
    """Many are heard."""

    kind: Literal[StageKindName.CONSULTATION]
    consultation: ConsultationTerms = Field(description="Who is heard, and how.")


class ApprovalStage(StageSpec):
    """Many bodies decide in parallel."""

    kind: Literal[StageKindName.APPROVAL]
    approval: Annotated[AllApprove | SomeApprove | WeightedApproval, Field(discriminator="rule")] = Field(
        description="Who must approve, and how many of them."
    )


class ExternalStage(StageSpec):
    """Somebody outside receives or rules."""

    kind: Literal[StageKindName.EXTERNAL]
    external: ExternalTerms = Field(description="Who outside is waited for, and for what.")


class MilestoneStage(StageSpec):
    """A dated fact is recorded."""

    kind: Literal[StageKindName.MILESTONE]
    milestone: MilestoneTerms = Field(description="The fact that is recorded.")


AnyStage = Annotated[
    DraftingStage | ReviewStage | ConsultationStage | ApprovalStage | ExternalStage | MilestoneStage,
    Field(discriminator="kind"),
]
AnyParameter = Annotated[DateParameter | IntegerParameter | TextParameter, Field(discriminator="type")]


class Definition(Shape):
    """A process as data. Two texts that differ only in comments, layout or key order have the same `sha256`."""

    schema_version: Literal[1] = Field(description="The form of the file; 1 so far.", examples=[1])
    key: Slug = Field(description="What the definition is called; the same in every version.", examples=["my-process"])
    title: TitleField
    description: Text = Field(description="What the process is for.", examples=[TITLE])
    lists: Section[BodyList] = Field(description="Lists of bodies, by name.")
    bodies: Section[BodyRole] = Field(description="Single bodies, by name.")
    parameters: Section[AnyParameter] = Field(description="Values given at the start, by name.")
    deadlines: Section[NamedDeadline] = Field(description="Deadlines of the whole process, by name.")
    stages: tuple[AnyStage, ...] = Field(min_length=1, max_length=100, description="The steps of the process.")
    _canonical: str = PrivateAttr("")

    @classmethod
    def read(cls, canonical: str) -> "Definition":
        """The definition in a body of canonical JSON; pydantic's `ValidationError` when it has another shape."""
        definition = cls.model_validate_json(canonical)
        definition._canonical = canonical
        return definition

    def model_post_init(self, _context: Any) -> None:
        for name, parameter in self.parameters.items():
            parameter._key = name

    @property
    def canonical(self) -> str:
        """The body as canonical JSON: what is stored, pinned and hashed."""
        return self._canonical

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

    @cached_property
    def texts(self) -> Mapping[str, Text]:
        """The lines of text by their names, in the order of the stages, each with its title: the agreement bears the
        definition's own, every other that of the first stage about it."""
        titles: dict[str, Text] = {}
        for stage in self.stages:
            titles.setdefault(stage.text, self.title if stage.text == AGREEMENT else stage.title)
        return MappingProxyType(titles)

    @property
    def deadline_rules(self) -> dict[str, DeadlineRule]:
        """Every deadline rule by the name other deadlines call it: the stage's key or the deadline's own."""
        rules = {stage.key: rule for stage in self.stages if (rule := stage.effective_deadline_rule)}
        return rules | {name: deadline.rule for name, deadline in self.deadlines.items()}

    def title_of_role(self, role: str) -> Text | None:
        """The title of a body or a list; None for the secretariat, which the product names itself."""
        named = self.bodies.get(role) or self.lists.get(role)
        return named.title if named else None


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a definition, made from the models, for editors and other programs."""
    return {"$schema": Schema.schema_dialect, **Definition.model_json_schema(schema_generator=Schema)}
