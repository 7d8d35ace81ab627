"""Forms for how an office reaches a body, and where a question is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from workflow.asked_kinds import AskedRow
from workflow.forms.fields import LineField, WordsField
from workflow.rules.copies import copy_addresses
from workflow.states import Channel


class _Ticks(forms.MultipleChoiceField):
    """Takes a tick of what was open when the form was shown and is not any more: it is then left alone."""

    def valid_value(self, value: object) -> bool:
        return True


class AskedAtAddressForm(forms.Form):
    """What else is asked at an address: ticked, it is corrected with it. `seen` is the address that stood there when
    the form was shown; a form that comes without it has seen none."""

    also = _Ticks(
        label=_("Also asked at that address"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is ticked gets the new address too, and its link or question by mail if it has been sent."),
    )
    seen = LineField(required=False, max_length=254, widget=forms.HiddenInput)

    def __init__(self, *args: Any, seen: str = "", questions: Sequence[AskedRow] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = seen
        self._open = [question.key for question in questions]
        also: forms.MultipleChoiceField = self.fields["also"]  # type: ignore[assignment]
        also.choices = [(question.key, f"{question.who}, {question.what}") for question in questions]
        also.initial = self._open
        if not questions:
            del self.fields["also"]

    def clean_also(self) -> list[str]:
        """What is ticked and still open."""
        return [key for key in self.cleaned_data["also"] if key in self._open]

    def facts(self) -> dict[str, Any]:
        """What the deed is told: all but what is ticked beside it, which is corrected after it."""
        names = {"seen": "shown_address"}
        return {names.get(name, name): value for name, value in self.cleaned_data.items() if name != "also"}

    def look_again(self, address: str) -> None:
        """Comes back with the address as it is now before the eyes, so that pressing again is a choice."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = address
        self.data = data


class ContactForm(AskedAtAddressForm):
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

    copies = LineField(
        label=_("Copies to"),
        max_length=600,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        help_text=_(
            "At most three addresses, with commas between them. They get a copy of each mail that asks the body, in "
            "every process, without link and code; no reminders and no receipts."
        ),
    )

    field_order = ("email", "name", "channel", "postal_address", "language", "copies", "also")

    def clean_copies(self) -> str:
        """As they are stored."""
        return ", ".join(copy_addresses(self.cleaned_data["copies"]))

    def facts(self) -> dict[str, Any]:
        """What the deed is told, with the channel as such."""
        return {**super().facts(), "channel": Channel(self.cleaned_data["channel"])}


class AddressForm(AskedAtAddressForm):
    """Another address for somebody who is asked."""

    email = LineField(label=_("E-mail"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email"}))
    name = LineField(label=_("Name"), max_length=200, required=False)
    for_later = forms.BooleanField(
        label=_("For all later mail to this body too"),
        required=False,
        initial=True,
        help_text=_(
            "The address is written in the list of bodies, for all processes of the office, and the warning of a "
            "returned mail is removed."
        ),
    )

    field_order = ("email", "name", "for_later", "also")
