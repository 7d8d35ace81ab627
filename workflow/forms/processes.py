"""Forms for starting a process and for deeds that need a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.definitions import Parameter
from workflow.forms.fields import DayField, LineField, WordsField
from workflow.models import Process, ProcessDefinition
from workflow.queries.joining import agreements_to_revise
from workflow.queries.processes import read_definition
from workflow.rules.processes import REASON_LENGTH


class ReasonForm(forms.Form):
    """A reason that stands in the record."""

    reason = WordsField(
        label=_("Reason"),
        min_length=REASON_LENGTH,
        max_length=2000,
        help_text=_("At least ten characters. It stands in the record under your name."),
    )


class ErasureDayForm(forms.Form):
    """The day on which a process forgets its people; empty for none."""

    day = DayField(
        label=_("Day of erasure"),
        required=False,
        help_text=_("Day, month and year: 28/12/2026. Leave it empty when no day is to be set."),
    )


class StartProcessForm(forms.Form):
    """What a new process of a definition needs: a title, and the facts the definition asks for."""

    title = LineField(label=_("Title"), max_length=200)
    external_case_number = LineField(
        label=_("Your own case number"), max_length=60, required=False, help_text=_("From the case system, if any.")
    )
    is_public = forms.BooleanField(
        label=_("Everyone may follow the process on its public page"), required=False, initial=True
    )

    def __init__(self, *args: Any, definition: ProcessDefinition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {
            f"parameter_{key}": parameter for key, parameter in read_definition(definition).parameters.items()
        }
        for name, parameter in self.asked.items():
            self.fields[name] = field_of(parameter, required=parameter.required)
        if earlier := list(agreements_to_revise(definition)):
            self.fields["linked_to"] = _revised_field(earlier)
        self.order_fields(["title", "external_case_number", "linked_to", *self.asked, "is_public"])

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of `start_process`."""
        values = {parameter.key: self.cleaned_data[name] for name, parameter in self.asked.items()}
        return {
            "title": self.cleaned_data["title"],
            "external_case_number": self.cleaned_data["external_case_number"],
            "is_public": self.cleaned_data["is_public"],
            "linked_to": self.cleaned_data.get("linked_to"),
            "parameters": {key: value for key, value in values.items() if value not in (None, "")},
        }


def _revised_field(earlier: Sequence[Process]) -> forms.ModelChoiceField[Process]:
    """Which of these earlier agreements the new one revises, if any."""
    field = forms.ModelChoiceField(
        label=_("Revision of"),
        queryset=Process.objects.filter(pk__in=[row.pk for row in earlier]),
        required=False,
        help_text=_("From the entry into force of the new agreement nobody can join the earlier one."),
    )
    field.choices = [("", _("No earlier agreement")), *((row.pk, str(row)) for row in earlier)]
    return field


def field_of(parameter: Parameter, *, required: bool) -> forms.Field:
    """The field for one fact of a definition, by its type."""
    label = str(parameter.title)
    if parameter.type == "date":
        help_text = _("Day, month and year, for example 28/12/2026.")
        return DayField(label=label, required=required, help_text=help_text)
    if parameter.type == "integer":
        return forms.IntegerField(label=label, required=required)
    return LineField(label=label, max_length=2000, required=required)
