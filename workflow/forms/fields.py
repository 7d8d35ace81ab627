"""Fields that all forms share: words, days and times of day as people type them.

Every field people type into is one of these; a test holds that. No control cuts what is typed: it shows a counter from
`data-limit`, and the server says how much it is.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from workflow.dates import YEARS, weekday_date
from workflow.rules.cleaning import cleaned_text
from workflow.rules.notation import OtherWeekday, read_clock, read_day


class LineField(forms.CharField):
    """One line of words, cleaned once; counted after cleaning, in characters, and never cut.

    limit: how many characters it may have. min_length: how many it must have.
    """

    lines = False

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        self.limit = max_length
        super().__init__(strip=False, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No `maxlength`, for a browser cuts in silence; the counter's limit instead."""
        return {} if widget.is_hidden else {"data-limit": self.limit}

    def to_python(self, value: Any) -> str:
        return cleaned_text(str(value or ""), lines=self.lines)

    def validate(self, value: str) -> None:
        """Refuses too much with both figures; what was typed stays in the form."""
        super().validate(value)
        if len(value) > self.limit:
            figures = {"given": grouped(len(value)), "limit": grouped(self.limit)}
            raise forms.ValidationError(
                _("%(given)s characters; at most %(limit)s. Nothing has been cut off."), "too_long", figures
            )


class WordsField(LineField):
    """Words in several lines; every kind of line end counts as one character."""

    lines = True

    def __init__(self, *, max_length: int, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)


class PastedField(WordsField):
    """A text as it was pasted, with the empty lines at its beginning: its lines are counted as they were pasted."""

    def to_python(self, value: Any) -> str:
        # The point keeps the empty lines at the beginning, which cleaning takes away.
        return cleaned_text(f".{value or ''}", lines=True)[1:]


class SourceField(WordsField):
    """The text of a file, kept as it is but for its line ends: blanks mean something, and what is wrong in it is said
    by its line."""

    def to_python(self, value: Any) -> str:
        return str(value or "").replace("\r\n", "\n").replace("\r", "\n")


class DayField(forms.DateField):
    """A day in a year that processes take place in, written as people write it."""

    def to_python(self, value: Any) -> date | None:
        """The day, or None for nothing; refused with an example, or with the weekday that it is."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        text = cleaned_text(str(value), lines=False)
        if not text:
            return None
        try:
            day = read_day(text)
        except OtherWeekday as other:
            words = {"day": weekday_date(other.day)}
            raise forms.ValidationError(
                _("That day is %(day)s. Correct the day or the weekday."), "weekday", words
            ) from other
        if day is None:
            raise forms.ValidationError(_("Write day, month and year, for example 28/12/2026."), "invalid")
        return day

    def validate(self, value: Any) -> None:
        """Refuses a slip such as the year 219 before it reaches a calendar that has no such day."""
        super().validate(value)
        if value is not None and value.year not in YEARS:
            words = {"first": YEARS.start, "last": YEARS.stop - 1}
            raise forms.ValidationError(_("Check the year: it must lie between %(first)d and %(last)d."), params=words)


class ClockField(forms.CharField):
    """A time of day: 12, 12.00, 12:00, 12,00, 1200 or kl. 12; 24.00 is the end of that day, 23.59."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "text", "class": "clock-input"}))
        super().__init__(strip=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The time, or None for nothing."""
        text = cleaned_text(str(value or ""), lines=False)
        super().validate(text)
        if not text:
            return None
        clock = read_clock(text)
        if clock is None:
            raise forms.ValidationError(_("Write a time of day such as 12.00."), "invalid")
        return clock

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H.%M") if isinstance(value, time) else value


def grouped(number: int) -> str:
    """A number with a sign between its thousands: 100.000 in Danish."""
    return number_format(number, force_grouping=True)
