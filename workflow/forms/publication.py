"""What is to be made public, chosen by whoever presses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField
from workflow.rules.publication import NEEDS_REASON, NOTHING_CHOSEN, REASON_MISSING, Candidate
from workflow.states import PublicThing


class PublishForm(forms.Form):
    """The choice among what can be made public of one kind; of documents also what they are."""

    items = forms.MultipleChoiceField(
        label=_("Make public"),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = LineField(
        label=_("What the documents are"),
        max_length=200,
        help_text=_("For example “Final text” or “Text sent to the councils”. Everyone reads it beside the documents."),
    )

    def __init__(self, *args: Any, thing: PublicThing, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items: forms.MultipleChoiceField = self.fields["items"]  # type: ignore[assignment]
        items.choices = [(str(candidate.subject_id), candidate.title) for candidate in candidates]
        # Left empty, a field says what the deed would.
        for name, refusal in (("items", NOTHING_CHOSEN), ("reason", REASON_MISSING)):
            self.fields[name].error_messages["required"] = str(refusal.text)
        if len(candidates) == 1:
            items.initial = [str(candidates[0].subject_id)]
        if thing not in NEEDS_REASON:
            del self.fields["reason"]

    def facts(self) -> dict[str, Any]:
        """What `publish` is told."""
        ids = [UUID(public_id) for public_id in self.cleaned_data["items"]]
        return {"subject_ids": ids, "reason": self.cleaned_data.get("reason", "")}
