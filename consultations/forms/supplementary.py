"""The form of a supplementary consultation: who is asked again, and whether the others get the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.models import Invitation
from workflow.forms.fields import LineField


class HearAgainForm(forms.Form):
    """Which parties of the first round are asked again, about what, and whether the rest are informed."""

    title = LineField(label=_("Title of the round"), max_length=200, help_text=_("Stands in the mails."))
    informs_others = forms.BooleanField(
        label=_("The other parties get the changed text for information"),
        required=False,
        initial=True,
        help_text=_(
            "When the round is sent they get a mail with a link. They are not asked and not reminded, and may answer "
            "by the same deadline. Whoever said that it would not answer gets nothing."
        ),
    )

    field_order = ("title", "parties", "informs_others")

    def __init__(self, *args: Any, choices: Sequence[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = {str(party.public_id): party for party in choices}
        self.fields["parties"] = forms.MultipleChoiceField(
            label=_("Who is asked again?"),
            choices=[(public_id, party.name) for public_id, party in self.choices.items()],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Those whom the change touches. Others can be added to the list afterwards."),
            error_messages={"required": _("Choose the parties that the change touches. Nobody is asked as it is.")},
        )
        self.order_fields(self.field_order)

    def facts(self) -> dict[str, Any]:
        """What `open_supplementary` is told."""
        return {
            "title": self.cleaned_data["title"],
            "parties": [self.choices[public_id] for public_id in self.cleaned_data["parties"]],
            "informs_others": self.cleaned_data["informs_others"],
        }
