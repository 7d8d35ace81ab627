"""Forms of a dispatch: what the office writes in it, and when it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from workflow.deadlines import instant
from workflow.forms.fields import ClockField, DayField, WordsField
from workflow.rules.dispatches import LONGEST_WORDS

SOON, NOW, LATER = "soon", "now", "later"


class WordsForm(forms.Form):
    """What the office writes to all who are asked."""

    words = WordsField(
        label=_lazy("What you write to them"),
        max_length=LONGEST_WORDS,
        rows=10,
        required=False,
        help_text=_lazy(
            "Stands in every mail and letter of this dispatch, between what is asked and the link to the papers. Plain "
            "text; a blank line begins a new paragraph. Left empty, the letter is what you see below."
        ),
    )


class SendForm(forms.Form):
    """When a dispatch leaves."""

    when = forms.ChoiceField(label=_lazy("When does it leave?"), widget=forms.RadioSelect)
    leaves_on = DayField(
        label=_lazy("Day"), required=False, help_text=_lazy("Only for a later time. For example 28/12/2026.")
    )
    leaves_clock = ClockField(label=_lazy("Time of day"), required=False, help_text=_lazy("For example 8.00."))

    def __init__(self, *args: Any, minutes: int, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(zone)
        when: forms.ChoiceField = self.fields["when"]  # type: ignore[assignment]
        soon = ngettext(
            "In %(minutes)d minute; until then it can be taken back",
            "In %(minutes)d minutes; until then it can be taken back",
            minutes,
        )
        choices = [(SOON, soon % {"minutes": minutes})] if minutes else []
        when.choices = [
            *choices,
            (NOW, _("Now; no mail can be called back")),
            (LATER, _("At a later time; until then it can be taken back")),
        ]
        when.initial = SOON if minutes else NOW

    def clean(self) -> dict[str, Any]:
        """A later time needs both its day and its clock."""
        values = super().clean() or {}
        if values.get("when") == LATER and not self.errors:
            for name in ("leaves_on", "leaves_clock"):
                if values.get(name) is None:
                    self.add_error(name, ValidationError(_("Write it, or choose to send the dispatch earlier.")))
        return values

    def leaves_at(self) -> datetime | None:
        """The instant (UTC) that was chosen; None where it is now, or in the office's minutes."""
        if self.cleaned_data["when"] != LATER:
            return None
        return instant(self.cleaned_data["leaves_on"], self.cleaned_data["leaves_clock"], self._zone)
