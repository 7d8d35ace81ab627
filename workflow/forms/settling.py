"""The form on which an officer says what a reservation means."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import DayField
from workflow.forms.processes import ReasonForm
from workflow.states import Settlement

EXPLAINED = {
    Settlement.IMMATERIAL: _("The decision counts as an approval."),
    Settlement.TO_CLARIFY: _("The decision does not count until the reservation is settled anew, or lapses."),
}
"""What each finding means for the matter. That a reservation lapses is no finding: it comes by its day."""


class SettlementForm(ReasonForm):
    """What a reservation means, with the reason, and the day on which it lapses by itself."""

    settlement = forms.ChoiceField(
        label=_("What does the reservation mean?"),
        widget=forms.RadioSelect,
        choices=[
            (choice.value, format_html('{} <span class="choice-explained">{}</span>', choice.label, words))
            for choice, words in EXPLAINED.items()
        ],
    )
    lapses_on = DayField(
        label=_("If it lapses by itself: the day"),
        required=False,
        help_text=_(
            "From that day on the decision counts. Day, month and year: 28/12/2026. Only with the second choice."
        ),
    )

    field_order = ("settlement", "lapses_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "At least ten characters. It stands in the record under your name, and the body reads it on its page."
        )
