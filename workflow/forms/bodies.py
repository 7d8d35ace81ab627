"""What an administrator writes of a body: its kind and names, and its end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow.actions.bodies import REGIONS_EN, region_code
from workflow.actions.changing_bodies import BodyFacts
from workflow.forms.fields import DayField, LineField
from workflow.models import Body
from workflow.states import BodyKind


class BodyForm(forms.Form):
    """What a body is called and where it belongs."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BodyKind.choices)
    name = LineField(label=_("Name"), max_length=200)
    name_en = LineField(label=_("Name in English"), max_length=200, required=False)
    own_name = LineField(
        label=_("What it calls itself"),
        max_length=80,
        required=False,
        help_text=_("In a sentence, such as “byrådet”. Empty: it is called by its kind."),
    )
    region_code = forms.ChoiceField(
        label=_("Region"),
        required=False,
        choices=[("", _("The whole country")), *((region_code(name), name) for name in REGIONS_EN)],
    )

    def facts(self) -> dict[str, BodyFacts]:
        """What the deeds are told."""
        return {"facts": BodyFacts(**self.cleaned_data)}


class BodyEndForm(forms.Form):
    """Until when a body decides, and who does after it."""

    last_on = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("The last day on which it decides. Empty: it goes on."),
    )
    successor = forms.ModelChoiceField(
        label=_("Who takes its place?"),
        queryset=Body.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Nobody"),
    )

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successors: forms.ModelChoiceField[Body] = self.fields["successor"]  # type: ignore[assignment]
        # The one that is chosen now stays there, also where it has been followed itself.
        others = Body.objects.filter(Q(successor=None) | Q(pk=body.successor_id)).exclude(pk=body.pk)
        successors.queryset = others.select_related("successor").order_by("sort_key", "id")
