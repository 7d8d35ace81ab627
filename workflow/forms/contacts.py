"""The form for how an office reaches a body."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField, WordsField
from workflow.states import Channel


class ContactForm(forms.Form):
    """A main mailbox or a named person; a postal address for a body that is written to on paper."""

    email = LineField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        help_text=_("The main mailbox if there is one: people leave, mailboxes stay."),
    )
    name = LineField(label=_("Attention"), max_length=200, required=False)
    channel = forms.ChoiceField(label=_("Reached by"), choices=Channel.choices)
    postal_address = WordsField(label=_("Postal address"), required=False, max_length=500)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
