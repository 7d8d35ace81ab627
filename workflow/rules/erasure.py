"""Which day may be set for forgetting the people of a matter."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal


def may_set_erasure_day(day: date | None, today: date) -> Refusal | None:
    """The day must be one to come, so that what is erased for good on it can still be looked at; None takes it back."""
    if day is not None and day <= today:
        return Refusal("erasure_day_past", _("Choose a day after today; what is erased cannot be had back."))
    return None
