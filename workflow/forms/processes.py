"""Forms for starting a process and for deeds that need a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import DayField
from workflow.models import Office, ProcessDefinition
from workflow.queries.definitions import newest_definitions
from workflow.queries.processes import read_definition


class ReasonForm(forms.Form):
    """A reason that stands in the record."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=10,
        max_length=2000,
        help_text=_("At least ten characters. It stands in the record under your name."),
    )


class ErasureDayForm(forms.Form):
    """The day on which a process forgets its people; empty for none."""

    day = DayField(
        label=_("Day of erasure"),
        required=False,
        help_text=_("Day, month and year: 17/04/2019. Leave it empty when no day is to be set."),
    )


class StartProcessForm(forms.Form):
    """What a new process needs: an office's definition, a title, and the dates the definition asks for."""

    definition = forms.ModelChoiceField(label=_("Kind of process"), queryset=ProcessDefinition.objects.none())
    title = forms.CharField(label=_("Title"), max_length=200)
    external_case_number = forms.CharField(
        label=_("Your own case number"), max_length=60, required=False, help_text=_("From the case system, if any.")
    )
    is_public = forms.BooleanField(
        label=_("Everyone may follow the process on its public page"), required=False, initial=True
    )

    def __init__(self, *args: Any, offices: Sequence[Office], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = newest_definitions(offices)
        field: forms.ModelChoiceField[ProcessDefinition] = self.fields["definition"]  # type: ignore[assignment]
        field.queryset = known
        field.empty_label = str(_("Choose"))
        for row in known:
            for key, parameter in read_definition(row).parameters.items():
                if parameter.type == "date":
                    self.fields[f"parameter_{key}"] = DayField(label=str(parameter.title), required=False)
                else:
                    self.fields[f"parameter_{key}"] = forms.CharField(label=str(parameter.title), required=False)

    @property
    def chosen(self) -> ProcessDefinition:
        """The definition of a valid form."""
        found: ProcessDefinition = self.cleaned_data["definition"]
        return found

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of `start_process`, with the parameters the chosen definition knows."""
        parameters = {
            key: self.cleaned_data[f"parameter_{key}"]
            for key in read_definition(self.chosen).parameters
            if self.cleaned_data.get(f"parameter_{key}")
        }
        return {
            "title": self.cleaned_data["title"],
            "external_case_number": self.cleaned_data["external_case_number"],
            "is_public": self.cleaned_data["is_public"],
            "parameters": parameters,
        }
