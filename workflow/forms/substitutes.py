"""The form in which an office names who acts for a body."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import DayField, LineField


class SubstituteForm(forms.Form):
    """A person, an address and the days on which mail goes there."""

    name = LineField(label=_("Name"), max_length=200)
    email = LineField(label=_("E-mail"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email"}))
    from_on = DayField(label=_("From"), help_text=_("The first day, for example 28/12/2026."))
    until_on = DayField(label=_("Until"), help_text=_("The last day; mail goes to the body itself again on the next."))
