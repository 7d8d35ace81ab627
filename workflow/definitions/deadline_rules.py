"""How the deadlines of a definition are found. Stages and named deadlines come in, and whoever resolves them."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from workflow.definitions.fields import Clock, Day, Line, Maybe, NotHere, Shape
from workflow.definitions.names import DeadlineName, Event, ParameterName

DEFAULT_CLOCK = time(23, 59)
"""When a deadline names no clock time: the day is used up, written as Danish letters write it (kl. 23.59)."""


class RuleKind(StrEnum):
    """How a deadline's day is found, and how binding it is."""

    FIXED = "fixed"
    STATUTORY = "statutory"
    ADVISORY = "advisory"
    DAYS_AFTER = "days_after"
    WORKING_DAYS_AFTER = "working_days_after"
    DAYS_BEFORE = "days_before"


Days = Annotated[int, Field(ge=1, le=3660, description="Calendar or working days.", examples=[14])]
Weeks = Annotated[int, Field(ge=1, le=520, description="Weeks after the event.", examples=[8])]
ClockField = Annotated[Clock, Field(description="Time of day, local; the end of the day unless said.")]


class DeadlineRule(Shape):
    """How a deadline is found, with the source it comes from. `clock` is local wall time in the process's zone.

    The day is `on`, or the date parameter `parameter`, or so many days, weeks, months and years after `event`, or
    `days` before the deadline named `deadline` (a stage's or a named one).
    """

    rule: RuleKind = Field(description="How the day is found, and whether a law sets it.", examples=["statutory"])
    source: Line = Field(description="The law, guide or plan the deadline comes from.", examples=["Sundhedsloven"])
    clock: ClockField = DEFAULT_CLOCK
    on: NotHere[date | None] = Field(None, alias="date")
    parameter: NotHere[str | None] = None
    event: NotHere[str | None] = None
    deadline: NotHere[str | None] = None
    days: NotHere[int] = 0
    weeks: NotHere[int] = 0
    months: NotHere[int] = 0
    years: NotHere[int] = 0

    @property
    def is_statutory(self) -> bool:
        """Set by law: the software never moves it."""
        return self.rule is RuleKind.STATUTORY

    @property
    def is_advisory(self) -> bool:
        """A target to steer by; passing it closes nothing."""
        return self.rule is RuleKind.ADVISORY


class DaysAfter(DeadlineRule):
    """So many days, or working days, after something has happened."""

    rule: Literal[RuleKind.DAYS_AFTER, RuleKind.WORKING_DAYS_AFTER]
    event: Event = Field(description="What the days are counted from.", examples=["process.started"])
    days: Days


class DaysBefore(DeadlineRule):
    """So many days before another deadline."""

    rule: Literal[RuleKind.DAYS_BEFORE]
    deadline: DeadlineName = Field(description="A stage with a deadline, or a named deadline.", examples=["submission"])
    days: Days


class FixedDay(DeadlineRule):
    """A day in the calendar, written here or given when the process starts."""

    rule: Literal[RuleKind.FIXED]
    on: Maybe[Day] = Field(None, alias="date", description="The day itself.", examples=["2027-06-30"])
    parameter: Maybe[ParameterName] = Field(
        None, description="The parameter that holds the day.", examples=["effective_on"]
    )


class BindingOrAdvisory(FixedDay):
    """A day set by law, or a target: in the calendar, or so long after something has happened."""

    rule: Literal[RuleKind.STATUTORY, RuleKind.ADVISORY]  # type: ignore[assignment]
    event: Maybe[Event] = Field(None, description="What the time is counted from.", examples=["in_force.occurred"])
    days: Days = 0
    weeks: Weeks = 0
    months: int = Field(0, ge=1, le=240, description="Months after the event.", examples=[6])
    years: int = Field(0, ge=1, le=50, description="Years after the event.", examples=[2])


Rule = Annotated[FixedDay | BindingOrAdvisory | DaysAfter | DaysBefore, Field(discriminator="rule")]
"""The rule of a deadline, told apart by `rule`."""
