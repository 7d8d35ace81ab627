"""From the deadline rules of a definition to days and moments; actions and planning come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.deadlines.days import DENMARK, Calendar, add_months, add_working_days
from workflow.deadlines.instants import COPENHAGEN, instant, local_day
from workflow.definitions import DeadlineRule, RuleKind


@dataclass(frozen=True, slots=True)
class Resolved:
    """A deadline with its day known. `at` gives the moment it stands for in a zone."""

    local_on: date
    clock: time
    source: str
    rule: RuleKind

    @property
    def is_statutory(self) -> bool:
        """Set by law: never moved by the software, only warned about."""
        return self.rule is RuleKind.STATUTORY

    @property
    def is_advisory(self) -> bool:
        """It is a target and binds nobody."""
        return self.rule is RuleKind.ADVISORY

    def at(self, zone: ZoneInfo = COPENHAGEN) -> datetime:
        """The moment (UTC) at which it runs out, where its day and clock are meant in this zone."""
        return instant(self.local_on, self.clock, zone)


def resolve(
    rule: DeadlineRule,
    events: Mapping[str, date | datetime],
    *,
    parameters: Mapping[str, date] | None = None,
    deadlines: Mapping[str, date] | None = None,
    zone: ZoneInfo = COPENHAGEN,
    calendar: Calendar = DENMARK,
) -> Resolved | None:
    """The day a rule gives, with its clock and source; None while what it leans on has not happened or is not given.

    `events` by name (`hearing.opened`), as local days or moments; `parameters` by name; `deadlines` the local days of
    other deadlines by their name. Nothing is moved to a working day: a weekend is warned about, not corrected.
    """
    day: date | None = rule.on
    if rule.parameter:
        day = (parameters or {}).get(rule.parameter)
    elif rule.event:
        happened = events.get(rule.event)
        day = local_day(happened, zone) if isinstance(happened, datetime) else happened
    elif rule.deadline:
        day = (deadlines or {}).get(rule.deadline)
    if day is None:
        return None
    if rule.rule is RuleKind.DAYS_BEFORE:
        day -= timedelta(days=rule.days)
    elif rule.rule is RuleKind.WORKING_DAYS_AFTER:
        day = add_working_days(day, rule.days, calendar)
    elif rule.event:
        day = add_months(day, rule.years * 12 + rule.months) + timedelta(days=rule.days, weeks=rule.weeks)
    return Resolved(day, rule.clock, rule.source, rule.rule)


def resolve_all(
    rules: Mapping[str, DeadlineRule],
    events: Mapping[str, date | datetime],
    *,
    parameters: Mapping[str, date] | None = None,
    settled: Mapping[str, date] | None = None,
    zone: ZoneInfo = COPENHAGEN,
    calendar: Calendar = DENMARK,
) -> dict[str, Resolved]:
    """Every deadline that can be known now, by name, those leaning on others included (`Definition.deadline_rules`).

    `settled` holds the local days of deadlines as they stand after changes people made: those that lean on them follow
    the changed day, not the rule's.
    """
    resolved_by_name: dict[str, Resolved] = {}
    days = dict(settled or {})
    rules_left = dict(rules)
    while rules_left:
        newly_known = {
            name: resolved
            for name, rule in rules_left.items()
            if (resolved := resolve(rule, events, parameters=parameters, deadlines=days, zone=zone, calendar=calendar))
        }
        if not newly_known:
            break
        resolved_by_name |= newly_known
        # In this order: a day that people settled goes before the one the rule gives.
        days = {name: resolved.local_on for name, resolved in newly_known.items()} | days
        rules_left = {name: rule for name, rule in rules_left.items() if name not in newly_known}
    return resolved_by_name
