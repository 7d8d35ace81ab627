"""Rows for the dissenting opinions that are to follow a matter."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField, WordsField
from workflow.forms.language_switch import words_going_over
from workflow.rules.decisions import MINORITY_INCOMPLETE, MinorityFacts
from workflow.rules.notation import read_number


class MinorityForm(forms.Form):
    """A dissent by named members; an empty row is no statement."""

    members = LineField(label=_("Members"), max_length=300, required=False)
    text = WordsField(label=_("Reasons given"), max_length=20_000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("members")) != bool(cleaned.get("text")):
            missing = "text" if cleaned.get("members") else "members"
            self.add_error(missing, str(MINORITY_INCOMPLETE.text))
        return cleaned


class BaseMinorityFormSet(forms.BaseFormSet[MinorityForm]):
    """Rows of minority statements; one empty row always stands at the end."""

    def total_form_count(self) -> int:
        """As many rows as are sent, or go over to the page in another language."""
        data = words_going_over()
        rows = read_number(data.get(f"{self.prefix}-TOTAL_FORMS", "")) if data and not self.is_bound else None
        return super().total_form_count() if rows is None else min(rows, MINORITY_ROWS)

    def facts(self) -> list[MinorityFacts]:
        """The statements of valid rows; empty rows are left out."""
        rows = [row.cleaned_data for row in self.forms if row.cleaned_data.get("members")]
        return [MinorityFacts(row["members"], row["text"]) for row in rows]


MINORITY_ROWS = 30
MinorityFormSet: type[BaseMinorityFormSet] = cast(
    type[BaseMinorityFormSet],
    forms.formset_factory(
        MinorityForm, formset=BaseMinorityFormSet, extra=1, max_num=MINORITY_ROWS, absolute_max=MINORITY_ROWS
    ),
)
