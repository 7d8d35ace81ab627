"""What an administrator writes of people: whom to invite, which place they have and when. And a password, chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordMixin
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import DayField, LineField
from workflow.models import Body
from workflow.states import Role

SEAT = "seat"


class PlaceForm(forms.Form):
    """A role in the office, or a seat in a body."""

    place = forms.ChoiceField(
        label=_("Place"), choices=[*Role.choices, (SEAT, _("Seat in a body"))], widget=forms.RadioSelect
    )
    body = forms.ModelChoiceField(
        label=_("Body"),
        queryset=Body.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("None"),
        help_text=_("Only for a seat: the person then records that body's decisions with an account of their own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies: forms.ModelChoiceField[Body] = self.fields["body"]  # type: ignore[assignment]
        bodies.queryset = Body.objects.filter(successor=None, valid_to=None).order_by("sort_key", "id")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("place") == SEAT and not cleaned.get("body"):
            self.add_error("body", _("Choose the body in which the person has a seat."))
        if cleaned.get("place") not in (None, "", SEAT) and cleaned.get("body"):
            self.add_error("body", _("A body belongs to a seat alone. Choose none for a role in the office."))
        return cleaned

    def chosen(self) -> Role | Body:
        """The place that was chosen."""
        place = self.cleaned_data["place"]
        return self.cleaned_data["body"] if place == SEAT else Role(place)


class InvitationForm(PlaceForm):
    """Who is invited, and to which place."""

    name = LineField(label=_("Name"), max_length=200)
    email = LineField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        help_text=_("The person's own address: it is the login."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE)

    field_order = ("name", "email", "place", "body", "language")

    def facts(self) -> dict[str, Any]:
        """What `invite_person` is told."""
        given = self.cleaned_data
        return {"place": self.chosen(), "name": given["name"], "email": given["email"], "language": given["language"]}


class DatedPlaceForm(PlaceForm):
    """One more place of a person, or other days for one that they have."""

    valid_from = DayField(label=_("From"), required=False, help_text=_("Empty: from now on."))
    valid_to = DayField(label=_("Last day"), required=False, help_text=_("Empty: until it is taken back."))


class ForgottenPasswordForm(forms.Form):
    """Whose password is forgotten."""

    email = LineField(
        label=_("E-mail"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"})
    )


class NewPasswordForm(SetPasswordMixin, forms.Form):
    """A password, twice."""

    password1, password2 = SetPasswordMixin.create_password_fields(label1=_("New password"), label2=_("The same again"))

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        return super().clean() or {}
