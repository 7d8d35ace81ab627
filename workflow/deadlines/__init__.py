"""Calendar arithmetic: deadlines to the microsecond, Danish working days, reminders, pauses.

Rules, planning, actions and forms come in. Nothing here reads a clock: `now` is always given, aware and in UTC.
"""

from workflow.deadlines.days import (
    DENMARK,
    Calendar,
    add_months,
    add_working_days,
    days_inclusive,
    next_working_day,
    working_day_before,
)
from workflow.deadlines.instants import COPENHAGEN, instant, is_before_deadline, last_day_before, local_day, occurs
from workflow.deadlines.pausing import Pause, day_after_pause, earliest_day, resumption_warnings
from workflow.deadlines.reminders import (
    AFTER,
    BEFORE,
    Occasion,
    next_occasion,
    occasion_due,
    planned_body_reminders,
    planned_party_reminders,
)
from workflow.deadlines.resolving import Resolved, resolve, resolve_all
from workflow.deadlines.warnings import (
    NORM_DAYS,
    DeadlineWarning,
    closing_warnings,
    launch_advice,
    launch_warnings,
    moving_warnings,
)

__all__ = [
    "AFTER",
    "BEFORE",
    "COPENHAGEN",
    "DENMARK",
    "NORM_DAYS",
    "Calendar",
    "DeadlineWarning",
    "Occasion",
    "Pause",
    "Resolved",
    "add_months",
    "add_working_days",
    "closing_warnings",
    "day_after_pause",
    "days_inclusive",
    "earliest_day",
    "instant",
    "is_before_deadline",
    "last_day_before",
    "launch_advice",
    "launch_warnings",
    "local_day",
    "moving_warnings",
    "next_occasion",
    "next_working_day",
    "occasion_due",
    "occurs",
    "planned_body_reminders",
    "planned_party_reminders",
    "resolve",
    "resolve_all",
    "resumption_warnings",
    "working_day_before",
]
