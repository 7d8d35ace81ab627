"""Who presses: the name and position that a form by personal link asks for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.actors import Actor
from workflow.forms.fields import LineField

SIGNATURE = ("signer_name", "signer_position")
"""The fields' names, to be shown side by side at a form's end."""


class SignedForm(forms.Form):
    """A form by whose deed somebody is named. Both are personal text, kept with the deed's actor and erased with it."""

    signer_name = LineField(
        label=_("Name of the person who records this"), max_length=80, help_text=_("Stands in the receipt.")
    )
    signer_position = LineField(
        label=_("Position"), max_length=80, help_text=_("For example secretary or head of section.")
    )

    def sign(self, actor: Actor) -> Actor:
        """The actor as the valid form names who acts; the same where the form asks for no name."""
        cleaned = self.cleaned_data
        return actor.signed(cleaned.get("signer_name", ""), cleaned.get("signer_position", ""))
