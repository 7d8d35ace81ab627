"""Fields several forms share: a day and a time of day as people type them."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.dates import YEARS


class DayField(forms.DateField):
    """A day in a year that processes take place in."""

    def validate(self, value: Any) -> None:
        """Refuses a slip such as the year 219 before it reaches a calendar that has no such day."""
        super().validate(value)
        if value is not None and value.year not in YEARS:
            words = {"first": YEARS.start, "last": YEARS.stop - 1}
            raise forms.ValidationError(_("Check the year: it must lie between %(first)d and %(last)d."), params=words)


class ClockField(forms.CharField):
    """A time of day: 12, 12.00 or 12:00."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "clock-input"}))
        super().__init__(**{"max_length": 5, **kwargs})

    def clean(self, value: Any) -> Any:
        """The time, or None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,2})(?:[.:](\d{2}))?", text)
        if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise forms.ValidationError(_("Write a time of day such as 12.00."))
        return time(int(found[1]), int(found[2] or 0))

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H.%M") if isinstance(value, time) else value
