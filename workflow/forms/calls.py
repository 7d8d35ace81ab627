"""The form in which a call is noted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import DayField, WordsField


class CallForm(forms.Form):
    """What came of the call, and when to call again."""

    text = WordsField(label=_("What came of the call"), max_length=2000)
    next_on = DayField(
        label=_("Call again on"),
        required=False,
        help_text=_(
            "Day, month and year: 28/12/2026. On that day it stands under today's calls. Leave it empty when nobody is "
            "to call again."
        ),
    )
