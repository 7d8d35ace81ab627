"""What an administrator writes of the office: its name, how it is reached, how it works."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workflow.actions.offices import OfficeFacts
from workflow.forms.fields import LineField, WordsField
from workflow.rules.offices import MOST_MINUTES, NAME_LENGTH


class OfficeForm(forms.Form):
    """The details of an office that can be changed; key, case prefix and zone are for good."""

    name = LineField(label=_("Name"), max_length=NAME_LENGTH, help_text=_("Stands under every mail and on every page."))
    reply_to = LineField(
        label=_("Mailbox"),
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        help_text=_("A mailbox that people read: every mail answers to it."),
    )
    telephone = LineField(label=_("Telephone"), max_length=40, required=False)
    contact_person = LineField(
        label=_("Contact person"),
        max_length=200,
        required=False,
        help_text=_("Whom parties ask for; stands on their pages and in their mails."),
    )
    postal_address = WordsField(label=_("Postal address"), max_length=500, required=False)
    journal_address = LineField(
        label=_("The journal's mailbox"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        help_text=_("Gets a copy of every mail from now on, without link and code. Leave it empty for no copies."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of new processes and of what the office is sent.")
    )
    minutes_to_take_back = forms.IntegerField(
        label=_("Minutes to take back"),
        min_value=0,
        max_value=MOST_MINUTES,
        help_text=_(
            "So long a dispatch, and what a set put forward asks, can be taken back before the mails leave. With 0 "
            "they leave at once. It holds for what is sent and put forward from now on."
        ),
    )

    def facts(self) -> dict[str, OfficeFacts]:
        """What `change_office` is told."""
        return {"facts": OfficeFacts(**self.cleaned_data)}
