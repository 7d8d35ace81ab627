"""The case presentation, written part by part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import WordsField

LONGEST = 20_000


class PresentationForm(forms.Form):
    """What those who are to decide find in their kit, beside what the system knows."""

    abstract = WordsField(
        label=_("Abstract"),
        max_length=LONGEST,
        required=False,
        rows=4,
        help_text=_("Stands before what the system says: what is asked, and by when."),
    )
    presentation = WordsField(
        label=_("Presentation of the case"),
        max_length=LONGEST,
        required=False,
        rows=12,
        help_text=_("What the text contains, and why. The course up to now stands before it by itself."),
    )
    law = WordsField(label=_("Legal basis"), max_length=LONGEST, required=False, rows=4)
    economy = WordsField(label=_("Economy"), max_length=LONGEST, required=False, rows=4)
    recommendation = WordsField(
        label=_("Recommendation"),
        max_length=LONGEST,
        required=False,
        rows=4,
        help_text=_("Takes the place of what the system recommends."),
    )

    def facts(self) -> dict[str, Any]:
        """What `write_presentation` is told."""
        return dict(self.cleaned_data)
