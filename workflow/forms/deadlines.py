"""Forms for a deadline of the process and for a fact that was not known when it started."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.definitions import Parameter
from workflow.forms.fields import ClockField, DayField, LineField
from workflow.forms.processes import ReasonForm, field_of
from workflow.models import Deadline


class MoveDeadlineForm(ReasonForm):
    """Another day and time, and why; of a deadline set by law also where the authority says so."""

    new_on = DayField(label=_("New deadline"), help_text=_("A deadline can only be moved to a later time."))
    new_clock = ClockField(label=_("Time of day"))
    source = LineField(
        label=_("Source"),
        max_length=300,
        help_text=_("Where the authority says so, and when: “Letter from the ministry of 1 March 2019”."),
    )
    field_order = ("new_on", "new_clock", "source", "reason")

    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"new_on": deadline.on, "new_clock": deadline.clock}
        if deadline.is_statutory:
            self.fields["new_on"].help_text = _("Day, month and year, for example 28/12/2026.")
        else:
            del self.fields["source"]


class FactForm(forms.Form):
    """The value of one parameter of the definition, by its type."""

    def __init__(self, *args: Any, parameter: Parameter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = field_of(parameter, required=True)
