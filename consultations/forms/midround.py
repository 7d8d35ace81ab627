"""Forms for a round under way: another party, one let go, a letter to the parties."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.rounds import PartyForm
from consultations.states import MessageTo
from workflow.forms.fields import ClockField, DayField, LineField, WordsField


class InviteForm(PartyForm):
    """One more party, with the deadline of the others or a later one of its own."""

    own_on = DayField(
        label=_("A deadline of its own"),
        required=False,
        help_text=_("Leave it empty for the deadline of the others. Day, month and year, for example 28/12/2026."),
    )
    own_clock = ClockField(label=_("Time of day"), required=False, help_text=_("Empty for the time of the others."))
    reason = WordsField(
        label=_("Why is it asked in spite of this?"),
        required=False,
        max_length=2000,
        help_text=_("Only where there is something to think of. It stands in the record under your name."),
    )

    def __init__(self, *args: Any, has_deadline: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever is invited in a round under way is asked.
        del self.fields["for_information"]
        if not has_deadline:
            del self.fields["own_on"], self.fields["own_clock"]


class ReleaseForm(forms.Form):
    """Why a party is asked no longer; it is told."""

    reason = WordsField(
        label=_("Reason"),
        max_length=2000,
        help_text=_("The party reads it in a mail and on its page. It stands in the record under your name."),
    )

    def __init__(self, *args: Any, is_reached: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_reached:
            self.fields["reason"].help_text = _(
                "No mail is sent. The party reads it on its page if it opens its link. It stands in the record under "
                "your name."
            )


class MessageForm(forms.Form):
    """What is written to the parties, and to which of them."""

    to = forms.ChoiceField(
        label=_("To whom?"), choices=MessageTo.choices, widget=forms.RadioSelect, initial=MessageTo.ALL
    )
    subject = LineField(label=_("What it is about"), max_length=200, help_text=_("The subject of the mail."))
    text = WordsField(
        label=_("Text"),
        max_length=5000,
        rows=10,
        help_text=_("Greeting, link, deadline and the office's name are added. Write no personal data."),
    )
