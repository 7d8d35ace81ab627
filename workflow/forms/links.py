"""The form in which a code from a mail is typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField


class CodeForm(forms.Form):
    """Three groups of four letters and figures; case, spaces and dashes do not matter."""

    code = LineField(
        label=_("Code"),
        max_length=40,
        help_text=_("Twelve letters and figures, for example 7KQ4-M2XD-9RTB. The code stands in the mail."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
